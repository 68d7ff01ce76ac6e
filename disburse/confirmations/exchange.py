"""The exchange with a bank that has no program: a workbook of requests goes out, and comes back with answers.

What is asked and what an answer does stand in `actions`, for the API as for files; here a person carries the files,
sees what an answered workbook would do before it does it, and finds what it did afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from sqlmodel import Session

from disburse import clock
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.banks.directory import packaged
from disburse.confirmations import actions, wire, workbook
from disburse.confirmations.answer import HALF_A_NAME, BankAnswer, Taken
from disburse.confirmations.desk import worked_through
from disburse.confirmations.queries import Carrier
from disburse.confirmations.tables import BankWorkbook, RequestKind, WireState, WorkbookState
from disburse.confirmations.wire import Asked
from disburse.errors import Conflict, DisburseError, Invalid, NotFound
from disburse.ids import new_id
from disburse.workbooks import uploads
from disburse.workbooks.answer_files import AnswerFile

MOST_LINES = 20_000  # of one workbook: what it does is one transaction, for which everybody else's writing waits
_LONG_NUMBER = re.compile(r"\d[\d .-]{4,}\d")


@dataclass(frozen=True, slots=True)
class Handed:
    """What a bank is handed: its waiting requests, and how many of them are new. `left` did not fit."""

    requests: list[Asked]
    made: int
    left: int


def hand_out(
    session: Session,
    *,
    bank_code: str,
    file: str,
    kind: RequestKind | None = None,
    carrier: Carrier | None = None,
    area_code: str = "",
    by: By,
) -> Handed:
    """Ask a bank about what waits, and return everything that it has not taken up yet, for a file; the hand-out is
    noted. A lost file costs nothing: the next one holds the same requests with the same ids."""  # fmt: skip
    made = actions.ask(session, bank_code=bank_code, by=by, only=carrier.links if carrier else None)
    most = MOST_LINES if carrier else None
    found = wire.page(
        session, bank_code=bank_code, state=WireState.PENDING, after=None, limit=most, kind=kind, carrier=carrier
    )
    if not found:
        return Handed([], made, 0)
    waiting = wire.count(session, bank_code=bank_code, state=WireState.PENDING, carrier=carrier) if carrier else 0
    session.add(
        BankWorkbook(
            bank_code=bank_code, state=WorkbookState.SENT, area_code=area_code, name=file[:255], lines=len(found),
            made_by=by.name, made_at=clock.utc_now(),
        )
    )  # fmt: skip
    record(
        session, action="requests.exported", object_type="bank", object_id=bank_code, by=by, requests=len(found),
        new=made, file=file[:255], province_code=area_code[:2] or None,
    )  # fmt: skip
    return Handed(found, made, max(0, waiting - len(found)))


def name_of(bank_code: str) -> str:
    """Return what a workbook of requests is called today."""
    return f"{bank_code}_yeu_cau_{clock.today().isoformat()}.xlsx"


def check_arrival(read: AnswerFile, bank_code: str) -> None:
    """Refuse a file that is not this bank's, holds nothing, or too much for one sitting."""
    if not read.lines:
        raise Invalid("answers_none")
    if len(read.lines) > MOST_LINES:
        raise Invalid("answers_too_many", lines=len(read.lines), most=MOST_LINES)
    named = Counter(code for line in read.lines if (code := packaged().resolve(line["bank_code"]).code))
    if named and bank_code not in named:
        raise Invalid("answers_of_another_bank", other=named.most_common(1)[0][0], bank=bank_code)


def keep(session: Session, *, bank_code: str, content: bytes, read: AnswerFile, area_code: str, by: By) -> UUID:
    """Keep an answered workbook, sealed, until somebody confirms it; returns its id. `read` passed `check_arrival`."""
    upload = uploads.keep(session, content=content, name=read.name, by=by)
    kept = BankWorkbook(
        id=new_id(), bank_code=bank_code, state=WorkbookState.WAITING, area_code=area_code, name=upload.name,
        lines=len(read.lines), upload_id=upload.id, sha256=read.sha256, made_by=by.name, made_at=upload.uploaded_at,
    )  # fmt: skip
    session.add(kept)
    record(
        session, action="bank_workbook.received", object_type="bank", object_id=bank_code, by=by, file=kept.name,
        lines=kept.lines, province_code=area_code[:2] or None,
    )  # fmt: skip
    return kept.id


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines of a workbook that are not taken, for the same reason."""

    error: DisburseError
    lines: tuple[int, ...]


@dataclass(slots=True)
class Outcome:
    """What a workbook's answers do, or did. Numbers of lines are the workbook's own, its header being 1."""

    received: int = 0
    confirmed: int = 0
    refused: int = 0
    opened: int = 0
    same: int = 0
    unanswered: int = 0
    withdrawn: int = 0  # of those refused: confirmed until then
    doubtful: int = 0  # of those refused: a yes too weak to pay on
    refused_by_code: dict[str, int] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """Return how many answers change something."""
        return self.received + self.confirmed + self.refused + self.opened

    @property
    def lines_left_out(self) -> int:
        """Return how many lines are not taken."""
        return sum(len(group.lines) for group in self.left_out)

    def as_json(self) -> dict[str, Any]:
        """Return the form that is kept with the workbook."""
        groups = [{"error": group.error.as_json(), "lines": list(group.lines)} for group in self.left_out]
        return {name: getattr(self, name) for name in _COUNTS} | {"left_out": groups}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Outcome:
        """Rebuild an outcome from `as_json`."""
        groups = [LeftOut(DisburseError.from_json(one["error"]), tuple(one["lines"])) for one in found["left_out"]]
        return cls(**(dict(found) | {"left_out": groups}))


_COUNTS = tuple(one.name for one in fields(Outcome) if one.name != "left_out")


def rehearse(session: Session, *, read: AnswerFile, bank_code: str, carrier: Carrier, by: By) -> Outcome:
    """Return what taking a workbook would do now. Works through the answers as `take` does, and writes nothing."""
    answers, unread = _answers(read, bank_code)
    taken = worked_through(session, answers=answers, source=read.name, carrier=carrier, by=by).taken
    return _outcome(answers, unread, taken)


def take(session: Session, *, workbook_id: UUID, read: AnswerFile, carrier: Carrier, seen: int, by: By) -> Outcome:
    """Take a workbook's answers, in one transaction. `seen` = how many the officer was told would be taken: were it
    others by now, nothing is."""
    kept = _held(session, workbook_id)
    answers, unread = _answers(read, kept.bank_code)
    taken = actions.take_answers(session, answers=answers, source=read.name, carrier=carrier, by=by)
    outcome = _outcome(answers, unread, taken)
    if outcome.taken != seen:
        raise Conflict("answers_changed")
    _settle(kept, WorkbookState.TAKEN, by)
    kept.outcome = outcome.as_json()
    return outcome


def put_aside(session: Session, *, workbook_id: UUID, by: By) -> None:
    """Put an answered workbook aside: nothing of it is taken. The file stays for the retention period."""
    kept = _held(session, workbook_id)
    _settle(kept, WorkbookState.PUT_ASIDE, by)
    record(
        session, action="bank_workbook.put_aside", object_type="bank", object_id=kept.bank_code, by=by, file=kept.name,
        lines=kept.lines, province_code=kept.area_code[:2] or None,
    )  # fmt: skip


def _held(session: Session, workbook_id: UUID) -> BankWorkbook:
    kept = session.get(BankWorkbook, workbook_id, with_for_update=True)
    if kept is None:
        raise NotFound("not_found")
    if kept.state != WorkbookState.WAITING:
        raise Conflict("answers_settled")
    return kept


def _settle(kept: BankWorkbook, state: WorkbookState, by: By) -> None:
    kept.state, kept.settled_by, kept.settled_at = state, by.name, clock.utc_now()


def _answers(read: AnswerFile, bank_code: str) -> tuple[list[BankAnswer], dict[int, DisburseError]]:
    """Return the answers that can be read, and for every other line what is wrong with it."""
    answers: list[BankAnswer] = []
    unread: dict[int, DisburseError] = {}
    for line in read.lines:
        try:
            answer = workbook.read_line(line)
            if answer.bank_code != bank_code:
                raise DisburseError("line_other_bank", other=answer.bank_code)
            answers.append(answer)
        except DisburseError as error:
            unread[line.number] = error
    return answers, unread


def _outcome(answers: Iterable[BankAnswer], unread: Mapping[int, DisburseError], taken: Taken) -> Outcome:
    wrong = {key: DisburseError(code, **facts) for key, (code, facts) in taken.left_out.items()}
    wrong |= {line: error for line, error in unread.items() if error.code != "line_unanswered"}
    groups: dict[str, tuple[DisburseError, list[int]]] = {}
    for line, error in sorted(wrong.items()):
        shown = _masked(error)
        groups.setdefault(shown.sentence(), (shown, []))[1].append(line)
    said_no = {answer.key: answer.reason_code for answer in answers if answer.status == WireState.REJECTED}
    said_no |= dict.fromkeys(taken.doubtful, HALF_A_NAME)
    refused = Counter(code for key, code in said_no.items() if key not in wrong and key not in taken.repeated)
    return Outcome(
        received=taken.received,
        confirmed=taken.confirmed,
        refused=taken.refused,
        opened=taken.opened,
        same=taken.same,
        withdrawn=taken.withdrawn,
        doubtful=len(taken.doubtful),
        unanswered=len(unread) - sum(error.code != "line_unanswered" for error in unread.values()),
        refused_by_code=dict(refused.most_common()),
        left_out=[LeftOut(error, tuple(lines)) for error, lines in groups.values()],
    )


def _masked(error: DisburseError) -> DisburseError:
    """Return an error whose facts hold no whole number of a person or an account: it is shown and kept."""
    facts = {
        name: _LONG_NUMBER.sub(lambda found: f"•••• {found[0][-4:]}", fact) if isinstance(fact, str) else fact
        for name, fact in error.facts.items()
    }
    return DisburseError(error.code, **facts)
