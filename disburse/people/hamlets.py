"""The register of hamlets: which hamlet of which former commune a spelling on a roster means."""

from __future__ import annotations

from sqlmodel import Session, select

from disburse.people.tables import Hamlet, HamletAlias


def spellings(session: Session, commune_code: str, name: str) -> tuple[str, ...]:
    """Return every way a hamlet of a commune of today is written: its name, its aliases, and of those it took in."""
    register = list(session.exec(select(Hamlet).where(Hamlet.commune_code == commune_code)))
    aliases = session.exec(
        select(HamletAlias).where(HamletAlias.hamlet_id.in_([one.id for one in register]))  # type: ignore[attr-defined]
    )
    written: dict[object, set[str]] = {one.id: {one.name} for one in register}
    for alias in aliases:
        written[alias.hamlet_id].add(alias.spelling)
    meant = {one.id for one in register if name in written[one.id]}
    meant |= {one.id for one in register if one.merged_into in meant}
    return tuple(sorted({name}.union(*(written[key] for key in meant))))
