"""What a run over everybody leaves for the increments after it: all keys, and the counts its pairs were scored with."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING

from disburse.accounts import due, snapshots
from disburse.accounts.due import Due
from disburse.accounts.gathering import Ids
from disburse.accounts.slices import Statements
from disburse.db import Database
from disburse.jobs.running import Held

if TYPE_CHECKING:
    from matching import Settings
    from matching.frequency import Frequencies
    from matching.normalise import People


class Freezing:
    """Posts a run's keys and keeps its counts once its pairs are applied, in one transaction; ends with the block.

    A province's keys take PostgreSQL a while, so it gets them from when no more is read, while the last slices are
    matched and pairs scored and applied. SQLite has one writer: there they follow. `noted` None = nothing is frozen.
    """

    def __init__(self, database: Database, held: Held, settings: Settings, noted: Due | None, rebuild: bool) -> None:
        self._database, self._held, self._settings = database, held, settings
        self._noted, self._rebuild = noted, rebuild
        self._beside = ThreadPoolExecutor(1)
        self._scored: Future[Frequencies] = Future()
        self._frozen: Future[None] | None = None

    def __enter__(self) -> Freezing:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is not None and not self._scored.done():
            self._scored.set_exception(error)
        self._beside.shutdown()

    def begin(self, people: People, ids: Ids, bank: Statements) -> None:
        """Take both sides: the people, and what banks state, of which no more is to be read."""
        if self._noted is not None and self._rebuild and not self._database.is_sqlite:
            self._frozen = self._beside.submit(self._freeze, people, ids, bank, self._noted)
        else:
            self._rows = people, ids, bank

    def end(self, frequencies: Frequencies) -> None:
        """Freeze, now that all pairs are applied that these counts gave."""
        self._scored.set_result(frequencies)
        if self._frozen is not None:
            self._frozen.result()
        elif self._noted is not None:
            self._freeze(*self._rows, self._noted)

    def _freeze(self, people: People, ids: Ids, bank: Statements, noted: Due) -> None:
        with self._database.transaction() as session:
            if self._rebuild:
                due.rebuild(session, people, ids, bank)
            else:
                due.repost(session, noted)
            frequencies = self._scored.result()  # what is frozen counts only with the pairs it was made with
            self._held.advance(session, message="")  # whoever has lost the job writes nothing more
            snapshots.keep(
                session, frequencies=frequencies, settings=self._settings, recipients=len(ids),
                registrations=len(bank),
            )  # fmt: skip
            due.settle(session, noted.notes)
