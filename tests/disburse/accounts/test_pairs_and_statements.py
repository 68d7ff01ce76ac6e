"""A pair never stands without the statement it was found by, nor a link without its account, nor either without its
person; the database checks it for many of them at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import linking
from disburse.accounts.gathering import ids_of
from disburse.accounts.pairs import Pair, Pairs
from disburse.accounts.tables import Account, Candidate, Link, Registration
from disburse.audit.actor import SYSTEM
from disburse.ids import new_id
from disburse.people.tables import Person
from tests.disburse.accounts.test_linking import TAM, apply, pair
from tests.disburse.accounts.world import World

NUMBER = "1234567890123"
LINK: sa.Table = Link.__table__  # type: ignore[attr-defined]


def propose(world: World) -> UUID:
    """Propose a doubtful pair; returns its registration."""
    world.person("tam", **TAM)
    apply(world, pair(world, "tam", world.account(NUMBER), "review"))
    return world.registrations()[0].id


def erase(session: Session, registration_id: UUID) -> None:
    session.execute(sa.delete(Registration).where(col(Registration.id) == registration_id))


def check_waits(world: World, write: Callable[[Session], object], erasing: sa.Delete) -> None:
    """Erase while `write` is not committed: the erasing waits for it, sees what was written and fails."""
    said: list[type] = []

    def erase_beside() -> None:
        try:
            with world.database.transaction() as session:
                session.execute(erasing)
        except IntegrityError as error:
            said.append(type(error))

    with world.database.transaction() as session:
        write(session)
        eraser = threading.Thread(target=erase_beside)
        eraser.start()
        eraser.join(0.5)
        assert eraser.is_alive()  # waits
    eraser.join(10)
    assert said == [IntegrityError]


class TestAPairsStatement:
    def test_a_pair_of_an_unknown_statement_is_refused(self, world: World) -> None:
        """As a foreign key would refuse it, and nothing of it stands."""
        world.person("tam", **TAM)
        known = pair(world, "tam", world.account(NUMBER))
        unknown = Pair(known.person_id, known.account_id, new_id(), 0.9, "review", "name:exact")
        with pytest.raises(IntegrityError):
            apply(world, unknown)
        with world.database.reading() as session:
            assert session.exec(select(Candidate)).all() == []

    def test_a_pair_of_another_accounts_statement_is_refused(self, world: World) -> None:
        """Nor may a pair or a statement go over to another account afterwards: its own holds the account in place."""
        registration, other = propose(world), world.account("1234567890999")
        beside = Pair(world.persons["tam"], other, registration, 0.9, "review", "name:exact")
        with pytest.raises(IntegrityError):
            apply(world, beside)
        for table in (Candidate, Registration):
            with pytest.raises(DBAPIError), world.database.transaction() as session:
                session.execute(sa.update(table).values(account_id=other))
        with pytest.raises(IntegrityError), world.database.transaction() as session:
            session.execute(sa.delete(Account).where(col(Account.id) == world.account_id(NUMBER)))

    def test_a_statement_with_a_pair_is_not_erased(self, world: World) -> None:
        """Nor is any other that the same statement would erase."""
        registration = propose(world)
        world.account("1234567890999")
        with pytest.raises(IntegrityError), world.database.transaction() as session:
            session.execute(sa.delete(Registration))
        assert registration in {one.id for one in world.registrations()}
        assert len(world.registrations()) == 2

    def test_a_statement_without_a_pair_is_erased(self, world: World) -> None:
        """The check is about pairs alone."""
        propose(world)
        world.account("1234567890999")
        with world.database.transaction() as session:
            erase(session, world.registrations()[1].id)
        assert len(world.registrations()) == 1

    def test_a_pair_keeps_its_statement(self, world: World) -> None:
        """Pointing it elsewhere would go past both checks."""
        propose(world)
        world.account("1234567890999")
        with pytest.raises(DBAPIError), world.database.transaction() as session:
            session.execute(sa.update(Candidate).values(registration_id=world.registrations()[1].id))

    def test_erasing_waits_for_who_proposes(self, world: World) -> None:
        """A statement that is erased while a pair of it is on its way: the erasing waits, sees the pair and fails."""
        if world.database.is_sqlite:
            pytest.skip("SQLite has one writer")
        registration = propose(world)
        with world.database.transaction() as session:
            session.execute(sa.delete(Candidate))
        check_waits(
            world,
            lambda session: link_again(session, world, registration),
            sa.delete(Registration).where(col(Registration.id) == registration),
        )


def link_again(session: Session, world: World, registration: UUID) -> None:
    """Propose the pair in an open transaction."""
    person = world.persons["tam"]
    one = Pair(person, world.account_id(NUMBER), registration, 0.9, "review", "name:exact")
    linking.apply(session, persons=ids_of([person]), pairs=Pairs.of([one]), preset="test", by=SYSTEM)
    session.flush()


def linked(world: World) -> dict[str, Any]:
    """Propose a safe pair; returns its link's row."""
    world.person("tam", **TAM)
    apply(world, pair(world, "tam", world.account(NUMBER)))
    with world.database.reading() as session:
        return dict(session.execute(sa.select(LINK)).mappings().one())


class TestALinksAccount:
    def test_a_link_to_an_unknown_account_is_refused(self, world: World) -> None:
        """As a foreign key would refuse it, and nothing of it stands."""
        unknown = linked(world) | {"id": new_id(), "account_id": new_id(), "is_primary": False}
        with pytest.raises(IntegrityError), world.database.transaction() as session:
            session.execute(sa.insert(LINK), [unknown])
        with world.database.reading() as session:
            assert len(session.exec(select(Link)).all()) == 1

    def test_a_link_keeps_its_account(self, world: World) -> None:
        """Money does not go elsewhere by a change of the row."""
        linked(world)
        other = world.account("1234567890999")
        with pytest.raises(DBAPIError), world.database.transaction() as session:
            session.execute(sa.update(LINK).values(account_id=other))

    def test_an_account_with_a_link_is_not_erased(self, world: World) -> None:
        """Also where no statement holds it any more; one that nothing names is."""
        linked(world)
        world.account("1234567890999")
        with world.database.transaction() as session:
            session.execute(sa.delete(Candidate))
            session.execute(sa.delete(Registration))
        with pytest.raises(IntegrityError), world.database.transaction() as session:
            session.execute(sa.delete(Account))
        with world.database.transaction() as session:
            session.execute(sa.delete(Account).where(col(Account.id) != world.account_id(NUMBER)))

    def test_erasing_waits_for_who_links(self, world: World) -> None:
        """An account that is erased while a link to it is on its way: the erasing waits, sees the link and fails."""
        if world.database.is_sqlite:
            pytest.skip("SQLite has one writer")
        row = linked(world)
        with world.database.transaction() as session:
            for table in (Candidate, Registration, Link):
                session.execute(sa.delete(table))
        check_waits(world, lambda session: session.execute(sa.insert(LINK), [row]), sa.delete(Account))


def stranger(world: World) -> UUID:
    """Return a person whom nothing names."""
    person = Person(name="Đinh Thị Hoa", name_fold="dinh thi hoa", sort_key="hoa", created_at=clock.utc_now())
    with world.database.transaction() as session:
        session.add(person)
    return person.id


def is_person(id_: UUID) -> Any:
    return col(Person.id) == id_


class TestTheirPerson:
    @pytest.mark.parametrize("table", [Candidate, Link])
    def test_one_of_an_unknown_person_is_refused(self, world: World, table: Any) -> None:
        """As a foreign key would refuse it, also where it goes over from somebody known, and nothing of it stands."""
        linked(world)
        described = sa.inspect(table).local_table
        with world.database.reading() as session:
            row = dict(session.execute(sa.select(described)).mappings().one())
        unknown = {"id": new_id(), "person_id": new_id()} | ({"is_primary": False} if table is Link else {})
        with pytest.raises(IntegrityError), world.database.transaction() as session:
            session.execute(sa.insert(described), [row | unknown])
        with pytest.raises(IntegrityError), world.database.transaction() as session:
            session.execute(sa.update(described).values(person_id=new_id()))
        with world.database.reading() as session:
            assert session.execute(sa.select(described)).mappings().all() == [row]

    @pytest.mark.parametrize("table", [Candidate, Link])
    def test_whom_one_names_stays(self, world: World, table: Any) -> None:
        """Under the same id; somebody whom nothing names any more may go."""
        linked(world)
        hoa = stranger(world)
        tam = world.persons["tam"]
        with world.database.transaction() as session:
            session.execute(sa.update(table).values(person_id=hoa))
        for statement in (sa.delete(Person), sa.update(Person).values(id=new_id())):
            with pytest.raises(DBAPIError), world.database.transaction() as session:
                session.execute(statement.where(is_person(hoa)))
        with world.database.transaction() as session:
            session.execute(sa.update(table).values(person_id=tam))
            session.execute(sa.delete(Person).where(is_person(hoa)))

    def test_erasing_waits_for_who_names_them(self, world: World) -> None:
        """A person who is erased while a pair of theirs is on its way: the erasing waits, sees the pair and fails."""
        if world.database.is_sqlite:
            pytest.skip("SQLite has one writer")
        linked(world)
        hoa = stranger(world)
        check_waits(
            world,
            lambda session: session.execute(sa.update(Candidate).values(person_id=hoa)),
            sa.delete(Person).where(is_person(hoa)),
        )
