"""Reads of areas. Reference data, open to everyone; who may see the people in them is the business of access."""

from datetime import date

from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from disburse import clock
from disburse.areas.tables import Area, AreaChange, AreaKind
from matching.text import fold


def get(session: Session, code: str, valid_from: date) -> Area | None:
    """Return the area with that key, or None."""
    return session.get(Area, (code, valid_from))


def on_day(session: Session, code: str, day: date | None = None) -> Area | None:
    """Return the area that bears the code on a day (default: today), or None."""
    return session.exec(_valid_on(day).where(col(Area.code) == code)).first()


def provinces(session: Session, day: date | None = None) -> list[Area]:
    """Return the provinces of a day (default: today), in the order of their codes."""
    statement = _valid_on(day).where(col(Area.kind) == AreaKind.PROVINCE).order_by(col(Area.code))
    return list(session.exec(statement))


def communes(session: Session, province_code: str | None = None, day: date | None = None) -> list[Area]:
    """Return the communes of a day (default: today), of one of today's provinces or of all, sorted by name."""
    statement = _valid_on(day).where(col(Area.kind) == AreaKind.COMMUNE)
    if province_code is not None:
        statement = statement.where(col(Area.province_code) == province_code)
    return list(session.exec(statement.order_by(col(Area.province_code), col(Area.sort_key))))


def search(session: Session, text: str, day: date | None = None, *, limit: int = 20) -> list[Area]:
    """Return areas whose code is, or whose name without type word and accents begins with, the text."""
    folded = fold(text)
    if not folded:
        return []
    begins = col(Area.name_fold).startswith(folded, autoescape=True)
    statement = _valid_on(day).where(or_(begins, col(Area.code) == text.strip()))
    return list(
        session.exec(statement.order_by(col(Area.kind).desc(), col(Area.sort_key), col(Area.code)).limit(limit))
    )


def successors(session: Session, code: str, valid_from: date) -> list[AreaChange]:
    """Return what became of an area: nothing, one row, or several where it was split."""
    statement = select(AreaChange).where(col(AreaChange.old_code) == code, col(AreaChange.old_valid_from) == valid_from)
    return list(session.exec(statement.order_by(col(AreaChange.new_code))))


def sources(session: Session, code: str, valid_from: date) -> list[Area]:
    """Return the earlier areas that went, wholly or in part, into this one, sorted by name."""
    statement = (
        select(Area)
        .join(
            AreaChange,
            (col(AreaChange.old_code) == col(Area.code)) & (col(AreaChange.old_valid_from) == col(Area.valid_from)),
        )
        .where(col(AreaChange.new_code) == code, col(AreaChange.new_valid_from) == valid_from)
        .order_by(col(Area.sort_key), col(Area.code))
    )
    return list(session.exec(statement))


def count(session: Session) -> int:
    """Return how many areas of all days there are; 0 means that nothing was loaded yet."""
    return session.exec(select(func.count()).select_from(Area)).one()


def _valid_on(day: date | None) -> SelectOfScalar[Area]:
    day = day or clock.today()
    ended = col(Area.valid_to)
    return select(Area).where(col(Area.valid_from) <= day, or_(ended.is_(None), ended > day))
