"""Entering recognised rows: new people and enrolments, what changes about known ones, who receives, stated accounts.

A chunk asks each table once and writes each table once (`batch`). The steps around it: `importing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session

from disburse.accounts.carrying import going_on
from disburse.funnel.stages import Entry
from disburse.ids import new_ids
from disburse.people import entries
from disburse.people.entries import PERSON_FACTS, End, NewEnrolment, NewLine, NewPerson, NewRecipient
from disburse.people.queries import CurrentRecipient, LineInForce
from disburse.people.tables import EndReason, LineKind, Precision, Sex, Wish
from disburse.rosters import comparison, contested
from disburse.rosters.amounts import Paying, StatedLine
from disburse.rosters.batch import Batch, in_force
from disburse.rosters.comparison import Changes
from disburse.rosters.contested import Contested
from disburse.rosters.hamlets import HamletNames
from disburse.rosters.receiving import Receiving, Recipients, Ward, day_before
from disburse.rosters.recognition import Outcome
from disburse.rosters.staging import StagedRow, rows_by_id
from disburse.rosters.standing import MOVES, Listed, Standing, standing_of
from disburse.rosters.stated_accounts import statements_of
from disburse.rosters.tables import RowState


@dataclass(slots=True)
class Entering:
    """One list's way in, chunk by chunk; what later chunks need to know of earlier ones."""

    session: Session
    listed: Listed
    paying: Paying
    recipients: Recipients
    hamlets: HamletNames = field(default_factory=HamletNames)
    batch: Batch = field(default_factory=Batch)
    ids: Iterator[UUID] = field(default_factory=lambda: iter(()))
    waiting: list[NewRecipient] = field(default_factory=list)  # recipients who stand in a later chunk

    def enter(self, outcomes: Sequence[Outcome]) -> Batch:
        """Write a chunk of recognised people; returns what was written, with statements and issues to hand on."""
        batch = self.draft(outcomes)
        batch.write(self.session)
        contested.ask(self.session, self.listed.roster_id, batch.contested, batch.agreed)
        return batch

    def draft(self, outcomes: Sequence[Outcome]) -> Batch:
        """Return what a chunk of recognised people would write; nothing is written."""
        self.batch = Batch()
        self._give_ids(outcomes)
        rows = rows_by_id(
            self.session, self.listed.roster_id, [i for o in outcomes for i in (o.claim.row_id, *o.claim.more)]
        )
        self.hamlets.settle(row.values for row in rows.values())
        standing = standing_of(self.session, self.listed, outcomes)
        wards = [Ward(_id(o.person_id), o.claim, rows[o.claim.row_id].values, o.new_person) for o in outcomes]
        current = self._current(outcomes, standing)
        receivings = self.recipients.of(wards, current, partial(contested.protected, self.session))
        self._take_made()
        for outcome, receiving in zip(outcomes, receivings, strict=True):
            of_person = [rows[i] for i in (outcome.claim.row_id, *outcome.claim.more)]
            self._one(outcome, of_person, receiving, standing)
        return self.batch

    def _give_ids(self, outcomes: Sequence[Outcome]) -> None:
        self.ids = iter(new_ids(3 * len(outcomes)))  # for a person, an enrolment and a recipient each
        for outcome in outcomes:
            if outcome.new_person and outcome.person_id is None:
                outcome.person_id = next(self.ids)
            if outcome.new_enrolment:
                outcome.enrolment_id = next(self.ids)
        self.recipients.keep(_id(o.person_id) for o in outcomes if o.new_person)

    def finish(self) -> None:
        """Write the recipients who stood further down the list than their wards."""
        entries.add_recipients(self.session, self.waiting)
        self.waiting = []

    def _current(self, outcomes: Sequence[Outcome], standing: Standing) -> dict[int, CurrentRecipient]:
        found: dict[int, CurrentRecipient] = {}
        for outcome in outcomes:
            enrolment = outcome.enrolment_id
            if outcome.new_enrolment and outcome.person_id in standing.moving:
                enrolment = _id(standing.moving[outcome.person_id].enrolment_id)
            if enrolment is not None and (recipient := standing.recipients.get(enrolment)) is not None:
                found[outcome.claim.row_id] = recipient
        return found

    def _take_made(self) -> None:
        """Take over the recipients who became persons in this chunk."""
        self.batch.people.extend(self.recipients.made)
        self.batch.organisations.extend(self.recipients.organisations)
        self.recipients.made.clear()
        self.recipients.organisations.clear()

    def _one(self, outcome: Outcome, rows: list[StagedRow], receiving: Receiving, standing: Standing) -> None:
        values = rows[0].values
        person_id = _id(outcome.person_id)
        changes: Changes = {}
        late = not outcome.new_enrolment and (
            standing.enrolments[_id(outcome.enrolment_id)]["last_roster_id"] in self.listed.later
        )
        if outcome.new_person:
            self.batch.people.append(self._new_person(outcome, values))
        elif not late:
            after, changes = comparison.person_after(person_id, standing.people[person_id], outcome.claim, values)
            if after is not None:
                self.batch.changed_people.append(after)
            if changes.keys() & {"id_valid", "citizen_id"}:
                self.batch.id_valid[person_id] = bool((after or ())[1 + PERSON_FACTS.index("id_valid")])
        stated = self.paying.lines((row.values for row in rows), new=outcome.new_enrolment)
        if outcome.new_enrolment:
            state, more = self._enrol(outcome, values, stated, receiving, standing)
        else:
            state, more = self._update(outcome, values, stated, receiving, standing, late)
        changes |= more
        if state != RowState.NEW:
            state = RowState.CHANGED if changes else RowState.SAME
        self.batch.row_states.extend(
            (row.id, state, outcome.enrolment_id, (changes or None) if row is rows[0] else None) for row in rows
        )
        self._note_taken_ids(outcome, receiving)
        if receiving.contests and not late:
            receives = receiving.person_id or receiving.organisation_id
            ask = Contested(outcome.claim, _id(outcome.enrolment_id), _id(receives), receiving.contests)
            self.batch.contested.append(ask)
        elif receiving.stated and not late:
            self.batch.agreed.add(_id(outcome.enrolment_id))
        if receiving.contests:
            receiving = replace(receiving, person_id=None)  # the account is that of whom the list names, nobody's yet
        self.batch.statements.extend(statements_of(self.listed, rows, receiving, outcome))

    def _new_person(self, outcome: Outcome, values: Mapping[str, Any]) -> NewPerson:
        claim = outcome.claim
        return NewPerson(
            id=_id(outcome.person_id),
            name=values["full_name"],
            name_fold=claim.fold,
            birth_date=claim.birth[0] if claim.birth else None,
            birth_precision=Precision(claim.birth[1]) if claim.birth else None,
            sex=Sex(values["sex"]) if values.get("sex") else None,
            citizen_id=values.get("citizen_id") if claim.citizen else None,
            citizen_index=claim.citizen,
            id_valid=claim.citizen_valid,
            old_id=values.get("old_id"),
            phone=values.get("phone"),
            commune_code=claim.commune,
            hamlet=values.get("hamlet") or "",
            address=values.get("address") or "",
            origin_province=self.listed.provinces.get(claim.commune, ""),
        )

    def _enrol(
        self,
        outcome: Outcome,
        values: Mapping[str, Any],
        stated: Sequence[StatedLine],
        receiving: Receiving,
        standing: Standing,
    ) -> tuple[RowState, Changes]:
        listed, enrolment_id, claim = self.listed, _id(outcome.enrolment_id), outcome.claim
        start = date.fromisoformat(values["start"]) if values.get("start") else listed.period.first_day
        start = min(start, listed.period.last_day)
        decided = values.get("decision_date")
        self.batch.enrolments.append(
            NewEnrolment(
                id=enrolment_id,
                person_id=_id(outcome.person_id),
                programme=listed.programme,
                commune_code=claim.commune,
                origin_code=values.get("origin_code") or claim.commune,
                origin_valid_from=date.fromisoformat(values["origin_valid_from"]),
                province_code=listed.provinces.get(claim.commune, ""),
                from_date=start,
                file_number=values.get("file_number"),
                decision_number=values.get("decision_number"),
                decision_date=date.fromisoformat(decided) if decided else None,
                roster_id=listed.roster_id,
            )
        )
        lines = [self._line(enrolment_id, line, max(start, listed.period.first_day)) for line in stated]
        self.batch.lines.extend(lines)
        moved = self._move_from(outcome, start, standing)
        before = standing.recipients.get(moved) if moved else None
        if before is not None and (not receiving.stated or _is_same(before, receiving)):
            receiving = self._go_on(enrolment_id, before, receiving, start)
        else:
            self._new_recipient(enrolment_id, receiving, start)
        self._count(outcome, enrolment_id, receiving, lines, start, standing)
        if moved is None:
            return RowState.NEW, {}
        return RowState.CHANGED, {
            "programme": [MOVES[listed.programme], listed.programme],
            "moved_from": [str(moved), None],
        }

    def _line(self, enrolment_id: UUID, line: StatedLine, since: date, until: date | None = None) -> NewLine:
        once = line.kind != LineKind.MONTHLY
        return NewLine(
            enrolment_id=enrolment_id,
            kind=line.kind,
            type_code=line.type_code,
            amount=line.amount,
            coefficient=line.coefficient,
            from_date=since,
            to_date=self.listed.period.last_day if once else until,
            roster_id=self.listed.roster_id,
        )

    def _move_from(self, outcome: Outcome, start: date, standing: Standing) -> UUID | None:
        """End the enrolment that the person leaves by entering this programme, if there is one."""
        if outcome.person_id is None or outcome.person_id not in standing.moving:
            return None
        enrolment = _id(standing.moving[outcome.person_id].enrolment_id)
        begins = max(start, self.listed.period.first_day)
        self.batch.ended_enrolments.append(End(enrolment, day_before(begins), EndReason.CHANGED_PROGRAMME))
        return enrolment

    def _new_recipient(self, enrolment_id: UUID, receiving: Receiving, since: date) -> UUID:
        recipient = NewRecipient(
            id=next(self.ids),
            enrolment_id=enrolment_id,
            kind=receiving.kind,
            person_id=receiving.person_id,
            organisation_id=receiving.organisation_id,
            relation=receiving.relation,
            wish=receiving.wish,
            wish_on=self.listed.today if receiving.wish != Wish.UNKNOWN else None,
            since=since,
            roster_id=self.listed.roster_id,
        )
        (self.waiting if self.recipients.is_promised(receiving.person_id) else self.batch.recipients).append(recipient)
        if receiving.known:
            self.batch.relinked.add(enrolment_id)
        return recipient.id

    def _go_on(self, enrolment_id: UUID, before: CurrentRecipient, receiving: Receiving, since: date) -> Receiving:
        """Let the recipient of the enrolment that is left go on, with paper, hold and named account."""
        recipient = going_on(
            before,
            recipient_id=next(self.ids),
            enrolment_id=enrolment_id,
            since=since,
            roster_id=before.roster_id,
        )
        if receiving.wish != Wish.UNKNOWN:
            recipient.wish, recipient.wish_on = receiving.wish, self.listed.today
        self.batch.recipients.append(recipient)
        self.batch.carried.append((before.id, recipient.id))
        self.batch.relinked.add(enrolment_id)
        return replace(
            receiving, kind=before.kind, person_id=before.person_id, organisation_id=before.organisation_id,
            relation=before.relation, wish=recipient.wish,
        )  # fmt: skip

    def _count(
        self,
        outcome: Outcome,
        enrolment_id: UUID,
        receiving: Receiving,
        lines: Sequence[NewLine],
        start: date,
        standing: Standing,
    ) -> None:
        """Let a new enrolment count; one that begins on a day to come does so on that day."""
        today = self.listed.today
        if start > today:
            return
        person_id = _id(outcome.person_id)
        valid = outcome.claim.citizen_valid
        if not outcome.new_person:
            valid = self.batch.id_valid.get(person_id, standing.people[person_id]["id_valid"])
        number, amount = in_force([line for line in lines if line.from_date <= today])
        self.batch.entries.append(
            Entry(
                enrolment_id,
                outcome.claim.commune,
                self.listed.programme,
                id_valid=int(valid),
                verified=int(person_id in standing.verified),
                wish_account=int(receiving.wish == Wish.ACCOUNT),
                wish_cash=int(receiving.wish == Wish.CASH),
                lines=number,
                amount_total=amount,
            )
        )

    def _update(
        self,
        outcome: Outcome,
        values: Mapping[str, Any],
        stated: Sequence[StatedLine],
        receiving: Receiving,
        standing: Standing,
        late: bool,
    ) -> tuple[RowState, Changes]:
        enrolment_id, changes = _id(outcome.enrolment_id), Changes()
        if not late:
            after, changes = comparison.enrolment_after(
                enrolment_id,
                standing.enrolments[enrolment_id],
                values,
                self.listed.roster_id,
                self.listed.provinces.get(outcome.claim.commune, ""),
            )
            self.batch.changed_enrolments.append(after)
            if "commune_code" in changes:
                self.batch.moved[enrolment_id] = outcome.claim.commune
            if "unexplained_since" in changes:
                self.batch.restated[enrolment_id] = {"unexplained": 0}
            changes |= self._receive(enrolment_id, receiving, standing.recipients.get(enrolment_id))
        changes |= self._pay(enrolment_id, stated, standing.lines.get(enrolment_id, []), late)
        return RowState.SAME, changes

    def _pay(
        self, enrolment_id: UUID, stated: Sequence[StatedLine], known: Sequence[LineInForce], late: bool
    ) -> Changes:
        period = self.listed.period
        ends, begins = comparison.line_changes(known, stated, self.listed.scope)
        if not ends and not begins:
            return {}
        self.batch.repaid.add(enrolment_id)
        until = period.last_day if late else None
        self.batch.ended_lines.extend((line.id, day_before(period.first_day)) for line in ends)
        self.batch.lines.extend(self._line(enrolment_id, line, period.first_day, until) for line in begins)
        if late:
            # A list of a month gone by speaks of that month only; what held after it goes on holding.
            after = period.next().first_day
            self.batch.lines.extend(
                NewLine(
                    enrolment_id, line.kind, line.type_code, line.amount, line.coefficient, after, line.to_date,
                    self.listed.roster_id,
                )
                for line in ends
                if line.to_date is None or line.to_date >= after
            )  # fmt: skip
        return {
            "lines": [
                [_summary(line) | {"id": line.id, "to_date": _iso(line.to_date)} for line in ends],
                [_summary(line) for line in begins],
            ]
        }

    def _receive(self, enrolment_id: UUID, receiving: Receiving, current: CurrentRecipient | None) -> Changes:
        if current is None:
            return {"recipient": [None, str(self._new_recipient(enrolment_id, receiving, self.listed.since))]}
        wish, changes = receiving.wish, Changes()
        if receiving.stated and not _is_same(current, receiving):
            wish = current.wish if wish == Wish.UNKNOWN and receiving.kind == current.kind else wish
            ended = max(self.listed.since, current.since)
            self.batch.ended_recipients.append((current.id, ended))
            receiving = replace(receiving, wish=wish)
            changes["recipient"] = [str(current.id), str(self._new_recipient(enrolment_id, receiving, ended))]
            self.batch.relinked.add(enrolment_id)
        elif wish not in (Wish.UNKNOWN, current.wish):
            self.batch.wishes.append((current.id, wish, self.listed.today))
            changes["wish"] = [current.wish, wish]
        if changes and wish != current.wish:
            flags = {"wish_account": int(wish == Wish.ACCOUNT), "wish_cash": int(wish == Wish.CASH)}
            self.batch.restated.setdefault(enrolment_id, {}).update(flags)
        return changes

    def _note_taken_ids(self, outcome: Outcome, receiving: Receiving) -> None:
        for taken, code in (
            (outcome.id_taken_by is not None, "id_of_another"),
            (receiving.id_taken, "recipient_id_of_another"),
        ):
            if taken:
                issue = {"column": "", "severity": "warning", "code": code, "value": "", "facts": {}}
                self.batch.issues.append((outcome.claim.sheet, outcome.claim.line, issue))


def _is_same(current: CurrentRecipient, receiving: Receiving) -> bool:
    return (current.person_id, current.organisation_id) == (receiving.person_id, receiving.organisation_id)


def _id(value: UUID | None) -> UUID:
    assert value is not None, "a recognised row has its person and enrolment"
    return value


def _summary(line: LineInForce | StatedLine) -> dict[str, Any]:
    return {"kind": str(line.kind), "type": line.type_code, "amount": line.amount}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
