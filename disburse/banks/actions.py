"""Changes to banks: bringing the packaged list into the database; their programs and the programs' secrets."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from disburse import clock
from disburse.audit import actions as audit
from disburse.audit.actor import By
from disburse.banks.directory import packaged
from disburse.banks.scopes import EVERYTHING, Scope
from disburse.banks.tables import SIGNING_KEY, Bank, BankClient, ClientSecret
from disburse.db import upsert
from disburse.errors import Conflict, Invalid, NotFound
from disburse.ids import new_id

SECRET_BYTES = 32
_SIGNATURES = b"disburse message signature 1"


@dataclass(slots=True, frozen=True)
class Loaded:
    """How many banks a load added and put right."""

    added: int
    changed: int


def load(session: Session, *, by: By) -> Loaded:
    """Bring the packaged banks into the database. Loading again changes nothing; other banks are left alone."""
    here = {bank.code: bank for bank in session.exec(select(Bank))}
    rows = [
        {
            "code": bank.code,
            "bin": bank.bin,
            "bic": bank.bic,
            "short_name": bank.short_name,
            "name": bank.name,
            "sbv_code": bank.sbv_code,
            "kind": bank.kind,
        }
        for bank in packaged().banks()
    ]
    added = [row for row in rows if row["code"] not in here]
    changed = [row for row in rows if row["code"] in here and here[row["code"]].model_dump(include=set(row)) != row]
    upsert(session, Bank, added + changed, key=["code"])
    session.expire_all()
    if added or changed:
        audit.record(
            session, action="banks.load", object_type="bank", object_id="packaged", by=by,
            added=len(added), changed=len(changed),
        )  # fmt: skip
    return Loaded(len(added), len(changed))


@dataclass(slots=True, frozen=True)
class NewSecret:
    """A secret at the only moment it can be read, and the client it opens."""

    client_id: UUID
    secret_id: UUID
    secret: str


def add_client(
    session: Session,
    *,
    bank_code: str,
    name: str,
    by: By,
    scopes: Collection[Scope] = EVERYTHING,
    allowed_ips: Sequence[str] = (),
    contact: str = "",
) -> NewSecret:
    """Let a program of a bank call us; returns its first secret, which nobody can read again.

    Raises NotFound("bank_unknown"), Conflict("client_exists"), Invalid("network_invalid", "client_name_needed").
    """
    if session.get(Bank, bank_code) is None:
        raise NotFound("bank_unknown", code=bank_code)
    name = " ".join(name.split())[:100]
    if not name:
        raise Invalid("client_name_needed")
    client = BankClient(
        bank_code=bank_code,
        name=name,
        scopes=_sorted(scopes),
        allowed_ips=_networks(allowed_ips),
        contact=contact[:200],
        created_by=by.name,
        created_at=clock.utc_now(),
    )
    session.add(client)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("client_exists", name=name, bank=bank_code) from error
    audit.record(
        session, action="bank.client_added", object_type="bank_client", object_id=client.id, by=by, bank=bank_code,
        name=name, scopes=client.scopes, allowed_ips=client.allowed_ips,
    )  # fmt: skip
    return add_secret(session, client_id=client.id, by=by)


def add_secret(session: Session, *, client_id: UUID, by: By) -> NewSecret:
    """Make a secret beside the one in use. Raises Conflict("secrets_full") while two live."""
    client = _held(session, client_id)
    taken = {secret.slot for secret in _live_secrets(session, client_id)}
    if taken == {1, 2}:
        raise Conflict("secrets_full")
    text = secrets.token_urlsafe(SECRET_BYTES)
    secret = ClientSecret(
        id=new_id(),
        client_id=client_id,
        slot=min({1, 2} - taken),
        digest=digest_of(text),
        hint=text[-4:],
        signing_sealed=b"",
        made_by=by.name,
        made_at=clock.utc_now(),
    )
    secret.signing_sealed = SIGNING_KEY.seal_bytes(secret.id, signing_key(text))
    session.add(secret)
    session.flush()
    audit.record(
        session, action="bank.secret_added", object_type="bank_client", object_id=client_id, by=by,
        bank=client.bank_code, secret=str(secret.id), hint=secret.hint,
    )  # fmt: skip
    return NewSecret(client_id, secret.id, text)


def revoke_secret(session: Session, *, client_id: UUID, secret_id: UUID, by: By) -> None:
    """End a secret at once: the tokens it opened end with it. Raises NotFound("secret_unknown")."""
    client = _held(session, client_id)
    secret = session.get(ClientSecret, secret_id)
    if secret is None or secret.client_id != client_id or secret.revoked_at is not None:
        raise NotFound("secret_unknown")
    secret.revoked_at = clock.utc_now()
    session.add(secret)
    audit.record(
        session, action="bank.secret_revoked", object_type="bank_client", object_id=client_id, by=by,
        bank=client.bank_code, secret=str(secret_id), hint=secret.hint,
    )  # fmt: skip


@dataclass(slots=True, frozen=True, kw_only=True)
class ClientChange:
    """What to change about a client; None leaves a thing as it is."""

    scopes: Collection[Scope] | None = None
    allowed_ips: Sequence[str] | None = None
    per_minute: int | None = None
    per_day: int | None = None
    must_sign: bool | None = None
    contact: str | None = None


def change_client(session: Session, *, client_id: UUID, change: ClientChange, by: By) -> None:
    """Change what a client may do, from where and how often; it holds from its next call on."""
    client = _held(session, client_id)
    wanted = {
        "scopes": None if change.scopes is None else _sorted(change.scopes),
        "allowed_ips": None if change.allowed_ips is None else _networks(change.allowed_ips),
        "per_minute": change.per_minute,
        "per_day": change.per_day,
        "must_sign": change.must_sign,
        "contact": change.contact,
    }
    before = {}
    for name, value in wanted.items():
        if value is not None and value != getattr(client, name):
            before[name] = getattr(client, name)
            setattr(client, name, value)
    if any(isinstance(value, int) and value < 1 for value in (client.per_minute, client.per_day)):
        raise Invalid("budget_invalid")
    if not before:
        return
    session.add(client)
    audit.record(
        session, action="bank.client_changed", object_type="bank_client", object_id=client_id, by=by,
        bank=client.bank_code, before=before, after={name: getattr(client, name) for name in before},
    )  # fmt: skip


def disable_client(session: Session, *, client_id: UUID, by: By) -> None:
    """Shut a client out at once; its secrets stay, so that it can be let in again."""
    _set_disabled(session, client_id, by, disabled=True)


def enable_client(session: Session, *, client_id: UUID, by: By) -> None:
    """Let a client in again."""
    _set_disabled(session, client_id, by, disabled=False)


def _set_disabled(session: Session, client_id: UUID, by: By, *, disabled: bool) -> None:
    client = _held(session, client_id)
    if (client.disabled_at is not None) == disabled:
        return
    client.disabled_at = clock.utc_now() if disabled else None
    session.add(client)
    action = "bank.client_disabled" if disabled else "bank.client_enabled"
    audit.record(session, action=action, object_type="bank_client", object_id=client_id, by=by, bank=client.bank_code)


def use_secret(session: Session, *, secret_id: UUID, by: By) -> None:
    """Note that a secret opened a token: who rotates wants to know whether the old one is still in use."""
    now = clock.utc_now()
    session.execute(sa.update(ClientSecret).where(col(ClientSecret.id) == secret_id).values(last_used_at=now))
    session.execute(sa.update(BankClient).where(col(BankClient.id) == by.id).values(last_call_at=now))


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret. It is 256 random bits: no slow hash could make it harder to guess."""
    return hashlib.sha256(secret.encode()).digest()


def signing_key(secret: str) -> bytes:
    """Return the key of message signatures that both sides derive from a secret; it opens no token."""
    return hmac.digest(secret.encode(), _SIGNATURES, "sha256")


def _held(session: Session, client_id: UUID) -> BankClient:
    found = session.exec(select(BankClient).where(BankClient.id == client_id).with_for_update()).first()
    if found is None:
        raise NotFound("client_unknown")
    return found


def _live_secrets(session: Session, client_id: UUID) -> list[ClientSecret]:
    live = select(ClientSecret).where(ClientSecret.client_id == client_id, col(ClientSecret.revoked_at).is_(None))
    return list(session.exec(live))


def _sorted(scopes: Collection[Scope]) -> list[str]:
    return [str(scope) for scope in Scope if scope in scopes]


def _networks(texts: Sequence[str]) -> list[str]:
    found = []
    for text in texts:
        try:
            found.append(str(ipaddress.ip_network(text.strip(), strict=False)))
        except ValueError as wrong:
            raise Invalid("network_invalid", value=text) from wrong
    return found
