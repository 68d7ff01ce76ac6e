"""The committed sample: it can be made again, adds up to the published figures, and its answers point at real rows."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

SAMPLE = Path(__file__).parents[2] / "sample"
WORKBOOKS = (".xlsx", ".xls", ".ods")
Place = tuple[str, str, int]


def data_files() -> list[Path]:
    """What lies in sample/ itself."""
    return [p for p in SAMPLE.iterdir() if p.is_file() and not p.name.startswith(".")]


def rows_of(path: Path) -> list[dict[str, str]]:
    """A UTF-8 CSV with a header as dictionaries."""
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def cells_of(path: Path) -> dict[tuple[str, int], list[Any]]:
    """(sheet, line) → cells of a workbook or a delimited list."""
    if path.suffix == ".csv":
        cp1258 = path.name == "btxh-phia-bac.csv"
        text = path.read_bytes().decode("cp1258" if cp1258 else "utf-8")
        lines = csv.reader(text.splitlines(), delimiter=";" if cp1258 else ",")
        return {(path.stem, n): [unicodedata.normalize("NFC", c) for c in line] for n, line in enumerate(lines, 1)}
    book = CalamineWorkbook.from_path(str(path))
    return {
        (name, n): line
        for name in book.sheet_names
        for n, line in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
    }


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return dict(json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def manifest() -> list[dict[str, Any]]:
    return list(json.loads((SAMPLE / "manifest.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def cells(manifest: list[dict[str, Any]]) -> dict[str, dict[tuple[str, int], list[Any]]]:
    """Every roster and bank list, read by calamine or as text."""
    return {s["file"]: cells_of(SAMPLE / s["file"]) for s in manifest if s["kind"] in ("roster", "registrations")}


class TestMakeAgain:
    @pytest.fixture(scope="class")
    @classmethod
    def made(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        out = tmp_path_factory.mktemp("sample")
        subprocess.run(
            [sys.executable, str(SAMPLE / "make_sample.py"), "--out", str(out)], check=True, capture_output=True
        )
        return out

    def test_writes_the_committed_files(self, made: Path) -> None:
        """The generator gives every file of sample/: the same bytes, or the same cells where packing may differ."""
        names = sorted(p.name for p in made.iterdir())
        assert names == sorted(p.name for p in data_files() if p.name != "make_sample.py")
        for name in names:
            if (made / name).read_bytes() != (SAMPLE / name).read_bytes():
                assert name.endswith(WORKBOOKS), f"{name} differs: run sample/make_sample.py"
                assert cells_of(made / name) == cells_of(SAMPLE / name), f"{name} differs"

    def test_stays_small(self) -> None:
        """At most 30 files, 12 MB and 60,000 registrations."""
        files = data_files()
        assert len(files) <= 30
        assert sum(p.stat().st_size for p in files) < 12_000_000
        assert json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["registrations"] <= 60_000


class TestTruth:
    def test_is_the_published_table(self, truth: dict[str, Any]) -> None:
        """472 of 5,965 NCC and 3,180 of 12,059 BTXH."""
        published = {"NCC": (472, 5965), "BTXH": (3180, 12059)}
        assert {p["code"]: (p["registered"], p["total"]) for p in truth["programmes"]} == published

    def test_communes_add_up(self, truth: dict[str, Any]) -> None:
        """Twenty-two old communes per programme; each column sums to the programme's, but for unplaced parked rows."""
        for programme in truth["programmes"]:
            areas = [a for a in truth["areas"] if a["programme"] == programme["code"]]
            assert len({a["code"] for a in areas}) == 22
            for stage in programme.keys() - {"code", "parked"}:
                assert sum(a[stage] for a in areas) == programme[stage], stage
            assert sum(a["parked"] for a in areas) <= programme["parked"]

    def test_stages_can_be(self, truth: dict[str, Any]) -> None:
        """No stage exceeds the one it depends on."""
        for a in truth["areas"] + truth["programmes"]:
            assert a["total"] >= a["id_valid"] >= a["verified"]
            assert a["registered"] == a["registered_own"] + a["registered_other"]
            assert a["total"] >= a["registered"] >= a["confirmed"] >= a["paid"]
            assert a["lines"] >= a["total"] and a["amount_total"] >= a["amount_by_account"]

    def test_every_fault_stands_in_the_readme(self, truth: dict[str, Any]) -> None:
        """Each planted fault has a row in the README's table."""
        readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
        for f in truth["faults"]:
            assert f"| {f['file']} | {f['sheet']} | {f['line']} | {f['fault']} | {f['state']} |" in readme


class TestManifest:
    def test_names_every_data_file(self, manifest: list[dict[str, Any]]) -> None:
        """Each data file is imported once; link runs after the lists and before the answers."""
        named = [s["file"] for s in manifest if s["file"]]
        about = {"README.md", "make_sample.py", "truth.json", "manifest.json"}
        assert sorted(named) == sorted({p.name for p in data_files()} - about)
        kinds = [s["kind"] for s in manifest]
        assert kinds.index("link") > max(i for i, k in enumerate(kinds) if k in ("roster", "registrations"))
        assert kinds.index("link") < kinds.index("decisions") < kinds.index("requests") < kinds.index("bank")
        assert kinds.index("decisions") < kinds.index("results") < kinds.index("paid")


class TestDecisions:
    def test_point_at_rows_with_people(self, cells: dict[str, dict[tuple[str, int], list[Any]]]) -> None:
        """The row exists and holds a name; the account stands once in its bank's list."""
        accounts = {
            str(c) for name in cells if "bank" in name or "bidv" in name for row in cells[name].values() for c in row
        }
        for row in rows_of(SAMPLE / "decisions.csv"):
            line = cells[row["file"]][row["sheet"], int(row["line"])]
            assert sum(isinstance(c, str) and " " in c for c in line) >= 1, row
            assert row["account_number"] in accounts, row
            assert row["decided_on"].startswith("2024-03-") and row["party"] in ("beneficiary", "recipient")

    def test_one_yes_per_account_and_no_contradiction(self) -> None:
        """An account is accepted once, and no pair is answered twice."""
        rows = rows_of(SAMPLE / "decisions.csv")
        yes = [r["account_number"] for r in rows if r["decision"] == "yes"]
        assert len(yes) == len(set(yes))
        pairs = [(r["file"], r["sheet"], r["line"], r["party"], r["account_number"]) for r in rows]
        assert len(pairs) == len(set(pairs))

    def test_results_answer_accepted_accounts_only(self) -> None:
        """Banks answer about accepted links, with codes of the closed list."""
        yes = {r["account_number"] for r in rows_of(SAMPLE / "decisions.csv") if r["decision"] == "yes"}
        reasons = set()
        for path in SAMPLE.glob("results-*.csv"):
            for r in rows_of(path):
                assert r["account_number"] in yes
                assert r["status"] in ("succ", "rcvd", "rjct") and (r["status"] == "rjct") == bool(r["reason_code"])
                reasons.add(r["reason_code"])
        readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
        assert all(f"`{code}`" in readme for code in reasons - {""})

    def test_lookalikes_are_no_twins(self) -> None:
        """No two registrations at the banks share folded name and ID unless they are one person's."""
        listed = list(bank_rows())
        by_facts: dict[tuple[str, str, str], set[str]] = {}
        for name, birth, number, identity in listed:
            if identity:
                by_facts.setdefault((name, birth[-4:], identity), set()).add(number)
        assert max(len(v) for v in by_facts.values()) <= 2


def bank_rows() -> Iterator[tuple[str, str, str, str]]:
    """(holder, birth, account, ID) of the two lists whose cells are all text."""
    for (_sheet, n), row in cells_of(SAMPLE / "agribank-binh-son.xlsx").items():
        if n > 6:
            yield str(row[2]), str(row[3]), str(row[6]), str(row[5])
    for row in rows_of(SAMPLE / "bidv-dung-quat.csv"):
        birth = row["ngay_sinh"]
        yield row["ten_khach_hang"], birth[6:] + birth[4:6] + birth[:4], row["so_tai_khoan"], row["so_gttt"]


class TestInvented:
    def test_numbers_stay_off_those_in_use(self, cells: dict[str, dict[tuple[str, int], list[Any]]]) -> None:
        """Phones begin 053, whole citizen IDs have a 9 in seventh place, old IDs begin 2129."""
        seen = 0
        texts = [
            c for rows in cells.values() for row in rows.values() for c in row if isinstance(c, str) and c.isdigit()
        ]
        for text in texts:
            if text.startswith("0") and len(text) == 12:
                assert text[6] == "9"
            elif text.startswith("0") and len(text) == 10:
                assert text.startswith("053")
            elif text.startswith("21") and len(text) == 9:
                assert text.startswith("2129")
            else:
                continue
            seen += 1
        assert seen > 30_000
