"""`POST /oauth/token`: a bank's program shows its secret and gets a token of ten minutes (RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel

from api import clients, deps, errors, tokens
from disburse.banks import actions, calls, queries
from disburse.banks.scopes import Scope
from disburse.errors import Denied, Invalid

router = APIRouter(tags=["bank"])


class TokenGiven(BaseModel):
    """A token and how long it holds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the kind, not a token
    expires_in: int
    scope: str


@router.post("/oauth/token", responses=errors.DOCUMENTED_POSTS)
def token(
    request: Request,
    grant_type: Annotated[str, Form(max_length=40, examples=["client_credentials"])] = "",
    client_id: Annotated[str, Form(max_length=100, description="Unless given by HTTP Basic.")] = "",
    client_secret: Annotated[str, Form(max_length=200, description="Unless given by HTTP Basic.")] = "",
    scope: Annotated[
        str, Form(max_length=500, description="Scopes apart by blanks; default: all of the client's.")
    ] = "",
) -> TokenGiven:
    """Give a token for a client's id and secret, by HTTP Basic or in the form."""
    database = deps.database_of(request)
    address = request.client.host if request.client else None
    calls.spend_token(database, address=address)
    if grant_type != "client_credentials":
        raise Invalid("grant_unsupported")
    name, secret = _credentials(request, client_id, client_secret)
    with database.reading() as session:
        found = queries.secret_with(session, client_id=name, digest=actions.digest_of(secret))
    if found is None or not queries.may_call_from(found[0], address):
        raise Denied("client_refused")
    client, known = found
    request.state.bank_client = (client.id, client.bank_code)
    granted = _granted(scope, queries.scopes_of(client))
    with database.transaction() as session:
        actions.use_secret(session, secret_id=known.id, by=clients.by_client(request, client))
    text = tokens.issue(tokens.Token(client.id, known.id, frozenset(map(str, granted))))
    return TokenGiven(access_token=text, expires_in=tokens.LIFE_SECONDS, scope=" ".join(sorted(granted)))


def _credentials(request: Request, client_id: str, client_secret: str) -> tuple[UUID, str]:
    given = request.headers.getlist("authorization")
    if given and (client_id or client_secret or len(given) > 1):
        raise Invalid("credentials_twice")
    if given:
        kind, _, text = given[0].partition(" ")
        if kind.lower() != "basic":
            raise Denied("client_refused")
        try:
            client_id, _, client_secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, ValueError) as wrong:
            raise Denied("client_refused") from wrong
    try:
        return UUID(client_id), client_secret
    except ValueError as wrong:
        raise Denied("client_refused") from wrong


def _granted(asked: str, held: frozenset[Scope]) -> frozenset[Scope]:
    if not asked.strip():
        return held
    wanted = set(asked.split())
    if not wanted <= {str(scope) for scope in held}:
        raise Invalid("scope_refused")
    return frozenset(scope for scope in held if str(scope) in wanted)
