"""Makes everything in sample/ from one seed: `python sample/make_sample.py [--out DIR]`. The people are invented.

The order matters: invent people, choose who registered, plant faults, open accounts, write rosters (rows get their
line numbers), write bank lists, write the answers that point at those lines, and last the truth and the manifest.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from maker import accounts, answers, district, faults, layouts, people, rosters, sheets, statements

DAYS = {
    "link": "2024-03-05", "decisions": "2024-03-13", "requests": "2024-03-13", "bank": "2024-03-16",
    "results": "2024-03-16", "paid": "2024-03-31",
}  # fmt: skip
BY_API = ("VBA", "BIDV")  # these banks' answers come over the wire in the demo, the third's as a file
FAULTS_BEGIN, FAULTS_END = "<!-- faults: written by make_sample.py -->", "<!-- end of faults -->"


def martyrs(world: people.World) -> dict[people.Enrolment, str]:
    """The dead a family's benefit stems from; they are nobody's enrolment."""
    rng = world.rng
    return {
        e: f"{rng.choice(district.FAMILIES)} {rng.choice(district.MIDDLE_MALE)} {rng.choice(district.GIVEN_MALE)}"
        for e in world.enrolments
        if e.lines[0].code.startswith("NCC-3")
    }


def write_book(path: Path, grids: list[sheets.Grid]) -> None:
    """A workbook in the format its name says."""
    if path.suffix == ".csv":
        sheets.write_csv(path, grids[0], delimiter=";", encoding="cp1258")
    elif path.suffix == ".ods":
        sheets.write_ods(path, grids)
    elif path.suffix == ".xls":
        sheets.write_xls(path, grids, legacy=path.name.startswith("ncc"))
    else:
        sheets.write_xlsx(path, grids)


def write_rows(path: Path, rows: answers.Rows) -> None:
    """An import file: plain UTF-8 CSV."""
    sheets.write_csv(path, sheets.Grid("", rows), encoding="utf-8")


def write_answers(out: Path, world: people.World, books: accounts.Books) -> answers.Outcome:
    """Decisions, results, verifications and payers' lists."""
    outcome = answers.Outcome(set(), set(), set())
    write_rows(out / "decisions.csv", answers.decisions(books))
    for bank in district.BANKS:
        write_rows(out / bank.results, answers.results(world, books, outcome, bank))
    write_rows(out / "verified.csv", answers.verified(world, outcome))
    for programme in district.TOTAL:
        write_rows(
            out / f"paid-{district.PERIOD}-{programme.lower()}.csv", answers.paid(world, books, outcome, programme)
        )
    return outcome


def fault_rows(plan: faults.Plan) -> list[dict[str, str | int]]:
    """Every planted fault with its place."""
    rows: list[dict[str, str | int]] = []
    for f in plan.faults:
        file, sheet, line = f.one.ref if f.one and not f.ref[0] else f.ref
        if f.account:
            file, (sheet, line) = f.account.bank.file, f.account.ref
        rows.append(
            {
                "file": file,
                "sheet": sheet,
                "line": line,
                "fault": f.kind,
                "state": f.state,
                "commune": f.commune,
                "expected": f.expected,
            }
        )
    return sorted(rows, key=lambda r: (str(r["file"]), str(r["sheet"]), int(r["line"])))


def programme_of(fault: dict[str, str | int]) -> str:
    """The programme of the roster a fault stands in; empty for bank lists."""
    return district.ROSTERS.get(str(fault["file"]), ("", []))[0]


def truth(world: people.World, books: accounts.Books, plan: faults.Plan, outcome: answers.Outcome) -> dict[str, object]:
    """The table as the generator knows it, per programme and old commune, and the planted faults."""
    areas = answers.table(world, books, outcome)
    answers.check_against_published(world, books, areas)
    planted = fault_rows(plan)
    parked = [r for r in planted if r["state"] == "parked"]
    for cell in areas:
        cell["parked"] = sum(r["commune"] == cell["code"] and programme_of(r) == cell["programme"] for r in parked)
    names = [k for k in areas[0] if k not in ("programme", "code", "name")]
    programmes = []
    for p in district.TOTAL:
        sums = {k: sum(int(c[k]) for c in areas if c["programme"] == p) for k in names}
        sums["parked"] = sum(programme_of(r) == p for r in parked)
        programmes.append({"code": p, **sums})
    return {
        "period": district.PERIOD,
        "as_of": "2024-03-31",
        "province": district.PROVINCE,
        "district": "524",
        "registrations": len(books.accounts),
        "programmes": programmes,
        "areas": areas,
        "faults": planted,
    }


def manifest() -> list[dict[str, object]]:
    """The import steps in the order the demo follows, each with the day it happened on."""
    steps: list[dict[str, object]] = []
    place = {"period": district.PERIOD, "units": "old", "province": district.PROVINCE}
    for file, (programme, codes) in district.ROSTERS.items():
        options = {"programme": programme, "scope": "full", **place}
        steps.append(
            {"kind": "roster", "file": file, "options": options | ({"commune": codes[0]} if len(codes) == 1 else {})}
        )
    steps.append(
        {"kind": "roster", "file": district.PAPERS, "options": {"programme": "BTXH", "scope": "supplement", **place}}
    )
    for bank in district.BANKS:
        options = {"bank": bank.code, "source": "bank_list", "basis": "Công văn 15/LĐTBXH ngày 19/02/2024"}
        steps.append({"kind": "registrations", "file": bank.file, "options": options})
    steps.append({"kind": "verified", "file": "verified.csv", "options": {}})
    steps.append({"kind": "link", "file": None, "options": {}})
    steps.append({"kind": "decisions", "file": "decisions.csv", "options": {"unlisted": "no"}})
    connected = [bank for bank in district.BANKS if bank.code in BY_API]
    steps += [{"kind": "requests", "file": None, "options": {"bank": bank.code}} for bank in connected]
    steps += [{"kind": "bank", "file": bank.results, "options": {"bank": bank.code}} for bank in connected]
    steps += [
        {"kind": "results", "file": bank.results, "options": {}} for bank in district.BANKS if bank not in connected
    ]
    for p in district.TOTAL:
        options = {"programme": p, "period": district.PERIOD, "payer": "Bưu điện huyện Bình Sơn"}
        steps.append({"kind": "paid", "file": f"paid-{district.PERIOD}-{p.lower()}.csv", "options": options})
    for step in steps:
        step["on"] = DAYS.get(str(step["kind"]), "2024-03-04")
    return steps


def readme(template: str, table: dict[str, object]) -> str:
    """The README with the table of faults between its two marks."""
    lines = ["| file | sheet | line | fault | row | expected |", "|---|---|---|---|---|---|"]
    planted = table["faults"]
    assert isinstance(planted, list)
    for r in planted:
        lines.append(f"| {r['file']} | {r['sheet']} | {r['line']} | {r['fault']} | {r['state']} | {r['expected']} |")
    before, rest = template.split(FAULTS_BEGIN)
    return before + FAULTS_BEGIN + "\n" + "\n".join(lines) + "\n" + FAULTS_END + rest.split(FAULTS_END)[1]


def make(out: Path) -> dict[str, object]:
    """Write the whole sample into a directory; return the truth."""
    world = people.World(random.Random(district.SEED))
    people.populate(world)
    registered, refused = accounts.choose_registered(world)
    plan = faults.plant(world, set(registered) | set(refused))
    books = accounts.open_accounts(world, registered, refused, plan.stolen_ids)
    statements.answers_about_copied_ids(books, plan.pairs_of_two_names)
    stated = statements.stated_in_roster(world, books)
    statements.answers_about_namesakes(world, books)
    book = rosters.Book(world, plan, stated, martyrs(world))
    for file, layout in layouts.LAYOUTS.items():
        write_book(out / file, layout(book))
    for bank in district.BANKS:
        grid = answers.bank_list(books, bank)
        if bank.file.endswith(".csv"):
            sheets.write_csv(out / bank.file, grid, encoding="utf-8")
        else:
            write_book(out / bank.file, [grid])
    faults.in_bank_lists(plan, books)
    table = truth(world, books, plan, write_answers(out, world, books))
    for name, content in (("truth.json", table), ("manifest.json", manifest())):
        (out / name).write_text(
            json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
        )
    template = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    (out / "README.md").write_text(readme(template, table), encoding="utf-8", newline="\n")
    return table


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make the sample of Disburse from its seed.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for row in make(out)["programmes"]:  # type: ignore[attr-defined]
        print(row)


if __name__ == "__main__":
    main()
