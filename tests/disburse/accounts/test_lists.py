"""Bank lists: `registrations import` from the command line, the same file twice, bad files, retention."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import func, select

from disburse import clock
from disburse.accounts import commands, lists
from disburse.accounts.tables import (
    LIST_ROW_RAW,
    Account,
    AccountStatus,
    Candidate,
    Registration,
    RegistrationList,
    RegistrationRow,
    RegistrationSource,
)
from disburse.audit.actor import COMMAND, SYSTEM
from disburse.jobs.tables import Job, JobState
from tests.disburse.accounts.test_linking import TAM, apply, pair
from tests.disburse.accounts.world import World, disburse, use_on_the_command_line

HEADER = "STT,Số tài khoản,Tên chủ tài khoản,Ngày sinh,Số CCCD,Trạng thái\n"
LIST = (
    HEADER
    + "1,1234567890123,NGUYEN VAN TAM,12/03/1951,051051001234,Hoạt động\n"
    + "2,1234567890124,TRAN THI BUOI,1940,,Hoạt động\n"
    + "3,9704150000000001,LE VAN THE,01/02/1960,,Hoạt động\n"
    + "4,1234567890126,PHAM VAN DONG,01/02/1960,,Đã đóng\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list of four holders: two good, a card number, a closed account."""
    path = tmp_path / "agribank.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The commune, opened from the command line."""
    use_on_the_command_line(world.database, monkeypatch)
    return world


def count(world: World, table: type[Any]) -> int:
    with world.database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


class TestImport:
    def test_a_list_is_taken_in_and_its_bad_lines_kept(
        self, desk: World, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Three accounts, the card number parked with its cells sealed; the closed one kept as closed."""
        code, out, _ = disburse(capsys, "registrations", "import", file, "--bank", "Agribank", "--json")
        document = json.loads(out)
        assert code == 0
        assert (document["verdict"], document["rows_ok"], document["rows_bad"]) == ("accept_with_row_errors", 3, 1)
        assert [document[name] for name in ("new", "changed", "same", "gone")] == [3, 0, 0, 0]
        assert document["same_as"] is None
        with desk.database.reading() as session:
            made = session.exec(select(RegistrationList)).one()
            assert (str(made.id), made.bank_code, made.basis != "") == (document["list"], "VBA", True)
            (row,) = session.exec(select(RegistrationRow))
            raw = json.loads(LIST_ROW_RAW.open(f"{made.id}/{row.sheet}/{row.line}", row.raw_sealed))
            assert "9704150000000001" in raw["raw"]
            assert b"9704" not in row.raw_sealed
            assert "9704150000000001" not in json.dumps(made.report)
            states = session.exec(select(Account.status))
            assert sorted(states) == [AccountStatus.CLOSED, AccountStatus.OPEN, AccountStatus.OPEN]

    def test_the_same_file_again_is_the_same_list(
        self, desk: World, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Same bytes, bank and source: nothing is written, the earlier list is named."""
        first = json.loads(disburse(capsys, "registrations", "import", file, "--bank", "VBA", "--json")[1])
        code, out, _ = disburse(capsys, "registrations", "import", file, "--bank", "970405", "--json")
        again = json.loads(out)
        assert (code, again["same_as"], again["new"]) == (0, first["list"], 0)
        assert again.keys() == first.keys()
        assert (count(desk, RegistrationList), count(desk, Registration)) == (1, 3)

    def test_the_same_bytes_under_another_source_are_another_list(
        self, desk: World, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What a bank sent and what people signed are different grounds."""
        disburse(capsys, "registrations", "import", file, "--bank", "VBA")
        code, out, _ = disburse(
            capsys, "registrations", "import", file, "--bank", "VBA", "--source", "signed_form", "--json"
        )
        assert (code, json.loads(out)["same_as"]) == (0, None)
        assert count(desk, RegistrationList) == 2

    def test_a_changed_list_says_what_changed(
        self, desk: World, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One holder's name differs, one line is new, the others are the same."""
        disburse(capsys, "registrations", "import", file, "--bank", "VBA")
        file.write_text(
            LIST.replace("TRAN THI BUOI", "TRAN THI BUOI EM") + "5,1234567890127,HO THI SAU,1950,,Hoạt động\n",
            encoding="utf-8",
        )
        document = json.loads(disburse(capsys, "registrations", "import", file, "--bank", "VBA", "--json")[1])
        assert (document["new"], document["changed"], document["same"]) == (1, 1, 2)

    @pytest.mark.parametrize(
        ("content", "reject_code"),
        [
            (b"", "damaged"),
            (b"a,b,c\n1,2,3\n", "no_header"),
            (b"%PDF-1.4 nothing", "wrong_type"),
            ((HEADER + "1,9704150000000001,LE VAN THE,1960,,\n").encode(), "no_rows"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_refused_whole(
        self, desk: World, file: Path, capsys: pytest.CaptureFixture[str], content: bytes, reject_code: str
    ) -> None:
        """Exit 3, one line of Vietnamese, the code in JSON; nothing is stated, and a mended file may come."""
        file.write_bytes(content)
        code, out, err = disburse(capsys, "registrations", "import", file, "--bank", "VBA", "--json")
        assert (code, json.loads(out)["reject_code"]) == (3, reject_code)
        assert err.strip()
        assert len(err.strip().splitlines()) == 1
        assert count(desk, Registration) == 0
        file.write_text(LIST, encoding="utf-8")
        assert disburse(capsys, "registrations", "import", file, "--bank", "VBA")[0] == 0

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            (("missing.csv", "--bank", "VBA"), "Không tìm thấy tệp"),
            (("FILE", "--bank", "Ngân hàng Không Có"), "Không nhận ra ngân hàng"),
            (("FILE", "--bank", "VBA", "--source", "rumour"), "Không có nguồn"),
        ],
    )
    def test_a_wrong_call_is_one_line(
        self, desk: World, file: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], word: str
    ) -> None:
        """Exit 1 and a sentence that says what to do."""
        given = [file if a == "FILE" else a for a in arguments]
        code, out, err = disburse(capsys, "registrations", "import", *given)
        assert (code, out) == (1, "")
        assert word in err
        assert len(err.strip().splitlines()) == 1

    def test_a_list_whose_process_died_is_taken_up_again(
        self, desk: World, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Received, then killed: the same command carries on once the dead one's lease is over."""
        with desk.database.transaction() as session:
            lists.receive(
                session,
                content=file.read_bytes(),
                name=file.name,
                bank_code="VBA",
                source=RegistrationSource.BANK_LIST,
                basis="",
                by=COMMAND,
            )
            session.execute(
                sa.update(Job).values(
                    state=JobState.RUNNING, attempt=1, lease_until=clock.utc_now() + timedelta(seconds=1)
                )
            )
        code, out, _ = disburse(capsys, "registrations", "import", file, "--bank", "VBA", "--json")
        assert (code, json.loads(out)["new"]) == (0, 3)
        assert count(desk, RegistrationList) == 1


class TestSentAgain:
    """A list sent again on a later day is current again: each of its lines, whichever list stated it first."""

    def sent(self, world: World, file: Path, age: int, basis: str = "") -> dict[str, Any]:
        with clock.living_on(clock.today() - timedelta(days=age)):
            return commands.import_file(world.database, file, "VBA", RegistrationSource.BANK_LIST, basis)

    def erase(self, world: World) -> int:
        with world.database.transaction() as session:
            return lists.erase_unmatched(session, days=90, by=SYSTEM)

    def test_what_it_holds_is_not_old(self, desk: World, file: Path, tmp_path: Path) -> None:
        """After ninety days from the first sending nothing is erased, nor what an earlier list had stated."""
        shorter = tmp_path / "shorter.csv"
        shorter.write_text("".join(LIST.splitlines(keepends=True)[:2]), encoding="utf-8")
        self.sent(desk, shorter, 200)
        first = self.sent(desk, file, 120)
        again = self.sent(desk, file, 10)
        assert (again["same_as"], again["new"], again["changed"], again["same"]) == (first["list"], 0, 0, 3)
        assert again["list"] != first["list"]
        assert self.erase(desk) == 0
        assert {one.last_seen for one in desk.registrations()} == {clock.today() - timedelta(days=10)}

    def test_what_was_erased_is_taken_in_again(self, desk: World, file: Path) -> None:
        """Also whose pair had been turned down: the holder's facts are back, the answer is remembered."""
        self.sent(desk, file, 120)
        desk.person("buoi", "Trần Thị Bưởi", "1940")
        apply(desk, pair(desk, "buoi", desk.account_id("1234567890124"), "review"))
        with desk.database.transaction() as session:
            session.execute(sa.update(Candidate).values(state="rejected"))
        assert self.erase(desk) == 3
        again = self.sent(desk, file, 0)
        assert (again["new"], again["changed"], again["same"]) == (2, 1, 0)
        assert {one.holder_name for one in desk.registrations() if one.holder_name} == {
            "NGUYEN VAN TAM", "TRAN THI BUOI", "PHAM VAN DONG",
        }  # fmt: skip
        assert count(desk, Candidate) == 1
        assert self.erase(desk) == 0

    def test_another_basis_is_another_list(self, desk: World, file: Path) -> None:
        """What came under another agreement is kept under that one; the same day and basis are the same list."""
        found = [self.sent(desk, file, 0, basis) for basis in ("Công văn 1", "Công văn 2", "Công văn 2")]
        assert [one["same_as"] is None for one in found] == [True, True, False]
        assert found[1]["list"] == found[2]["list"] != found[0]["list"]
        with desk.database.reading() as session:
            made = session.exec(select(RegistrationList.basis).order_by(RegistrationList.id))
            assert list(made) == ["Công văn 1", "Công văn 2"]

    def test_a_list_whose_job_failed_is_tried_again(self, desk: World, file: Path) -> None:
        """Sent again, it is not answered with the job that has given up."""
        sent: Any = {
            "content": file.read_bytes(), "name": file.name, "bank_code": "VBA",
            "source": RegistrationSource.BANK_LIST, "basis": "", "by": COMMAND,
        }  # fmt: skip
        with desk.database.transaction() as session:
            lists.receive(session, **sent)
            session.execute(sa.update(Job).values(state=JobState.FAILED, ended_at=clock.utc_now()))
        with desk.database.transaction() as session:
            assert lists.receive(session, **sent).known
            assert session.exec(select(Job.state)).one() == JobState.QUEUED


class TestEraseUnmatched:
    def erase(self, world: World, days: int = 90) -> int:
        with world.database.transaction() as session:
            return lists.erase_unmatched(session, days=days, by=SYSTEM)

    def imported(self, world: World, file: Path, age: int) -> None:
        with clock.living_on(clock.today() - timedelta(days=age)):
            commands.import_file(world.database, file, "VBA", RegistrationSource.BANK_LIST)

    def test_strangers_are_forgotten_and_counted(self, desk: World, file: Path) -> None:
        """After 90 days the three holders nobody knows are gone, accounts too; the list still says there were three."""
        self.imported(desk, file, 91)
        assert self.erase(desk) == 3
        assert (count(desk, Registration), count(desk, Account)) == (0, 0)
        with desk.database.reading() as session:
            made = session.exec(select(RegistrationList)).one()
            assert (made.rows_ok, made.rows_erased) == (3, 3)
        assert self.erase(desk) == 0

    def test_a_fresh_list_is_kept(self, desk: World, file: Path) -> None:
        """Eighty-nine days are not ninety."""
        self.imported(desk, file, 89)
        assert self.erase(desk) == 0

    def test_who_is_linked_or_asked_stays(self, desk: World, file: Path) -> None:
        """One linked, one in the queue: both statements stay, the third goes."""
        self.imported(desk, file, 91)
        desk.person("tam", **TAM)
        desk.person("buoi", "Trần Thị Bưởi", "1940")
        tam, buoi = desk.account_id("1234567890123"), desk.account_id("1234567890124")
        apply(desk, pair(desk, "tam", tam), pair(desk, "buoi", buoi, "review"))
        assert self.erase(desk) == 1
        assert count(desk, Registration) == 2

    def test_a_rejected_pair_is_remembered_without_the_holders_facts(self, desk: World, file: Path) -> None:
        """The stranger's name, birth and ID go; that the pair was turned down stays."""
        self.imported(desk, file, 91)
        desk.person("buoi", "Trần Thị Bưởi", "1940")
        apply(desk, pair(desk, "buoi", desk.account_id("1234567890124"), "review"))
        with desk.database.transaction() as session:
            session.execute(sa.update(Candidate).values(state="rejected"))
        assert self.erase(desk) == 3
        (left,) = desk.registrations()
        assert (left.holder_name, left.holder_fold, left.holder_birth_date) == ("", "", None)
        assert count(desk, Candidate) == 1
        assert self.erase(desk) == 0
