"""The exchange with a bank that has no program: a workbook out, answers back in it, seen before they are taken."""

from __future__ import annotations

import io
import re
from contextlib import nullcontext
from uuid import uuid4

import openpyxl
import pytest
import sqlalchemy as sa
from httpx2 import Response
from sqlmodel import col, select
from starlette.testclient import TestClient

from disburse import clock
from disburse.accounts import actions
from disburse.accounts.actions import Acceptance
from disburse.accounts.statements import Statement, state_accounts
from disburse.accounts.states import How
from disburse.accounts.tables import Link, LinkState, Registration, RegistrationSource
from disburse.audit.actor import SYSTEM, By
from disburse.audit.tables import AuditEvent
from disburse.confirmations.tables import ConfirmationRequest
from disburse.errors import Denied
from tests.api.conftest import Site
from tests.api.test_banks import receiving
from tests.api.v1.claimed import Asked

BANK = "LPB"  # nobody else's in the tests' province
PAGE = f"/banks/{BANK}/workbooks"
HEADER = "request_id,bank_code,account_number,status,reason_code,name_match"


def asked_of(site: Site, known: Asked) -> str:
    """Return the id of the request about a link."""
    with site.database.reading() as session:
        return str(
            session.exec(select(ConfirmationRequest.id).where(ConfirmationRequest.link_id == known.link_id)).one()
        )


def bring(client: TestClient, content: bytes | str, name: str = "tra_loi.csv", page: str = PAGE) -> Response:
    """Upload what a bank sent back."""
    body = content.encode() if isinstance(content, str) else content
    return client.post(f"{page}/answers", files={"file": (name, body)})


def settle(client: TestClient, address: str, what: str = "take") -> Response:
    """Press a button of the preview: what is taken is what the page says."""
    seen = re.findall(r'name="seen" value="(\d+)"', client.get(address).text)
    return client.post(address, data={"what": what, "seen": seen[0] if seen else ""})


class TestExchange:
    def test_out_and_back(self, site: Site) -> None:
        """The officer's own people alone go out; the answers are shown, taken once, and in the log."""
        ours = [receiving(site, site.seeded.commune, "51", bank_code=BANK) for _ in range(2)]
        foreign = receiving(site, site.seeded.foreign_commune, "01", bank_code=BANK)
        client = site.client("canbo.tinh")
        sent = client.post(f"{PAGE}/requests")
        assert sent.headers["cache-control"] == "no-store" and f"{BANK}_yeu_cau" in sent.headers["content-disposition"]
        book = openpyxl.load_workbook(io.BytesIO(sent.content))
        page = book["requests"]
        columns = {cell.value: cell.column for cell in page[1]}
        lines = {page.cell(row, columns["account_number"]).value: row for row in range(2, page.max_row + 1)}
        assert {one.account_number for one in ours} <= lines.keys() and foreign.account_number not in lines
        yes, no = (lines[one.account_number] for one in ours)
        for row, said in ((yes, ("succ", "yes", None)), (no, ("rjct", "no", "rjct.name.mismatch"))):
            for name, value in zip(("status", "name_match", "reason_code"), said, strict=True):
                page.cell(row, columns[name]).value = value
        out = io.BytesIO()
        book.save(out)
        address = bring(client, out.getvalue(), "LPB.xlsx").headers["location"]
        preview = client.get(address).text
        assert "Nhận 2 câu trả lời" in preview and ours[0].account_number not in preview
        assert [one.state for one in ours] == [LinkState.REQUESTED, LinkState.REQUESTED]
        assert settle(client, address).status_code == 303
        assert [one.state for one in ours] == [LinkState.CONFIRMED, LinkState.REFUSED]
        assert "Đã nhận 2 câu trả lời" in client.get(address).text
        assert settle(client, address).status_code == 409
        again = bring(client, out.getvalue(), "LPB.xlsx").headers["location"]
        shown = client.get(again).text
        assert "Chính tệp này đã được" in shown and "không có gì mới" in shown and 'value="take"' not in shown
        assert settle(client, again, "aside").status_code == 303
        assert "để tệp này sang một bên" in client.get(again).text
        with site.database.reading() as session:
            acts = select(AuditEvent.action).where(AuditEvent.object_id == BANK, AuditEvent.actor_name == "canbo.tinh")
            assert {"requests.exported", "bank_workbook.received", "bank_workbook.put_aside"} <= set(session.exec(acts))

    def test_an_edited_id_is_answered_as_a_foreign_one(self, site: Site) -> None:
        """Another province's request, one that never was, and another's account: the same words, nothing changed."""
        foreign = receiving(site, site.seeded.foreign_commune, "01", bank_code=BANK)
        receiving(site, site.seeded.commune, "51", bank_code=BANK)
        client = site.client("canbo.tinh")
        lines = (
            f"{asked_of(site, foreign)},{BANK},{foreign.account_number},succ,,yes",
            f"{uuid4()},{BANK},{foreign.account_number},succ,,yes",
            f",{BANK},{foreign.account_number},succ,,yes",
        )
        address = bring(client, "\n".join((HEADER, *lines)) + "\n").headers["location"]
        assert "Các dòng 2, 3, 4</b>: Không có yêu cầu nào khớp" in client.get(address).text
        assert foreign.state == LinkState.REQUESTED

    def test_nobody_confirms_alone_what_they_matched(self, site: Site) -> None:
        """A yes carried by whoever decided the pair waits for a colleague; a no is taken from anybody."""
        known = receiving(site, site.seeded.commune, "51", bank_code=BANK)
        with site.database.transaction() as session:
            session.get_one(Link, known.link_id).decided_by = "canbo.tinh"
        client = site.client("canbo.tinh")
        yes = f"{HEADER}\n{asked_of(site, known)},{BANK},{known.account_number},succ,,yes\n"
        shown = client.get(bring(client, yes).headers["location"]).text
        assert "Chính anh/chị đã ghép" in shown and 'value="take"' not in shown
        no = yes.replace("succ,,yes", "rjct,rjct.name.mismatch,no")
        assert settle(client, bring(client, no).headers["location"]).status_code == 303
        assert known.state == LinkState.REFUSED

    def test_a_later_no_is_seen_before_it_is_taken(self, lite_site: Site) -> None:
        """The preview says that a confirmed account falls, and who brought the no does not link the holder anew."""
        known, weak = (receiving(lite_site, lite_site.seeded.commune, "51", bank_code=BANK) for _ in range(2))
        client = lite_site.client("canbo.tinh")
        yes = f"{HEADER}\n{asked_of(lite_site, known)},{BANK},{known.account_number},succ,,yes\n"
        settle(client, bring(client, yes).headers["location"])
        assert known.state == LinkState.CONFIRMED
        half = f"{asked_of(lite_site, weak)},{BANK},{weak.account_number},succ,,partial\n"
        address = bring(client, yes.replace("succ,,yes", "rjct,rjct.name.mismatch,no") + half).headers["location"]
        shown = client.get(address).text
        assert "1 tài khoản ngân hàng đã xác nhận, nay báo sai" in shown and "tên chỉ khớp một phần" in shown
        assert settle(client, address).status_code == 303
        assert [one.state for one in (known, weak)] == [LinkState.REFUSED, LinkState.REFUSED]
        shown = client.get("/flags/taken_back").text
        assert "Tên chủ tài khoản khác tên người nhận" in shown
        with lite_site.database.reading() as session:
            link = session.get_one(Link, known.link_id)
        again = Acceptance(person_id=link.person_id, account_id=link.account_id, how=How.CLERK, since=clock.today())
        for name, refused in (("canbo.tinh", True), ("canbo.xa", False)):
            with nullcontext() if not refused else pytest.raises(Denied), lite_site.database.transaction() as session:
                actions.accept(session, acceptance=again, by=By(name=name, via="web"))

    def test_nobody_states_and_confirms_alone(self, lite_site: Site) -> None:
        """The rule decided, but on a list that the same officer brought: a second voice about the account, or a
        colleague who carries the yes."""
        known = receiving(lite_site, lite_site.seeded.commune, "51", bank_code=BANK)
        with lite_site.database.transaction() as session:
            session.get_one(Link, known.link_id).decided_by = "rule"
            told = sa.update(Registration).where(col(Registration.account_id) == known.account_id)
            session.execute(told.values(stated_by="canbo.tinh"))
        client = lite_site.client("canbo.tinh")
        yes = f"{HEADER}\n{asked_of(lite_site, known)},{BANK},{known.account_number},succ,,yes\n"
        address = bring(client, yes).headers["location"]
        assert "Chỉ anh/chị đã nhập thông tin" in client.get(address).text
        form = Statement(
            bank_code=BANK, account_number=known.account_number, source=RegistrationSource.SIGNED_FORM,
            stated_on=clock.today(),
        )  # fmt: skip
        with lite_site.database.transaction() as session:
            state_accounts(session, statements=[form], by=SYSTEM)
        assert 'value="take"' in client.get(address).text

    def test_what_was_seen_is_what_is_taken(self, lite_site: Site) -> None:
        """An answer that came by another way meanwhile: nothing is taken until the officer has looked again."""
        known = receiving(lite_site, lite_site.seeded.commune, "51", bank_code=BANK)
        client = lite_site.client("canbo.tinh")
        yes = f"{HEADER}\n{asked_of(lite_site, known)},{BANK},{known.account_number},succ,,yes\n"
        address = bring(client, yes).headers["location"]
        assert settle(client, bring(client, yes).headers["location"]).status_code == 303
        answer = client.post(address, data={"what": "take", "seen": "1"})
        assert answer.status_code == 409 and "đã có thay đổi" in answer.text

    def test_lines_that_cannot_be_read(self, lite_site: Site) -> None:
        """Each with its line and what may stand there; a long number is never shown whole."""
        client = lite_site.client("canbo.tinh")
        receiving(lite_site, lite_site.seeded.commune, "51", bank_code=BANK)
        lines = (f",{BANK},1.2E+12,succ,,", f",{BANK},970405000777111222333,succ,,", f",{BANK},12345678,okay,,")
        lines = (*lines, ",BIDV,12345678,succ,,", f",{BANK},12345678,,,")
        page = client.get(bring(client, "\n".join((HEADER, *lines)) + "\n").headers["location"]).text
        assert "Dòng 2</b>" in page and "970405000777111222333" not in page and "2333" in page
        assert "succ, rjct" in page or "rcvd, succ, rjct" in page
        assert "ngân hàng BIDV" in page
        assert re.search(r"Ngân hàng chưa điền</dt><dd>1<", page)


class TestFilesRefused:
    def test_in_words(self, lite_site: Site) -> None:
        """No file, another bank's, no workbook, no lines, no header: said on the page, and nothing is kept."""
        client = lite_site.client("canbo.tinh")
        receiving(lite_site, lite_site.seeded.commune, "51", bank_code=BANK)
        kept = client.get(PAGE).text.count(f"{PAGE}/")
        for answer, words in (
            (client.post(f"{PAGE}/answers"), "Chưa chọn tệp"),
            (bring(client, f"{HEADER}\n,BIDV,12345678,succ,,\n"), "của ngân hàng BIDV"),
            (bring(client, b"PK\x03\x04 nothing", "x.xlsx"), "Lỗi"),
            (bring(client, HEADER + "\n"), "không có dòng trả lời nào"),
            (bring(client, "ho ten,ngay\nA,B\n"), "Tệp thiếu cột"),
        ):
            assert answer.status_code == 422 and words in answer.text
        assert client.get(PAGE).text.count(f"{PAGE}/") == kept

    def test_nothing_waits(self, lite_site: Site) -> None:
        """A bank that has answered everything gets no empty workbook."""
        client = lite_site.client("canbo.tinh")
        known = receiving(lite_site, lite_site.seeded.commune, "51", bank_code="MB", confirmed=True)
        answer = client.post("/banks/MB/workbooks/requests")
        assert (answer.status_code, known.state) == (409, LinkState.CONFIRMED)
        assert "Không còn yêu cầu nào" in answer.text
