"""What routes for banks' programs ask for in their signatures: a client with a scope, whatever else it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2

from api import deps, tokens
from disburse.audit.actor import By
from disburse.banks import calls, queries
from disburse.banks.calls import Budget
from disburse.banks.scopes import SCOPE_WORDS, Scope
from disburse.banks.tables import BankClient
from disburse.errors import Denied

SCHEME = "bank"


@dataclass(frozen=True, slots=True)
class Client:
    """The program of a bank that calls, with the scopes of this moment."""

    id: UUID
    secret_id: UUID
    bank_code: str
    name: str
    must_sign: bool
    budget: Budget
    by: By


def by_client(request: Request, client: BankClient) -> By:
    """Return the author of what a bank's program does."""
    unsigned = deps.by_of(request)
    return By(f"{client.bank_code} · {client.name}"[:100], client.id, "api", unsigned.request_id, unsigned.ip)


# Describes the way in; the guard below reads the header itself.
_document = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl="/oauth/token", scopes={str(scope): words[1] for scope, words in SCOPE_WORDS.items()}
        )
    ),
    scheme_name=SCHEME,
    auto_error=False,
)


class ScopeGuard(deps.Door):
    """The dependency behind `require_scope`: token, client, address, scope and budget, in that order."""

    permission: Scope

    def __init__(self, permission: Scope, *, with_key: bool) -> None:
        super().__init__(permission)
        self.with_key = with_key

    def __call__(self, request: Request, _document: str | None = Depends(_document)) -> Client:
        """Return the client, or raise Denied. Nothing of the body has been read by then."""
        token = tokens.read(_bearer(request))
        database = deps.database_of(request)
        with database.reading() as session:
            found = queries.standing(session, client_id=token.client_id, secret_id=token.secret_id)
            if found is None:
                raise Denied("token_invalid")
            budget = Budget(found.id, found.per_minute, found.per_day)
            if self.with_key:
                calls.check(session, budget)
        request.state.bank_client = (found.id, found.bank_code)
        if not queries.may_call_from(found, request.client.host if request.client else None):
            raise Denied("address_refused")
        if self.permission not in queries.scopes_of(found) or self.permission not in token.scopes:
            raise Denied("scope_missing", scope=str(self.permission))
        if not self.with_key:
            calls.spend(database, budget)
        client = Client(
            id=found.id,
            secret_id=token.secret_id,
            bank_code=found.bank_code,
            name=found.name,
            must_sign=found.must_sign,
            budget=budget,
            by=by_client(request, found),
        )
        request.state.caller = client
        return client


def require_scope(scope: Scope, *, with_key: bool = False) -> Any:
    """Ask for a bank's program with a scope: `client: Client = require_scope(Scope.REQUESTS_READ)`.

    Where `posted` stands behind it, say `with_key`: the call is then counted in the transaction that begins its key.
    """
    return Depends(ScopeGuard(scope, with_key=with_key))


def _bearer(request: Request) -> str:
    given = request.headers.getlist("authorization")
    kind, _, text = (given[0] if len(given) == 1 else "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise Denied("token_missing")
    return text.strip()
