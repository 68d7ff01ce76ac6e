"""Counting the funnel from the rows themselves, as of any day, as known now.

It shares nothing with the cells that the features keep: `disburse doctor` compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from disburse.access.actor import Scope
from disburse.access.queries import within_scopes
from disburse.accounts.tables import Link, LinkState, RecipientHold, RecipientLink
from disburse.areas.tables import Area
from disburse.clock import Period
from disburse.payments.tables import Channel, PaidLine, PaidReport, PaidStatus
from disburse.people.queries import enrolments_in
from disburse.people.tables import (
    BenefitLine,
    EndReason,
    Enrolment,
    LineKind,
    Person,
    Recipient,
    RecipientKind,
    Verified,
    VerifiedResult,
    Wish,
)
from disburse.progress.measures import SUMMED, Funnel
from disburse.rosters.tables import WAITING, Roster, RosterRow, RosterState, RowState


@dataclass(frozen=True, slots=True)
class Cell:
    """The counted funnel of one commune, as valid on the day, and one programme. Where the commune is unknown, `code`
    is that of the province, or "".
    """

    programme: str
    code: str
    valid_from: date
    funnel: Funnel


_ALL = (Scope(),)
UNKNOWN_AREA = ("", date(1900, 1, 1))


def recount(session: Session, as_of: date, scopes: Sequence[Scope] = _ALL) -> Iterator[Cell]:
    """Count every commune and programme from the dated rows; the commune is the one valid on `as_of`.

    With scopes only what lies inside them today is counted: of a commune that was split, one successor's part.
    """
    parked = parked_as_of(session, as_of, scopes)
    for row in session.execute(_counted(as_of, scopes)):
        key = (row.programme, row.code, row.valid_from)
        yield Cell(*key, _funnel(row, parked.pop(key, 0)))
    for (programme, code, valid_from), count in sorted(parked.items()):
        yield Cell(programme, code, valid_from, Funnel(parked=count))


def _funnel(row: Any, parked: int) -> Funnel:
    reported = bool(row.reported)
    return Funnel(
        total=row.total,
        id_valid=row.id_valid,
        verified=row.verified,
        registered_own=row.registered_own,
        registered_other=row.registered_other,
        confirmed=row.confirmed,
        paid=row.paid if reported else None,
        wish_account=row.wish_account,
        wish_cash=row.wish_cash,
        lines=int(row.lines),  # PostgreSQL sums whole numbers to decimals
        amount_total=int(row.amount_total),
        amount_by_account=int(row.amount_by_account) if reported else None,
        unexplained=row.unexplained,
        parked=parked,
    )


def _counted(as_of: date, scopes: Sequence[Scope]) -> sa.Select[*tuple[Any, ...]]:
    flags = enrolments_as_of(as_of).where(enrolments_in(scopes)).subquery()
    summed = [sa.func.coalesce(sa.func.sum(flags.c[name]), 0).label(name) for name in SUMMED]
    return sa.select(
        flags.c.programme,
        flags.c.code,
        flags.c.valid_from,
        sa.func.count().label("total"),
        sa.func.max(flags.c.reported).label("reported"),
        *summed,
    ).group_by(flags.c.programme, flags.c.code, flags.c.valid_from)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of enrolments on a day, each fact a subquery of its own."""

    lines: sa.Subquery
    verified: sa.Subquery
    links: sa.Subquery
    named: sa.Subquery
    paid: sa.Subquery
    reported: sa.Subquery

    @classmethod
    def on(cls, day: date) -> _Facts:
        return cls(_lines(day), _verified(day), _live_links(day), _named_links(day), _paid(day), _reported(day))


def enrolments_as_of(as_of: date) -> sa.Select[*tuple[Any, ...]]:
    """Return a select of one row per enrolment in force on `as_of`, with every stage as 0 or 1."""
    code, valid_from = commune_on(Enrolment, as_of)
    facts = _Facts.on(as_of)
    statement: sa.Select[*tuple[Any, ...]] = sa.select(
        col(Enrolment.id).label("enrolment_id"),
        col(Enrolment.person_id),
        col(Enrolment.programme),
        col(Enrolment.commune_code),
        col(Enrolment.province_code),
        code.label("code"),
        valid_from.label("valid_from"),
        *_stages(facts, as_of),
    )
    return _joined(statement, facts, as_of).where(in_force(as_of))


def _stages(facts: _Facts, as_of: date) -> list[sa.ColumnElement[int]]:
    named, links = facts.named.c, facts.links.c
    held = col(Recipient.id).in_(_held(as_of))
    live = sa.case((held, 0), (named.recipient_id.is_not(None), 1), else_=_flag(links.person_id.is_not(None)))
    confirmed = sa.case((held, 0), (named.recipient_id.is_not(None), named.confirmed), else_=links.confirmed)
    is_own = col(Recipient.kind) == RecipientKind.OWN
    was_paid = facts.paid.c.period.is_not(None)
    amount = sa.func.coalesce(facts.lines.c.amount, 0)
    return [
        _flag(sa.and_(col(Person.id_valid), col(Person.citizen_id_index).is_not(None))).label("id_valid"),
        _flag(facts.verified.c.person_id.is_not(None)).label("verified"),
        _flag(sa.and_(live == 1, is_own)).label("registered_own"),
        _flag(sa.and_(live == 1, sa.not_(is_own))).label("registered_other"),
        sa.func.coalesce(confirmed, 0).label("confirmed"),
        _flag(facts.reported.c.period.is_not(None)).label("reported"),
        _flag(was_paid).label("paid"),
        _flag(col(Recipient.wish) == Wish.ACCOUNT).label("wish_account"),
        _flag(col(Recipient.wish) == Wish.CASH).label("wish_cash"),
        sa.func.coalesce(facts.lines.c.count, 0).label("lines"),
        amount.label("amount_total"),
        sa.case((was_paid, amount), else_=0).label("amount_by_account"),
        _flag(col(Enrolment.unexplained_since) <= as_of).label("unexplained"),
    ]


def _joined(statement: sa.Select[*tuple[Any, ...]], facts: _Facts, as_of: date) -> sa.Select[*tuple[Any, ...]]:
    origin = sa.and_(col(Area.code) == Enrolment.origin_code, col(Area.valid_from) == Enrolment.origin_valid_from)
    current = sa.and_(
        col(Recipient.enrolment_id) == col(Enrolment.id),
        col(Recipient.since) <= as_of,
        sa.or_(col(Recipient.ended_on).is_(None), col(Recipient.ended_on) > as_of),
    )
    of_commune = sa.and_(
        facts.reported.c.programme == col(Enrolment.programme),
        facts.reported.c.commune_code == col(Enrolment.commune_code),
    )
    in_that_month = sa.and_(
        facts.paid.c.enrolment_id == col(Enrolment.id), facts.paid.c.period == facts.reported.c.period
    )
    holder = sa.func.coalesce(Recipient.person_id, Recipient.organisation_id)
    return (
        statement.select_from(Enrolment)
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .outerjoin(Area, origin)
        .outerjoin(Recipient, current)
        .outerjoin(facts.lines, facts.lines.c.enrolment_id == col(Enrolment.id))
        .outerjoin(facts.verified, facts.verified.c.person_id == col(Enrolment.person_id))
        .outerjoin(facts.named, facts.named.c.recipient_id == col(Recipient.id))
        .outerjoin(facts.links, facts.links.c.person_id == holder)
        .outerjoin(facts.reported, of_commune)
        .outerjoin(facts.paid, in_that_month)
    )


def in_force(as_of: date) -> sa.ColumnElement[bool]:
    """Return the condition for an enrolment that is counted on `as_of`."""
    never_was = [EndReason.MISTAKE, EndReason.UNDONE]
    return sa.and_(
        col(Enrolment.from_date) <= as_of,
        sa.or_(col(Enrolment.to_date).is_(None), col(Enrolment.to_date) >= as_of),
        sa.or_(col(Enrolment.end_reason).is_(None), col(Enrolment.end_reason).not_in(never_was)),
    )


def _flag(condition: sa.ColumnElement[bool]) -> sa.Case[int]:
    return sa.case((condition, 1), else_=0)


def commune_on(rows: Any, as_of: date) -> tuple[sa.ColumnElement[str], sa.ColumnElement[date]]:
    """Return (code, valid_from) of the commune on the day: the origin while it existed, else today's."""
    existed = sa.and_(
        col(Area.code).is_not(None),
        col(Area.valid_from) <= as_of,
        sa.or_(col(Area.valid_to).is_(None), col(Area.valid_to) > as_of),
    )
    newest = sa.select(sa.func.max(Area.valid_from)).where(col(Area.valid_from) <= as_of)
    today_from = sa.func.coalesce(
        newest.where(col(Area.code) == rows.commune_code).correlate(rows).scalar_subquery(), UNKNOWN_AREA[1]
    )
    code = sa.case((existed, rows.origin_code), else_=sa.func.coalesce(rows.commune_code, ""))
    return code, sa.case((existed, rows.origin_valid_from), else_=today_from)


def _lines(as_of: date) -> sa.Subquery:
    return (
        sa.select(
            col(BenefitLine.enrolment_id),
            sa.func.count().label("count"),
            sa.func.sum(sa.func.coalesce(BenefitLine.amount, 0)).label("amount"),
        )
        .where(
            col(BenefitLine.kind) == LineKind.MONTHLY,
            col(BenefitLine.from_date) <= as_of,
            sa.or_(col(BenefitLine.to_date).is_(None), col(BenefitLine.to_date) >= as_of),
        )
        .group_by(col(BenefitLine.enrolment_id))
        .subquery("in_force")
    )


def _verified(as_of: date) -> sa.Subquery:
    newest_first = sa.func.row_number().over(
        partition_by=col(Verified.person_id), order_by=[col(Verified.on).desc(), col(Verified.id).desc()]
    )
    answers = (
        sa.select(col(Verified.person_id), col(Verified.result), newest_first.label("place"))
        .where(col(Verified.on) <= as_of)
        .subquery()
    )
    return (
        sa.select(answers.c.person_id)
        .where(answers.c.place == 1, answers.c.result == VerifiedResult.MATCH)
        .subquery("verified_people")
    )


def live_on(as_of: date) -> sa.ColumnElement[bool]:
    """Return the condition for a link that counts on `as_of`: an unconfirmed replacement never does."""
    return sa.and_(
        col(Link.since) <= as_of,
        sa.or_(col(Link.ended_on).is_(None), col(Link.ended_on) > as_of),
        col(Link.state).not_in([LinkState.PROPOSED, LinkState.APPROVED]),
        sa.or_(col(Link.replaces).is_(None), col(Link.confirmed_on) <= as_of),
    )


def _live_links(as_of: date) -> sa.Subquery:
    holder = sa.func.coalesce(Link.person_id, Link.organisation_id)
    return (
        sa.select(holder.label("person_id"), sa.func.max(_flag(col(Link.confirmed_on) <= as_of)).label("confirmed"))
        .where(live_on(as_of), col(Link.is_primary))
        .group_by(holder)
        .subquery("live_links")
    )


def _named_links(as_of: date) -> sa.Subquery:
    """A named link that is not live on the day is as if nobody had named it: the primary one serves."""
    return (
        sa.select(col(RecipientLink.recipient_id), _flag(col(Link.confirmed_on) <= as_of).label("confirmed"))
        .join(Link, col(Link.id) == col(RecipientLink.link_id))
        .where(live_on(as_of))
        .subquery("named_links")
    )


def _held(as_of: date) -> sa.Select[Any]:
    """Recipients whose right had run out by the day and whom no officer had let go on."""
    return sa.select(col(RecipientHold.recipient_id)).where(
        col(RecipientHold.since) <= as_of,
        sa.or_(col(RecipientHold.settled_on).is_(None), col(RecipientHold.settled_on) > as_of),
    )


def _paid(as_of: date) -> sa.Subquery:
    """Select the periods in which each enrolment was paid by account: the rule of `payments.paid_in_communes`.

    Of several reports about an enrolment and period the newest speaks; a line that came back undoes the one that paid.
    """
    newest_first = sa.func.rank().over(
        partition_by=[col(PaidLine.enrolment_id), col(PaidReport.period)],
        order_by=[col(PaidReport.imported_at).desc(), col(PaidReport.id).desc()],
    )
    by_account = sa.and_(col(PaidLine.status) == PaidStatus.PAID, col(PaidLine.channel) == Channel.ACCOUNT)
    lines = (
        sa.select(
            col(PaidLine.enrolment_id),
            col(PaidReport.period),
            _flag(by_account).label("paid"),
            _flag(col(PaidLine.status) == PaidStatus.RETURNED).label("back"),
            newest_first.label("place"),
        )
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .where(col(PaidLine.enrolment_id).is_not(None), col(PaidReport.period) <= str(Period.of(as_of)))
        .subquery("paid_lines")
    )
    return (
        sa.select(lines.c.enrolment_id, lines.c.period)
        .where(lines.c.place == 1)
        .group_by(lines.c.enrolment_id, lines.c.period)
        .having(sa.func.max(lines.c.paid) == 1, sa.func.max(lines.c.back) == 0)
        .subquery("paid_months")
    )


def _reported(as_of: date) -> sa.Subquery:
    """Select the newest period that a payer reported about each commune: of the enrolments it had when they came."""
    return (
        sa.select(col(PaidReport.programme), col(PaidLine.commune_code), sa.func.max(PaidReport.period).label("period"))
        .select_from(PaidLine)
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .where(col(PaidLine.enrolment_id).is_not(None), col(PaidReport.period) <= str(Period.of(as_of)))
        .group_by(col(PaidReport.programme), col(PaidLine.commune_code))
        .subquery("reported")
    )


def parked_as_of(session: Session, as_of: date, scopes: Sequence[Scope] = _ALL) -> dict[tuple[str, str, date], int]:
    """Count the waiting rows by programme and place: (code, valid_from) of the commune on the day.

    Of rows whose commune is unknown the place is the province whose list they stand in, from `UNKNOWN_AREA`'s day on.
    """
    commune, valid_from = commune_on(RosterRow, as_of)
    code = sa.func.coalesce(sa.func.nullif(commune, ""), Roster.province_code)
    origin = sa.and_(col(Area.code) == RosterRow.origin_code, col(Area.valid_from) == RosterRow.origin_valid_from)
    rows = session.execute(
        sa.select(col(Roster.programme), code, valid_from, sa.func.count())
        .select_from(RosterRow)
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .outerjoin(Area, origin)
        .where(
            waits_on(as_of),
            within_scopes(scopes, commune=col(RosterRow.commune_code), programme=col(Roster.programme)),
        )
        .group_by(col(Roster.programme), code, valid_from)
    )
    return {(programme, area, start): count for programme, area, start, count in rows}


def waits_on(as_of: date) -> sa.ColumnElement[bool]:
    """Return the condition for a row of a roster that is counted as waiting on `as_of`."""
    return sa.and_(
        col(RosterRow.state) == RowState.PARKED,
        col(Roster.state) == RosterState.IMPORTED,
        col(Roster.period) <= str(Period.of(as_of)),
        sa.or_(col(RosterRow.settled_by).is_(None), _settled_after(as_of)),
    )


def _settled_after(as_of: date) -> sa.ColumnElement[bool]:
    """A row that a later list brought again waited until that list's period; one that was given up was nobody's."""
    later = aliased(Roster)
    after = col(later.period) > str(Period.of(as_of))
    return sa.exists().where(col(later.id) == col(RosterRow.settled_by), after).correlate(RosterRow)


def unknown_waiting(session: Session) -> list[Cell]:
    """Count the rows that wait today and name no commune, by programme and the province of their list."""
    rows = session.execute(
        sa.select(col(Roster.programme), col(Roster.province_code), sa.func.count())
        .join(RosterRow, col(RosterRow.roster_id) == col(Roster.id))
        .where(
            WAITING,
            sa.func.coalesce(RosterRow.commune_code, "") == "",
            col(Roster.state) == RosterState.IMPORTED,
        )
        .group_by(col(Roster.programme), col(Roster.province_code))
        .order_by(col(Roster.programme), col(Roster.province_code))
    )
    return [Cell(programme, code, UNKNOWN_AREA[1], Funnel(parked=count)) for programme, code, count in rows]
