"""The faults planted in the rosters: which rows, what is wrong, what a sane reader does with them. No files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from maker import district, people
from maker.accounts import Account, Books, near
from maker.people import Enrolment, Person, World
from maker.sheets import Cell


@dataclass
class Fault:
    """One planted flaw. `state` says whether the row parks; `ref` is filled when the row is written."""

    kind: str
    state: str  # ok | parked
    expected: str
    one: Enrolment | None = None
    ref: tuple[str, str, int] = ("", "", 0)
    commune: str = ""  # old code, where the parked row still tells
    account: Account | None = None  # in a bank list


@dataclass
class Extra:
    """A row that stands below another and is nobody's enrolment of its own."""

    one: Enrolment
    fault: Fault
    cells: dict[str, Cell] = field(default_factory=dict)  # heading → what stands there instead
    tail: tuple[str, ...] = ()  # cells beyond the last column


@dataclass
class Plan:
    """Everything planted."""

    faults: list[Fault] = field(default_factory=list)
    extras: dict[Enrolment, list[Extra]] = field(default_factory=dict)
    pairs_of_two_names: list[tuple[Enrolment, Person]] = field(default_factory=list)  # row shows another payee's ID
    stolen_ids: list[tuple[Enrolment, Person]] = field(default_factory=list)  # row shows a stranger's ID


ID_FAULTS = (
    ("ncc-ven-bien.xlsx", "id_13_digits", "ID left out, warning"),
    ("ncc-ven-bien.xlsx", "id_letter", "ID left out, warning"),
    ("ncc-ven-bien.xlsx", "id_sex", "ID contradicts the sex, warning, not id_valid"),
    ("ncc-ven-bien.xlsx", "id_apostrophe", "repaired"),
    ("ncc-phia-bac.xls", "id_letter", "ID left out, warning"),
    ("btxh-phia-dong.xlsx", "id_of_stranger", "nothing shows it; the bank's holder of that ID has another name"),
    ("btxh-phia-dong.xlsx", "id_of_stranger", "nothing shows it; the bank's holder of that ID has another name"),
    ("btxh-phia-dong.xlsx", "id_of_stranger", "nothing shows it; the bank's holder of that ID has another name"),
    ("btxh-trung-tam.xlsx", "id_year", "ID contradicts the birth year, warning, not id_valid"),
    ("btxh-trung-tam.xlsx", "id_float", "ID left out, warning"),
    ("btxh-trung-tam.xlsx", "id_dots", "repaired"),
    ("btxh-phia-bac.csv", "id_13_digits", "ID left out, warning"),
)
TEXT_FAULTS = (
    ("btxh-trung-tam.xlsx", "birth_impossible_day", "year kept, warning"),
    ("btxh-phia-bac.csv", "birth_remark", "year kept, warning"),
    ("btxh-phia-bac.csv", "birth_zero_day", "year kept"),
    ("btxh-phia-dong.xlsx", "name_honorific", "'Bà' taken off, warning"),
    ("btxh-trung-tam.xlsx", "name_remark", "remark in brackets taken off, warning"),
    ("btxh-trung-tam.xlsx", "name_blanks", "blanks and NBSP repaired"),
    ("btxh-phia-dong.xlsx", "name_decomposed", "composed (NFC), no trace"),
    ("ncc-phia-nam.xlsx", "name_eth", "Ð (U+00D0) becomes Đ"),
)
DUPLICATES = {
    "ncc-ven-bien.xlsx": 2,
    "ncc-phia-bac.xls": 1,
    "btxh-phia-dong.xlsx": 3,
    "btxh-phia-bac.csv": 1,
    "btxh-trung-tam.xlsx": 1,
    "btxh-phia-tay.xlsx": 2,
}


def quiet_rows(world: World, registered: set[Person], file: str, *, year_only: bool = False) -> Iterator[Enrolment]:
    """Rows of a file that nothing else depends on: unregistered, one line, one programme, own recipient."""
    often: dict[Person, int] = {}
    for e in world.enrolments:
        for who in {e.person, e.payee}:
            often[who] = often.get(who, 0) + 1
    rows = [e for e in people.rows_of(world, file)[5:-5] if e.payee not in registered and often[e.person] == 1]
    rows = [e for e in rows if e.id_as == "full" and e.recipient is None and len(e.lines) == 1 and not e.raw]
    rows = [e for e in rows if e.person.birth.year < 1995 and (e.person.year_only or not year_only)]
    return iter(world.rng.sample(rows, len(rows)))


def plant(world: World, registered: set[Person]) -> Plan:
    """Plant everything; the rows chosen are changed in place."""
    plan = Plan()
    quiet = {file: quiet_rows(world, registered, file) for file in district.ROSTERS}
    for file, kind, expected in ID_FAULTS:
        spoil_id(world, plan, next(quiet[file]), kind, expected)
    for file, kind, expected in TEXT_FAULTS:
        year_only = quiet_rows(world, registered, file, year_only=True)
        spoil_text(
            plan,
            next(e for e in year_only if not e.raw and (kind != "name_eth" or "Đ" in e.person.name)),
            kind,
            expected,
        )
    for file in ("ncc-ven-bien.xlsx", "btxh-phia-dong.xlsx", "btxh-phia-bac.csv"):
        copy_down(world, plan, registered, file)
    mothers_id(world, plan, registered)
    for file, times in DUPLICATES.items():
        for _ in range(times):
            one = next(e for e in quiet[file] if e not in plan.extras and not e.raw)
            add(plan, one, Extra(one, Fault("duplicate_row", "parked", "identical to the row above it", one)))
    nameless(world, plan, quiet)
    lost_communes(world, plan, quiet)
    enrolled_elsewhere(plan, quiet)
    return plan


def spoil_id(world: World, plan: Plan, one: Enrolment, kind: str, expected: str) -> None:
    """Write a citizen ID that the reader must leave out, doubt or repair."""
    good = one.person.citizen_id
    flipped = str((int(good[3]) + 1) % 2 + int(good[3]) // 2 * 2)
    year = f"{(one.person.birth.year + 7) % 100:02d}"
    written = {
        "id_13_digits": good + "1",
        "id_letter": good[:7] + "O" + good[8:],
        "id_sex": good[:3] + flipped + good[4:],
        "id_year": good[:4] + year + good[6:],
        "id_float": f"{good[1]}.{good[2:6]}E+10",
        "id_apostrophe": f"'{good[:3]} {good[3:6]} {good[6:]}",
        "id_dots": f"{good[:3]}.{good[3:6]}.{good[6:9]}.{good[9:]}",
        "id_of_stranger": near(world, good),
    }[kind]
    one.raw["id"], one.id_as = written, "raw"
    one.id_ok = kind in ("id_apostrophe", "id_dots", "id_of_stranger")
    if kind == "id_of_stranger":
        plan.stolen_ids.append((one, replace(one.person, citizen_id=written)))
    plan.faults.append(Fault(kind, "ok", expected, one))


def spoil_text(plan: Plan, one: Enrolment, kind: str, expected: str) -> None:
    """Write a birth date or a name that the reader must repair; the person is known by year alone."""
    year, full = one.person.birth.year, one.person.name
    changes = {
        "birth_impossible_day": {"birth": f"31/06/{year}"},
        "birth_remark": {"birth": f"{year} (GS)"},
        "birth_zero_day": {"birth": f"00/00/{year}"},
        "name_honorific": {"name": f"{'Bà' if one.person.sex == 'Nữ' else 'Ông'} {full}"},
        "name_remark": {"name": f"{full} (Tư)"},
        "name_blanks": {"name": f" {full.replace(' ', '  ', 1)}\u00a0"},
        "name_decomposed": {"name": unicodedata.normalize("NFD", full)},
        "name_eth": {"name": full.replace("Đ", "Ð")},
    }
    one.raw.update(changes[kind])
    plan.faults.append(Fault(kind, "ok", expected, one))


def copy_down(world: World, plan: Plan, registered: set[Person], file: str) -> None:
    """A clerk filled one ID down into the next row: two names under one number, stored for neither."""
    rows = people.rows_of(world, file)
    for above, below in pairwise(rows[20:]):
        alike = above.commune is below.commune and above.person.hamlet == below.person.hamlet
        plain = all(
            e.id_as == "full" and e.recipient is None and len(e.lines) == 1 and not e.raw for e in (above, below)
        )
        single = (
            all(sum(o.person is e.person or o.payee is e.person for o in world.enrolments) == 1 for e in (above, below))
            if alike and plain
            else False
        )
        known = file == "btxh-phia-bac.csv"  # there the one above has an account, found by name, birthday and address
        if (
            single
            and below.person not in registered
            and (above.person in registered) == known
            and not above.person.year_only
        ):
            below.id_as, below.raw["id"], below.id_ok, above.id_ok = "raw", above.person.citizen_id, False, False
            plan.pairs_of_two_names.append((below, above.person))
            for one in (above, below):
                plan.faults.append(
                    Fault("id_copied_down", "ok", "one ID under two names: stored for neither, warnings", one)
                )
            return
    raise ValueError(f"no rows to copy down in {file}")


def mothers_id(world: World, plan: Plan, registered: set[Person]) -> None:
    """Two mothers' IDs stand on their children's rows too; the children have none of their own."""
    wards: dict[Person, list[Enrolment]] = {}
    for one in people.rows_of(world, "btxh-trung-tam.xlsx"):
        if one.recipient and one.recipient.relation == "Mẹ" and one.recipient.id_known and one.person.birth.year > 2006:
            wards.setdefault(one.payee, []).append(one)
    several = [m for m, group in wards.items() if len(group) > 1]
    for mother in [m for m in several if m in registered][:1] + [m for m in several if m not in registered][:1]:
        for one in wards[mother]:
            one.id_as, one.raw["id"], one.id_ok = "raw", mother.citizen_id, False
            plan.pairs_of_two_names.append((one, mother))
            plan.faults.append(Fault("id_of_mother", "ok", "the recipient's ID, stored for no child", one))


def add(plan: Plan, anchor: Enrolment, extra: Extra) -> None:
    """Put an extra row below an enrolment's."""
    if not extra.cells and not extra.tail:  # else nobody can tell in which column the commune stands
        extra.fault.commune = extra.one.commune.code
    plan.extras.setdefault(anchor, []).append(extra)
    plan.faults.append(extra.fault)


def somebody(world: World, anchor: Enrolment) -> Enrolment:
    """A person of the same hamlet and kind who is not enrolled because the row parks."""
    who = people.person(world, anchor.commune, "MF", (1935, 1943), hamlet=anchor.person.hamlet)
    return replace(anchor, person=who, file_number=anchor.file_number + "B", raw={}, id_as="full", id_ok=True)


def nameless(world: World, plan: Plan, quiet: dict[str, Iterator[Enrolment]]) -> None:
    """Rows whose name nobody can use."""
    for file, written in (
        ("ncc-ven-bien.xlsx", "???"),
        ("btxh-phia-dong.xlsx", "Nguyễn Văn 7"),
        ("btxh-phia-tay.xlsx", "#N/A"),
    ):
        anchor = next(quiet[file])
        one = somebody(world, anchor)
        one.raw["name"] = written
        add(plan, anchor, Extra(one, Fault("no_usable_name", "parked", f"'{written}' is no name", one)))


def lost_communes(world: World, plan: Plan, quiet: dict[str, Iterator[Enrolment]]) -> None:
    """Rows whose commune nobody can tell, and CSV rows longer than the header."""
    cells: list[tuple[str, dict[str, Cell], str]] = [
        ("ncc-phia-nam.xlsx", {"Xa": "Binh Thanh"}, "Bình Thạnh or Bình Thanh: ambiguous without accents"),
        ("ncc-phia-nam.xlsx", {"Xa": "Binh Thanh"}, "Bình Thạnh or Bình Thanh: ambiguous without accents"),
        ("ncc-phia-nam.xlsx", {"Xa": "Binh Lam"}, "no such commune in the province"),
        ("btxh-phia-tay.xlsx", {"MA_XA": "21999", "TEN_XA": "BÌNH LÂM"}, "no such commune in the province"),
        ("btxh-phia-bac.csv", {"Xã": "Bình Lâm"}, "no such commune in the province"),
    ]
    for file, changes, expected in cells:
        anchor = next(quiet[file])
        kind = "commune_ambiguous" if "ambiguous" in expected else "commune_unknown"
        one = somebody(world, anchor)
        add(plan, anchor, Extra(one, Fault(kind, "parked", expected, one), changes))
    for note in ("xin nhận tại nhà", "chờ giấy ủy quyền", "đã đổi sổ"):
        anchor = next(quiet["btxh-phia-bac.csv"])
        one = somebody(world, anchor)
        add(plan, anchor, Extra(one, Fault("row_too_long", "parked", "more fields than the header", one), {}, (note,)))


def enrolled_elsewhere(plan: Plan, quiet: dict[str, Iterator[Enrolment]]) -> None:
    """People already active in another commune of the same programme, in a workbook imported before."""
    for first, later in (("ncc-ven-bien.xlsx", "ncc-phia-nam.xlsx"), ("btxh-phia-dong.xlsx", "btxh-phia-tay.xlsx")):
        # from a commune that did not become one with the other in 2025: what is elsewhere today as it was then
        known, anchor = next(e for e in quiet[first] if e.commune.code in district.VAN_TUONG), next(quiet[later])
        moved = replace(known.person, commune=anchor.commune, hamlet=anchor.person.hamlet)
        one = replace(known, person=moved, file_number=anchor.file_number + "C")
        expected = f"already active in {known.commune.full} ({first})"
        add(plan, anchor, Extra(one, Fault("enrolled_elsewhere", "parked", expected, one)))


def in_bank_lists(plan: Plan, books: Books) -> None:
    """Rows of the bank lists that park, and what the township's roster states wrongly about accounts."""
    what = {"card": "a card number (9704…), not an account", "damaged": "digits lost to Excel (E+)"}
    for one in books.accounts:
        if one.damage:
            kind = "card" if one.damage.startswith("9704") else "damaged"
            plan.faults.append(Fault(f"account_{kind}", "parked", what[kind], account=one))
    for e, kind in books.odd_statements:
        expected = {
            "stated_card": "a card number: left out, warning",
            "stated_damaged": "digits lost to Excel: left out, warning",
            "stated_not_own": "one account on two rows, its holder another: flagged, never linked",
        }[kind]
        plan.faults.append(Fault(kind, "ok", expected, e))
