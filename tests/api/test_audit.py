"""The log on screen: who sees which acts, filters, pages, and the export that is itself an act."""

from __future__ import annotations

import csv
import io
import re

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access import actions as access
from disburse.access.tables import Role
from disburse.audit.actions import record
from disburse.audit.actor import COMMAND, By
from disburse.audit.tables import AuditEvent
from disburse.people.tables import Enrolment, Person
from tests.api.conftest import Site
from tests.api.seeding import user_named
from tests.api.seeding_people import CANARY_ID


def act(session: Session, name: str, **facts: object) -> None:
    user = user_named(session, name)
    record(
        session, action="person.changed", object_type="person", object_id=facts.pop("of"),
        by=By(name, user.id, ip="10.1.1.1"), **facts,  # type: ignore[arg-type]
    )  # fmt: skip


class TestScope:
    def test_an_auditor_of_a_province_sees_that_province(self, site: Site) -> None:
        """Acts there and by people of there; another province's acts are not in the list, for an admin they are."""
        mine, foreign = site.seeded.person_id, site.seeded.foreign_person_id
        with site.database.transaction() as session:
            act(session, "canbo.xa", of=mine, area_code=site.seeded.commune, why="trong tỉnh")
            act(session, "canbo.ngoai", of=foreign, area_code=site.seeded.foreign_commune, why="tỉnh khác")
            act(session, "canbo.xa", of=mine, why="không ghi địa bàn")
            act(session, "canbo.ngoai", of=foreign, why="tỉnh khác không ghi")
        seen = site.client("kiemtra").get("/audit?action=person.changed").text
        assert "trong tỉnh" in seen and "không ghi địa bàn" in seen
        assert "tỉnh khác" not in seen
        all_of_it = site.client("quantri").get("/audit?action=person.changed").text
        assert "tỉnh khác không ghi" in all_of_it

    def test_an_auditor_of_one_programme_reads_no_names_of_another_s_people(self, site: Site) -> None:
        """The act is in their area and stays in the log; who it was, and what they were called, does not."""
        with site.database.transaction() as session:
            auditor = access.add_user(session, name="kiemtra.mot", full_name="Kiểm Một", by=COMMAND)
            access.grant_role(
                session, user=auditor, role=Role.AUDITOR, area_code=site.seeded.commune, programme="NCC", by=COMMAND
            )
            of_others = ~sa.exists().where(col(Enrolment.person_id) == col(Person.id), Enrolment.programme == "NCC")
            one = session.exec(
                select(Person).where(Person.commune_code == site.seeded.commune, of_others).order_by(col(Person.id))
            ).first()
            assert one is not None
            changes = {"name": ["Phạm Tên Cũ", one.name]}
            act(session, "canbo.xa", of=one.id, area_code=site.seeded.commune, changes=changes, why="sửa tên")
        page = site.client("kiemtra.mot").get(f"/audit?object={one.id}").text
        assert "sửa tên" in page and f"/people/{one.id}" not in page
        assert one.name not in page and "Phạm Tên Cũ" not in page
        assert "Phạm Tên Cũ" in site.client("kiemtra").get(f"/audit?object={one.id}").text

    def test_an_administrator_reads_no_names_of_people(self, site: Site) -> None:
        """The auditor's page names the person and leads to them; the administrator's says only what kind it is."""
        with site.database.transaction() as session:
            act(session, "canbo.xa", of=site.seeded.person_id, area_code=site.seeded.commune)
        address = f"/audit?person={site.seeded.person_id}"
        assert f'href="/people/{site.seeded.person_id}"' in site.client("kiemtra").get(address).text
        admin = site.client("quantri").get(address).text
        assert "/people/" not in admin and "một đối tượng" in admin


class TestPages:
    def test_older_and_newer_meet(self, site: Site) -> None:
        """Walking to older acts and back shows each act once, in order."""
        client = site.client("quantri")
        with site.database.transaction() as session:
            for number in range(60):
                act(session, "canbo.xa", of=site.seeded.person_id, line=number)
        first = client.get("/audit?actor=canbo.xa").text
        older = re.search(r'rel="next" href="([^"]+)"', first)
        assert older is not None
        second = client.get(older[1].replace("&amp;", "&")).text
        newer = re.search(r'rel="prev" href="([^"]+)"', second)
        assert newer is not None
        back = client.get(newer[1].replace("&amp;", "&")).text
        assert numbers(back) == numbers(first)
        assert min(numbers(first)) > max(numbers(second))

    def test_nonsense_in_the_address(self, site: Site) -> None:
        """A person that is none finds nothing; it breaks nothing."""
        client = site.client("quantri")
        for address in ("/audit?person=x", "/audit?actor=%25", "/audit?until=2020-01-01"):
            assert client.get(address).status_code == 200, address


class TestExport:
    def test_it_is_recorded_and_harmless(self, site: Site) -> None:
        """The file holds the acts as sentences, no formula and no whole number, and taking it is an act."""
        with site.database.transaction() as session:
            act(session, "canbo.xa", of=site.seeded.person_id, why="=HYPERLINK(1)", note=f"{CANARY_ID}12345678")
        answer = site.client("quantri").post("/audit/export", data={"format": "csv", "actor": "canbo.xa"})
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert rows[0][0] == "Số"
        assert any("sửa hồ sơ" in row[4] for row in rows)
        assert not any(cell.startswith("=") for row in rows for cell in row)
        assert f"{CANARY_ID}12345678" not in answer.text
        with site.database.reading() as session:
            told = session.exec(
                select(AuditEvent).where(AuditEvent.action == "audit.exported").order_by(col(AuditEvent.seq).desc())
            ).first()
        assert told is not None
        assert (told.facts["events"], told.facts["format"]) == (len(rows) - 1, "csv")

    def test_as_a_workbook(self, lite_site: Site) -> None:
        """Excel gets a workbook."""
        answer = lite_site.client("kiemtra").post("/audit/export", data={"format": "xlsx", "until": "2026-01-01"})
        assert answer.content[:2] == b"PK"


def numbers(page: str) -> list[int]:
    return [int(found.replace(".", "")) for found in re.findall(r'<span class="quiet">số ([\d.]+)</span>', page)]
