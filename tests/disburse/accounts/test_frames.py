"""Who is sought: the current recipients of active enrolments, all of them or some."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from disburse import clock
from disburse.accounts import frames
from disburse.accounts.gathering import uuids
from disburse.accounts.tables import HoldReason, RecipientHold
from disburse.db import Database
from disburse.people.tables import Enrolment, EnrolmentState, Person, PersonStatus, Recipient
from tests.disburse.accounts.world import World

SOUGHT = ("own", "guardian", "held once", "two of one")


def ward_and_others(world: World) -> None:
    """Somebody for every reason to be sought, or not."""
    for key in ("own", "guardian", "held", "held once", "dead", "ended"):
        world.person(key, "Nguyễn Văn Tám")
    world.person("ward", "Nguyễn Văn Út", recipient="guardian")  # who so receives for two
    world.person("two of one", "Trần Thị Sen", programme="HTXH", commune="21041")
    world.person("other ward", "Trần Văn Út", programme="BTXH", commune="21040", recipient="two of one")
    with world.database.transaction() as session:
        for key in ("held", "held once"):
            recipient = select(Recipient.id).where(Recipient.enrolment_id == world.enrolments[key])
            held = RecipientHold(
                recipient_id=session.exec(recipient).one(), reason=HoldReason.EXPIRED, since=clock.today(),
                settled_on=clock.today() if key == "held once" else None,
            )  # fmt: skip
            session.add(held)
        dead, ended = world.persons["dead"], world.enrolments["ended"]
        session.execute(sa.update(Person).where(col(Person.id) == dead).values(status=PersonStatus.DEAD))
        session.execute(sa.update(Enrolment).where(col(Enrolment.id) == ended).values(state=EnrolmentState.ENDED))


class TestRecipients:
    """Everybody, or some of them, by one rule."""

    def test_whom_money_is_for(self, database: Database) -> None:
        """Each once, however many they receive for; no ward, nobody held, dead or no longer enrolled."""
        world = World(database).reference()
        ward_and_others(world)
        sought = sorted(world.persons[key].int for key in SOUGHT)
        asked: set[UUID] = {*world.persons.values(), UUID(int=1)}
        with database.reading() as session:
            assert [id_.int for id_ in uuids(frames.recipients(session).keys)] == sought
            assert [id_.int for id_ in uuids(frames.recipients(session, asked).keys)] == sought
            for key, person in world.persons.items():
                assert uuids(frames.recipients(session, [person]).keys) == [person] * (key in SOUGHT)

    def test_one_of_several_programmes(self, database: Database) -> None:
        """Of who receives in several the first by name tells the programme; the commune is the person's own."""
        world = World(database).reference()
        ward_and_others(world)
        with database.reading() as session:
            columns = frames.recipients(session, [world.persons["two of one"]]).columns
        assert [columns[name].strings().tolist() for name in ("programme", "commune_code")] == [["BTXH"], ["21041"]]

    def test_some_are_found_without_a_look_at_all(self, sqlite_database: Database) -> None:
        """Asked for a few, SQLite reads their enrolments alone. Of 60,000 grouped it took a sixth of a second."""
        World(sqlite_database).reference()
        asked: list[tuple[str, object]] = []
        sa.event.listen(sqlite_database.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
        with sqlite_database.reading() as session:
            frames.recipients(session, [UUID(int=1)])
            statement, values = asked[-1]
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            read = [row[3].split()[1] for row in plan if row[3].startswith("SCAN") and "VIRTUAL" not in row[3]]
        assert set(read) <= {"sought"}
