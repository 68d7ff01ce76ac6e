"""The demo: from the officers' files to the table that the rows make, and nothing on the way knows the answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.journeys.conftest import Run, disburse

TRUTH = json.loads((ROOT / "sample/truth.json").read_text("utf-8"))


@pytest.mark.xdist_group("demo")
class TestDemo:
    def test_the_table_is_the_published_one(self, demo: tuple[Path, Run]) -> None:
        """472 of 5,965 people with merit and 3,180 of 12,059 on social protection: the rows say so."""
        _, run = demo
        assert run.code == 0, run.err
        rows = {row["code"]: (row["registered"], row["total"]) for row in run.document["programmes"]}
        assert rows == {"NCC": (472, 5965), "BTXH": (3180, 12059)}
        assert run.document["as_of"] == "2024-03-31"

    def test_every_commune_and_stage_is_right(self, demo: tuple[Path, Run]) -> None:
        """Each of the 22 communes of the time, each programme, each stage that the sample's maker knows."""
        _, run = demo
        made = {(row["code"], row["programme"]): row for row in run.document["areas"]}
        assert len(made) == 44
        for known in TRUTH["areas"]:
            row = made[known["code"], known["programme"]]
            assert {name: row[name] for name in known} == known

    def test_stdout_holds_only_the_document(self, demo: tuple[Path, Run]) -> None:
        """Scripts read stdout; what is said to people goes to stderr."""
        _, run = demo
        assert set(run.document) == {"as_of", "programmes", "areas", "months"}

    def test_the_doctor_finds_nothing(self, demo: tuple[Path, Run]) -> None:
        """After the whole month every count can be counted again, and the audit chain holds."""
        folder, _ = demo
        variables = {"DISBURSE_DATA_DIR": str(folder / "d")}
        found = disburse("doctor", "--json", folder=folder, **variables)
        assert found.document["findings"] == []
        assert disburse("audit", "verify", folder=folder, **variables).code == 0

    def test_the_same_file_again_changes_nothing(self, demo: tuple[Path, Run]) -> None:
        """An officer who imports the same workbook twice gets the earlier roster as an answer."""
        folder, _ = demo
        again = disburse(
            "roster", "import", ROOT / "sample/ncc-chau-o.ods", "--programme", "NCC", "--period", "2024-03",
            "--scope", "full", "--units", "old", "--province", "51", "--commune", "21040", "--json",
            folder=folder, DISBURSE_DATA_DIR=str(folder / "d"),
        )  # fmt: skip
        assert again.code == 0, again.err
        assert again.document["same_as"]
        assert (again.document["new"], again.document["changed"], again.document["gone"]) == (0, 0, 0)

    def test_moved_thresholds_give_the_same_table(self, demo: tuple[Path, Run], tmp_path: Path) -> None:
        """A matcher that accepts nothing by itself asks more, and the clerks' decisions lead to the same table."""
        _, run = demo
        asked = disburse(
            "demo", "--data", tmp_path / "d", "--no-serve", "--json", folder=tmp_path, DISBURSE_MATCH_ACCEPT="1"
        )
        assert asked.code == 0, asked.err
        assert asked.document == run.document


class TestFolder:
    def test_a_folder_with_other_things_is_refused_untouched(self, tmp_path: Path) -> None:
        """The demo rebuilds its own folder and nobody else's."""
        (tmp_path / "luong.xlsx").write_text("của người khác")
        run = disburse("demo", "--data", tmp_path, "--no-serve", folder=tmp_path)
        assert run.code == 1
        assert "không phải thư mục của một bản trình diễn" in run.err
        assert [path.name for path in tmp_path.iterdir()] == ["luong.xlsx"]
