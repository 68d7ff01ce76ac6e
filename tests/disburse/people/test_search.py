"""Finding people: by words without accents, in Vietnamese order, by whole numbers, and only what one may see."""

from __future__ import annotations

from uuid import uuid4

import pytest

from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.audit.actor import COMMAND
from disburse.errors import Invalid
from disburse.people.search import Wanted, by_number, search
from tests.disburse.rosters.desk import Desk

LIST = """name | born | id | old | phone | file | commune | amount
Nguyễn Văn Đào | 1950 | 051050000001 | 212345678 | 0912345678 | HS-01 | 21040 | 500000
Đào Thị Ánh | 1951 | 051151000002 | | | HS-02 | 21040 | 500000
Trần Thị Đạo | 1952 | | | | | 21061 | 500000
Lê Thị Dào Anh | 1953 | | | | | 21061 | 500000
Nguyễn Văn Ân | 1954 | | | | | 21040 | 500000
Nguyễn Văn Dũng | 1955 | | | | | 21040 | 500000"""


def actor(area: str = "51", programme: str = "") -> Actor:
    return Actor(uuid4(), "can.bo", "Cán bộ", COMMAND, (Held(Role.PROVINCE, Scope(area, programme)),))


def names(desk: Desk, wanted: Wanted, who: Actor | None = None) -> list[str]:
    with desk.database.reading() as session:
        return [person.name for person in search(session, who or actor(), wanted).people]


class TestSearch:
    def test_words_order_and_scope(self, desk: Desk) -> None:
        """Accents do not matter, who is called so comes first, a beginning serves where no word fits, scope holds."""
        desk.full("2026-05", LIST)
        table = [
            # words        found, in order
            ("dao", ["Nguyễn Văn Đào", "Trần Thị Đạo", "Lê Thị Dào Anh", "Đào Thị Ánh"]),
            ("ĐÀO nguyễn", ["Nguyễn Văn Đào"]),
            ("nguyen van", ["Nguyễn Văn Ân", "Nguyễn Văn Dũng", "Nguyễn Văn Đào"]),
            ("dun", ["Nguyễn Văn Dũng"]),
            ("ngu va du", ["Nguyễn Văn Dũng"]),
            ("zz", []),
            ("%", []),
        ]
        for words, found in table:
            assert names(desk, Wanted(words=words)) == found, words
        everyone = ["Lê Thị Dào Anh", "Đào Thị Ánh", "Nguyễn Văn Ân", "Nguyễn Văn Dũng", "Nguyễn Văn Đào",
                    "Trần Thị Đạo"]  # fmt: skip
        assert names(desk, Wanted()) == everyone
        assert names(desk, Wanted(commune="21061")) == ["Lê Thị Dào Anh", "Trần Thị Đạo"]
        assert names(desk, Wanted(words="dao", commune="21061")) == ["Trần Thị Đạo", "Lê Thị Dào Anh"]
        assert names(desk, Wanted(words="dao"), actor("21061")) == ["Trần Thị Đạo", "Lê Thị Dào Anh"]
        assert names(desk, Wanted(words="dao"), actor("01")) == []
        assert names(desk, Wanted(words="dao"), actor("51", "NCC")) == []
        assert names(desk, Wanted(words="dao", stage="not_id_valid")) == ["Trần Thị Đạo", "Lê Thị Dào Anh"]
        with pytest.raises(Invalid, match="stage"), desk.database.reading() as session:
            search(session, actor(), Wanted(stage="rich"))

    def test_both_ways_to_a_page_give_the_same(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Along the words' index or sorted from few enrolments: the same people in the same order."""
        desk.full("2026-05", LIST)
        asked = [Wanted(words="dao"), Wanted(words="nguyen van"), Wanted(words="thi dao", commune="21061")]
        along = [names(desk, wanted) for wanted in asked]
        monkeypatch.setattr("disburse.people.search.FEW", 0)
        assert [names(desk, wanted) for wanted in asked] == along
        monkeypatch.setattr("disburse.people.search.SORTED", 0)
        assert [names(desk, wanted) for wanted in asked] == along

    def test_a_number_is_found_whole_and_by_those_who_may_see(self, desk: Desk) -> None:
        """Citizen ID, old ID, phone and file number find their one person; a part of a number finds nobody."""
        desk.full("2026-05", LIST)
        with desk.database.reading() as session:
            for number in ("051050000001", "0510 5000 0001", "212345678", "0912.345.678", "+84912345678", "HS-01"):
                assert [p.name for p in by_number(session, actor(), number)] == ["Nguyễn Văn Đào"], number
            for number in ("05105000000", "21234567", "HS-0", "HS", "", "051050000009"):
                assert by_number(session, actor(), number) == [], number
            assert by_number(session, actor("01"), "051050000001") == []

    def test_a_recipient_without_an_enrolment_is_found_and_a_new_name_too(self, desk: Desk) -> None:
        """Guardians are people; a name that a later list corrects is found by its new words and not by its old."""
        desk.full(
            "2026-05", "name | born | id | recipient | relation\nLê Thị Lan | 1950 | 051150000001 | Cao Văn Con | con"
        )
        assert names(desk, Wanted(words="con")) == ["Cao Văn Con"]
        desk.part("2026-06", "name | born | id\nLê Thị Liên Lan | 1950 | 051150000001")
        assert names(desk, Wanted(words="lien")) == ["Lê Thị Liên Lan"]
        assert names(desk, Wanted(words="lan")) == ["Lê Thị Liên Lan"]
