"""Giving an officer's own workbook back, with account, holder, bank and state beside every row. An audited export."""

from __future__ import annotations

import base64
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts.holdings import Holding, holdings
from disburse.accounts.tables import LinkState
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import among
from disburse.errors import NotFound
from disburse.people.tables import Recipient, Wish
from disburse.rosters.tables import Roster, RosterRow, RosterState, RowState
from disburse.rosters.tasks import reading
from disburse.workbooks import uploads

FILLER = "disburse.rosters.giving_back_filling:fill"
TITLES = ("Số tài khoản", "Chủ tài khoản", "Ngân hàng", "Trạng thái")
STATES: dict[LinkState, str] = {
    LinkState.ACCEPTED: "đã ghép",
    LinkState.REQUESTED: "đã gửi ngân hàng",
    LinkState.RECEIVED: "ngân hàng đã nhận",
    LinkState.CONFIRMED: "ngân hàng xác nhận đúng",
}
ANEW = "chờ ngân hàng xác nhận lại"  # its holder was corrected since
CASH, WITHOUT, PARKED, DROPPED, STAGED = (
    "chọn nhận tiền mặt", "chưa có tài khoản", "chờ sửa", "đã bỏ hoặc đã có ở danh sách sau", "chưa nhập",
)  # fmt: skip

Answers = dict[str, dict[int, list[str]]]  # table label → line → one text per title


@dataclass(frozen=True, slots=True)
class Ordered:
    """Everything a filled workbook is made of, read at one moment; the child makes it outside of any transaction."""

    roster: Roster
    content: bytes
    answers: Answers
    accounts: int
    whole: bool


def has_whole_file(actor: Actor, roster: Roster) -> bool:
    """Say whether the actor may get the file as a whole: they look after all its communes, or sent it themselves."""
    where: dict[str, Any] = {"province_code": roster.province_code, "programme": roster.programme}
    if actor.covers(Permission.WORKBOOK_EXPORT, **where):
        return True
    declared = bool(roster.commune_code) and actor.covers(
        Permission.WORKBOOK_EXPORT, commune_code=roster.commune_code, programme=roster.programme
    )
    return declared or roster.created_by == actor.name


def order(session: Session, *, actor: Actor, roster: Roster, whole: bool) -> Ordered:
    """Gather what the workbook is filled with. `whole`: account numbers uncovered.

    Raises NotFound when the file is past its retention, or holds rows of others.
    """
    if not has_whole_file(actor, roster):
        raise NotFound("not_found")
    content = uploads.content(session, roster.upload_id)
    answers, accounts = answers_for(session, roster, whole=whole)
    return Ordered(roster, content, answers, accounts, whole)


def note_given(session: Session, *, ordered: Ordered, by: By) -> None:
    """Record the export of a workbook that is made: no event without a file, and no file leaves before its event."""
    roster = ordered.roster
    record(
        session,
        action="roster.given_back",
        object_type="roster",
        object_id=roster.id,
        by=by,
        area_code=roster.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        rows=sum(len(lines) for lines in ordered.answers.values()),
        accounts=ordered.accounts,
        whole_numbers=ordered.whole,
    )


def make(ordered: Ordered) -> bytes:
    """Let the child fill the workbook. Raises Refusal as reading does."""
    more = {"answers": ordered.answers, "titles": list(TITLES)}
    with reading(ordered.roster, ordered.content, more, entry=FILLER) as pieces:
        return b"".join(base64.b64decode(piece["data"]) for piece in pieces)


def name_of(roster: Roster) -> str:
    """Return what the file given back is called."""
    return f"{roster.file_name.rsplit('.', 1)[0]}_tai_khoan.xlsx"


def answers_for(session: Session, roster: Roster, *, whole: bool) -> tuple[Answers, int]:
    """Return the four texts of every row, and how many rows have an account."""
    columns = (RosterRow.sheet, RosterRow.line, RosterRow.state, RosterRow.settled_by, RosterRow.enrolment_id)
    of_file = (col(RosterRow.roster_id) == roster.id, col(RosterRow.state) != RowState.GONE)
    rows = session.execute(sa.select(*columns).where(*of_file)).all()  # type: ignore[call-overload]
    enrolments = {row.enrolment_id for row in rows if row.enrolment_id is not None}
    held = holdings(session, enrolments)
    cash = _paid_in_cash(session, enrolments - held.keys())
    answers: Answers = defaultdict(dict)
    for row in rows:
        holding = held.get(row.enrolment_id)
        if holding is not None and not whole:
            holding = replace(holding, number="•••• " + holding.number[-4:])
        answers[row.sheet][row.line] = _texts(roster, row, holding, cash)
    return dict(answers), sum(row.enrolment_id in held for row in rows)


def _paid_in_cash(session: Session, enrolments: set[UUID]) -> set[UUID]:
    wished = sa.select(Recipient.enrolment_id).where(  # type: ignore[call-overload]
        col(Recipient.ended_on).is_(None), col(Recipient.wish) == Wish.CASH
    )
    return {row[0] for row in among(session, wished, col(Recipient.enrolment_id), enrolments)}


def _how_far(holding: Holding) -> str:
    return ANEW if holding.changed else STATES.get(holding.state, str(holding.state))


def _texts(roster: Roster, row: Any, holding: Holding | None, cash: set[UUID]) -> list[str]:
    if holding is not None:
        return [holding.number, holding.holder, holding.bank, _how_far(holding)]
    if row.state == RowState.PARKED:
        return ["", "", "", DROPPED if row.settled_by else PARKED]
    if roster.state == RosterState.STAGED:
        return ["", "", "", STAGED]
    return ["", "", "", CASH if row.enrolment_id in cash else WITHOUT]
