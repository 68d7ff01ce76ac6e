"""What rosters call hamlets: the register's names for other spellings, and an officer's word on unknown texts."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from disburse.audit.actor import COMMAND
from disburse.errors import Invalid
from disburse.people.hamlets import add_alias, add_hamlet
from disburse.people.tables import Hamlet, HamletAlias, Person
from disburse.rosters import hamlets, ordering
from disburse.rosters.hamlets import NEW, Asked, names_of
from tests.disburse.rosters.desk import Desk
from tests.disburse.rosters.test_on_screen import OFFICER, counts, look, waiting, work
from tests.drawn import BINH_THANH, CHAU_O

OLD, NOW = date(2004, 7, 8), date(2025, 7, 1)
LIST = """name | born | id | amount | hamlet
Lê Thị Lan | 1950 | 051150000001 | 500000 | TDP Phú Lộc
Trần Văn Bảy | 1947 | 051047000002 | 700000 | TDP Phú Lộc
Võ Thị Sáu | 1940 | 051140000003 | 360000 | Xóm Rừng
Đỗ Thị Mới | 1952 | 051152000004 | 360000 | thôn phú lộc
Bùi Văn Chờ | 1952 | 051052000005 | 360000 | xóm rừng"""


def asked(desk: Desk, roster_id: object) -> list[Asked]:
    with desk.database.reading() as session:
        found = counts(look(desk.database, roster_id)).hamlets  # type: ignore[arg-type]
        return hamlets.asked(session, found, {"21040"})


class TestNames:
    def test_a_spelling_is_the_name_of_its_own_commune_of_then(self, desk: Desk) -> None:
        """Two former communes have a "Thôn 1": a row means that of its own; of today's list either, so as written."""
        with desk.database.transaction() as session:
            for (code, since, today), alias in ((BINH_THANH, "T.1"), (CHAU_O, "Thôn Nhất")):
                made = add_hamlet(
                    session, commune_code=today, origin_code=code, origin_valid_from=since, name="Thôn 1", by=COMMAND
                )
                add_alias(session, hamlet_id=made, spelling=alias, by=COMMAND)
        with desk.database.reading() as session:
            names = names_of(session, {"21040"})
        old, now = OLD.isoformat(), NOW.isoformat()
        assert names.name("21040", BINH_THANH[0], old, "t.1") == "Thôn 1"
        assert names.name("21040", CHAU_O[0], old, "T.1") is None
        assert names.name("21040", CHAU_O[0], old, "Thôn nhất") == "Thôn 1"
        assert names.name("21040", "21040", now, "T.1") == "Thôn 1"
        assert names.name("21061", "21061", now, "T.1") is None
        rows = [{"commune_code": "21040", "origin_code": BINH_THANH[0], "origin_valid_from": old, "hamlet": "T.1"}, {}]
        names.settle(rows)
        assert rows == [{**rows[0], "hamlet": "Thôn 1"}, {}] and not names.unknown


class TestAsked:
    def test_an_officer_says_once_what_hamlets_are_meant(self, desk: Desk) -> None:
        """One is another spelling, one is new: the register keeps both, people bear its names, June asks nobody."""
        with desk.database.transaction() as session:
            known = add_hamlet(
                session, commune_code="21040", origin_code="21040", origin_valid_from=NOW, name="Thôn Phú Lộc",
                by=COMMAND,
            )  # fmt: skip
        roster_id = waiting(desk, "2026-05", LIST)
        lots, forest = asked(desk, roster_id)
        assert [(one.texts, one.count, one.guess) for one in (lots, forest)] == [
            (("TDP Phú Lộc",), 2, str(known)), (("Xóm Rừng",), 2, ""),
        ]  # fmt: skip
        assert [key for key, _ in forest.choices] == [str(known), NEW]
        said = {"roster_id": roster_id, "communes": {"21040"}, "by": OFFICER}
        with pytest.raises(Invalid), desk.database.transaction() as session:
            ordering.name_hamlets(session, told={forest.key: str(roster_id)}, **said)  # type: ignore[arg-type]
        with desk.database.transaction() as session:
            told = {lots.key: str(known), forest.key: NEW}
            assert ordering.name_hamlets(session, told=told, **said) == 2  # type: ignore[arg-type]
        work(desk.database)
        assert asked(desk, roster_id) == []
        with desk.database.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=5, by=OFFICER)
        work(desk.database)
        with desk.database.reading() as session:
            written = session.exec(select(Person.hamlet).order_by(col(Person.hamlet))).all()
            assert list(written) == ["Thôn Phú Lộc", "Thôn Phú Lộc", "Thôn Phú Lộc", "Xóm Rừng", "Xóm Rừng"]
            assert [one.spelling for one in session.exec(select(HamletAlias))] == ["TDP Phú Lộc"]
        june = waiting(desk, "2026-06", LIST)
        assert (asked(desk, june), counts(look(desk.database, june)).same) == ([], 5)

    def test_a_hamlet_may_be_a_number(self, desk: Desk) -> None:
        """ "6" in a column of hamlets enters the register; later "Thôn 6" is likely meant by it."""
        roster_id = waiting(desk, "2026-05", LIST.replace("TDP Phú Lộc", "6"))
        (every,) = asked(desk, roster_id)
        with desk.database.transaction() as session:
            assert hamlets.say(session, questions=[every], told={every.key: NEW}, by=OFFICER) == 3
        later = asked(desk, waiting(desk, "2026-06", LIST.replace("TDP Phú Lộc", "Thôn 6")))
        with desk.database.reading() as session:
            six = session.exec(select(Hamlet.id).where(Hamlet.name == "6")).one()
        assert [(one.texts, one.guess) for one in later] == [(("Thôn 6",), str(six))]

    def test_a_commune_without_a_register_is_asked_once(self, desk: Desk) -> None:
        """All its hamlets at once: are these the register? Another commune's officer is asked nothing."""
        roster_id = waiting(desk, "2026-05", LIST)
        (every,) = asked(desk, roster_id)
        assert (every.texts, every.count) == (("TDP Phú Lộc", "Xóm Rừng", "thôn phú lộc"), 5)
        with desk.database.transaction() as session:
            assert hamlets.asked(session, counts(look(desk.database, roster_id)).hamlets, {"21061"}) == []
            assert hamlets.say(session, questions=[every], told={every.key: NEW}, by=OFFICER) == 3
        with desk.database.reading() as session:
            assert {one.name for one in session.exec(select(Hamlet))} == set(every.texts)
