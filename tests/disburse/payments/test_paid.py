"""`paid import`: who was paid by account in the newest period, and whom a line means."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select

from disburse import clock
from disburse.areas.tables import AreaChange
from disburse.audit.tables import AuditEvent
from disburse.config import Settings
from disburse.funnel import queries as funnel
from disburse.payments.tables import PAID_LINE_RAW, PaidLine, PaidReport, Payer, ReportedPeriod
from disburse.payments.tasks import erase_raw
from disburse.people import actions as people
from disburse.people.entries import End
from disburse.people.tables import EndReason
from tests.disburse.accounts.world import CLERK, COMMUNE, OTHER_COMMUNE, World, disburse, use_on_the_command_line

HEADER = (
    "commune_code,file_number,citizen_id,full_name,birth_date,status,channel,amount,bank_code,account_number,"
    "paid_on,reason\n"
)
POST = "Bưu điện huyện Bình Sơn"


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Three beneficiaries: two in one commune, one in another."""
    use_on_the_command_line(world.database, monkeypatch)
    world.person("tam", "Nguyễn Văn Tám", "1951-03-12", "051051001234", file_number="BS-1", amount=750_000)
    world.person("an", "Trần Thị An", "1948", file_number="BS-2")
    world.person("xa", "Hồ Văn Xa", "1940-05-05", "051040009999", commune=OTHER_COMMUNE)
    return world


class Desk:
    """The payer's side of the files."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def reports(self, *lines: str, period: str = "2024-03", payer: str = POST) -> tuple[int, dict[str, Any]]:
        path = self.folder / f"paid-{period}.csv"
        path.write_text(HEADER + "".join(line + "\n" for line in lines), encoding="utf-8")
        code, out, _ = disburse(
            self.capsys, "paid", "import", path, "--programme", "BTXH", "--period", period, "--payer", payer, "--json"
        )
        return code, json.loads(out)


@pytest.fixture
def payer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


TAM = ",,051051001234,Nguyễn Văn Tám,1951-03-12,{},{},750000,VBA,1234567890123,2024-03-20,"
AN = ",BS-2,,Trần Thị An,1948,{},{},500000,,,2024-03-17,"


def cell(world: World, commune: str = COMMUNE) -> tuple[int | None, int | None]:
    with world.database.reading() as session:
        found = funnel.cell(session, "BTXH", commune)
        assert found is not None
        assert funnel.differences(session) == []
        return found.paid, found.amount_by_account


class TestPaidImport:
    def test_paid_by_account_counts_with_its_monthly_amount(self, desk: World, payer: Desk) -> None:
        """One by account, one in cash: paid 1; the other commune stays unknown, not zero."""
        code, document = payer.reports(TAM.format("paid", "account"), AN.format("paid", "cash"))
        assert (code, document["matched"], document["by_account"], document["left_out"]) == (0, 2, 1, 0)
        assert cell(desk) == (1, 750_000)
        assert cell(desk, OTHER_COMMUNE) == (None, None)

    @pytest.mark.parametrize(
        ("status", "channel"),
        [("paid", "cash"), ("paid", "home"), ("unpaid", "account"), ("returned", "account"), ("paid", "")],
    )
    def test_nothing_else_counts_as_paid_by_account(self, desk: World, payer: Desk, status: str, channel: str) -> None:
        """Cash, at home, unpaid, returned, or a way nobody stated: zero, but known."""
        payer.reports(TAM.format(status, channel))
        assert cell(desk) == (0, 0)

    def test_money_that_came_back_undoes_the_payment(self, desk: World, payer: Desk) -> None:
        """Paid on the 20th, returned on the 22nd, in one file."""
        payer.reports(TAM.format("paid", "account"), TAM.format("returned", "account"))
        assert cell(desk) == (0, 0)

    def test_a_second_report_of_the_month_corrects_the_first(self, desk: World, payer: Desk) -> None:
        """Unpaid at first, paid by the second report; who is not in it keeps the first."""
        payer.reports(TAM.format("unpaid", "account"), AN.format("paid", "account"))
        assert cell(desk) == (1, 500_000)
        payer.reports(TAM.format("paid", "account"))
        assert cell(desk) == (2, 1_250_000)

    def test_a_newer_period_starts_anew(self, desk: World, payer: Desk) -> None:
        """In April only An was paid by account."""
        payer.reports(TAM.format("paid", "account"))
        payer.reports(AN.format("paid", "account"), period="2024-04")
        assert cell(desk) == (1, 500_000)

    def test_an_older_period_never_overwrites_a_newer_one(self, desk: World, payer: Desk) -> None:
        """March arrives after April: kept, but the cell speaks of April."""
        payer.reports(AN.format("paid", "account"), period="2024-04")
        payer.reports(TAM.format("paid", "account"), period="2024-03")
        assert cell(desk) == (1, 500_000)
        with desk.database.reading() as session:
            assert [r.period for r in session.exec(select(ReportedPeriod))] == ["2024-04"]
            assert len(list(session.exec(select(PaidReport)))) == 2

    def test_the_same_bytes_again_are_the_same_report(self, desk: World, payer: Desk) -> None:
        """Exit 0, named, nothing written; another payer's same bytes are another report."""
        first = payer.reports(TAM.format("paid", "account"))[1]
        code, again = payer.reports(TAM.format("paid", "account"))
        assert (code, again["same_as"], again["matched"]) == (0, first["report"], 1)
        assert payer.reports(TAM.format("paid", "account"), payer="Viettel Money")[1]["same_as"] is None
        with desk.database.reading() as session:
            assert sorted(p.name for p in session.exec(select(Payer))) == [POST, "Viettel Money"]

    def test_a_payer_is_known_by_name_without_accents(self, desk: World, payer: Desk) -> None:
        """BUU DIEN HUYEN BINH SON is the same post office."""
        payer.reports(TAM.format("paid", "account"))
        payer.reports(AN.format("paid", "account"), payer="BUU DIEN HUYEN  BINH SON")
        with desk.database.reading() as session:
            assert len(list(session.exec(select(Payer)))) == 1


class TestWhoIsMeant:
    @pytest.mark.parametrize(
        "line",
        [
            ",,051051001234,,,paid,account,,,,,",
            ",,051051001234,Ng. V. Tám,,paid,account,,,,,",
            ",,51051001234,Nguyễn Văn Tám,,paid,account,,,,,",
            ",BS-1,,Nguyễn Văn Tám,,paid,account,,,,,",
            ",BS-1,,,,paid,account,,,,,",
            "21040,,,NGUYỄN VĂN TÁM,1951,paid,account,,,,,",
            "21040,,,nguyen van tam,12/03/1951,paid,account,,,,,",
            "21040,BS-1,,Nguyễn Văn Tám,01/01/1951,paid,account,,,,,",
            "21046,BS-1,,Nguyễn Văn Tám,không rõ,paid,account,,,,,",
        ],
    )
    def test_by_citizen_id_then_file_number_then_name(self, desk: World, payer: Desk, line: str) -> None:
        """Also with a lost zero, by commune, name and year, and by file number from an earlier commune of theirs."""
        with desk.database.transaction() as session:
            earlier = AreaChange(
                old_code="21046", old_valid_from=date(2004, 7, 8), new_code=COMMUNE, new_valid_from=date(2025, 7, 1),
                on=date(2025, 7, 1),
            )  # fmt: skip
            session.add(earlier)
        assert payer.reports(line)[0] == 0
        assert cell(desk) == (1, 750_000)

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("21040,,,Nguyễn Văn Tám,1952,paid,account,,,,,", "line_nobody"),
            ("21040,,,Nguyễn Văn Tám,,paid,account,,,,,", "line_nobody"),
            ("21061,,,Nguyễn Văn Tám,1951,paid,account,,,,,", "line_nobody"),
            ("21040,BS-1,051040009998,Nguyễn Văn Tám,1951,paid,account,,,,,", "line_id_differs"),
            (",,051051001234,Lê Thị Sáu,1951,paid,account,,,,,", "line_other_name"),
            ("21040,BS-1,051051001234,Lê Thị Sáu,1951,paid,account,,,,,", "line_other_name"),
            ("21040,BS-2,051051001234,Trần Thị An,1948,paid,account,,,,,", "line_other_name"),
            ("21061,BS-1,,Nguyễn Văn Tám,1951,paid,account,,,,,", "line_commune_differs"),
            ("21040,BS-1,,Nguyễn Văn Tám,1999,paid,account,,,,,", "line_birth_differs"),
            ("21040,BS-1,,Nguyễn Văn Tám,13/03/1951,paid,account,,,,,", "line_birth_differs"),
            ("21040,,,Nguyễn Văn Tám,1951,lost,account,,,,,", "line_value"),
            ("21040,BS-1,,,,paid,account,99999999999999999999,,,,", "line_value"),
            ("21040,BS-1,,,,paid,account,７５００００,,,,", "line_value"),
            ("21040,,,Nguyễn Văn Tám,1951,paid,pigeon,,,,,", "line_value"),
            ("21040,,,Nguyễn Văn Tám,1951,paid,account,75.5,,,,", "line_value"),
            ("21040,,,Nguyễn Văn Tám,1951,paid,account,,,,20/03/2024,", "line_value"),
        ],
    )
    def test_lines_that_fit_nobody_are_listed(self, desk: World, payer: Desk, line: str, code: str) -> None:
        """Exit 4; the good line beside them counts."""
        exit_code, document = payer.reports(line, AN.format("paid", "account"))
        assert exit_code == 4
        assert [(x["line"], x["code"]) for x in document["lines_left_out"]] == [(2, code)]
        assert cell(desk) == (1, 500_000)

    def test_a_line_that_fits_nobody_is_kept_sealed(self, desk: World, payer: Desk) -> None:
        """It is work for somebody: kept with its cells, without an enrolment."""
        payer.reports("21040,,,Lê Văn Lạ,1951,paid,account,,,,,")
        with desk.database.reading() as session:
            (line,) = session.exec(select(PaidLine))
        assert line.enrolment_id is None
        assert "Lê Văn Lạ" in PAID_LINE_RAW.open(f"{line.report_id}//{line.line}", line.raw_sealed)
        assert "Lê".encode() not in line.raw_sealed

    @pytest.mark.parametrize("number", ["BS-2", ""])
    def test_an_id_of_somebody_in_another_programme_is_theirs(self, desk: World, payer: Desk, number: str) -> None:
        """Whom the name means has no ID on file: the line is of two minds all the same, and nobody's."""
        desk.person("nam", "Võ Văn Nam", "1950", "051050007777", programme="NCC")
        _, document = payer.reports(f"21040,{number},051050007777,Trần Thị An,1948,paid,account,,,,,")
        assert [one["code"] for one in document["lines_left_out"]] == ["line_id_anothers"]

    def test_a_payers_reason_keeps_no_whole_number(self, desk: World, payer: Desk) -> None:
        """Whose account it was stands sealed with the line; what everybody may read has its last four digits."""
        payer.reports(TAM.format("returned", "account") + "sai TK 4506 2050 12345 CCCD 051051001234")
        with desk.database.reading() as session:
            assert session.exec(select(PaidLine.reason)).one() == "sai TK •••• 2345 CCCD •••• 1234"

    def test_two_of_one_name_and_year_are_never_guessed(self, desk: World, payer: Desk) -> None:
        """Twins of the list: left out until the number says which."""
        desk.person("tam2", "Nguyễn Văn Tám", "1951")
        code, document = payer.reports("21040,,,Nguyễn Văn Tám,1951,paid,account,,,,,")
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_several")

    def test_a_file_number_that_another_has_too_means_the_one_of_the_line(self, desk: World, payer: Desk) -> None:
        """Two communes, one file number and one name: commune and birth say who; nothing said is nobody's guess."""
        desk.person("tam2", "Nguyễn Văn Tám", "1960", commune=OTHER_COMMUNE, file_number="BS-1", amount=600_000)
        assert payer.reports("21061,BS-1,,Nguyễn Văn Tám,1960,paid,account,,,,,")[0] == 0
        assert (cell(desk), cell(desk, OTHER_COMMUNE)) == ((None, None), (1, 600_000))
        code, document = payer.reports(",BS-1,,Nguyễn Văn Tám,,paid,account,,,,,")
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_several")

    def test_the_living_are_not_taken_for_a_namesake_who_died_this_month(self, desk: World, payer: Desk) -> None:
        """An ended enrolment gives way to an active one of the same person only, not of another's."""
        desk.person("tam2", "Nguyễn Văn Tám", "1951")
        with desk.database.transaction() as session:
            end = End(desk.enrolments["tam2"], date(2024, 3, 10), EndReason.DIED)
            people.end_enrolments(session, ends=[end], by=CLERK)
        code, document = payer.reports("21040,,,Nguyễn Văn Tám,1951,paid,account,,,,,")
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_several")

    def test_a_report_on_somebody_who_has_ended_is_a_report_on_the_commune(self, desk: World, payer: Desk) -> None:
        """The cells count from it on, as a recount from the rows does."""
        with desk.database.transaction() as session:
            end = End(desk.enrolments["xa"], date(2024, 3, 10), EndReason.DIED)
            people.end_enrolments(session, ends=[end], by=CLERK)
        desk.person("moi", "Hồ Thị Mới", commune=OTHER_COMMUNE)
        payer.reports(",,051040009999,Hồ Văn Xa,,paid,account,,,,,")
        assert cell(desk, OTHER_COMMUNE) == (0, 0)


class TestUndo:
    def undo(self, capsys: pytest.CaptureFixture[str], report: str, why: str = "Gõ nhầm kỳ") -> tuple[int, str]:
        code, out, err = disburse(capsys, "paid", "undo", report, "--why", why)
        return code, out + err

    def test_the_report_before_speaks_again(self, desk: World, payer: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        """April was typed for March's second list: once it is undone the commune speaks of March, its lines are kept,
        and the same file is taken for the right month.
        """
        payer.reports(TAM.format("paid", "account"), AN.format("paid", "account"), period="2024-03")
        wrong = payer.reports(AN.format("unpaid", ""), period="2024-04")[1]["report"]
        assert cell(desk) == (0, 0)
        code, said = self.undo(capsys, wrong)
        assert (code, "1" in said) == (0, True)
        assert cell(desk) == (2, 1_250_000)
        with desk.database.reading() as session:
            assert [r.period for r in session.exec(select(ReportedPeriod))] == ["2024-03"]
            assert len(list(session.exec(select(PaidLine)))) == 3
            event = session.exec(select(AuditEvent).where(AuditEvent.action == "paid.undone")).one()
            assert str(event.object_id) == wrong
        assert payer.reports(AN.format("unpaid", ""), period="2024-03")[1]["same_as"] is None
        assert cell(desk) == (1, 750_000)

    def test_undoing_the_only_report_makes_paid_unknown_again(
        self, desk: World, payer: Desk, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Null, not zero; the same bytes for the same month are a new report, and undoing twice is told."""
        only = payer.reports(TAM.format("paid", "account"))[1]["report"]
        self.undo(capsys, only)
        assert cell(desk) == (None, None)
        assert self.undo(capsys, only)[0] == 1
        assert payer.reports(TAM.format("paid", "account"))[1]["same_as"] is None
        assert cell(desk) == (1, 750_000)

    @pytest.mark.parametrize(("report", "why"), [("khong-phai-ma", "x"), (str(UUID(int=7)), "x"), ("", " ")])
    def test_what_cannot_be_undone_is_one_line(
        self, desk: World, payer: Desk, capsys: pytest.CaptureFixture[str], report: str, why: str
    ) -> None:
        """No such report, or no reason: a sentence, and nothing changes."""
        known = payer.reports(TAM.format("paid", "account"))[1]["report"]
        code, said = self.undo(capsys, report or known, why)
        assert (code, len(said.strip().splitlines())) == (1, 1)
        assert cell(desk) == (1, 750_000)


class TestBadCalls:
    @pytest.mark.parametrize(
        ("options", "code"),
        [
            (("--programme", "XXX", "--period", "2024-03", "--payer", POST), 1),
            (("--programme", "BTXH", "--period", "03/2024", "--payer", POST), 1),
            (("--programme", "BTXH", "--period", "2024-03", "--payer", " "), 1),
            (("--programme", "BTXH", "--period", "2062-11", "--payer", POST), 1),
            (("--programme", "BTXH", "--period", "2024-03"), 2),
        ],
    )
    def test_each_is_one_line(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: int
    ) -> None:
        """A sentence on stderr, nothing on stdout, nothing written."""
        path = tmp_path / "paid.csv"
        path.write_text(HEADER, encoding="utf-8")
        found, out, err = disburse(capsys, "paid", "import", path, *options)
        assert (found, out) == (code, "")
        assert len(err.strip().splitlines()) == 1

    def test_a_file_without_its_columns_is_refused(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Exit 3, naming them."""
        path = tmp_path / "paid.csv"
        path.write_text("họ tên\nNguyễn Văn Tám\n", encoding="utf-8")
        code, _, err = disburse(
            capsys, "paid", "import", path, "--programme", "BTXH", "--period", "2024-03", "--payer", POST
        )
        assert code == 3
        assert "full_name" in err


class TestEraseRaw:
    def test_the_payers_words_go_after_their_days_and_what_was_paid_stays(self, desk: World, payer: Desk) -> None:
        """Whole numbers of a report are needed to ask the payer back, not for ever."""
        payer.reports(TAM.format("paid", "account"), AN.format("paid", "cash"))
        before = cell(desk)

        def kept(days_later: int) -> list[int]:
            with desk.database.transaction() as session:
                came = clock.utc_now() - timedelta(days=days_later)
                session.execute(sa.update(PaidReport).values(imported_at=came))
            erase_raw(desk.database, Settings(raw_retention_days=90))
            with desk.database.reading() as session:
                return [len(line.raw_sealed) > 0 for line in session.exec(select(PaidLine))]

        assert kept(days_later=89) == [True, True]
        assert kept(days_later=91) == [False, False]
        assert cell(desk) == before
