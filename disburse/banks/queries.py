"""Reads of banks. Reference data, open to everyone."""

from sqlmodel import Session, col, select

from disburse.banks.tables import Bank


def all_banks(session: Session) -> list[Bank]:
    """Return every bank and wallet, by short name."""
    return list(session.exec(select(Bank).order_by(col(Bank.short_name))))


def get(session: Session, code: str) -> Bank | None:
    """Return the bank with that VietQR code, or None."""
    return session.get(Bank, code)


def names(session: Session) -> dict[str, str]:
    """Return the short name of each bank by its code, for tables that show many."""
    return dict(session.exec(select(Bank.code, Bank.short_name)).all())
