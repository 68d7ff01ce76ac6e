"""Anchors: the chain's head, written outside the database, so that a cut tail is noticed.

One line an anchor: sequence number, hash in hex, moment. The file is only ever appended to.
"""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session

from disburse import clock
from disburse.audit.queries import head
from disburse.errors import Invalid


def append_anchor(session: Session, path: Path) -> bool:
    """Append the chain's head to the file unless it stands there already. Returns whether a line was added."""
    newest = head(session)
    if newest is None or newest.seq in (read_anchors(path) if path.exists() else {}):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(f"{newest.seq} {newest.hash.hex()} {clock.utc_now().isoformat(timespec='seconds')}\n")
    return True


def read_anchors(path: Path) -> dict[int, bytes]:
    """Return sequence number → hash; a line of another shape raises Invalid."""
    found: dict[int, bytes] = {}
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        try:
            seq, digest, _moment = line.split()
            found[int(seq)] = bytes.fromhex(digest)
        except ValueError as wrong:
            raise Invalid("anchors_unreadable", path=path) from wrong
    return found
