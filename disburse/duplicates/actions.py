"""Merging two records of one human being, undoing it, and saying that they are two."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import actions as accounts
from disburse.accounts import life, stages
from disburse.accounts.actions import Acceptance
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import Candidate, Link, LinkState
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.cases import actions as cases
from disburse.cases.effects import ONE_DAY
from disburse.db import take_turns
from disburse.duplicates import finding, repointing
from disburse.duplicates.tables import TAKEN, DuplicatePair, MergeState, NotSamePerson, PersonMerge
from disburse.errors import Conflict, Denied, Invalid, NotFound
from disburse.free_text import without_numbers
from disburse.funnel import actions as funnel
from disburse.payments.tables import PaidLine, PaidReport
from disburse.people import actions as people
from disburse.people import queries, tokens
from disburse.people.entries import End
from disburse.people.stated import is_valid
from disburse.people.tables import CITIZEN_ID, OLD_ID, PHONE, EndReason, Enrolment, EnrolmentState, Person
from matching.text import fold

_NUMBERS = {"citizen_id": CITIZEN_ID, "old_id": OLD_ID, "phone": PHONE}
_PLAIN = ("birth_date", "birth_precision", "sex", "hamlet", "address", "commune_code")


def say_two(session: Session, *, low_id: UUID, high_id: UUID, reason: str, by: By) -> None:
    """Remember that two records are two people: they are not asked about again."""
    low, high = sorted((low_id, high_id))
    pair = session.get(DuplicatePair, (low, high))
    if pair is None:
        raise NotFound("pair_unknown")
    without_numbers(reason)
    session.delete(pair)
    said = NotSamePerson(low_id=low, high_id=high, said_by=by.name, said_on=clock.today(), reason=reason[:200])
    session.merge(said)
    record(session, action="person.not_same", object_type="person", object_id=low, by=by, other=str(high), why=reason)


def propose(
    session: Session, *, kept_id: UUID, gone_id: UUID, kept_link_id: UUID | None, reason: str, by: By
) -> PersonMerge:
    """Merge `gone` into `kept` at once; where either has a confirmed account, only propose it to a second person.

    Raises NotFound, Conflict("merged_already"), Invalid("merge_link_needed") where both have a live account.
    """
    take_turns(session, "merges")
    kept, gone = session.get(Person, kept_id), session.get(Person, gone_id)
    if kept is None or gone is None or kept_id == gone_id:
        raise NotFound("pair_unknown")
    if kept.merged_into or gone.merged_into or _waits(session, {kept_id, gone_id}):
        raise Conflict("merged_already")
    links = primary_links(session, [kept_id, gone_id])
    if len(links) > 1 and kept_link_id not in {link.id for link in links}:
        raise Invalid("merge_link_needed")
    merge = PersonMerge(
        kept_id=kept_id,
        gone_id=gone_id,
        state=MergeState.PROPOSED,
        kept_link_id=kept_link_id if len(links) > 1 else None,
        reason=reason[:200],
        proposed_by=by.name,
        proposed_at=clock.utc_now(),
    )
    session.add(merge)
    session.flush()
    if any(link.state == LinkState.CONFIRMED for link in links):
        _tell(session, "person.merge_proposed", merge, by, why=reason)
    else:
        _merge(session, merge, by)
    return merge


def primary_links(session: Session, person_ids: list[UUID]) -> list[Link]:
    """Return the live primary links of these people."""
    live = select(Link).where(col(Link.person_id).in_(person_ids), col(Link.is_primary), stages.live_clause())
    return list(session.exec(live))


def _waits(session: Session, ids: set[UUID]) -> bool:
    touched = sa.or_(col(PersonMerge.kept_id).in_(ids), col(PersonMerge.gone_id).in_(ids))
    open_ones = select(PersonMerge.id).where(PersonMerge.state == MergeState.PROPOSED, touched)
    return session.exec(open_ones).first() is not None


def approve(session: Session, *, merge_id: UUID, by: By) -> None:
    """A second person agrees to a merge that touches a confirmed account. Raises Denied("same_person_approves")."""
    merge = _get(session, merge_id, MergeState.PROPOSED)
    if by.name == merge.proposed_by:
        raise Denied("same_person_approves")
    _merge(session, merge, by)


def refuse(session: Session, *, merge_id: UUID, by: By) -> None:
    """A proposed merge is not done; the pair is asked about again."""
    merge = _get(session, merge_id, MergeState.PROPOSED)
    merge.state, merge.decided_by, merge.decided_at = MergeState.REFUSED, by.name, clock.utc_now()
    session.add(merge)
    _tell(session, "person.merge_refused", merge, by)


def _get(session: Session, merge_id: UUID, state: MergeState) -> PersonMerge:
    merge = session.get(PersonMerge, merge_id, with_for_update=True)
    if merge is None or merge.state != state:
        raise NotFound("merge_unknown")
    return merge


def _hold_still(session: Session, person_ids: list[UUID]) -> None:
    """Let nobody propose, answer or link for two records while they become one or two: locked in an answer's order."""
    take_turns(session, "candidates")
    proposed = select(Candidate.id).where(col(Candidate.person_id).in_(person_ids)).order_by(col(Candidate.id))
    session.exec(proposed.with_for_update()).all()
    session.exec(
        select(Person.id).where(col(Person.id).in_(person_ids)).order_by(col(Person.id)).with_for_update()
    ).all()


def _merge(session: Session, merge: PersonMerge, by: By) -> None:
    kept_id, gone_id = merge.kept_id, merge.gone_id
    _hold_still(session, [kept_id, gone_id])
    _end_double(session, merge, by)
    _close_other_link(session, merge, by)
    moved = repointing.point(session, merge.id, gone=gone_id, kept=kept_id)
    _take_facts(session, merge)
    tokens.remove(session, [gone_id])
    finding.forget(session, [gone_id])
    merge.state, merge.decided_by, merge.decided_at = MergeState.DONE, by.name, clock.utc_now()
    session.add(merge)
    session.flush()
    _restate(session, [kept_id, gone_id])
    # Facts that met may re-open a question: one record knew of the death, the birthday or the end of the right.
    life.reconsider(session, persons=[kept_id, gone_id], by=by)
    _tell(session, "person.merged", merge, by, why=merge.reason, rows=moved)


def _end_double(session: Session, merge: PersonMerge, by: By) -> None:
    """End what the second record has in a programme that the kept one has too: one person, one enrolment."""
    active = select(Enrolment).where(
        col(Enrolment.person_id).in_([merge.kept_id, merge.gone_id]), Enrolment.state == EnrolmentState.ACTIVE
    )
    of_kept: dict[str, Enrolment] = {}
    of_gone: list[Enrolment] = []
    for one in session.exec(active):
        if one.person_id == merge.kept_id:
            of_kept[one.programme] = one
        else:
            of_gone.append(one)
    double = [one for one in of_gone if one.programme in of_kept]
    ends = [End(one.id, one.from_date - ONE_DAY, EndReason.MISTAKE) for one in double]
    people.end_enrolments(session, ends=ends, by=by, why="hồ sơ trùng")
    for one in double:
        repointing.note(session, merge.id, "enrolment", one.id, "state", "active", "ended")


def _close_other_link(session: Session, merge: PersonMerge, by: By) -> None:
    if merge.kept_link_id is None:
        return
    for link in primary_links(session, [merge.kept_id, merge.gone_id]):
        if link.id != merge.kept_link_id:
            repointing.note(session, merge.id, "link", link.id, "state", str(link.person_id), "closed")
            accounts.close(session, link_id=link.id, reason=CloseReason.MERGED, by=by)


def _take_facts(session: Session, merge: PersonMerge) -> None:
    """Let the kept record know what only the other knew; the other keeps no number by which it could be found."""
    kept, gone = session.get_one(Person, merge.kept_id), session.get_one(Person, merge.gone_id)
    numbers = {name: sealed.maybe_open(gone.id, _cell(gone, name)) for name, sealed in _NUMBERS.items()}
    before: dict[str, Any] = {
        "numbers": numbers,
        "id_valid": gone.id_valid,
        "commune_code": gone.commune_code,
        "given": [],
    }
    for name in _NUMBERS:
        setattr(gone, f"{name}_sealed", None)
        setattr(gone, f"{name}_index", None)
    gone.id_valid, gone.name_fold, gone.commune_code, gone.merged_into = False, "", None, kept.id
    session.add(gone)
    session.flush()  # the number leaves one record before it stands on the other
    for name, text in numbers.items():
        if text and _cell(kept, name) is None:
            _set_number(kept, name, text)
            before["given"].append(name)
    for name in _PLAIN:
        value = before["commune_code"] if name == "commune_code" else getattr(gone, name)
        if value and not getattr(kept, name):
            setattr(kept, name, value)
            before["given"].append(name)
    _judge(kept)
    session.add(kept)
    merge.taken_sealed = TAKEN.seal(merge.id, json.dumps(before))


def _cell(person: Person, name: str) -> bytes | None:
    found: bytes | None = getattr(person, f"{name}_sealed")
    return found


def _set_number(person: Person, name: str, text: str | None) -> None:
    setattr(person, f"{name}_sealed", _NUMBERS[name].maybe_seal(person.id, text))
    setattr(person, f"{name}_index", _NUMBERS[name].maybe_index(text))


def _judge(person: Person) -> None:
    number = CITIZEN_ID.maybe_open(person.id, person.citizen_id_sealed)
    birth: Any = (person.birth_date, person.birth_precision) if person.birth_date else None
    person.id_valid = is_valid(number, birth, person.sex)


def _restate(session: Session, person_ids: list[UUID]) -> None:
    """Set anew what the enrolments of these people owe to their person and their links."""
    verified = queries.verified(session, person_ids)
    active = sa.select(col(Enrolment.id), col(Person.id), col(Person.id_valid)).join(
        Person, col(Person.id) == col(Enrolment.person_id)
    )
    of_people = (col(Person.id).in_(person_ids), col(Enrolment.state) == EnrolmentState.ACTIVE)
    flags = {
        key: {"id_valid": int(valid), "verified": int(person in verified)}
        for key, person, valid in session.execute(active.where(*of_people))
    }
    funnel.restate(session, flags)
    stages.restate(session, flags)
    stages.restate_holders(session, person_ids)


def undo(session: Session, *, merge_id: UUID, why: str, by: By) -> bool:
    """Part two records again, each as it was; where money could move by it, only ask a second person to.

    A closed account is accepted anew and goes to the bank again. Returns whether the records are parted now.
    Raises NotFound, Conflict: `parting_open`, `merge_paid` once somebody was paid on the merged record,
    `merge_number_since`, and what `repointing.check_nothing_since` raises.
    """
    take_turns(session, "merges")
    merge = _get(session, merge_id, MergeState.DONE)
    if merge.parting_by:
        raise Conflict("parting_open")
    _check_may_part(session, merge)
    if not _needs_two(session, merge):
        _part(session, merge, why, by)
        return True
    merge.parting_by, merge.parting_at, merge.parting_why = by.name, clock.utc_now(), why[:200]
    session.add(merge)
    _tell(session, "person.parting_proposed", merge, by, why=why)
    return False


def agree_to_undo(session: Session, *, merge_id: UUID, by: By) -> None:
    """A second person agrees that two records are parted. Raises as `undo`, Denied("same_person_approves")."""
    take_turns(session, "merges")
    merge = _get(session, merge_id, MergeState.DONE)
    if not merge.parting_by:
        raise NotFound("merge_unknown")
    if by.name == merge.parting_by:
        raise Denied("same_person_approves")
    _check_may_part(session, merge)
    _part(session, merge, merge.parting_why, by)


def stay_merged(session: Session, *, merge_id: UUID, by: By) -> None:
    """Say no to parting two records, or take one's own wish back."""
    merge = _get(session, merge_id, MergeState.DONE)
    if not merge.parting_by:
        raise NotFound("merge_unknown")
    merge.parting_by, merge.parting_at, merge.parting_why = "", None, ""
    session.add(merge)
    _tell(session, "person.parting_refused", merge, by)


def _check_may_part(session: Session, merge: PersonMerge) -> None:
    later = select(PersonMerge.id).where(
        col(PersonMerge.kept_id).in_([merge.kept_id, session.get_one(Person, merge.kept_id).merged_into]),
        PersonMerge.state == MergeState.DONE,
        PersonMerge.id != merge.id,
        col(PersonMerge.decided_at) >= merge.decided_at,
    )
    if session.exec(later).first() is not None:
        raise Conflict("merge_on_top")
    if _paid_since(session, merge):
        raise Conflict("merge_paid")
    _check_number_free(session, merge)
    repointing.check_nothing_since(session, merge)


def _check_number_free(session: Session, merge: PersonMerge) -> None:
    """Refuse where the other's citizen ID, which nobody bore since, was written down for somebody else."""
    index = CITIZEN_ID.maybe_index(_taken(merge)["numbers"]["citizen_id"])
    bearer = select(Person).where(
        Person.citizen_id_index == index, col(Person.id).not_in([merge.kept_id, merge.gone_id])
    )
    if index is not None and (other := session.exec(bearer).first()) is not None:
        raise Conflict("merge_number_since", name=other.name)


def _taken(merge: PersonMerge) -> dict[str, Any]:
    taken: dict[str, Any] = json.loads(TAKEN.open(merge.id, merge.taken_sealed or b""))
    return taken


def _needs_two(session: Session, merge: PersonMerge) -> bool:
    """Whether two people stood behind the merge, or a confirmed account hangs on its undoing by now."""
    confirmed = select(Link.id).where(Link.person_id == merge.kept_id, Link.state == LinkState.CONFIRMED)
    return merge.decided_by != merge.proposed_by or session.exec(confirmed).first() is not None


def _part(session: Session, merge: PersonMerge, why: str, by: By) -> None:
    _hold_still(session, [merge.kept_id, merge.gone_id])
    others = repointing.point_back(session, merge.id)
    unnamed = repointing.follow(session, merge)
    for recipient_id in unnamed:
        accounts.name_link(session, recipient_id=recipient_id, link_id=None, by=by)
    _give_facts_back(session, merge)
    session.flush()
    for row in others:
        if row.table_name == "enrolment":
            cases.reopen(session, enrolment_id=UUID(row.row_key), why=why, by=by)
        elif row.table_name == "link" and row.before:
            _accept_again(session, UUID(row.row_key), UUID(row.before), by)
    merge.state, merge.undone_by, merge.undone_at = MergeState.UNDONE, by.name, clock.utc_now()
    session.add(merge)
    session.flush()
    _restate(session, [merge.kept_id, merge.gone_id])
    life.reconsider(session, persons=[merge.kept_id, merge.gone_id], by=by)
    _tell(session, "person.parted", merge, by, why=why, **({"unnamed": len(unnamed)} if unnamed else {}))


def _paid_since(session: Session, merge: PersonMerge) -> bool:
    lines = (
        select(PaidLine.id)
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .join(Enrolment, col(Enrolment.id) == col(PaidLine.enrolment_id))
        .where(Enrolment.person_id == merge.kept_id, col(PaidReport.imported_at) >= merge.decided_at)
    )
    return session.exec(lines.limit(1)).first() is not None


def _give_facts_back(session: Session, merge: PersonMerge) -> None:
    kept, gone = session.get_one(Person, merge.kept_id), session.get_one(Person, merge.gone_id)
    before = _taken(merge)
    for name in before["given"]:
        if name in _NUMBERS:
            if getattr(kept, f"{name}_index") == _NUMBERS[name].maybe_index(before["numbers"][name]):
                _set_number(kept, name, None)
        else:
            setattr(kept, name, "" if name in ("hamlet", "address") else None)
    _judge(kept)
    session.add(kept)
    session.flush()
    for name, text in before["numbers"].items():
        if text:
            _set_number(gone, name, text)
    gone.id_valid, gone.commune_code = before["id_valid"], before["commune_code"]
    gone.name_fold, gone.merged_into = fold(gone.name)[:100], None
    session.add(gone)
    tokens.replace(session, [(gone.id, gone.name_fold, gone.sort_key)])


def _accept_again(session: Session, link_id: UUID, person_id: UUID, by: By) -> None:
    link = session.get_one(Link, link_id)
    again = Acceptance(account_id=link.account_id, how=How.CLERK, since=clock.today(), person_id=person_id, again=True)
    accounts.accept(session, acceptance=again, by=by)


def _tell(session: Session, action: str, merge: PersonMerge, by: By, **facts: Any) -> None:
    for person, other in ((merge.kept_id, merge.gone_id), (merge.gone_id, merge.kept_id)):
        record(
            session, action=action, object_type="person", object_id=person, by=by, other=str(other),
            merge=str(merge.id), **facts,
        )  # fmt: skip
