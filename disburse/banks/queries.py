"""Reads of banks (reference data, open to everyone) and of their programs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from disburse.banks.scopes import Scope
from disburse.banks.tables import Bank, BankClient, ClientSecret


def all_banks(session: Session) -> list[Bank]:
    """Return every bank and wallet, by short name."""
    return list(session.exec(select(Bank).order_by(col(Bank.short_name))))


def get(session: Session, code: str) -> Bank | None:
    """Return the bank with that VietQR code, or None."""
    return session.get(Bank, code)


def names(session: Session) -> dict[str, str]:
    """Return the short name of each bank by its code, for tables that show many."""
    return dict(session.exec(select(Bank.code, Bank.short_name)).all())


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A program of a bank with its live secrets, oldest first."""

    client: BankClient
    secrets: list[ClientSecret]


def clients(session: Session, *, bank_code: str | None = None) -> list[ClientLine]:
    """Return the programs of one bank, or of all, by bank and name."""
    shown = select(BankClient).order_by(col(BankClient.bank_code), col(BankClient.name))
    if bank_code is not None:
        shown = shown.where(BankClient.bank_code == bank_code)
    live = select(ClientSecret).where(col(ClientSecret.revoked_at).is_(None)).order_by(col(ClientSecret.id))
    secrets: dict[UUID, list[ClientSecret]] = {}
    for secret in session.exec(live):
        secrets.setdefault(secret.client_id, []).append(secret)
    return [ClientLine(client, secrets.get(client.id, [])) for client in session.exec(shown)]


def client_named(session: Session, *, bank_code: str, name: str) -> BankClient | None:
    """Return a bank's program by its name."""
    return session.exec(select(BankClient).where(BankClient.bank_code == bank_code, BankClient.name == name)).first()


def secret_with(session: Session, *, client_id: UUID, digest: bytes) -> tuple[BankClient, ClientSecret] | None:
    """Return the enabled client and its live secret of that digest; None for anything else."""
    found = session.exec(
        select(BankClient, ClientSecret)
        .join(ClientSecret, col(ClientSecret.client_id) == col(BankClient.id))
        .where(
            BankClient.id == client_id,
            ClientSecret.digest == digest,
            col(ClientSecret.revoked_at).is_(None),
            col(BankClient.disabled_at).is_(None),
        )
    ).first()
    return (found[0], found[1]) if found else None


def standing(session: Session, *, client_id: UUID, secret_id: UUID) -> BankClient | None:
    """Return the client a token speaks for, if it and the secret that opened the token still stand."""
    found: BankClient | None = session.exec(
        select(BankClient)
        .join(ClientSecret, col(ClientSecret.client_id) == col(BankClient.id))
        .where(
            BankClient.id == client_id,
            ClientSecret.id == secret_id,
            col(ClientSecret.revoked_at).is_(None),
            col(BankClient.disabled_at).is_(None),
        )
    ).first()
    return found


def live_secret(session: Session, *, client_id: UUID, secret_id: UUID) -> ClientSecret | None:
    """Return a client's own live secret."""
    found = session.get(ClientSecret, secret_id)
    return found if found and found.client_id == client_id and found.revoked_at is None else None


def scopes_of(client: BankClient) -> frozenset[Scope]:
    """Return what a client may do now; a scope this release no longer knows gives nothing."""
    known = {str(scope): scope for scope in Scope}
    return frozenset(known[name] for name in client.scopes if name in known)


def may_call_from(client: BankClient, address: str | None) -> bool:
    """Say whether a client may call from an address."""
    if not client.allowed_ips:
        return True
    try:
        here = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(here, ipaddress.IPv6Address) and here.ipv4_mapped is not None:
        here = here.ipv4_mapped
    return any(here in ipaddress.ip_network(network) for network in client.allowed_ips)


def listening(session: Session) -> list[str]:
    """Return the codes of the banks with an enabled program that may pull requests."""
    enabled = select(BankClient).where(col(BankClient.disabled_at).is_(None)).order_by(col(BankClient.bank_code))
    codes = [client.bank_code for client in session.exec(enabled) if Scope.REQUESTS_READ in scopes_of(client)]
    return list(dict.fromkeys(codes))
