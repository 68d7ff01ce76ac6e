"""The last walk over the whole chain, and what its anchors say: kept in a file, as the database is what is checked.

One line: sequence number, hash in hex, moment, number of breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from disburse import clock
from disburse.audit.anchors import read_anchors
from disburse.audit.queries import head, verify
from disburse.audit.tables import AuditEvent
from disburse.errors import Invalid

CHECKED = "audit.checked"
ANCHORS = "audit.anchors"


@dataclass(frozen=True, slots=True)
class Check:
    """What the last walk found: up to which event, when, and how many places where the chain does not hold."""

    seq: int
    at: datetime
    breaks: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The chain's state for who reads the log: the last walk, and the newest anchor with whether it fits."""

    newest: int
    check: Check | None
    anchor: int | None
    anchor_fits: bool


def walk(session: Session, folder: Path) -> Check:
    """Verify the whole chain against its anchors, and keep what was found."""
    newest = head(session)
    breaks = sum(1 for _ in verify(session, _anchors(folder)))
    found = Check(newest.seq if newest else 0, clock.utc_now(), breaks)
    digest = newest.hash.hex() if newest else "-"
    line = f"{found.seq} {digest} {found.at.isoformat(timespec='seconds')} {found.breaks}\n"
    (folder / CHECKED).write_text(line, encoding="ascii")
    return found


def standing(session: Session, folder: Path) -> Standing:
    """Return the chain's state; reads one event and two small files, so that a page can ask."""
    newest = head(session)
    anchors = _anchors(folder)
    last = max(anchors, default=None)
    event = session.get(AuditEvent, last) if last else None
    fits = event is not None and last is not None and event.hash == anchors[last]
    return Standing(newest.seq if newest else 0, _last_check(folder), last, fits)


def _anchors(folder: Path) -> dict[int, bytes]:
    path = folder / ANCHORS
    return read_anchors(path) if path.exists() else {}


def _last_check(folder: Path) -> Check | None:
    try:
        seq, _digest, moment, breaks = (folder / CHECKED).read_text(encoding="ascii").split()
        return Check(int(seq), datetime.fromisoformat(moment), int(breaks))
    except FileNotFoundError:
        return None
    except ValueError as wrong:
        raise Invalid("anchors_unreadable", path=folder / CHECKED) from wrong
