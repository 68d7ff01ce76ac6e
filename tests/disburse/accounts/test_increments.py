"""What an incremental run leaves is what a full run with the same counts would leave, whatever changed in between."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock, config, crypto
from disburse.accounts import due, linking, lists, neighbours, postings, proposals, snapshots, tasks
from disburse.accounts.commands import link_due_here, link_here
from disburse.accounts.match_tables import MatchSnapshot, PersonWords
from disburse.accounts.proposals import settings_of
from disburse.accounts.queries import account_number
from disburse.accounts.tables import (
    Account,
    AccountStatus,
    Candidate,
    CandidateState,
    Link,
    Registration,
    RegistrationSource,
)
from disburse.audit.actor import SYSTEM
from disburse.db import Database
from disburse.errors import Conflict
from disburse.ids import new_id
from disburse.jobs import actions as jobs
from disburse.jobs.queries import at_work
from disburse.jobs.running import Held, run_next
from disburse.people.tables import Person, PersonStatus
from matching import posts
from tests.disburse.accounts.test_links import accept
from tests.disburse.accounts.world import MARCH, OTHER_COMMUNE, World, disburse, use_on_the_command_line

SEED = int(os.environ.get("DISBURSE_TEST_SEED", "20261128"))
NAMES = (
    "Nguyễn Văn Tám", "Nguyễn Tám", "Tám Nguyễn Văn", "Nguyễn Văn Tam", "Trần Thị An", "Trần T. An", "Lê Văn Giám",
    "Hoàng Thị Sen", "Huỳnh Thị Sen", "H' Bia Niê",
)  # fmt: skip
BORN = ("1951-03-12", "1951-12-03", "1951", "1952-03-12", "1951-01-01", "1948-06-01")
CITIZENS = (None, None, None, "051051001234", "051051001235", "051151004321", "051148000001")


class UndoneError(Exception):
    """Ends a transaction that was only to be looked at."""


def rows(session: Session) -> list[Any]:
    """Every link and every pair, as they stand."""
    found: list[Any] = []
    for table in (Link, Candidate):
        described: Any = table.__table__  # type: ignore[attr-defined]
        found += [tuple(row) for row in session.execute(sa.select(*described.c).order_by(described.c.id))]
    return found


def check_like_a_full_run(database: Database) -> None:
    """Nothing is due, and a full run with the same counts proposes what is stored and changes nothing."""
    with database.reading() as session:
        assert due.waiting(session) == 0
        snapshot = snapshots.newest(session)
        assert snapshot is not None
        run = proposals.propose_all(session, settings_of(""), frequencies=snapshots.frequencies_of(snapshot))
        stored = {c.person_id.bytes + c.account_id.bytes: c for c in session.exec(select(Candidate))}
    full = run.proposals
    for key, decision, score in zip(full.pairs.ids(), full.pairs.decisions(), full.pairs.score.tolist(), strict=True):
        known = stored.get(key)
        if known is not None and known.state == CandidateState.OPEN:
            assert (known.decision, round(known.score, 6)) == (decision, round(score, 6))
    with pytest.raises(UndoneError), database.transaction() as session:
        before = rows(session)
        linking.apply(session, persons=full.persons, pairs=full.pairs, preset=full.preset, by=SYSTEM)
        session.flush()
        assert rows(session) == before
        raise UndoneError


class Life:
    """A small world in which names, dates and numbers repeat, so that everybody has rivals; and what happens in it."""

    def __init__(self, database: Database, seed: int) -> None:
        self.world, self.dice, self.serial = World(database).reference(), random.Random(seed), 0
        self.acts: tuple[Callable[[], None], ...] = (
            self.arrive, self.arrive, self.arrive, self.enrol, self.enrol, self.rename, self.undate, self.die,
            self.close, self.state, self.choose, self.answer, self.erase,
        )  # fmt: skip

    def enrol(self) -> None:
        """Somebody comes onto a list, with a number nobody has yet."""
        self.serial += 1
        taken = {c for c in CITIZENS if c} - self._numbers()
        number = self.dice.choice([None, *sorted(taken)])
        commune = self.dice.choice(("21040", OTHER_COMMUNE))
        name, born = self.dice.choice(NAMES), self.dice.choice(BORN)
        self.world.person(f"p{self.serial}", name, born, number, commune=commune)
        self._given = getattr(self, "_given", set()) | {number}

    def _numbers(self) -> set[str | None]:
        return getattr(self, "_given", set())

    def arrive(self) -> None:
        """A bank states an account."""
        self.serial += 1
        holder, born = self.dice.choice(NAMES), self.dice.choice(BORN)
        born = born if len(born) == 10 else f"{born}-07-08"
        bank, number = self.dice.choice(("VBA", "BIDV")), f"{10**12 + self.serial}"
        account = self.world.account(number, holder.upper(), born, self.dice.choice(CITIZENS), bank=bank)
        if self.dice.random() < 0.3:
            with self.world.database.transaction() as session:
                undated = sa.update(Registration).where(col(Registration.account_id) == account)
                session.execute(undated.values(holder_birth_date=None, holder_birth_precision=None))

    def state(self) -> None:
        """A roster states an account for one of its people, known to a bank or not."""
        if not self.world.persons:
            return
        known = self._some(Account)
        self.serial += 1
        number = f"{10**12 + self.serial}"
        if known is not None and self.dice.random() < 0.5:
            number, bank = account_number(known), known.bank_code
        else:
            bank = "LPB"
        person = self.dice.choice(list(self.world.persons))
        self.world.account(number, "", bank=bank, source=RegistrationSource.ROSTER, person=person, status=None)

    def _some(self, table: Any, *where: Any) -> Any:
        with self.world.database.reading() as session:
            found = list(session.exec(select(table).where(*where).order_by(table.id)))
        return self.dice.choice(found) if found else None

    def _set(self, table: Any, row: Any, **values: Any) -> None:
        with self.world.database.transaction() as session:
            session.execute(sa.update(table).where(table.id == row.id).values(**values))

    def rename(self) -> None:
        """A name is corrected."""
        if person := self._some(Person):
            self._set(Person, person, name=self.dice.choice(NAMES))

    def undate(self) -> None:
        """A birth date turns out to be unknown."""
        if person := self._some(Person):
            self._set(Person, person, birth_date=None, birth_precision=None)

    def die(self) -> None:
        """Somebody dies, or it was a mistake."""
        if person := self._some(Person):
            self._set(Person, person, status=self.dice.choice((PersonStatus.DEAD, PersonStatus.ACTIVE)))

    def close(self) -> None:
        """An account is closed, or opened again."""
        if account := self._some(Account):
            self._set(Account, account, status=self.dice.choice((AccountStatus.CLOSED, AccountStatus.OPEN)))

    def answer(self) -> None:
        """A clerk turns a pair down."""
        if pair := self._some(Candidate, col(Candidate.state) == CandidateState.OPEN):
            self._set(Candidate, pair, state=CandidateState.REJECTED, asks="", decided_by="Duyên", decided_on=MARCH)

    def choose(self) -> None:
        """A clerk gives an account nobody holds to somebody without one."""
        with self.world.database.reading() as session:
            held = list(session.exec(select(Link.account_id)))
            having = list(session.exec(select(Link.person_id)))
        free = self._some(Account, col(Account.id).not_in(held), col(Account.status) == AccountStatus.OPEN)
        without = [key for key, id_ in self.world.persons.items() if id_ not in having]
        if free and without:
            accept(self.world, self.dice.choice(without), free.id)

    def erase(self) -> None:
        """What banks stated of strangers is erased after its days."""
        if self.dice.random() < 0.3:
            with self.world.database.transaction() as session:
                lists.erase_unmatched(session, days=-(clock.today() - MARCH).days - 1, by=SYSTEM)


def begun(database: Database, seed: int, people: int) -> Life:
    """So many people and accounts, after a first full run over them."""
    life = Life(database, seed)
    for _ in range(people):
        life.enrol()
        life.arrive()
    link_here(database)
    return life


def live(database: Database, seed: int, steps: int) -> None:
    """A full run over some people and accounts, then change after change, each followed by an incremental run."""
    life = begun(database, seed, 8)
    check_like_a_full_run(database)
    for _ in range(steps):
        for _ in range(life.dice.randint(1, 3)):
            life.dice.choice(life.acts)()
        done = link_due_here(database)
        assert not done["full"]
        check_like_a_full_run(database)


def work(database: Database, kind: str) -> None:
    """Let a worker do what waits, which must be jobs of this kind."""
    while run_next(database, {kind: {due.LINK: tasks.link_all, due.LINK_DUE: tasks.link_due}[kind]}, lease_seconds=30):
        pass


class TestAsAFullRun:
    """The property, on worlds where almost everybody competes with almost everybody."""

    @pytest.mark.parametrize("number", range(2))
    def test_whatever_happens(self, database: Database, number: int) -> None:
        """After every increment a full run with the same counts finds nothing to change."""
        live(database, SEED + number, 5)

    @pytest.mark.campaign
    @pytest.mark.parametrize("number", range(40))
    def test_whatever_happens_for_long(self, database: Database, number: int) -> None:
        """The same, over more lives and longer ones."""
        live(database, SEED + 100 + number, 20)


class TestLinkDue:
    """`disburse link --new` and the worker's round."""

    def test_before_the_first_full_run_it_is_one(self, database: Database) -> None:
        """Without counts to stand on everybody is matched; a worker does not begin by itself."""
        life = Life(database, 1)
        life.enrol()
        life.arrive()
        assert not tasks.enqueue_due(database, config.load())
        assert link_due_here(database)["full"]
        assert not link_due_here(database)["full"]

    def test_a_worker_is_asked_once_when_something_has_changed(self, database: Database) -> None:
        """New registrations wait for the next minute; a second round finds the job asked for."""
        life = Life(database, 1)
        life.enrol()
        link_here(database)
        assert not tasks.enqueue_due(database, config.load())
        life.arrive()
        assert tasks.enqueue_due(database, config.load())
        assert not tasks.enqueue_due(database, config.load())
        work(database, due.LINK_DUE)
        check_like_a_full_run(database)

    def test_after_an_update_that_took_the_counts_away_a_worker_matches_everybody(self, database: Database) -> None:
        """What came meanwhile would wait for somebody to think of the command line."""
        life = begun(database, 1, 4)
        with database.transaction() as session:
            session.execute(sa.delete(MatchSnapshot))
        assert not tasks.enqueue_due(database, config.load())  # nothing has changed
        life.enrol()
        assert tasks.enqueue_due(database, config.load())
        assert not tasks.enqueue_due(database, config.load())
        work(database, due.LINK)
        check_like_a_full_run(database)

    def test_other_thresholds_need_a_full_run(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was accepted at 0.9975 is not decided beside what is accepted at 0.99."""
        life = Life(database, 1)
        life.enrol()
        link_here(database)
        life.arrive()
        monkeypatch.setenv("DISBURSE_MATCH_ACCEPT", "0.99")
        assert link_due_here(database)["full"]
        assert not link_due_here(database)["full"]

    def test_many_changes_need_a_full_run(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """Names weigh by how common they are: after a fifth more rows they are counted again."""
        monkeypatch.setattr(snapshots, "FEW", 4)
        life = begun(database, 1, 10)
        for _ in range(3):
            life.arrive()
        assert not link_due_here(database)["full"]
        for _ in range(3):
            life.arrive()
        assert link_due_here(database)["full"]

    def test_a_run_cut_off_between_its_steps_is_taken_up_again(self, database: Database) -> None:
        """The keys are posted and those concerned are noted in one act: whoever comes next decides about them."""
        life = begun(database, 2, 6)
        for act in (life.arrive, life.enrol, life.arrive, life.rename):
            act()
        with database.transaction() as session:
            snapshot = snapshots.newest(session)
            assert snapshot is not None
            ground = neighbours.Ground(settings_of(""), snapshots.frequencies_of(snapshot))
            assert due.take_up(session, ground, snapshot)
        link_due_here(database)
        check_like_a_full_run(database)

    def test_a_run_that_has_lost_its_job_freezes_nothing(self, database: Database) -> None:
        """Counts and keys stand only on pairs that were applied; without them every note stays due."""
        life = Life(database, 1)
        life.enrol()
        life.arrive()
        with database.transaction() as session:
            job = jobs.enqueue(session, kind="accounts.link", object_id="all", payload={}, by=SYSTEM)
            claim = jobs.claim(session, worker="a", lease_seconds=30, only=job.id)
            assert claim is not None
            jobs.finish(session, held=claim, result={})
        with database.reading() as session:
            waiting = due.waiting(session)
        with pytest.raises(Conflict) as lost:
            tasks.link_all(database, Held(claim))
        assert lost.value.code == "job_lost"
        with database.reading() as session:
            assert snapshots.newest(session) is None
            assert due.waiting(session) == waiting > 0
            assert not session.exec(select(PersonWords)).all()
            assert rows(session) == []

    def test_a_first_run_forgets_what_was_noted_unless_somebody_notes_or_runs(self, database: Database) -> None:
        """It reads everything; but a note on its way waits, and so does whatever another run's counts stand on."""
        life = Life(database, 1)
        life.enrol()
        with database.reading() as session:
            noted = due.waiting(session)
        if not database.is_sqlite:  # has one writer
            with database.transaction() as noting:
                due.judge_anew(noting, [new_id()])
                with database.transaction() as session:
                    due.forget(session)
                with database.reading() as session:
                    assert due.waiting(session) == noted > 0
        with database.transaction() as session:
            assert at_work(session, due.LINK, due.LINK_DUE) == 0
            job = jobs.enqueue(session, kind=due.LINK_DUE, object_id="due", payload={}, by=SYSTEM)
            assert jobs.claim(session, worker="a", lease_seconds=30, only=job.id) is not None
            assert at_work(session, due.LINK, due.LINK_DUE) == 1
            due.forget(session)
        with database.reading() as session:
            assert due.waiting(session) == 0

    def test_no_word_tells_what_it_stands_for(self, database: Database) -> None:
        """Two installations post other words for the same people, and none is the matcher's own number for them."""
        life = Life(database, 3)
        life.enrol()
        life.arrive()
        link_here(database)
        with database.reading() as session:
            words = set(postings.words_kept(session, life.world.persons.values())[0].tolist())
            people = neighbours.read_people(session, life.world.persons.values())
        plain = {value for posted in posts.roster_posts(people.people) for value in posted.value.tolist()}
        assert words
        assert not words & plain
        own = crypto.keyring()
        try:
            crypto.use(crypto.Keyring(bytes(range(32))))
            assert not words & set(postings.person_words(people.people)[0].tolist())
        finally:
            crypto.use(own)


class TestCommand:
    """The words of the command line."""

    def test_new_concerns_everything(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A part cannot be taken of what is new; without a first run all is matched, and said so."""
        Life(database, 1).enrol()
        use_on_the_command_line(database, monkeypatch)
        code, _, said = disburse(capsys, "link", "--new", "--area", "21040")
        assert code == 1
        assert "--new" in said
        code, out, said = disburse(capsys, "link", "--new", "--json")
        assert (code, json.loads(out)) == (0, {"candidates": 0, "accepted": 0, "review": 0})
        assert "ghép lại tất cả" in said
