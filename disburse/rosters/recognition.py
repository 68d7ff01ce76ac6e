"""Which person is this row? The four rules, for all rows of a list at once. Writes nothing.

(1) Equal citizen ID and compatible given name. (2) Equal old ID and compatible name and birth. (3) Inside the list's
communes and programme, equal folded name and compatible birth, unique on both sides. (4) Several candidates, another
valid ID, or a number that name and birth contradict: a question. Nobody of these: a new person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from disburse.areas.units import CURRENT_FROM
from disburse.people import queries as people
from disburse.people.likeness import births_agree, same_by_old_id, same_given_name, same_name
from disburse.people.queries import Known
from disburse.rosters.claims import Claim
from disburse.rosters.tables import QuestionKind


@dataclass(slots=True)
class Outcome:
    """What became of a claim: a known person (and enrolment), a new one, or a question that parks its row."""

    claim: Claim
    person_id: UUID | None = None
    enrolment_id: UUID | None = None
    parks: str | None = None  # the issue code, for most a QuestionKind too, that makes the row wait
    candidates: Sequence[Known] = ()  # whom the question is about
    id_taken_by: Known | None = None  # the row's citizen ID stands for someone of another name
    rival: Outcome | None = None  # the row of the list that states the same citizen ID with another birth
    new_person: bool = False
    new_enrolment: bool = False

    def about(self) -> list[str]:
        """Return the persons whom the question about this row names, once those of the list itself are entered."""
        if self.candidates:
            return [str(known.person_id) for known in self.candidates]
        found = self.rival.person_id if self.rival is not None else self.person_id
        return [] if found is None else [str(found)]


@dataclass(slots=True, frozen=True)
class Covered:
    """What a list is about: its source units as [code, day] and the communes of today they lie in."""

    units: frozenset[tuple[str, date]]
    communes: frozenset[str]

    def surely(self, known: Known) -> bool:
        """Say whether an enrolment stands in one of the list's units."""
        return known.origin in self.units or (known.commune, CURRENT_FROM) in self.units

    def perhaps(self, known: Known) -> bool:
        """Say so, or that nobody can tell: it came with a commune of today, of which the list names an older part."""
        of_today = known.origin is not None and known.origin[1] >= CURRENT_FROM
        return self.surely(known) or (of_today and known.commune in self.communes)


def gather(claims: Iterable[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Return the leading claims, each with its further lines, and the parked ones.

    A row that repeats a citizen ID, an old ID or a file number under a compatible name is a further line of that
    person; one that repeats a citizen ID under another name loses the ID.
    """
    leaders: list[Claim] = []
    parked: list[Claim] = []
    seen: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        if claim.parked:
            parked.append(claim)
            continue
        holder = seen.get(("citizen", claim.citizen)) if claim.citizen else None
        if holder is not None and not same_given_name(holder.fold, claim.fold):
            claim.citizen, claim.citizen_valid = None, False
        first = next((seen[sign] for sign in _signs(claim) if _repeats(sign, seen.get(sign), claim)), None)
        if first is not None:
            first.more = (*first.more, claim.row_id)
        else:
            leaders.append(claim)
        for sign in (("place", claim.sheet, claim.line), *_signs(claim)):
            seen.setdefault(sign, first or claim)
    return leaders, parked


def _signs(claim: Claim) -> list[tuple[object, ...]]:
    """Return what an earlier row of the same person may share with this one, the surest first."""
    signs: list[tuple[object, ...]] = []
    if claim.second_line_of:
        signs.append(("place", claim.sheet, claim.second_line_of))
    if claim.citizen:
        signs.append(("citizen", claim.citizen))
    if claim.old:
        signs.extend((("old", claim.old), ("old", claim.old, claim.fold)))
    if claim.file_number:
        signs.append(("file", claim.file_number, claim.fold, claim.commune))
    return signs


def _repeats(sign: tuple[object, ...], first: Claim | None, claim: Claim) -> bool:
    """Say whether a row speaks of the person of an earlier one: no other given name, birth or citizen ID.

    Of an old ID, which is copied down as often as any cell, the whole name must agree.
    """
    if first is None:
        return False
    if claim.second_line_of is not None and first.line == claim.second_line_of and first.sheet == claim.sheet:
        return True
    if first.citizen and claim.citizen and first.citizen != claim.citizen:
        return False
    if sign[0] == "old":
        return same_by_old_id(first.fold, first.birth, claim.fold, claim.birth)
    return same_given_name(first.fold, claim.fold) and births_agree(first.birth, claim.birth)


def recognise(session: Session, leaders: list[Claim], *, programme: str, covered: Covered) -> list[Outcome]:
    """Return what became of each claim, in their order; only people of the list's own units are found by name."""
    outcomes = [Outcome(claim) for claim in leaders]
    taken: set[UUID] = set()
    _by_citizen_id(session, outcomes, taken)
    doubtful = _by_old_id(session, [o for o in outcomes if _open(o)], taken)
    _by_name(session, [o for o in outcomes if _open(o)], taken, programme, covered)
    for outcome, holders in doubtful:
        free = [k for k in holders if k.person_id not in taken and not _another_id(outcome.claim, k)]
        if free and _open(outcome):
            _ask(outcome, free)
    _place(session, outcomes, programme, covered)
    return outcomes


def _open(outcome: Outcome) -> bool:
    return outcome.person_id is None and outcome.parks is None


def _by_citizen_id(session: Session, outcomes: list[Outcome], taken: set[UUID]) -> None:
    known = people.by_citizen_id(session, {o.claim.citizen for o in outcomes if o.claim.citizen})
    stated: dict[bytes, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        claim = outcome.claim
        if claim.citizen is None:
            continue
        holder = known.get(claim.citizen)
        if holder is None or same_given_name(holder.fold, claim.fold):
            stated[claim.citizen].append(outcome)
        else:
            outcome.id_taken_by = holder
            claim.citizen, claim.citizen_valid = None, False
    for number, several in stated.items():
        holder = known.get(number)
        chosen = several[0] if len(several) == 1 else _surest(several, holder)
        for outcome in several:
            if outcome is not chosen:  # under one ID and name another birth: somebody else, or a slip
                _ask(outcome, [holder] if holder else [])
                outcome.rival = chosen
        if holder is None:
            continue
        if _contradicts(chosen.claim, holder):
            _ask(chosen, [holder])
        else:
            chosen.person_id = holder.person_id
            taken.add(holder.person_id)


def _surest(several: list[Outcome], holder: Known | None) -> Outcome:
    """Return the row to which an ID of several births belongs: that of the birth we know, else the ID itself says."""

    def fits(outcome: Outcome) -> tuple[bool, bool]:
        claim = outcome.claim
        return holder is not None and births_agree(claim.birth, holder.birth), claim.citizen_valid

    return max(several, key=fits)


def _contradicts(claim: Claim, holder: Known) -> bool:
    """Say whether both name and birth speak against what the ID says: the row of a list copied the cell above."""
    return not births_agree(claim.birth, holder.birth) and not same_name(claim.fold, holder.fold)


def _by_old_id(session: Session, outcomes: list[Outcome], taken: set[UUID]) -> list[tuple[Outcome, list[Known]]]:
    """Find people by old ID; returns who is left in doubt: an old ID and a given name agree, and no more."""
    known = people.by_old_id(session, {o.claim.old for o in outcomes if o.claim.old})
    wanted: dict[UUID, list[Outcome]] = defaultdict(list)
    doubtful: list[tuple[Outcome, list[Known]]] = []
    for outcome in outcomes:
        claim = outcome.claim
        of_number = known.get(claim.old, []) if claim.old else []
        free = [k for k in of_number if same_given_name(k.fold, claim.fold) and k.person_id not in taken]
        fitting = [k for k in free if same_by_old_id(k.fold, k.birth, claim.fold, claim.birth)]
        if len(fitting) == 1 and not _another_id(claim, fitting[0]):
            wanted[fitting[0].person_id].append(outcome)
        elif fitting:
            _ask(outcome, fitting)
        elif free:
            doubtful.append((outcome, free))
    for person, who in wanted.items():
        if len(who) == 1:
            who[0].person_id = person
            taken.add(person)
        else:
            for outcome in who:
                _ask(outcome, known[outcome.claim.old or b""])
    return doubtful


def _another_id(claim: Claim, known: Known) -> bool:
    return bool(claim.citizen_valid and known.id_valid and claim.citizen != known.citizen)


def _ask(outcome: Outcome, candidates: list[Known]) -> None:
    other_id = len(candidates) == 1 and _another_id(outcome.claim, candidates[0])
    outcome.parks = QuestionKind.OTHER_ID if other_id else QuestionKind.WHICH_PERSON
    outcome.candidates = candidates


Pool = dict[tuple[str, str], list[Known]]  # (commune, folded name) → who is enrolled there


def _by_name(session: Session, outcomes: list[Outcome], taken: set[UUID], programme: str, covered: Covered) -> None:
    folds = {outcome.claim.fold for outcome in outcomes}
    if not folds:
        return
    pool: Pool = defaultdict(list)
    anywhere: Pool = defaultdict(list)
    for known in people.enrolled(session, programme, sorted(covered.communes)):
        if known.fold in folds and covered.perhaps(known):
            pool[known.commune, known.fold].append(known)
            anywhere["", known.fold].append(known)
    if not pool:
        return

    def here(claim: Claim) -> list[Known]:
        return pool.get((claim.commune, claim.fold), [])

    def elsewhere(claim: Claim) -> list[Known]:
        if claim.birth is None or here(claim):
            return []  # without a birth, a namesake of another commune is no candidate
        return [k for k in anywhere.get(("", claim.fold), []) if k.birth is not None]

    _pair(outcomes, taken, here, lambda c, k: c.birth == k.birth and bool(c.birth) and _same_file(c, k))
    _pair(outcomes, taken, here, lambda c, k: c.birth == k.birth)
    _pair(outcomes, taken, here, lambda c, k: births_agree(c.birth, k.birth))
    _ask_about_the_rest(outcomes, taken, here)
    _pair(outcomes, taken, elsewhere, lambda c, k: births_agree(c.birth, k.birth))


def _same_file(claim: Claim, known: Known) -> bool:
    return claim.file_number is not None and claim.file_number == known.file_number


def _pair(
    outcomes: list[Outcome],
    taken: set[UUID],
    pool: Callable[[Claim], list[Known]],
    fits: Callable[[Claim, Known], bool],
) -> None:
    """Join every claim and known person who fit each other and nobody else."""
    fitting: list[tuple[Outcome, Known]] = []
    rivals: dict[UUID, int] = defaultdict(int)
    for outcome in outcomes:
        if not _open(outcome):
            continue
        free = [k for k in pool(outcome.claim) if k.person_id not in taken and fits(outcome.claim, k)]
        free = [k for k in free if not _another_id(outcome.claim, k)]
        for known in free:
            rivals[known.person_id] += 1
        if len(free) == 1:
            fitting.append((outcome, free[0]))
    for outcome, known in fitting:
        if rivals[known.person_id] == 1:
            outcome.person_id = known.person_id
            taken.add(known.person_id)


def _ask_about_the_rest(outcomes: list[Outcome], taken: set[UUID], pool: Callable[[Claim], list[Known]]) -> None:
    for outcome in outcomes:
        if _open(outcome):
            free = [k for k in pool(outcome.claim) if k.person_id not in taken]
            if fitting := [k for k in free if births_agree(outcome.claim.birth, k.birth)]:
                _ask(outcome, fitting)


def _place(session: Session, outcomes: list[Outcome], programme: str, covered: Covered) -> None:
    """Find the enrolments of the people found; one outside the list's units parks its row."""
    people_found = {o.person_id for o in outcomes if o.person_id is not None}
    enrolments = people.active_enrolments(session, programme, people_found)
    for outcome in outcomes:
        enrolled = enrolments.get(outcome.person_id) if outcome.person_id is not None else None
        if enrolled is not None:
            outcome.enrolment_id = enrolled.enrolment_id
            if not covered.perhaps(enrolled):
                outcome.parks = QuestionKind.ENROLLED_ELSEWHERE
