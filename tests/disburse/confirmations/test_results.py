"""Asking the bank and taking its answers, by file and in bulk."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import select

from disburse import clock
from disburse.accounts import actions
from disburse.accounts.states import CloseReason
from disburse.accounts.tables import LinkState
from disburse.clock import VIETNAM
from disburse.confirmations.reasons import REASONS, Owner
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, WireState
from tests.disburse.accounts.test_links import accept, cell, get, move
from tests.disburse.accounts.world import CHECKER, CLERK, World, disburse, use_on_the_command_line

HEADER = (
    "request_id,bank_code,account_number,status,reason_code,name_match,id_match,account_status,currency,checked_at\n"
)
NOBODYS = "360495bc-c596-437f-94d8-ff1da07baa1f"  # a request that was never made
YES = ",VBA,1234567890123,succ,,yes,citizen_id,open,VND,2024-03-14T08:00:00+07:00"
NO = ",VBA,1234567890123,rjct,rjct.name.mismatch,no,citizen_id,open,VND,2024-03-14T08:00:00+07:00"
GOT = ",VBA,1234567890123,rcvd,,,,,,2024-03-12T08:00:00+07:00"


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The commune, opened from the command line, in the days before the bank looked."""
    use_on_the_command_line(world.database, monkeypatch)
    with clock.living_on(date(2024, 3, 12)):
        yield world


@pytest.fixture
def tam(desk: World) -> Any:
    """Nguyễn Văn Tám with an accepted link."""
    desk.person("tam", "Nguyễn Văn Tám", "1951-03-12", "051051001234")
    return accept(desk, "tam", desk.account("1234567890123", "NGUYEN VAN TAM"))


class Bank:
    """The bank's side of the files."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def answers(self, *lines: str) -> tuple[int, dict[str, Any]]:
        path = self.folder / "results.csv"
        path.write_text(HEADER + "".join(line + "\n" for line in lines), encoding="utf-8")
        code, out, _ = disburse(self.capsys, "results", "import", path, "--json")
        return code, json.loads(out)

    def is_asked(self, bank: str = "VBA") -> list[dict[str, str]]:
        path = self.folder / "requests.csv"
        code, out, _ = disburse(self.capsys, "requests", "export", path, "--bank", bank)
        assert (code, out) == (0, "")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def bank(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bank:
    return Bank(tmp_path, capsys)


def answered(path: Path, **answer: str) -> None:
    """Fill a bank's workbook in, as its clerk does: every line alike, and one truth value typed as Excel keeps it."""
    import xlsxwriter

    sheet = CalamineWorkbook.from_path(path).sheet_names[0]
    head, *lines = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet(sheet)
        page.write_row(0, 0, head)
        for number, line in enumerate(lines, start=1):
            page.write_row(number, 0, [answer.get(name, value) for name, value in zip(head, line, strict=True)])
            page.write_boolean(number, head.index("papers"), True)


class TestExcel:
    def test_a_bank_answers_in_the_workbook_it_was_sent(
        self, desk: World, tam: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The same fields as on the wire and the same action; the account's number stays a text."""
        path = tmp_path / "VBA.xlsx"
        assert disburse(capsys, "requests", "export", path, "--bank", "VBA")[0] == 0
        (sent,) = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]
        assert sent[1:4] == ["VBA", "1234567890123", "Nguyễn Văn Tám"]
        answered(path, status="succ", name_match="yes", account_kind="payment", joint="no", branch="Bình Sơn")
        code, out, _ = disburse(capsys, "results", "import", path, "--json")
        assert (code, json.loads(out)["confirmed"]) == (0, 1)
        assert get(desk, tam).state == LinkState.CONFIRMED
        with desk.database.reading() as session:
            kept = session.exec(select(ConfirmationResult)).one()
        assert (kept.account_kind, kept.joint, kept.papers, kept.branch) == ("payment", False, True, "Bình Sơn")

    def test_a_request_to_open_an_account_travels_in_it_too(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without an account; the bank writes the number of the one it opened. A CSV has no column for this kind."""
        desk.person("ba", "Trần Thị Ba", "1950-02-03", "051150000777")
        assert disburse(capsys, "requests", "open", "--bank", "VBA")[0] == 0
        path = tmp_path / "VBA.xlsx"
        assert disburse(capsys, "requests", "export", path, "--bank", "VBA")[0] == 0
        head, sent = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        asked = dict(zip(head, sent, strict=False))
        assert (asked["kind"], asked["account_number"], asked["holder_name"]) == ("open", "", "Trần Thị Ba")
        assert disburse(capsys, "requests", "export", tmp_path / "VBA.csv", "--bank", "VBA")[0] == 0
        assert "Trần Thị Ba" not in (tmp_path / "VBA.csv").read_text("utf-8")
        answered(path, status="SUCC", account_number="1234567890999", checked_at="14/03/2024")
        assert disburse(capsys, "results", "import", path)[0] == 0
        with desk.database.reading() as session:
            kept = session.exec(select(ConfirmationResult)).one()
        assert kept.checked_at is not None and kept.checked_at.astimezone(VIETNAM).date() == date(2024, 3, 14)

    def test_a_line_not_answered_yet(self, desk: World, tam: Any, bank: Bank) -> None:
        """Empty columns are no answer; the line is told apart from one that cannot be read."""
        code, document = bank.answers(",VBA,1234567890123,,,,,,,")
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_unanswered")

    def test_what_is_no_workbook(self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A text that calls itself Excel is refused in words."""
        path = tmp_path / "VBA.xlsx"
        path.write_bytes(b"PK\x03\x04 nothing")
        code, out, said = disburse(capsys, "results", "import", path)
        assert (code, out) == (3, "") and len(said.strip().splitlines()) == 1


def requests(world: World) -> list[ConfirmationRequest]:
    with world.database.reading() as session:
        return list(session.exec(select(ConfirmationRequest)))


class TestRequestsExport:
    def test_the_bank_gets_holder_and_account_and_nothing_else(self, desk: World, tam: Any, bank: Bank) -> None:
        """Six columns; no programme, no benefit, no commune."""
        (line,) = bank.is_asked()
        assert line == {
            "request_id": str(requests(desk)[0].id),
            "bank_code": "VBA",
            "account_number": "1234567890123",
            "holder_name": "Nguyễn Văn Tám",
            "holder_citizen_id": "051051001234",
            "holder_birth_date": "1951-03-12",
        }
        assert get(desk, tam).state == LinkState.REQUESTED

    def test_what_the_bank_has_not_taken_up_is_sent_again(self, desk: World, tam: Any, bank: Bank) -> None:
        """A lost file costs nothing: the same request with the same id, no second one."""
        assert bank.is_asked() == bank.is_asked()
        assert len(requests(desk)) == 1

    def test_another_banks_links_are_not_in_it(self, desk: World, tam: Any, bank: Bank) -> None:
        """BIDV learns nothing of Agribank's accounts."""
        assert bank.is_asked("BIDV") == []

    def test_an_acknowledged_request_is_not_sent_again(self, desk: World, tam: Any, bank: Bank) -> None:
        """The bank has it."""
        bank.is_asked()
        bank.answers(GOT)
        assert bank.is_asked() == []

    def test_the_file_is_readable_by_its_owner_only(self, desk: World, tam: Any, bank: Bank) -> None:
        """Names and IDs stand in it."""
        bank.is_asked()
        assert (bank.folder / "requests.csv").stat().st_mode & 0o077 == 0

    def test_a_year_alone_is_sent_as_a_year(self, desk: World, bank: Bank) -> None:
        """Not as the first of January, which the bank would compare."""
        desk.person("an", "Trần Thị An", "1948")
        accept(desk, "an", desk.account("1234567890124"))
        assert bank.is_asked()[0]["holder_birth_date"] == "1948"


class TestResultsImport:
    def test_yes_by_request_id(self, desk: World, tam: Any, bank: Bank) -> None:
        """The id we sent comes back with a yes: confirmed on the day the bank looked."""
        request_id = bank.is_asked()[0]["request_id"]
        code, document = bank.answers(request_id + YES)
        assert (code, document["confirmed"], document["requested"]) == (0, 1, 0)
        link = get(desk, tam)
        assert (link.state, str(link.confirmed_on)) == (LinkState.CONFIRMED, "2024-03-14")
        assert cell(desk) == (1, 0, 1)
        (request,) = requests(desk)
        assert (request.state, request.closed_on is not None) == (WireState.SUCCEEDED, True)

    def test_yes_by_account_finds_the_open_request(self, desk: World, tam: Any, bank: Bank) -> None:
        """Without the id: bank and account."""
        bank.is_asked()
        assert bank.answers(YES)[1]["requested"] == 0
        assert get(desk, tam).state == LinkState.CONFIRMED

    def test_a_link_nobody_asked_about_gets_its_request_first(self, desk: World, tam: Any, bank: Bank) -> None:
        """The bank answers by itself: the request is recorded, then the answer."""
        code, document = bank.answers(YES)
        assert (code, document["requested"], document["confirmed"]) == (0, 1, 1)
        assert [(r.state, r.link_version) for r in requests(desk)] == [(WireState.SUCCEEDED, 1)]

    def test_received_then_yes_in_one_file(self, desk: World, tam: Any, bank: Bank) -> None:
        """Lines are taken in their order."""
        document = bank.answers(GOT, YES)[1]
        assert (document["received"], document["confirmed"]) == (1, 1)
        assert get(desk, tam).state == LinkState.CONFIRMED

    def test_no_refuses_with_the_code(self, desk: World, tam: Any, bank: Bank) -> None:
        """The person is no longer registered; the code says who must act."""
        assert bank.answers(NO)[1]["refused"] == 1
        link = get(desk, tam)
        assert (link.state, link.reason, str(link.ended_on)) == (LinkState.REFUSED, "rjct.name.mismatch", "2024-03-14")
        assert cell(desk) == (0, 0, 0)

    @pytest.mark.parametrize("lines", [(YES,), (NO,), (GOT,), (GOT, YES)])
    def test_the_same_answer_again_is_nothing(self, desk: World, tam: Any, bank: Bank, lines: tuple[str, ...]) -> None:
        """Every line is the same, no state moves, no result is added."""
        bank.answers(*lines)
        before = get(desk, tam).model_dump()
        code, document = bank.answers(*lines)
        assert (code, document["same"], document["left_out"]) == (0, len(lines), 0)
        assert get(desk, tam).model_dump() == before
        with desk.database.reading() as session:
            assert len(list(session.exec(select(ConfirmationResult)))) == len(lines)

    @pytest.mark.parametrize(
        "line",
        [
            ",VBA,1234567890123,succ,,no,citizen_id,open,VND,",
            ",VBA,1234567890123,succ,,yes,citizen_id,closed,VND,",
            ",VBA,1234567890123,succ,,yes,citizen_id,locked,VND,",
            ",VBA,1234567890123,succ,,yes,citizen_id,open,USD,",
            ",VBA,1234567890123,succ,rjct.id.mismatch,yes,none,open,VND,",
        ],
    )
    def test_a_yes_that_contradicts_itself_is_no_yes(self, desk: World, tam: Any, bank: Bank, line: str) -> None:
        """Left out with the reason; the link waits on."""
        code, document = bank.answers(line)
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_contradicts")
        assert get(desk, tam).state == LinkState.ACCEPTED

    def test_a_late_answer_about_a_closed_link_is_left_out(self, desk: World, tam: Any, bank: Bank) -> None:
        """The person died while the bank was looking."""
        request_id = bank.is_asked()[0]["request_id"]
        with desk.database.transaction() as session:
            actions.close(session, link_id=tam, reason=CloseReason.DIED, by=CLERK)
        code, document = bank.answers(request_id + YES)
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_link_ended")
        assert get(desk, tam).state == LinkState.CLOSED
        assert bank.is_asked() == []

    def test_a_no_after_the_yes_takes_the_account_back(self, desk: World, tam: Any, bank: Bank) -> None:
        """The bank looked again: the link is refused with its reason, and the file says so."""
        bank.answers(YES)
        code, document = bank.answers(NO.replace("2024-03-14", "2024-03-15"))
        assert (code, document["refused"], document["withdrawn"], document["lines_left_out"]) == (0, 1, 1, [])
        assert get(desk, tam).state == LinkState.REFUSED

    def test_an_acknowledgement_after_the_yes_changes_nothing(self, desk: World, tam: Any, bank: Bank) -> None:
        """Answers may overtake one another."""
        bank.answers(YES)
        assert bank.answers(GOT)[0] == 0
        assert get(desk, tam).state == LinkState.CONFIRMED

    def test_another_banks_answer_to_our_request_is_left_out(self, desk: World, tam: Any, bank: Bank) -> None:
        """BIDV cannot confirm an account of Agribank, even knowing the id."""
        request_id = bank.is_asked()[0]["request_id"]
        code, document = bank.answers(request_id + YES.replace("VBA", "BIDV"))
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_request_unknown")
        assert get(desk, tam).state == LinkState.REQUESTED

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            (",VBA,9999999999999,succ,,yes,,open,VND,", "line_request_unknown"),
            (f"{NOBODYS}{YES}", "line_request_unknown"),
            (",VBA,1234567890123,okay,,,,,,", "line_value"),
            (",VBA,1234567890123,rjct,because,,,,,", "line_reason_unknown"),
            (",XXX,1234567890123,succ,,,,,,", "line_value"),
            (",VBA,1.2E+12,succ,,,,,,", "line_value"),
            ("no-id,VBA,1234567890123,succ,,,,,,", "line_value"),
            (",VBA,1234567890123,succ,,,,,,soon", "date_invalid"),
            (",VBA,1234567890123,succ,,perhaps,,,,", "line_value"),
        ],
    )
    def test_lines_that_fit_nothing_are_left_out(self, desk: World, tam: Any, bank: Bank, line: str, code: str) -> None:
        """Each with its reason; the good line beside them counts."""
        exit_code, document = bank.answers(line, YES)
        assert exit_code == 4
        assert [(x["line"], x["code"]) for x in document["lines_left_out"]] == [(2, code)]
        assert document["confirmed"] == 1

    def test_a_replacement_is_confirmed_and_the_old_link_closes(self, desk: World, tam: Any, bank: Bank) -> None:
        """Proposed by one, approved by another, confirmed by the bank: one answer does both."""
        bank.answers(YES)
        new_account = desk.account("1234567890124", "NGUYEN VAN TAM")
        with desk.database.transaction() as session:
            new = actions.propose_replacement(session, link_id=tam, account_id=new_account, reason="Đổi", by=CLERK)
        answer = YES.replace("1234567890123", "1234567890124")
        assert bank.answers(answer)[0] == 4
        with desk.database.transaction() as session:
            actions.approve_replacement(session, link_id=new, by=CHECKER)
        assert bank.answers(answer)[1]["confirmed"] == 1
        assert (get(desk, tam).state, get(desk, new).state) == (LinkState.CLOSED, LinkState.CONFIRMED)
        assert cell(desk) == (1, 0, 1)

    def test_after_a_refusal_a_new_version_is_asked_anew(self, desk: World, tam: Any, bank: Bank) -> None:
        """The old refusal does not answer for the second version, and a yes says by the request which it is about."""
        bank.answers(NO)
        second = accept(desk, "tam", desk.account_id("1234567890123"))
        assert bank.answers(YES)[1]["lines_left_out"][0]["code"] == "line_which_holder"
        assert bank.answers(bank.is_asked()[0]["request_id"] + YES)[1]["confirmed"] == 1
        assert get(desk, second).state == LinkState.CONFIRMED
        assert sorted(str(r.state) for r in requests(desk)) == ["rjct", "succ"]


class TestReasons:
    def test_every_code_has_an_action_and_an_owner(self) -> None:
        """What it means, what to do, whose turn it is: never empty."""
        for code, reason in REASONS.items():
            assert code.startswith("rjct.")
            assert reason.meaning and reason.action and reason.english and reason.english_action
            assert reason.owner in Owner

    def test_every_owner_has_work(self) -> None:
        """Bank, commune and person all appear."""
        assert {reason.owner for reason in REASONS.values()} == set(Owner)


def test_confirming_without_asking_is_impossible(desk: World, tam: Any) -> None:
    """Not even an action called directly confirms an unasked link."""
    from disburse.errors import Conflict

    with pytest.raises(Conflict):
        move(desk, tam, LinkState.CONFIRMED)
