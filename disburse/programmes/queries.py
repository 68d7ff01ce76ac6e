"""Reads of programmes, benefit types and the rates in force. Reference data, open to everyone."""

from collections import defaultdict

from sqlmodel import Session, col, select

from disburse.programmes.rates import BASE, Rate, RateTable, packaged
from disburse.programmes.rates import BenefitType as Kind
from disburse.programmes.tables import BenefitRate, BenefitType, Programme


def programmes(session: Session) -> list[Programme]:
    """Return the programmes in the order screens show them."""
    return list(session.exec(select(Programme).order_by(col(Programme.position), col(Programme.code))))


def get(session: Session, code: str) -> Programme | None:
    """Return one programme, or None."""
    return session.get(Programme, code)


def benefit_types(session: Session, programme: str | None = None) -> list[BenefitType]:
    """Return the benefit types of one programme or of all, without the bases, by code."""
    statement = select(BenefitType).where(col(BenefitType.code).not_like(f"{BASE}%"))
    if programme is not None:
        statement = statement.where(col(BenefitType.programme) == programme)
    return list(session.exec(statement.order_by(col(BenefitType.code))))


def rate_table(session: Session) -> RateTable:
    """Return the rates as the database has them, with those that administrators added since."""
    rates: dict[str, list[Rate]] = defaultdict(list)
    for row in session.exec(select(BenefitRate).order_by(col(BenefitRate.type_code), col(BenefitRate.valid_from))):
        rates[row.type_code].append(_rate(row))
    kinds: list[Kind] = []
    for kind in session.exec(select(BenefitType)):
        known = packaged().get(kind.code)
        group = known.group if known else "regular" if kind.regular else "one_off"
        if not kind.code.startswith(BASE):
            kinds.append(Kind(kind.code, kind.programme, kind.name, group, tuple(rates[kind.code])))
    bases = {code.removeprefix(BASE): tuple(of) for code, of in rates.items() if code.startswith(BASE)}
    return RateTable(kinds, bases)


def _rate(row: BenefitRate) -> Rate:
    """A row as a rate; whether it is a floor or per child it inherits from the packaged type."""
    known = packaged().get(row.type_code)
    like = known.rates[-1] if known else None
    floor, per = (like.floor, like.per) if like else (False, "")
    return Rate(row.valid_from, row.amount, row.coefficient, floor, per, row.legal_basis)
