"""`disburse verified import`: lines find people by citizen ID, else by name and birth; the rest is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from disburse.cases.history import history
from disburse.people.commands import import_file
from disburse.workbooks.answer_files import FileRefused
from tests.disburse.rosters.desk import Desk

PEOPLE = (
    "name | born | id | amount\n"
    "Lê Thị Lan | 1950-01-05 | 051150000001 | 5\n"
    "Trần Văn Bảy | 1947 | | 5\n"
    "Hồ Thị Hoa | 1960 | | 5\n"
    "Hồ Thị Hoa | 1960 | | 5"
)


def verify(desk: Desk, folder: Path, *lines: str) -> dict[str, Any]:
    """Import a file of answers with these lines."""
    path = folder / "verified.csv"
    path.write_text("citizen_id,full_name,birth_date,result,on,source\n" + "\n".join(lines), encoding="utf-8")
    return import_file(desk.database, path)


class TestVerifiedImport:
    def test_by_citizen_id_and_by_name_and_birth(self, desk: Desk, tmp_path: Path) -> None:
        """The ID decides; without one, name and birth that fit one person."""
        desk.full("2026-05", PEOPLE)
        document = verify(
            desk,
            tmp_path,
            "051150000001,LE THI LAN,,match,2026-06-01,dân cư",
            ",Trần Văn Bảy,02/03/1947,match,2026-06-01,dân cư",
        )
        assert (document["match"], document["left_out"]) == (2, 0)
        assert desk.cell()["verified"] == 2

    def test_the_file_and_the_line_are_kept(self, desk: Desk, tmp_path: Path) -> None:
        """Where a verified fact was read stands in the history; the same answer again keeps the first place."""
        desk.full("2026-05", PEOPLE)
        said = "051150000001,LE THI LAN,,match,2026-06-01,dân cư"
        verify(desk, tmp_path, ",Hồ Thị Lạ,1960,match,2026-06-01,dân cư", said, said)
        verify(desk, tmp_path, said)
        enrolment = desk.enrolment("Lê Thị Lan")
        with desk.database.reading() as session:
            told = history(session, person_id=enrolment.person_id, enrolments=[enrolment], links=[])
        assert [(one.file, one.line) for one in told if one.what == "verified_match"] == [("verified.csv", 3)]

    def test_what_fits_nobody_is_listed_and_left_out(self, desk: Desk, tmp_path: Path) -> None:
        """Unknown, ambiguous, another name under the ID, a wrong word, a day to come: each with its line and reason."""
        desk.full("2026-05", PEOPLE)
        document = verify(
            desk,
            tmp_path,
            "051150000009,Phạm Văn Lạ,1970,match,2026-06-01,dân cư",
            ",Hồ Thị Hoa,1960,match,2026-06-01,dân cư",
            "051150000001,Nguyễn Văn Tám,,match,2026-06-01,dân cư",
            "051150000001,Lê Thị Lan,,maybe,2026-06-01,dân cư",
            "051150000001,Lê Thị Lan,,match,2027-06-01,dân cư",
        )
        assert [(line["line"], line["code"]) for line in document["lines_left_out"]] == [
            (2, "line_nobody"), (3, "line_several"), (4, "line_other_name"), (5, "line_value"), (6, "line_value"),
        ]  # fmt: skip
        assert "verified" not in desk.cell()

    def test_the_same_file_again_changes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        """Answers are facts with a day and a source: twice the same is once."""
        desk.full("2026-05", PEOPLE)
        for _ in range(2):
            verify(desk, tmp_path, "051150000001,Lê Thị Lan,,match,2026-06-01,dân cư")
        assert desk.cell()["verified"] == 1

    def test_a_file_without_its_columns_is_refused(self, desk: Desk, tmp_path: Path) -> None:
        """No result column: exit 3, nothing taken."""
        path = tmp_path / "wrong.csv"
        path.write_text("a,b\n1,2\n", encoding="utf-8")
        with pytest.raises(FileRefused):
            import_file(desk.database, path)
