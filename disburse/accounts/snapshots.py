"""What scoring takes from the whole population, frozen by a full run; an incremental run scores with the same."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts.match_tables import COUNTS, MatchSnapshot
from disburse.ids import new_id

if TYPE_CHECKING:
    from matching import Settings
    from matching.frequency import Frequencies

DRIFT = 0.2  # rows taken in since the full run, as a share of its rows, after which another is due
FEW = 1_000  # … but never for fewer rows than these


def rules_of(settings: Settings) -> str:
    """Return what a snapshot must have been made with: the matcher's code, the weights and the thresholds."""
    from matching.posts import rules

    return f"{rules()}:{hashlib.sha256(settings.to_json().encode()).hexdigest()[:16]}"


def newest(session: Session) -> MatchSnapshot | None:
    """Return the snapshot of the last full run, if there was one; its counts, some megabytes, when asked for."""
    statement = select(MatchSnapshot).order_by(col(MatchSnapshot.id).desc()).limit(1)
    return session.exec(statement.options(defer(MatchSnapshot.counts_sealed))).first()  # type: ignore[arg-type]


def fits(snapshot: MatchSnapshot | None, settings: Settings) -> bool:
    """Whether pairs scored with this snapshot are those a full run made with these settings."""
    return snapshot is not None and snapshot.rules == rules_of(settings)


def same_keys(snapshot: MatchSnapshot | None) -> bool:
    """Whether the keys posted with this snapshot are those this code would post."""
    from matching.posts import rules

    return snapshot is not None and snapshot.rules.split(":")[0] == rules()


def drifted(snapshot: MatchSnapshot, more: int = 0) -> bool:
    """Whether so much was taken in since (and `more` now) that names weigh otherwise: a full run is due."""
    return snapshot.added + more > max(FEW, DRIFT * (snapshot.recipients + snapshot.registrations))


def keep(
    session: Session, *, frequencies: Frequencies, settings: Settings, recipients: int, registrations: int
) -> UUID:
    """Store a full run's counts in place of those before."""
    session.execute(sa.delete(MatchSnapshot))
    id_ = new_id()
    session.add(
        MatchSnapshot(
            id=id_, preset=settings.name, rules=rules_of(settings), recipients=recipients,
            registrations=registrations, counts_sealed=COUNTS.seal_bytes(id_, _packed(frequencies)),
            made_at=clock.utc_now(),
        )
    )  # fmt: skip
    session.flush()
    return id_


def frequencies_of(snapshot: MatchSnapshot) -> Frequencies:
    """Return the counts a snapshot holds, in the session it was read in."""
    return _unpacked(COUNTS.open_bytes(snapshot.id, snapshot.counts_sealed))


_TABLES = ("names", "outer", "given", "communes")


def _packed(found: Frequencies) -> bytes:
    from matching.frequency import Counts

    arrays = {"rows": np.array([found.rows])}
    for name in _TABLES:
        counts: Counts | None = getattr(found, name)
        if counts is not None:
            arrays[f"{name}_value"], arrays[f"{name}_count"] = counts.value, counts.count
    if found.climate is not None:
        arrays["climate"] = found.climate
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def _unpacked(content: bytes) -> Frequencies:
    from matching.frequency import Counts, Frequencies

    with np.load(io.BytesIO(content)) as arrays:
        tables = {n: Counts(arrays[f"{n}_value"], arrays[f"{n}_count"]) for n in _TABLES if f"{n}_value" in arrays}
        climate = arrays.get("climate")
        return Frequencies(
            tables["names"], tables["outer"], tables["given"], int(arrays["rows"][0]), climate, tables.get("communes")
        )
