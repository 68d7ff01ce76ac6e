"""`decisions import`: rows of imported lists and accounts in, links out; bad lines listed and left out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from disburse import clock
from disburse.accounts.tables import Candidate, CandidateState, LinkState
from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.ids import new_id
from disburse.rosters.tables import ROW_CLEANED, Roster, RosterRow, RosterState, RowState, Scope
from tests.disburse.accounts.test_linking import TAM, apply, candidates, links, pair
from tests.disburse.accounts.test_links import cell, move
from tests.disburse.accounts.world import World, disburse, use_on_the_command_line

HEADER = "file,sheet,line,party,bank_code,account_number,decision,reason,decided_by,decided_on\n"


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> World:
    """The commune, opened from the command line."""
    use_on_the_command_line(database, monkeypatch)
    return World(database).reference()


def roster(world: World, rows: dict[int, str | None], name: str = "btxh.xlsx", sheet: str = "T3") -> None:
    """An imported roster whose lines stand for these people; None = a parked line."""
    roster_id = new_id()
    with world.database.transaction() as session:
        session.add(
            Roster(
                id=roster_id,
                programme="BTXH",
                period="2024-03",
                scope=Scope.FULL,
                file_name=name,
                sha256="0" * 64,
                state=RosterState.IMPORTED,
                created_by="x",
                created_at=clock.utc_now(),
                imported_at=clock.utc_now(),
            )
        )
        session.flush()
        for line, person in rows.items():
            session.add(
                RosterRow(
                    roster_id=roster_id,
                    sheet=sheet,
                    line=line,
                    state=RowState.NEW if person else RowState.PARKED,
                    enrolment_id=world.enrolments[person] if person else None,
                    cleaned_sealed=ROW_CLEANED.seal(f"{roster_id}/{sheet}/{line}", "{}"),
                )
            )


def decide(tmp_path: Path, capsys: pytest.CaptureFixture[str], *lines: str, unlisted: str = "keep"):  # type: ignore[no-untyped-def]
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER + "".join(line + "\n" for line in lines), encoding="utf-8")
    code, out, err = disburse(capsys, "decisions", "import", path, "--unlisted", unlisted, "--json")
    return code, json.loads(out) if out else {}, err


class TestDecisionsImport:
    def test_a_yes_links_the_person_of_the_row(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """File, sheet and line name the person, bank and number the account; the day is the clerk's."""
        desk.person("tam", **TAM)
        roster(desk, {16: "tam"})
        account = desk.account("1234567890123")
        apply(desk, pair(desk, "tam", account, "review"))
        line = "btxh.xlsx,T3,16,beneficiary,Agribank,1234567890123,yes,Đúng người,Trịnh Thị Mỹ Duyên,2024-03-05"
        code, document, _ = decide(tmp_path, capsys, line)
        assert (code, document["accepted"], document["left_out"]) == (0, 1, 0)
        (link,) = links(desk)
        assert (link.person_id, link.since) == (desk.persons["tam"], date(2024, 3, 5))
        assert (link.decided_by, link.decided_how) == ("Trịnh Thị Mỹ Duyên", "clerk")

    def test_recipient_means_who_receives_for_the_row(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The ward's row with party recipient is the guardian; with party beneficiary nobody asked."""
        desk.person("giam", "Lê Văn Giám", "1970-05-01", programme=None)
        desk.person("an", "Lê Thị An", "2015-01-02", recipient="giam")
        roster(desk, {7: "an"})
        apply(desk, pair(desk, "giam", desk.account("1234567890123"), "review"))
        _, document, _ = decide(
            tmp_path,
            capsys,
            "btxh.xlsx,T3,7,beneficiary,VBA,1234567890123,yes,,,2024-03-05",
            "btxh.xlsx,T3,7,recipient,VBA,1234567890123,yes,,,2024-03-05",
        )
        assert (document["accepted"], document["ignored"]) == (1, 1)
        assert [x.person_id for x in links(desk)] == [desk.persons["giam"]]
        assert cell(desk) == (0, 1, 0)

    def test_the_same_file_again_changes_nothing(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Everything is the same, also under --unlisted no."""
        desk.person("tam", **TAM)
        roster(desk, {16: "tam"})
        one, two = desk.account("1234567890123"), desk.account("1234567890124")
        apply(desk, pair(desk, "tam", one), pair(desk, "tam", two))
        line = "btxh.xlsx,T3,16,beneficiary,VBA,1234567890123,yes,,,2024-03-05"
        decide(tmp_path, capsys, line, unlisted="no")
        before = [c.model_dump() for c in candidates(desk)], [x.model_dump() for x in links(desk)]
        code, document, _ = decide(tmp_path, capsys, line, unlisted="no")
        assert (code, document["same"], document["accepted"], document["rejected_unlisted"]) == (0, 1, 0, 0)
        assert ([c.model_dump() for c in candidates(desk)], [x.model_dump() for x in links(desk)]) == before

    def test_unlisted_no_turns_down_what_still_waits(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without it the pair stays in the queue."""
        desk.person("tam", **TAM)
        roster(desk, {16: "tam"})
        apply(desk, pair(desk, "tam", desk.account("1234567890123"), "review"))
        decide(tmp_path, capsys)
        assert [c.state for c in candidates(desk)] == [CandidateState.OPEN]
        assert decide(tmp_path, capsys, unlisted="no")[1]["rejected_unlisted"] == 1
        assert [c.state for c in candidates(desk)] == [CandidateState.REJECTED]

    def test_lines_that_fit_nothing_are_listed_and_left_out(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Unknown file, unknown row, unreadable values: each with its line and reason; the good line counts."""
        desk.person("tam", **TAM)
        roster(desk, {16: "tam", 17: None})
        apply(desk, pair(desk, "tam", desk.account("1234567890123"), "review"))
        code, document, _ = decide(
            tmp_path,
            capsys,
            "other.xlsx,T3,16,beneficiary,VBA,1234567890123,yes,,,2024-03-05",
            "btxh.xlsx,T3,99,beneficiary,VBA,1234567890123,yes,,,2024-03-05",
            "btxh.xlsx,T3,16,neighbour,VBA,1234567890123,yes,,,2024-03-05",
            "btxh.xlsx,T3,16,beneficiary,VBA,1234567890123,maybe,,,2024-03-05",
            "btxh.xlsx,T3,16,beneficiary,XXX,1234567890123,yes,,,2024-03-05",
            "btxh.xlsx,T3,16,beneficiary,VBA,1.2E+12,yes,,,2024-03-05",
            "btxh.xlsx,T3,16,beneficiary,VBA,1234567890123,yes,,,05/03/2024",
            "btxh.xlsx,T3,17,beneficiary,VBA,1234567890123,yes,,,2024-03-05",
            "btxh.xlsx,T3,16,beneficiary,VBA,9999999999999,yes,,,2024-03-05",
            "btxh.xlsx,,16,beneficiary,VBA,1234567890123,yes,,,2024-03-05",
        )
        assert (code, document["accepted"], document["ignored"]) == (4, 1, 2)
        assert [(x["line"], x["code"]) for x in document["lines_left_out"]] == [
            (4, "line_value"), (5, "line_value"), (6, "line_value"), (7, "line_value"), (8, "line_value"),
            (2, "line_row_unknown"), (3, "line_row_unknown"),
        ]  # fmt: skip
        assert all(x["message"] for x in document["lines_left_out"])

    def test_the_newest_list_of_a_name_is_meant(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each month sends btxh.xlsx; line 16 of April is who stands there in April."""
        desk.person("tam", **TAM)
        desk.person("an", "Trần Thị An")
        roster(desk, {16: "an"})
        roster(desk, {16: "tam"})
        apply(desk, pair(desk, "tam", desk.account("1234567890123"), "review"))
        line = "btxh.xlsx,T3,16,beneficiary,VBA,1234567890123,yes,,,2024-03-05"
        assert decide(tmp_path, capsys, line)[1]["accepted"] == 1

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"\xff\xfe\x00bad", "UTF-8"),
            ("tệp,trang\n1,2\n".encode(), "file"),
            (b"PK\x03\x04 an xlsx", "UTF-8"),
            (b"", "file"),
            ((HEADER + 'a,"b\n').encode(), "UTF-8"),
        ],
    )
    def test_a_bad_file_is_refused_in_one_line(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, word: str
    ) -> None:
        """Exit 3; nothing was taken."""
        path = tmp_path / "decisions.csv"
        path.write_bytes(content)
        code, out, err = disburse(capsys, "decisions", "import", path)
        assert (code, out) == (3, "")
        assert word in err
        assert len(err.strip().splitlines()) == 1

    def test_wrong_calls_are_told_apart(self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A missing file is an error (1), a wrong option a usage error (2)."""
        assert disburse(capsys, "decisions", "import", tmp_path / "none.csv")[0] == 1
        assert decide(tmp_path, capsys, unlisted="perhaps")[0] == 2

    def test_a_line_about_a_confirmed_link_is_left_out(
        self, desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What the bank confirmed needs a replacement, not a no."""
        desk.person("tam", **TAM)
        roster(desk, {16: "tam"})
        apply(desk, pair(desk, "tam", desk.account("1234567890123")))
        move(desk, links(desk)[0].id, LinkState.REQUESTED, LinkState.CONFIRMED)
        line = "btxh.xlsx,T3,16,beneficiary,VBA,1234567890123,no,Nhầm,,2024-03-05"
        code, document, _ = decide(tmp_path, capsys, line)
        assert (code, document["lines_left_out"][0]["code"]) == (4, "line_link_confirmed")


def test_nothing_of_a_decision_names_the_account_in_the_log(
    desk: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The audit events of an import hold no whole account number."""
    desk.person("tam", **TAM)
    roster(desk, {16: "tam"})
    apply(desk, pair(desk, "tam", desk.account("1234567890123"), "review"))
    decide(tmp_path, capsys, "btxh.xlsx,T3,16,beneficiary,VBA,1234567890123,yes,,,2024-03-05")
    with desk.database.reading() as session:
        events = list(session.exec(select(AuditEvent)))
        assert session.exec(select(Candidate.decided_by)).one() == "dòng lệnh"
    assert {"link.accepted", "candidates.answered", "decisions.imported"} <= {e.action for e in events}
    assert "1234567890123" not in str([e.facts for e in events])
