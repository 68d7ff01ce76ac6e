"""Bank lists on the screen: brought, read, seen, taken in; every number opens down to lines and names."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from httpx2 import Response
from sqlmodel import func, select
from starlette.testclient import TestClient

from disburse.accounts import lists
from disburse.accounts.tables import Registration, RegistrationList, RegistrationSource
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.jobs.running import run_now
from disburse.jobs.tables import Job, JobState
from disburse.worker import TASKS
from tests.api.conftest import Site
from tests.api.test_banks import receiving

BANK, PAGE = "STB", "/banks/lists"
HEADER = "STT,Số tài khoản,Tên chủ tài khoản,Ngày sinh,Số CCCD,Trạng thái,Số dư\n"


def line(number: str, name: str = "TRAN THI BUOI") -> str:
    return f"1,{number},{name},12/03/1951,051151001234,Hoạt động,9000000\n"


def bring(client: TestClient, content: bytes | str, name: str = "stb.csv", **said: str) -> Response:
    """Upload a file with the form filled in."""
    form = {"bank": BANK, "source": "bank_list"} | said
    body = content.encode() if isinstance(content, str) else content
    return client.post(PAGE, data=form, files={"file": (name, body)})


def work(site: Site, address: str) -> None:
    """Do what the worker does about one list; a refusal of the file ends its job."""
    with site.database.reading() as session:
        about = (Job.object_id == address.rsplit("/", 1)[-1], Job.state == JobState.QUEUED)
        jobs = session.exec(select(Job.id, Job.kind).where(*about)).all()
    for job_id, kind in jobs:
        try:
            run_now(site.database, job_id, TASKS[kind])
        except Exception as error:
            assert type(error).__name__ == "Refusal"


def number() -> str:
    """Return an account number nobody else has."""
    return f"3{uuid4().int % 10**12:012d}"


def events(site: Site, address: str) -> set[str]:
    with site.database.reading() as session:
        of = select(AuditEvent.action).where(AuditEvent.object_id == address.rsplit("/", 1)[-1])
        return set(session.exec(of))


class TestFromFileToNames:
    def test_nothing_counts_before_it_was_seen(self, site: Site) -> None:
        """Read by a job, shown masked, taken in by a button; then whose accounts they are, down to lines and names."""
        known = receiving(site, site.seeded.commune, "51", bank_code=BANK)
        client, fresh = site.client("canbo.tinh"), number()
        content = HEADER + line(fresh) + line(known.account_number, "LE VAN DOI TEN") + line("", "PHAM VAN THIEU")
        sent = bring(client, content, basis="Công văn 77/CV-STB")
        address = sent.headers["location"]
        assert (
            sent.status_code == 303
            and bring(client, content, basis="Công văn 77/CV-STB").headers["location"] == address
        )
        waiting = client.get(address).text
        assert "Đang kiểm tra danh sách" in waiting and '<noscript><meta http-equiv="refresh"' in waiting
        assert client.get(f"{address}/progress").status_code == 200
        work(site, address)
        assert client.get(f"{address}/progress").headers["hx-redirect"] == address
        seen = client.get(address).text
        assert "Nhập danh sách (2 dòng)" in seen and "Công văn 77/CV-STB" in seen and "Cột số dư không được lưu" in seen
        assert fresh not in seen and f"•••• {fresh[-4:]}" in seen and "051151001234" not in seen
        assert "Xem và nhập" in client.get(PAGE).text
        with site.database.reading() as session:
            assert session.exec(select(Registration.id).where(Registration.list_id == UUID(address[-36:]))).all() == []
        assert client.post(address, data={"what": "take"}).headers["location"] == address
        work(site, address)
        done = client.get(address).text
        assert "Đã nhập 2 dòng" in done and "Phạm Văn Tỉnh xem và cho nhập" in done
        lines = client.get(f"{address}/lines").text
        assert "Thiếu số tài khoản" in lines and "PHAM VAN THIEU" in lines and "051151001234" not in lines
        linked = client.get(f"{address}/accounts?stand=linked").text
        assert "/people/" in linked and "Le Van Doi Ten" in linked and "Tran Thi Buoi" not in linked
        assert "Tran Thi Buoi" in client.get(f"{address}/accounts?stand=nobody").text
        told = {"received", "checked", "ordered", "imported", "lines_opened", "accounts_opened"}
        assert events(site, address) >= {f"registrations.{one}" for one in told}
        with site.database.reading() as session:
            by = select(Registration.stated_by).where(Registration.list_id == UUID(address[-36:])).distinct()
            assert session.exec(by).all() == ["canbo.tinh"]
        again = bring(client, content).headers["location"]
        work(site, again)
        assert "Chính tệp này đã được nhập" in client.get(again).text
        assert client.post(again, data={"what": "aside"}).status_code == 303
        assert client.post(again, data={"what": "take"}).status_code == 409
        assert "để sang một bên" in client.get(again).text

    def test_another_province_knows_nothing_of_it(self, lite_site: Site) -> None:
        """Its page, its lines and its line in the table are its own area's; what came by command is counts alone."""
        client, other = lite_site.client("canbo.tinh"), lite_site.client("canbo.ngoai")
        name = f"rieng-{number()}.csv"
        address = bring(client, HEADER + line(number()), name).headers["location"]
        work(lite_site, address)
        assert name in client.get(PAGE).text and name not in other.get(PAGE).text
        assert [other.get(address + rest).status_code for rest in ("", "/lines", "/progress")] == [404] * 3
        assert other.post(address, data={"what": "take"}).status_code == 404
        with lite_site.database.transaction() as session:
            receipt = lists.receive(
                session, content=HEADER.encode(), name="lenh.csv", bank_code=BANK, basis="",
                source=RegistrationSource.BANK_LIST, by=COMMAND,
            )  # fmt: skip
        shown = other.get(f"{PAGE}/{receipt.list_id}").text
        assert "quản trị nhập bằng dòng lệnh" in shown and "chỉ có con số" in shown
        assert other.get(f"{PAGE}/{receipt.list_id}/lines").status_code == 404


class TestRefused:
    def test_at_once(self, lite_site: Site) -> None:
        """No file, no bank, no source, a password, another kind of file: said on the form, what was typed stays."""
        client = lite_site.client("canbo.tinh")
        good = HEADER + line(number())
        with lite_site.database.reading() as session:
            before = session.exec(select(func.count()).select_from(RegistrationList)).one()
        locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024
        for answer, words in (
            (client.post(PAGE, data={"bank": BANK, "source": "vneid", "basis": "Văn bản 9"}), "Chưa chọn tệp"),
            (bring(client, good, bank=""), "Chưa chọn ngân hàng"),
            (bring(client, good, source="roster"), "Chưa chọn nguồn"),
            (bring(client, b"%PDF-1.7" + b" " * 1_500_000, "ds.pdf"), "không phải bảng tính"),
            (bring(client, locked, "ds.xls"), "Tệp"),
            (bring(client, b"", "ds.csv"), "Tệp rỗng"),
        ):
            assert answer.status_code == 422 and words in answer.text and "Lỗi" in answer.text
        kept = client.post(PAGE, data={"bank": BANK, "source": "vneid", "basis": "Văn bản 9"}).text
        assert 'value="Văn bản 9"' in kept and re.search(r'value="vneid"[^>]*selected', kept)
        with lite_site.database.reading() as session:
            assert session.exec(select(func.count()).select_from(RegistrationList)).one() == before

    def test_once_it_was_read(self, lite_site: Site) -> None:
        """A roster without accounts is refused in words; another bank's list cannot be taken in; nothing is written."""
        client = lite_site.client("canbo.tinh")
        roster = "STT,Họ và tên,Năm sinh,Số CCCD,Mức hưởng,Hệ số\n1,Lê Thị Ánh,1950,051150000101,540000,1.5\n"
        address = bring(client, roster, "ncc.csv").headers["location"]
        work(lite_site, address)
        page = client.get(address).text
        assert (
            "Danh sách không nhận được" in page and "danh sách đối tượng của xã" in page and 'value="take"' not in page
        )
        other = HEADER.replace("Số dư", "Ngân hàng") + line(number()).replace("9000000", "BIDV")
        address = bring(client, other).headers["location"]
        work(lite_site, address)
        page = client.get(address).text
        assert "ghi ngân hàng BIDV" in page and 'value="take"' not in page
        answer = client.post(address, data={"what": "take"})
        assert answer.status_code == 409 and "chọn đúng ngân hàng" in answer.text
        mixed = HEADER.replace("Trạng thái,Số dư", "Mức hưởng,Hệ số") + line(number())
        address = bring(client, mixed, "lpbank-binh-son.csv").headers["location"]
        work(lite_site, address)
        page = client.get(address).text
        assert "ít giống danh sách của ngân hàng" in page and "Tên tệp nhắc tới" in page and f"{PAGE}?bank=LPB" in page

    def test_the_basis_follows_the_source(self, lite_site: Site) -> None:
        """Without a script the usual basis of another source stands in the field: the chosen source's is noted."""
        client = lite_site.client("canbo.tinh")
        usual = lists.BASIS[RegistrationSource.BANK_LIST]
        address = bring(client, HEADER + line(number()), source="signed_form", basis=usual).headers["location"]
        assert lists.BASIS[RegistrationSource.SIGNED_FORM] in client.get(address).text
