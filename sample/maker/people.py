"""The invented people of the sample: who they are, what they draw, who receives for them. No accounts, no files."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from maker import district
from maker.district import BASE, BY_CODE, COMMUNES, Commune, Kind

TODAY = date(2024, 3, 1)


@dataclass(eq=False)
class Person:
    """One invented human being, with everything true about them; files show parts of it."""

    name: str
    sex: str  # Nam | Nữ
    birth: date
    citizen_id: str
    old_id: str
    phone: str
    commune: Commune
    hamlet: str
    year_only: bool  # the district knows the year alone


@dataclass(frozen=True)
class Line:
    """One benefit line: code, the district's wording, đồng a month."""

    code: str
    text: str
    coefficient: float
    amount: int


@dataclass(frozen=True)
class Paper:
    """The paper that lets another person receive."""

    kind: str
    number: str
    on: date
    until: date | None


@dataclass(eq=False)
class Recipient:
    """Who receives in place of the beneficiary, and how the district learnt it."""

    person: Person
    relation: str
    id_known: bool
    paper: Paper | None  # None: named in the roster itself


@dataclass(eq=False)
class Enrolment:
    """A person in a programme; ref and paper_ref are (file, sheet, line) once the rows are written."""

    person: Person
    programme: str
    lines: list[Line]
    decision: str
    decided: date
    file_number: str
    id_as: str = "full"  # full | cmnd | blank | raw
    raw: dict[str, str] = field(default_factory=dict)  # id, birth, name: what the cell holds instead
    arrears: int = 0  # one month's back pay, đồng
    id_ok: bool = True  # whatever stands in the cell passes the checks on an ID
    recipient: Recipient | None = None
    ref: tuple[str, str, int] = ("", "", 0)
    paper_ref: tuple[str, str, int] = ("", "", 0)

    @property
    def commune(self) -> Commune:
        """Where it is paid."""
        return self.person.commune

    @property
    def payee(self) -> Person:
        """Whose account counts: the recipient's, else one's own."""
        return self.recipient.person if self.recipient else self.person

    @property
    def id_cell(self) -> str:
        """What the district wrote into the column of the citizen ID."""
        known = {"full": self.person.citizen_id, "cmnd": self.person.old_id, "raw": self.raw.get("id", "")}
        return known.get(self.id_as, "")

    @property
    def id_known(self) -> bool:
        """The true ID can be read from the row."""
        return self.id_as == "full" and self.id_ok

    @property
    def roster(self) -> str:
        """The workbook it stands in."""
        return district.roster_of(self.programme, self.commune.code)


@dataclass
class World:
    """Everything invented so far, with the numbers already given away."""

    rng: random.Random
    enrolments: list[Enrolment] = field(default_factory=list)
    years_of: dict[str, set[int]] = field(default_factory=dict)  # folded name → birth years taken
    taken: set[str] = field(default_factory=set)  # IDs, phones, account numbers
    hamlets: dict[str, list[str]] = field(default_factory=dict)


def fold(text: str) -> str:
    """Upper case without accents, as banks print names."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in plain if not unicodedata.combining(c)).upper()


def fresh(world: World, prefix: str, digits: int) -> str:
    """A number with this prefix and length that nobody in the sample has yet."""
    while True:
        number = prefix + "".join(world.rng.choices("0123456789", k=digits - len(prefix)))
        if number not in world.taken:
            world.taken.add(number)
            return number


def citizen_id(world: World, sex: str, birth: date) -> str:
    """A 12-digit ID that fits sex and year. Its last six digits begin with 9, to stay off numbers in use."""
    province = "051" if world.rng.random() < 0.96 else world.rng.choice(("049", "048", "052", "064", "079"))
    century = (birth.year - 1900) // 100 * 2 + (sex == "Nữ")
    return fresh(world, f"{province}{century}{birth.year % 100:02d}9", 12)


def name(world: World, sex: str, birth: date, *, highland: bool, family: str = "", alone: bool = False) -> str:
    """A name whose folded form nobody born within a year bears yet; `alone`: nobody at all, for ever."""
    rng, near = world.rng, range(1850, 2050) if alone else range(birth.year - 1, birth.year + 2)
    while True:
        first = family or rng.choice(district.HIGHLAND_FAMILIES if highland else district.FAMILIES)
        if sex == "Nam":
            middle, given = rng.choice(district.MIDDLE_MALE), rng.choice(district.GIVEN_MALE)
        else:
            middle, given = rng.choice(district.MIDDLE_FEMALE), rng.choice(district.GIVEN_FEMALE)
            if middle == "Thị" and rng.random() < (0.55 if birth.year > 1960 else 0.2):
                middle += " " + rng.choice(district.SECOND_FEMALE)
        if highland:
            middle, given = ("Thị" if sex == "Nữ" else "Văn"), rng.choice([*district.HIGHLAND_GIVEN, given])
        full = f"{first} {middle} {given}"
        years = world.years_of.setdefault(fold(full), set())
        if len({middle.split()[-1], given, first}) == 3 and not years & set(near):
            years.update(near if alone else [birth.year])
            return full


def birth_between(world: World, first: int, last: int) -> date:
    """A day in these years, the years included."""
    days = (date(last, 12, 31) - date(first, 1, 1)).days
    return date(first, 1, 1) + timedelta(days=world.rng.randint(0, days))


def person(
    world: World,
    commune: Commune,
    sexes: str,
    born: tuple[int, int],
    *,
    family: str = "",
    hamlet: str = "",
    alone: bool = False,
) -> Person:
    """Invent one person of a commune."""
    rng = world.rng
    sex = "Nam" if rng.choice(sexes) == "M" else "Nữ"
    birth = birth_between(world, *born)
    highland = commune.code in ("21058", "21064") and rng.random() < 0.3 and not alone
    return Person(
        name=name(world, sex, birth, highland=highland, family=family, alone=alone),
        sex=sex,
        birth=birth,
        citizen_id=citizen_id(world, sex, birth),
        old_id=fresh(world, "2129", 9),
        phone=fresh(world, "053", 10),  # 053 is assigned to no network
        commune=commune,
        hamlet=hamlet or rng.choice(world.hamlets[commune.code]),
        year_only=rng.random() < (0.45 if birth.year < 1960 else 0.06),
    )


def hamlets_of(world: World, commune: Commune) -> list[str]:
    """Four to six invented hamlets; the township has residential groups."""
    if commune.kind == "Thị trấn":
        return [f"Tổ dân phố {i}" for i in range(1, 7)]
    names: list[str] = []
    while len(names) < 4 + len(commune.name) % 3:
        first, last = world.rng.choice(district.HAMLET_FIRST), world.rng.choice(district.HAMLET_LAST)
        if first != last and f"Thôn {first} {last}" not in names:
            names.append(f"Thôn {first} {last}")
    return names


def split(total: int, weights: list[int]) -> list[int]:
    """Whole shares of a total by weight, the largest remainders rounded up."""
    exact = [total * w / sum(weights) for w in weights]
    shares = [int(x) for x in exact]
    order = sorted(range(len(weights)), key=lambda i: shares[i] - exact[i])
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def line(world: World, programme: str, kind: Kind, times: int = 1) -> Line:
    """A benefit line of a kind; BTXH amounts are base × coefficient (× number of children)."""
    amount = kind.amount or int(BASE[programme] * kind.coefficient) * times
    return Line(kind.code, world.rng.choice(kind.texts), kind.coefficient * times, amount)


def enrolment(world: World, who: Person, programme: str, kind: Kind, number: int) -> Enrolment:
    """Enrol a person: first line, decision and file number."""
    rng = world.rng
    year = rng.randint(2008, 2023)
    code = who.commune.code
    made = Enrolment(
        who,
        programme,
        [line(world, programme, kind, rng.choice((1, 1, 2)) if kind.code == "BTXH-4" else 1)],
        f"{rng.randint(101, 4890)}/QĐ-{'SLĐTBXH' if programme == 'NCC' else 'UBND'}",
        date(year, rng.randint(1, 12), rng.randint(1, 28)),
        f"{'QNG' if programme == 'NCC' else 'BS'}-{code}-{number:05d}",
    )
    drawn = rng.random()
    if who.birth.year > 2006:
        made.id_as = "full" if drawn < 0.75 else "blank"
    else:
        made.id_as = "full" if drawn < 0.86 else "cmnd" if drawn < 0.95 else "blank"
    if rng.random() < 0.02:
        made.arrears = made.lines[0].amount
    add_second_line(world, made)
    return made


def add_second_line(world: World, made: Enrolment) -> None:
    """Some draw two benefits at once: an allowance, care money, or a second category."""
    first, rng = made.lines[0].code, world.rng
    if first == "NCC-4":
        made.lines.append(line(world, "NCC", district.MOTHER_ALLOWANCE))
    elif first.startswith("NCC-TB") and rng.random() < 0.05:
        made.lines.append(line(world, "NCC", district.NCC_KINDS[8]))
    elif first.startswith("BTXH-6A") and rng.random() < 0.5:
        made.lines.append(line(world, "BTXH", district.CARE))
    elif first == "BTXH-4" and rng.random() < 0.15:
        made.lines.append(line(world, "BTXH", district.BTXH_KINDS[1]))


def kind_for(world: World, programme: str, birth_year: int | None = None) -> Kind:
    """A kind drawn by share, for somebody already born in a year if one is given."""
    kinds = [k for k in district.KINDS[programme] if birth_year is None or k.born[0] <= birth_year <= k.born[1]]
    return world.rng.choices(kinds, [k.share for k in kinds])[0]


def enrol_everyone(world: World) -> None:
    """Exactly the published totals; IN_BOTH people draw in both programmes under one citizen ID."""
    for commune in COMMUNES:
        world.hamlets[commune.code] = hamlets_of(world, commune)
    totals = {p: split(n, [c.ncc if p == "NCC" else c.btxh for c in COMMUNES]) for p, n in district.TOTAL.items()}
    both = split(district.IN_BOTH, [c.ncc for c in COMMUNES])
    for commune, ncc, btxh, twice in zip(COMMUNES, totals["NCC"], totals["BTXH"], both, strict=True):
        of_ncc = []
        for i in range(ncc):
            kind = kind_for(world, "NCC")
            of_ncc.append(enrolment(world, person(world, commune, kind.sexes, kind.born), "NCC", kind, i + 1))
        shared = [e for e in of_ncc if e.person.birth.year <= 1943][:twice]
        of_btxh = []
        for i in range(btxh):
            if i < len(shared):
                shared[i].id_as = "full"
                who, kind = shared[i].person, district.BTXH_KINDS[0]
            else:
                kind = kind_for(world, "BTXH")
                who = person(world, commune, kind.sexes, kind.born)
            of_btxh.append(enrolment(world, who, "BTXH", kind, i + 1))
            if i < len(shared):
                of_btxh[-1].id_as = "full"
        world.enrolments += of_ncc + of_btxh


# --- who receives ---------------------------------------------------------------------------------------


def relation_for(world: World, who: Person) -> tuple[str, str, tuple[int, int], str]:
    """Relation, sex, years of birth and family name of a plausible recipient."""
    rng, year, family = world.rng, who.birth.year, who.name.split()[0]
    if year > 2006:
        low, high = max(year - 42, 1962), year - 20
        return rng.choice(
            (
                ("Mẹ", "F", (low, high), ""),
                ("Mẹ", "F", (low, high), ""),
                ("Cha", "M", (low, high), family),
                ("Bà ngoại (giám hộ)", "F", (1950, 1965), ""),
            )
        )
    if year > 1964:
        parents = (max(1940, year - 38), year - 19)
        return rng.choice(
            (("Mẹ", "F", parents, ""), ("Cha", "M", parents, family), ("Chị ruột", "F", (year - 9, year - 1), family))
        )
    low, high = max(year + 22, 1958), min(max(year + 40, 1975), 2003)
    return rng.choice(
        (
            ("Con", "M", (low, high), family if who.sex == "Nam" else ""),
            ("Con", "F", (low, high), ""),
            ("Con dâu", "F", (low, high), ""),
            ("Cháu", "MF", (1975, 2003), ""),
        )
    )


def chance_of_recipient(one: Enrolment) -> float:
    """How often somebody else receives: nearly always for children, often for the severely disabled."""
    if one.programme == "NCC":
        return 0.1
    if one.person.birth.year > 2006:
        return 0.92
    return {"BTXH-6A": 0.7, "BTXH-6A+": 0.6, "BTXH-6B": 0.28, "BTXH-6B+": 0.24, "BTXH-5C": 0.2}.get(
        one.lines[0].code, 0
    )


def paper(world: World, relation: str) -> Paper:
    """The paper that fits a relation; it ends after 2029 or never, so that no clock changes the sample's month."""
    rng = world.rng
    on = date(rng.randint(2021, 2023), rng.randint(1, 12), rng.randint(1, 28))
    if "giám hộ" in relation:
        return Paper("Quyết định cử người giám hộ", f"{rng.randint(11, 320)}/QĐ-UBND", on, None)
    if relation in ("Mẹ", "Cha"):
        return Paper("Giấy khai sinh", f"{rng.randint(11, 320)}/{on.year}", on, None)
    until = date(on.year + 10, on.month, on.day) if rng.random() < 0.4 else None
    return Paper("Giấy ủy quyền", f"{rng.randint(11, 980)}/UQ", on, until)


def name_recipients(world: World) -> None:
    """Give recipients to the enrolments whose workbook or papers can show one; brothers and sisters share a mother."""
    rng = world.rng
    shown = district.WITH_RECIPIENT | district.ON_PAPER
    mothers: dict[str, Recipient] = {}
    for one in world.enrolments:
        if one.roster not in shown or rng.random() >= chance_of_recipient(one):
            continue
        on_paper = one.roster in district.ON_PAPER
        household = f"{one.commune.code} {one.person.name.split()[0]}"  # children carry their father's name
        shared, child = mothers.pop(household, None), one.person.birth.year > 2006
        if child and shared and shared.person.birth.year < one.person.birth.year - 18:
            mother, relation, known = shared.person, shared.relation, True
        else:
            relation, sexes, born, family = relation_for(world, one.person)
            known = rng.random() < 0.9
            # a recipient known by name alone must not be taken for somebody else
            mother = person(world, one.commune, sexes, born, family=family, hamlet=one.person.hamlet, alone=not known)
            mother.year_only = False
        one.recipient = Recipient(mother, relation, known, paper(world, relation) if on_paper else None)
        if relation == "Mẹ" and known and child and rng.random() < 0.7:
            mothers[household] = one.recipient
    share_spouses(world)


def share_spouses(world: World) -> None:
    """Forty old couples: the one who still walks receives for both, with an enrolment of their own."""
    old = [e for e in world.enrolments if e.lines[0].code == "BTXH-5C" and e.roster in district.WITH_RECIPIENT]
    by_hamlet: dict[tuple[str, str], list[Enrolment]] = {}
    for one in old:
        if one.recipient is None and one.id_as == "full":
            by_hamlet.setdefault((one.commune.code, one.person.hamlet), []).append(one)
    couples = 0
    for group in by_hamlet.values():
        men = [e for e in group if e.person.sex == "Nam"]
        women = [e for e in group if e.person.sex == "Nữ"]
        for man, woman in list(zip(men, women, strict=False))[:2]:
            if couples < 40:
                man.recipient = Recipient(woman.person, "Vợ", True, None)
                couples += 1


def rows_of(world: World, file: str) -> list[Enrolment]:
    """The enrolments of a workbook in the order of its rows: commune, hamlet, then as enrolled."""
    codes = district.ROSTERS[file][1]
    mine = [e for e in world.enrolments if e.roster == file]
    return sorted(mine, key=lambda e: (codes.index(e.commune.code), e.person.hamlet))


def populate(world: World) -> None:
    """All enrolments and recipients."""
    enrol_everyone(world)
    name_recipients(world)
    assert {p: sum(e.programme == p for e in world.enrolments) for p in district.TOTAL} == district.TOTAL
    assert all(e.commune is BY_CODE[e.commune.code] for e in world.enrolments)
