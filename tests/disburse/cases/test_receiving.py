"""Who receives: found or entered, with a paper, within the cap or by an exception; scans; ages that matter."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from disburse.access.actor import Actor, Held, Scope
from disburse.access.roles import Permission
from disburse.access.tables import Role
from disburse.audit.actor import COMMAND
from disburse.cases.receiving import Paper, Receiving, receive
from disburse.clock import Period
from disburse.errors import Conflict, DisburseError, Invalid, NotFound
from disburse.people import ages, papers
from disburse.people.stated import read_person
from disburse.people.tables import PaperScan, RecipientKind
from tests.disburse.rosters.desk import TODAY, Desk

CHILDREN = "\n".join(
    ["name | born | id | amount", *(f"Lê Thị Bé {word} | 2012-06-20 | | 500000" for word in ("An", "Bình", "Chi"))]
)
PAPER = Paper("Quyết định công nhận người giám hộ", "12/QĐ", date(2026, 1, 5), date(2026, 8, 1))
GUARDIAN = read_person(name="Trần Văn Cả", birth="1970", citizen="051070000001")


def officer(area: str = "51") -> Actor:
    return Actor(uuid4(), "can.bo", "Cán bộ", COMMAND, (Held(Role.PROVINCE, Scope(area)),))


def give(desk: Desk, child: str, *, cap: int = 2, **more: object) -> UUID:
    enrolment = desk.enrolment(child)
    facts = {"kind": RecipientKind.GUARDIAN, "since": TODAY, "who": GUARDIAN, "paper": PAPER} | more
    with desk.database.transaction() as session:
        receiving = Receiving(enrolment_id=enrolment.id, **facts)  # type: ignore[arg-type]
        return receive(session, receiving=receiving, cap=cap, by=COMMAND)


class TestReceive:
    def test_one_guardian_of_several_up_to_the_cap(self, desk: Desk) -> None:
        """The same citizen ID is one person; one ward more than the cap needs a reason, which is kept."""
        desk.full("2026-05", CHILDREN)
        give(desk, "Lê Thị Bé An", relation="bác")
        give(desk, "Lê Thị Bé Bình")
        assert desk.recipient("Lê Thị Bé Bình") == ("guardian", "Trần Văn Cả")
        with pytest.raises(Conflict, match="receives for 2"):
            give(desk, "Lê Thị Bé Chi")
        give(desk, "Lê Thị Bé Chi", exception="ba anh em ruột")
        give(desk, "Lê Thị Bé An", relation="bác ruột")  # a newer paper for the same ward is no further ward
        assert [name for name, _ in desk.people()].count("Trần Văn Cả") == 1
        assert desk.is_sound()
        give(desk, "Lê Thị Bé An", kind=RecipientKind.OWN, who=None, paper=Paper())
        assert desk.recipient("Lê Thị Bé An") == ("own", "Lê Thị Bé An")

    def test_what_is_refused(self, desk: Desk) -> None:
        """No paper, a paper that is over, a minor, no name, and another's citizen ID."""
        desk.full("2026-05", CHILDREN + "\nNgô Văn Khác | 1950 | 051050000009 | 500000")
        other = read_person(name="Trần Văn Cả", citizen="051050000009")
        cases: list[tuple[dict[str, object], type[DisburseError]]] = [
            ({"paper": Paper()}, Invalid),
            ({"paper": Paper("x", "1", date(2025, 1, 1), date(2026, 6, 1))}, Invalid),
            ({"who": read_person(name="Trần Văn Cả", birth="2015")}, Invalid),
            ({"who": None}, Invalid),
            ({"who": other}, Conflict),
            ({"kind": RecipientKind.ORGANISATION, "organisation": " "}, Invalid),
        ]
        for more, kind in cases:
            with pytest.raises(kind):
                give(desk, "Lê Thị Bé An", **more)
        assert desk.recipient("Lê Thị Bé An")[0] == "own"

    def test_papers_that_end_are_listed_for_those_who_may_see(self, desk: Desk) -> None:
        """A paper shows up once its last day is near, and only inside one's own areas."""
        desk.full("2026-05", CHILDREN)
        give(desk, "Lê Thị Bé An")
        with desk.database.reading() as session:
            for until, area, count in (
                (date(2026, 7, 31), "51", 0),
                (date(2026, 8, 1), "51", 1),
                (date(2026, 9, 1), "01", 0),
            ):
                total, lines = papers.expiring(session, officer(area), until=until, limit=9, offset=0)
                assert (total, len(lines)) == (count, count)


class TestScans:
    def test_sealed_and_handed_out_to_those_who_may(self, desk: Desk) -> None:
        """The bytes come back as they were, lie in the table unreadable, and are foreign elsewhere."""
        desk.full("2026-05", CHILDREN)
        key = give(desk, "Lê Thị Bé An")
        content = b"\x89PNG\r\n\x1a\n" + b"picture" * 100 + b"IEND\xaeB`\x82"
        with desk.database.transaction() as session:
            recipient, _ = papers.seen_recipient(session, officer(), key, Permission.RECIPIENT_CHANGE)
            scan = papers.add_scan(session, recipient=recipient, content=content, name="a.exe", by=COMMAND)
        with desk.database.transaction() as session:
            found, opened = papers.open_scan(session, recipient=recipient, scan_id=scan, by=COMMAND)
            assert (opened, found.media) == (content, "image/png")
            assert b"picture" not in session.exec(select(PaperScan.content_sealed)).one()
            with pytest.raises(NotFound):
                papers.seen_recipient(session, officer("01"), key, Permission.RECIPIENT_CHANGE)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"MZ\x90",
            b"%PDF-1.7 cut off",
            b"\xff\xd8\xff no end",
            b"<html>",
            b"GIF89a",
            b"%PDF-" + b"x" * 6_000_000,
        ],
        ids=["empty", "program", "cut pdf", "cut jpeg", "html", "gif", "big"],
    )
    def test_bytes_decide(self, content: bytes) -> None:
        """What is no whole PDF, PNG or JPEG of a fair size is refused, whatever its name."""
        with pytest.raises(Invalid):
            papers.media_of(content)


class TestAges:
    def test_who_reaches_an_age_in_a_month(self, desk: Desk) -> None:
        """By the day where it is known, in the year where only that is known."""
        desk.full(
            "2026-05",
            "name | born\nA Lan | 1946-06-30\nB Lan | 1946-07-01\nC Lan | 1946\nD Lan | 2022-06",
        )
        with desk.database.reading() as session:
            total, june = ages.reaching(session, officer(), period=Period(2026, 6), age=None, limit=9, offset=0)
            _, eighty = ages.reaching(session, officer(), period=Period(2026, 6), age=80, limit=9, offset=0)
            nobody, _ = ages.reaching(session, officer("01"), period=Period(2026, 6), age=None, limit=9, offset=0)
        found = {(one.person.name, one.age, one.in_year) for one in june}
        assert found == {("A Lan", 80, False), ("C Lan", 80, True), ("D Lan", 4, False)}
        assert (total, len(eighty), nobody) == (3, 2, 0)
