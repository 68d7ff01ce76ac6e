"""What a transaction notes while it runs and writes just before its commit; a savepoint rolled back takes its notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction

Note = TypeVar("Note")


class AtCommit(Generic[Note]):
    """Notes of one kind, kept with the session: `write` gets them once, in their order, before the commit.

    A rollback forgets them. A savepoint's rollback brings back what stood noted when the savepoint began, also what
    was written meanwhile: the rollback undid that too. A savepoint's own end writes nothing.

    The kind made last is written first: its notes may make notes of the kinds before it. `last` is written after all.
    """

    def __init__(self, name: str, write: Callable[[OrmSession, list[Note]], None], *, last: bool = False) -> None:
        self._notes, self._before = f"disburse_{name}", f"disburse_{name}_before"
        self._write = write
        event.listen(OrmSession, "before_commit", self._before_commit, insert=not last)
        event.listen(OrmSession, "after_transaction_create", self._begun)
        event.listen(OrmSession, "after_soft_rollback", self._rolled_back)

    def add(self, session: OrmSession, note: Note) -> None:
        """Note something; nobody changes it afterwards."""
        session.info.setdefault(self._notes, []).append(note)

    def settle(self, session: OrmSession) -> None:
        """Write what was noted so far. The commit does it by itself."""
        notes: list[Note] = session.info.pop(self._notes, [])
        if notes:
            self._write(session, notes)

    def _before_commit(self, session: OrmSession) -> None:
        if not session.in_nested_transaction():  # the end of a savepoint is no commit yet
            self.settle(session)

    def _begun(self, session: OrmSession, transaction: SessionTransaction) -> None:
        if transaction.nested:
            before: dict[Any, list[Note]] = session.info.setdefault(self._before, {})
            before[transaction] = list(session.info.get(self._notes, []))

    def _rolled_back(self, session: OrmSession, transaction: SessionTransaction) -> None:
        undone: SessionTransaction = transaction
        while not undone.nested and undone.parent is not None:
            undone = undone.parent  # a flush that failed: it undid the savepoint, or the whole, that it stands in
        if undone.nested:
            session.info[self._notes] = list(session.info[self._before][undone])
        else:
            session.info.pop(self._notes, None)
            session.info.pop(self._before, None)
