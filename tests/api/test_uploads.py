"""Uploading rosters: each kind of wrong file has its own answer, and every step keeps what was said."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from disburse.jobs.running import run_now
from disburse.people.tables import Person
from disburse.rosters import actions
from disburse.rosters.tables import Roster, RosterState
from disburse.worker import TASKS
from tests.api.conftest import Site
from tests.api.seeding_uploads import FINISHED_FILE
from tests.disburse.rosters.files import roster_bytes
from tests.disburse.workbooks import workbook_files as made

ABOUT = {"programme": "BTXH", "month": "08", "year": "2026", "scope": "part", "units": "", "province": "51"}


def send(client: TestClient, *files: tuple[str, bytes], json: bool = False, **about: str) -> Response:
    headers = {"accept": "application/json"} if json else {}
    given = [("file", (name, content)) for name, content in files]
    return client.post("/rosters/new", data=ABOUT | about, files=given or None, headers=headers)


def roster_of(site: Site, address: str) -> Roster:
    with site.database.reading() as session:
        return actions.get(session, UUID(address.split("/")[2]))


def work_on(site: Site, address: str) -> None:
    """Do the job of one roster, as the worker does."""
    with site.database.reading() as session:
        job = actions.newest_job(session, roster_of(site, address).id)
    assert job is not None
    run_now(site.database, job, TASKS["rosters.prepare"], lease_seconds=60)


BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("rong.xlsx", lambda: b"", "Tệp rỗng (0 byte)"),
    ("cong-van.docx", lambda: b"%PDF-1.7 \n", "Đây là tệp PDF"),
    ("danh-sach.txt", lambda: b"ho ten\nlan\n", "Không nhận tệp đuôi “.txt”"),
    ("mat-khau.xlsx", lambda: made.compound(["EncryptionInfo", "EncryptedPackage"]), "Tệp có mật khẩu"),
    ("hong.xlsx", lambda: made.people_xlsx()[:300], "Tệp bị hỏng"),
    ("hai.xlsx", lambda: made.with_entry(made.people_xlsx(), "../x.xml", b"<a/>"), "cấu trúc bất thường"),
    ("lon.xlsx", lambda: b"PK\x03\x04" + bytes(26 * 1024 * 1024), "quá 25 MB"),
]


class TestUpload:
    def test_every_wrong_file_has_its_own_answer(self, lite_site: Site) -> None:
        """Empty, a document, another ending, protected, damaged, hostile, too big: none keeps the good one out."""
        client = lite_site.client("canbo.tinh")
        files = [(name, make()) for name, make, _ in BAD]
        answer = send(client, *files, ("tot.csv", roster_bytes(3, seed=11)))
        assert answer.status_code == 422
        for name, _, words in BAD:
            assert name in answer.text
            assert words in answer.text, name
        assert "tot.csv</b>: đã nhận" in answer.text
        assert 'value="BTXH" selected' in answer.text  # what was said is kept

    def test_no_file_and_no_kind_of_list(self, lite_site: Site) -> None:
        """Without a file, and without saying what the list is, the form comes back with what was typed."""
        client = lite_site.client("canbo.tinh")
        assert "Chưa chọn tệp nào" in send(client).text
        answer = send(client, ("a.csv", b"x"), scope="")
        assert answer.status_code == 422
        assert 'href="#scope-full">Chưa chọn đây là danh sách gì' in answer.text

    def test_the_same_file_again_says_who_and_when(self, site: Site) -> None:
        """The address of the earlier roster, its sender and the moment; for another month it is another roster."""
        content = roster_bytes(4, seed=12)
        first = send(site.client("canbo.tinh"), ("a.csv", content), json=True).json()
        again = send(site.client("canbo.tinh"), ("b.csv", content), json=True).json()
        assert again["address"] == first["address"].removesuffix("/sheet")
        assert "đã được canbo.tinh tải lên lúc" in again["error"]
        other = send(site.client("canbo.tinh"), ("a.csv", content), json=True, month="09").json()
        assert other["error"] == ""
        assert roster_of(site, other["address"]).period == "2026-09"

    def test_several_files_lead_to_the_work(self, lite_site: Site) -> None:
        """One file leads to its sheets, several to the worklist, where each stands with its next step."""
        client = lite_site.client("canbo.tinh")
        one = send(client, ("mot.csv", roster_bytes(2, seed=13)))
        assert one.headers["location"].endswith("/sheet")
        two = send(client, ("hai.csv", roster_bytes(2, seed=14)), ("ba.csv", roster_bytes(2, seed=15)))
        assert two.headers["location"] == "/rosters/work"
        page = client.get("/rosters/work").text
        assert all(name in page for name in ("mot.csv", "hai.csv", "ba.csv"))

    def test_a_commune_uploads_for_itself_only(self, lite_site: Site) -> None:
        """A commune's officer has no other commune to choose, and may not import another's rows."""
        client = lite_site.client("canbo.xa")
        assert send(client, ("a.csv", b"x"), commune=lite_site.seeded.other_commune).status_code == 403
        assert "Chưa chọn xã" in send(client, ("a.csv", b"x"), commune="").text
        both = send(client, ("hai-xa.csv", roster_bytes(6, seed=16)), json=True, commune=lite_site.seeded.commune)
        address = both.json()["address"].removesuffix("/sheet")
        work_on(lite_site, address)
        assert "dòng thuộc xã khác" in client.get(f"{address}/check").text
        with lite_site.database.reading() as session:
            people = session.exec(select(sa.func.count()).select_from(Person)).one()
        refused = client.post(f"{address}/import", data={"rows": "6"})
        assert (refused.status_code, "dòng của xã khác" in refused.text) == (409, True)
        with lite_site.database.reading() as session:
            assert session.exec(select(sa.func.count()).select_from(Person)).one() == people

    def test_too_much_at_once_is_cut_off(self, lite_site: Site) -> None:
        """A body over 101 MB is answered 413 before it is read."""
        client = lite_site.client("canbo.tinh")
        answer = client.post("/rosters/new", content=b"x", headers={"content-length": str(102 * 1024 * 1024)})
        assert answer.status_code == 413


class TestSteps:
    def test_what_was_said_can_be_changed_and_refused(self, lite_site: Site) -> None:
        """The kind of list is changed on the way; refusing asks for a reason and keeps it."""
        client = lite_site.client("canbo.tinh")
        address = send(client, ("sua.csv", roster_bytes(2, seed=17)), json=True).json()["address"][:-6]
        assert "Đang đọc tệp" in client.get(f"{address}/sheet").text
        changed = client.post(f"{address}/file", data=ABOUT | {"scope": "full", "month": "07"})
        assert changed.headers["location"] == f"{address}/sheet"
        roster = roster_of(lite_site, address)
        assert (roster.period, str(roster.scope)) == ("2026-07", "full")
        refused = client.post(f"{address}/refuse", data={"reason": "Thiếu trang Bình Thạnh"})
        assert refused.headers["location"] == address
        assert "Thiếu trang Bình Thạnh" in client.get(address).text
        assert roster_of(lite_site, address).state == RosterState.REFUSED
        assert client.get(f"{address}/check").headers["location"] == address

    def test_a_field_given_twice_is_told_with_everything_kept(self, lite_site: Site) -> None:
        """The page comes back as it was filled in, and says which content is claimed twice."""
        client = lite_site.client("canbo.tinh")
        form = {"0-E": "amount", "0-F": "amount", "0-G": "note"}
        answer = client.post(f"/rosters/{lite_site.seeded.waiting_id}/columns", data=form)
        assert answer.status_code == 422
        assert "Hai cột cùng được chọn là “Mức hưởng”" in answer.text
        assert answer.text.count('value="amount" selected') == 2

    def test_many_missing_are_asked_about_twice(self, lite_site: Site) -> None:
        """19 of 214 missing: the check page asks for the number."""
        page = lite_site.client("canbo.tinh").get(f"/rosters/{lite_site.seeded.waiting_id}/check").text
        assert "Nếu đúng, nhập lại số người vắng: 19" in page
        assert "118.800.000" in page

    def test_hamlets_the_register_does_not_know(self, lite_site: Site) -> None:
        """They are asked about by name and commune; a hamlet that was not offered is refused and nothing is lost."""
        client, path = lite_site.client("canbo.tinh"), f"/rosters/{lite_site.seeded.waiting_id}/values"
        page = client.get(path).text
        assert "TDP Phú Lộc" in page and "Thôn mới: ghi vào danh mục" in page
        field = re.findall(r'name="(hamlet-[0-9a-f]{12})"', page)[0]
        answer = client.post(path, data={field: str(lite_site.seeded.foreign_hamlet_id), "commune-0": "x"})
        assert answer.status_code == 422
        assert "TDP Phú Lộc" in answer.text

    def test_in_english(self, lite_site: Site) -> None:
        """Every step has its English words."""
        client = lite_site.client("canbo.tinh")
        client.post("/language", data={"lang": "en", "next": "/"})
        try:
            for step, words in (("columns", "Which column is what"), ("check", "Import 5 rows")):
                assert words in client.get(f"/rosters/{lite_site.seeded.waiting_id}/{step}").text
        finally:
            client.post("/language", data={"lang": "vi", "next": "/"})


class TestUndo:
    def test_needs_the_number_and_a_reason(self, lite_site: Site) -> None:
        """The number of rows is typed; without a reason nothing is undone."""
        client = lite_site.client("canbo.tinh")
        path = f"/rosters/{lite_site.seeded.finished_id}/undo"
        assert "Hoàn tác 211 dòng" in client.get(path).text
        for form, words in (({"rows": "21"}, "nhập đúng số dòng"), ({"rows": "211"}, "Chưa ghi lý do")):
            answer = client.post(path, data=form)
            assert (answer.status_code, words in answer.text) == (422, True)
        assert FINISHED_FILE in client.get("/rosters").text
