"""What a run of the matcher means, person by person: candidates and links are written as `verdicts` decides.

Running it twice changes nothing: what is stored is compared with what is proposed, and answered pairs are left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import actions, queries
from disburse.accounts.differences import difference, forbidden
from disburse.accounts.gathering import Ids, dashed, fresh_ids
from disburse.accounts.laying import gather
from disburse.accounts.pairs import Pair, Pairs
from disburse.accounts.states import BY_RULE, Step
from disburse.accounts.tables import EVIDENCE, Candidate, CandidateState, LinkState
from disburse.accounts.verdicts import Desk, Verdicts, judge, yields
from disburse.audit.actor import By
from disburse.db import among, bulk_update, insert_columns, take_turns
from disburse.ids import in_order
from disburse.people import queries as people
from disburse.planner import by_their_keys

_CANDIDATE: sa.Table = Candidate.__table__  # type: ignore[attr-defined]
_KNOWN = (
    "id", "person_id", "account_id", "registration_id", "decision", "asks", "preset", "score", "state", "decided_by",
    "decided_on", "differs",
)  # fmt: skip
_CHANGING = (
    "score", "decision", "asks", "preset", "differs", "forbidden", "state", "evidence_sealed", "decided_by",
    "decided_on",
)  # fmt: skip


@dataclass(slots=True)
class Applied:
    """What a run came to: pairs proposed, links made, links returned to review, questions asked now."""

    candidates: int = 0
    accepted: int = 0
    returned: int = 0
    review: int = 0
    asks: dict[str, int] = field(default_factory=dict)

    def add(self, more: Applied) -> None:
        """Count a further step."""
        self.candidates += more.candidates
        self.accepted += more.accepted
        self.returned += more.returned


def apply(
    session: Session,
    *,
    persons: Ids,
    pairs: Pairs,
    preset: str,
    by: By,
    shown: Mapping[bytes, str] | None = None,
) -> Applied:
    """Store the pairs of `persons`, accept what is safe and queue the rest; see `verdicts.judge` for the rules.

    `shown`: the accounts that match as they may be written down, where they were read before.
    """
    by_their_keys(session)
    take_turns(session, "candidates", shared=True)  # beside other steps of its run; a merge waits for them
    known: list[bytes] = persons.tolist()
    merged = people.merged(session, known, hold=False)  # since they were read
    ids = in_order(set(known) - {id_.bytes for id_ in merged})
    desk = _read_desk(session, ids, pairs)
    pairs = _linkable(pairs, set(ids), desk)
    lost, gone = _unproposed(pairs, desk)
    judged = pairs + Pairs.of(lost)
    verdicts = judge(judged, desk)
    steps = [Step(link.id, LinkState.CLOSED, clock.today(), why, was=link.state) for link, why in verdicts.ended]
    actions.move(session, steps=steps, by=by)
    _accept(session, judged.take(verdicts.accepted), desk, shown, preset, by)
    _write(session, judged, verdicts, gone, desk, preset)
    return _summary(verdicts, len(pairs))


def _read_desk(session: Session, persons: list[bytes], pairs: Pairs) -> Desk:
    statement = sa.select(*(_CANDIDATE.c[name] for name in _KNOWN)).order_by(_CANDIDATE.c.id).with_for_update()
    known: list[Any] = list(among(session, statement, _CANDIDATE.c.person_id, persons))
    accounts = set(pairs.account.tolist())
    live = queries.live_links(session, persons=persons)
    holders, versions = _links_to(session, accounts)
    accounts |= {link.account_id.bytes for link in live}
    return Desk(
        {row.person_id.bytes + row.account_id.bytes: row for row in known},
        {link.person_id.bytes: link for link in live if link.is_primary and link.person_id},
        holders,
        versions,
        {account.bytes: why for account, why in queries.unlinkable(session, accounts).items()},
    )


def _links_to(session: Session, accounts: set[bytes]) -> tuple[dict[bytes, bytes | None], dict[bytes, int]]:
    """Return who holds the live link to each of the accounts, and the highest version of all links to it."""
    holders: dict[bytes, bytes | None] = {}
    versions: dict[bytes, int] = {}
    for account, person, version, live in queries.links_to(session, accounts):
        versions[account.bytes] = max(version, versions.get(account.bytes, 0))
        if live:
            holders[account.bytes] = person.bytes if person else None
    return holders, versions


def _linkable(pairs: Pairs, persons: Collection[bytes], desk: Desk) -> Pairs:
    """Return those of these people, without the accounts that no money can go to."""
    both = zip(pairs.person.tolist(), pairs.account.tolist(), strict=True)
    kept = [person in persons and account not in desk.unlinkable for person, account in both]
    return pairs if all(kept) else pairs.take(np.array(kept, dtype=np.bool_))


def _unproposed(pairs: Pairs, desk: Desk) -> tuple[list[Pair], list[UUID]]:
    """Return what is stored and proposed no more: pairs whose link was the rule's, and the ids of open ones."""
    lost, gone = [], []
    for key in desk.candidates.keys() - set(pairs.ids()):
        known = desk.candidates[key]
        if known.state == CandidateState.OPEN:
            gone.append(known.id)
        elif known.state == CandidateState.ACCEPTED and yields(known, desk.link_of.get(key[:16]), key[16:]):
            lost.append(Pair(known.person_id, known.account_id, known.registration_id, known.score, "review", "gone"))
    return lost, gone


def _write(session: Session, pairs: Pairs, verdicts: Verdicts, gone: list[UUID], desk: Desk, preset: str) -> None:
    known = [desk.candidates.get(key) for key in pairs.ids()]
    stored = np.array([one is not None for one in known], dtype=np.bool_)
    fresh = verdicts.moved() & ~stored
    _insert(session, pairs.take(fresh), verdicts.take(fresh), preset)
    both = pairs.take(stored), verdicts.take(stored), [one for one in known if one is not None]
    bulk_update(session, Candidate, "id", _CHANGING, _changes(*both, preset))
    for some in range(0, len(gone), 5_000):
        superseded = sa.update(_CANDIDATE).where(_CANDIDATE.c.id.in_(gone[some : some + 5_000]))
        session.execute(superseded.values(state=CandidateState.SUPERSEDED, asks=""))


def _accept(session: Session, pairs: Pairs, desk: Desk, shown: Mapping[bytes, str] | None, preset: str, by: By) -> None:
    accounts = pairs.account.tolist()
    if shown is None:
        shown = queries.shown(session, pairs.account)
    versions = [desk.version_of.get(account, 0) + 1 for account in accounts]
    written = [shown[account] for account in accounts]
    actions.accept_free(session, pairs=pairs, versions=versions, shown=written, preset=preset, by=by)


def _insert(session: Session, pairs: Pairs, verdicts: Verdicts, preset: str) -> None:
    """Write pairs that nobody proposed before."""
    count = len(pairs)
    if not count:
        return
    ids, today, accepted = fresh_ids(count), clock.today(), verdicts.accepted.tolist()
    columns = {
        "id": ids,
        "person_id": pairs.person,
        "account_id": pairs.account,
        "registration_id": pairs.registration,
        "score": pairs.score,
        "decision": pairs.decisions(),
        "asks": verdicts.asks.tolist(),
        "preset": [preset] * count,
        "differs": pairs.told(difference),
        "forbidden": pairs.told(forbidden),
        "evidence_sealed": EVIDENCE.seal_laid(dashed(ids), pairs.evidence()),
        "state": verdicts.state.tolist(),
        "reason": [""] * count,
        "decided_by": [BY_RULE if one else "" for one in accepted],
        "decided_on": [today if one else None for one in accepted],
        "found_at": [clock.utc_now()] * count,
    }
    insert_columns(session, Candidate, columns)


def _changes(pairs: Pairs, verdicts: Verdicts, known: list[Any], preset: str) -> list[tuple[Any, ...]]:
    """Return what is to be written of pairs that are stored and read otherwise now."""
    found = []
    said = pairs.decisions(), pairs.score.tolist(), pairs.told(difference), pairs.told(forbidden), pairs.evidence()
    decided = verdicts.state.tolist(), verdicts.asks.tolist(), verdicts.accepted.tolist()
    for one, state, asks, accept, decision, score, differs, forbids, shown in zip(known, *decided, *said, strict=True):
        was = (one.state, one.asks, one.decision, one.preset, round(one.score, 6), one.differs)
        if state is None or was == (state, asks, decision, preset, round(score, 6), differs):
            continue
        by, on = (one.decided_by, one.decided_on) if state == CandidateState.ACCEPTED else ("", None)
        if accept:
            by, on = BY_RULE, clock.today()
        sealed = EVIDENCE.seal(one.id, shown)
        found.append((one.id, score, decision, asks, preset, differs, forbids, state, sealed, by, on))
    return found


def _summary(verdicts: Verdicts, proposed: int) -> Applied:
    asked = verdicts.asks[(verdicts.state == CandidateState.OPEN) & (verdicts.asks != "")]
    return Applied(
        proposed, int(verdicts.accepted.sum()), len(verdicts.ended), len(asked), dict(Counter(asked.tolist()))
    )


def undecided(session: Session) -> Ids:
    """Return whose stored pairs a run may take back; of the others only those with a new pair concern it."""
    states = (CandidateState.OPEN, CandidateState.ACCEPTED)
    statement = sa.select(_CANDIDATE.c.person_id).where(_CANDIDATE.c.state.in_(states)).distinct()
    return gather(session, statement).ids["person_id"]


def proposed_before(session: Session) -> bool:
    """Whether a run has ever proposed a pair."""
    return session.execute(sa.select(_CANDIDATE.c.id).limit(1)).first() is not None


def open_questions(session: Session, persons: Iterable[UUID] | None) -> int:
    """Return how many questions about these people (None = all) wait for a clerk."""
    waiting = sa.and_(col(Candidate.state) == CandidateState.OPEN, col(Candidate.asks) != "")
    if persons is None:
        return int(session.execute(sa.select(sa.func.count()).select_from(Candidate).where(waiting)).scalar_one())
    statement = sa.select(col(Candidate.person_id)).where(waiting)
    return sum(1 for row in session.execute(statement) if row[0] in persons)
