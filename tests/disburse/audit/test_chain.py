"""The audit chain: what is recorded stays recorded, and every tampering is found."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from disburse import clock, crypto
from disburse.audit import queries
from disburse.audit.actions import Act, record, record_all, record_columns
from disburse.audit.actor import SYSTEM, By
from disburse.audit.chain import FIELDS, FIRST, canonical, link_hash
from disburse.db import Database
from disburse.free_text import masked
from disburse.programmes.tables import Programme

CLERK = By(name="Đinh Thị Lan")


def write(database: Database, count: int) -> None:
    for number in range(count):
        with database.transaction() as session:
            record(session, action="test.done", object_type="thing", object_id=number, by=CLERK, before=1, after="hai")


def tamper(database: Database, statement: str) -> None:
    """Change the table as someone with full rights over the database would: without the triggers."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS audit_event_no_update")
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS audit_event_no_delete")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        connection.exec_driver_sql(statement)
        connection.commit()


def breaks(database: Database, anchors: dict[int, bytes] | None = None) -> list[int]:
    with database.reading() as session:
        return [found.seq for found in queries.verify(session, anchors)]


class TestRecord:
    def test_events_are_numbered_without_gaps(self, database: Database) -> None:
        """Events of several transactions get 1, 2, 3 in the order of their commits."""
        write(database, 3)
        with database.reading() as session:
            head = queries.head(session)
        assert head is not None
        assert head.seq == 3

    def test_a_rolled_back_act_leaves_no_event(self, database: Database) -> None:
        """What did not happen is not recorded, and its number is not lost."""
        with pytest.raises(RuntimeError), database.transaction() as session:
            record(session, action="test.failed", object_type="thing", object_id=1, by=SYSTEM)
            raise RuntimeError
        write(database, 1)
        assert breaks(database) == []
        with database.reading() as session:
            assert [e.action for e in queries.of_object(session, "thing", 0)] == ["test.done"]

    @pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor_name = 'x'", "DELETE FROM audit_event"])
    def test_the_database_refuses_to_change_events(self, database: Database, statement: str) -> None:
        """Not even our own code can rewrite the chain."""
        write(database, 1)
        with pytest.raises(DBAPIError), database.transaction() as session:
            session.execute(sa.text(statement))


class TestColumns:
    def test_acts_laid_as_columns_are_what_they_are_one_by_one(self, database: Database) -> None:
        """The same texts and the same hashes as of acts recorded singly, masked alike; the chain holds."""
        objects, holders = ["a", 'b"%s', "đ"], ["0190f3a1-1234-7123-8123-123456789012", "stk 45062050123", "\n%\x1f"]
        shared = {"to": "100 %", "since": "2026-11-28", "left": None}
        acts = [
            Act("test.done", object_id, shared | {"holder": holder, "version": version, "account": ""})
            for object_id, holder, version in zip(objects, holders, (1, 2, 123_456_789), strict=True)
        ]
        columns = shared | {"holder": holders, "version": [1, 2, 123_456_789], "account": [""] * 3}
        for way in (
            lambda session: record_columns(
                session, action="test.done", object_type="thing", objects=objects, facts=columns, by=CLERK
            ),
            lambda session: record_all(session, object_type="thing", acts=acts, by=CLERK),
            lambda session: [
                record(session, action=act.action, object_type="thing", object_id=act.object_id, by=CLERK, **act.facts)
                for act in acts
            ],
        ):
            with database.transaction() as session:
                way(session)
        with database.reading() as session:
            found = session.execute(
                sa.text("SELECT object_id, CAST(facts AS TEXT) AS facts FROM audit_event ORDER BY seq")
            )
            rows = [(row.object_id, row.facts) for row in found]
        assert rows == [(str(act.object_id), canonical(masked(act.facts))) for act in acts] * 3
        assert breaks(database) == []


class TestSavepoints:
    def test_an_act_inside_a_savepoint_rolled_back_leaves_no_event(self, database: Database) -> None:
        """The event goes with the change; what was recorded before and after it stays."""
        with database.transaction() as session:
            record(session, action="test.before", object_type="thing", object_id=1, by=CLERK)
            with pytest.raises(RuntimeError), session.begin_nested():
                record(session, action="test.undone", object_type="thing", object_id=1, by=CLERK)
                raise RuntimeError
            record(session, action="test.after", object_type="thing", object_id=1, by=CLERK)
        with database.reading() as session:
            found = [event.action for event in queries.of_object(session, "thing", 1)]
        assert sorted(found) == ["test.after", "test.before"]
        assert breaks(database) == []

    def test_a_savepoint_inside_another_ends_with_it(self, database: Database) -> None:
        """The inner one's end keeps nothing that the outer one takes back, and takes nothing from before along."""
        with database.transaction() as session:
            record(session, action="test.before", object_type="thing", object_id=1, by=CLERK)
            outer = session.begin_nested()
            with session.begin_nested():
                record(session, action="test.undone", object_type="thing", object_id=1, by=CLERK)
            outer.rollback()
        with database.reading() as session:
            assert [event.action for event in queries.of_object(session, "thing", 1)] == ["test.before"]

    def test_a_write_that_the_database_refuses_takes_its_savepoint_alone(self, database: Database) -> None:
        """A flush that fails rolls back a part of its own first; the events from before the savepoint outlive it."""
        with database.transaction() as session:
            record(session, action="test.before", object_type="thing", object_id=1, by=CLERK)
            with pytest.raises(DBAPIError), session.begin_nested():
                record(session, action="test.undone", object_type="thing", object_id=1, by=CLERK)
                session.add(Programme(code="X", name=None, owner="?"))  # type: ignore[arg-type]
                session.flush()
        with database.reading() as session:
            assert [event.action for event in queries.of_object(session, "thing", 1)] == ["test.before"]


class TestVerify:
    def test_an_untouched_chain_holds(self, database: Database) -> None:
        """Nothing is reported where nothing was changed."""
        write(database, 5)
        assert breaks(database) == []

    def test_the_body_is_the_canonical_json_of_the_whole_event(self, sqlite_database: Database) -> None:
        """Written out by hand it is what an encoder makes of it, so that every chain ever written still fits."""
        event = {
            "seq": 7, "at": clock.utc_now(), "actor_id": None, "actor_name": 'Ngô "Ba"\n\x01\u2028', "via": "web",
            "action": "a\\b", "object_type": "thing", "object_id": "đ", "province_code": "51", "area_code": None,
            "programme": "BTXH", "facts": {"b": 1.5, "a": [None, True, "đ\t"]}, "request_id": "", "ip": "::1",
        }  # fmt: skip
        assert set(event) == set(FIELDS)
        at = event["at"].isoformat(timespec="microseconds")  # type: ignore[attr-defined]
        body = json.dumps(event | {"at": at}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        wanted = crypto.keyring().mac("audit", FIRST + len(body).to_bytes(8) + body)
        assert link_hash(FIRST, event | {"facts": canonical(event["facts"])}) == wanted  # type: ignore[arg-type]

    def test_an_edited_event_is_found(self, database: Database) -> None:
        """Changing one word of one event is reported at that event."""
        write(database, 5)
        tamper(database, "UPDATE audit_event SET actor_name = 'Ai Khác' WHERE seq = 3")
        assert 3 in breaks(database)

    def test_a_deleted_event_is_found(self, database: Database) -> None:
        """A gap in the numbers is reported."""
        write(database, 5)
        tamper(database, "DELETE FROM audit_event WHERE seq = 2")
        assert 2 in breaks(database)

    def test_a_cut_tail_is_found_by_its_anchor(self, database: Database) -> None:
        """Deleting the newest events leaves a chain that holds; only the anchor outside the database tells."""
        write(database, 5)
        with database.reading() as session:
            head = queries.head(session)
        assert head is not None
        tamper(database, "DELETE FROM audit_event WHERE seq > 3")
        assert breaks(database) == []
        assert breaks(database, {head.seq: head.hash}) == [5]
