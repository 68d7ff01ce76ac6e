"""The accounts of the sample: who registered, which bank holds what, and the lookalikes. No files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from maker import district, people
from maker.district import BANKS, COMMUNES, Bank
from maker.people import Enrolment, Person, World


@dataclass(eq=False)
class Account:
    """An account as its bank lists it: holder facts are what the bank shows, not always what is true."""

    bank: Bank
    number: str
    holder: Person
    name: str
    birth: str  # ISO day, or YYYY
    shown_id: str
    phone: str
    address: str
    state: str = "open"  # open | closed | locked | joint | usd
    damage: str = ""  # what the list shows instead of the number; the row parks
    ref: tuple[str, int] = ("", 0)  # sheet, line


@dataclass(frozen=True)
class Answer:
    """A clerk's answer to one pair."""

    one: Enrolment
    party: str  # beneficiary | recipient
    account: Account
    decision: str
    reason: str


@dataclass
class Books:
    """What the banks hold and what is true about it."""

    accounts: list[Account]
    chosen: dict[Person, Account]  # payee → the account that receives, before the banks' answers
    registered: set[Person]
    refused: set[Person]
    answers: list[Answer]
    odd_statements: list[tuple[Enrolment, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Evidence:
    """What the district's files say about a payee."""

    citizen: bool
    old: bool
    birth: bool  # the whole day
    year: bool  # the year at least

    @property
    def enough(self) -> bool:
        """A bank row can agree in more than name and year."""
        return self.citizen or self.old or self.birth


def by_payee(world: World) -> dict[Person, list[Enrolment]]:
    """Payee → the enrolments whose money goes to their account."""
    groups: dict[Person, list[Enrolment]] = {}
    for one in world.enrolments:
        groups.setdefault(one.payee, []).append(one)
    return groups


def evidence(payee: Person, group: list[Enrolment]) -> Evidence:
    """Own rows show what they show; as a recipient the ID is known or not, the birthday only from papers."""
    own = [e for e in group if e.recipient is None]
    other = [e.recipient for e in group if e.recipient]
    return Evidence(
        any(e.id_as == "full" and e.id_ok for e in own) or any(r.id_known for r in other),
        any(e.id_as == "cmnd" for e in own),
        bool(own and not payee.year_only) or any(r.paper for r in other),
        bool(own) or any(r.paper for r in other),
    )


def pick(world: World, groups: dict[Person, list[Enrolment]], need: dict[str, int], *, other: bool) -> list[Person]:
    """Payees in random order, eager communes first, until the need per programme is met exactly."""
    left, chosen = dict(need), []
    order = sorted(groups, key=lambda p: -(world.rng.random() ** (1 / p.commune.rate)))
    for payee in order:
        counted = [e.programme for e in groups[payee] if not other or e.recipient]
        if counted and all(counted.count(p) <= left[p] for p in left):
            chosen.append(payee)
            for programme in counted:
                left[programme] -= 1
        if not any(left.values()):
            return chosen
    raise ValueError(f"not enough payees: {left}")


def choose_registered(world: World) -> tuple[list[Person], list[Person]]:
    """The registered and the refused payees; the counts of district.py come out exactly."""
    groups = {p: g for p, g in by_payee(world).items() if evidence(p, g).enough}
    through_other = {p: g for p, g in groups.items() if any(e.recipient for e in g)}
    chosen = pick(world, through_other, district.REGISTERED_OTHER, other=True)
    have = [e.programme for p in chosen for e in groups[p]]
    rest = {p: g for p, g in groups.items() if p not in through_other}
    missing = {p: n - have.count(p) for p, n in district.REGISTERED.items()}
    chosen += pick(world, rest, missing, other=False)
    done = set(chosen)
    refused = pick(world, {p: g for p, g in groups.items() if p not in done}, district.REFUSED, other=False)
    return chosen, refused


# --- how a bank shows a holder --------------------------------------------------------------------------


def habit(world: World, name: str) -> str:
    """One of the ways a teller shortens a folded name."""
    parts = name.split()
    if "THI" in parts[1:-1]:
        parts[parts.index("THI", 1)] = world.rng.choice(("", "T.", "THI"))
    elif len(parts) > 2:
        parts[1] = world.rng.choice((parts[1], parts[1][0] + "."))
    return " ".join(p for p in parts if p)


def address(world: World, who: Person) -> str:
    """A postal address in capitals without accents."""
    tail = world.rng.choice(
        (", BINH SON, QUANG NGAI", ", BINH SON, QNGAI", ", H. BINH SON, T. QUANG NGAI", " - BINH SON")
    )
    return f"{people.fold(who.hamlet)}, {people.fold(who.commune.name)}{tail}"


def account(world: World, bank: Bank, holder: Person, **changes: str) -> Account:
    """An open account that shows its holder plainly."""
    phone = holder.phone if world.rng.random() < 0.6 else ""
    return Account(
        bank,
        people.fresh(world, bank.prefix, bank.digits),
        holder,
        name=changes.get("name", people.fold(holder.name)),
        birth=changes.get("birth", holder.birth.isoformat()),
        shown_id=changes.get("shown_id", holder.citizen_id),
        phone=changes.get("phone", phone),
        address=address(world, holder),
    )


def near(world: World, number: str) -> str:
    """The same ID with one of its last five digits changed."""
    while True:
        at = world.rng.randrange(7, 12)
        other = number[:at] + world.rng.choice("0123456789") + number[at + 1 :]
        if other not in world.taken:
            world.taken.add(other)
            return other


def a_bank(world: World) -> Bank:
    """A bank by its share of the district's accounts."""
    return world.rng.choices(BANKS, [b.share for b in BANKS])[0]


def of_payee(world: World, payee: Person, known: Evidence, bank: Bank | None = None) -> Account:
    """A payee's account: where the ID does not agree with the district's, name, birth and address do."""
    rng = world.rng
    if not (known.citizen or known.birth):
        return account(world, BANKS[0], payee, shown_id=payee.old_id)
    bank = bank or a_bank(world)
    drawn, changes = rng.random(), {}
    old_share = {"VBA": 0.22, "LPB": 0.08}.get(bank.code, 0)
    if drawn < old_share and (known.old or known.year):
        changes["shown_id"] = payee.old_id
        if rng.random() < (0.06 if known.birth else 0.3):
            changes["name"] = habit(world, people.fold(payee.name))
    elif drawn < old_share + 0.03 and known.birth:
        changes["shown_id"] = ""
    elif drawn < old_share + 0.04 and known.birth and known.citizen:
        changes["shown_id"] = near(world, payee.citizen_id)
    elif known.citizen:
        if rng.random() < 0.05:
            changes["name"] = habit(world, people.fold(payee.name))
        if rng.random() < 0.04:
            changes["birth"] = f"{payee.birth.year}-01-01"
        elif rng.random() < 0.01:
            changes["birth"] = payee.birth.replace(year=payee.birth.year - 1, day=1).isoformat()
    return account(world, bank, payee, **changes)


# --- the lists --------------------------------------------------------------------------------------------


def open_accounts(
    world: World, registered: list[Person], refused: list[Person], stolen: list[tuple[Enrolment, Person]]
) -> Books:
    """Every account of the district's people and of many more, shuffled into three banks."""
    groups = by_payee(world)
    books = Books([], {}, set(registered), set(refused), [])
    for payee in registered + refused:
        one = of_payee(world, payee, evidence(payee, groups[payee]))
        books.chosen[payee] = one
        books.accounts.append(one)
        books.answers.append(answer(groups[payee], one, "yes", "Đúng người, đúng giấy tờ"))
    second_accounts(world, books, groups)
    unusable_accounts(world, books, groups)
    neighbours(world, books, groups)
    lookalikes(world, books)
    for row, true_owner in stolen:  # the bank's holder of an ID that a roster row shows by mistake
        other = people.person(world, row.commune, "M" if row.person.sex == "Nam" else "F", (row.person.birth.year,) * 2)
        other.citizen_id = true_owner.citizen_id
        trap(world, books, row.person, other, "Số căn cước của người khác, khác tên")
    strangers(world, books)
    world.rng.shuffle(books.accounts)
    return books


def answer(group: list[Enrolment], one: Account, decision: str, reason: str) -> Answer:
    """The answer stands at the payee's own row if there is one, else at the first row that names them."""
    row = next((e for e in group if e.recipient is None), group[0])
    return Answer(row, "recipient" if row.recipient else "beneficiary", one, decision, reason)


def second_accounts(world: World, books: Books, groups: dict[Person, list[Enrolment]]) -> None:
    """Seventy payees have two open accounts and chose one; thirty have an old closed one beside it."""
    plain = [p for p in books.chosen if p in books.registered and books.chosen[p].shown_id == p.citizen_id]
    plain = [p for p in plain if evidence(p, groups[p]).citizen]
    for i, payee in enumerate(world.rng.sample(plain, 100)):
        elsewhere = world.rng.choice([b for b in BANKS if b is not books.chosen[payee].bank])
        extra = account(world, elsewhere, payee, name=people.fold(payee.name))
        books.chosen[payee].name = extra.name
        books.chosen[payee].birth = extra.birth
        if i < 70:
            books.answers.append(answer(groups[payee], extra, "no", "Người nhận chọn tài khoản ở ngân hàng khác"))
        else:
            extra.state = "closed"
        books.accounts.append(extra)


def unusable_accounts(world: World, books: Books, groups: dict[Person, list[Enrolment]]) -> None:
    """The right person, but an account that cannot receive (kept, not linkable) or a number that parks."""
    free = [p for p, g in groups.items() if p not in books.chosen and evidence(p, g).citizen]
    states = ["closed"] * 45 + ["locked"] * 30 + ["joint"] * 30 + ["usd"] * 15 + ["card"] * 25 + ["damaged"] * 15
    for payee, state in zip(world.rng.sample(free, len(states)), states, strict=True):
        one = account(world, a_bank(world), payee)
        if state == "card":
            one.damage = (
                "9704"
                + one.bank.code[0].translate(str.maketrans("VBL", "051"))
                + "".join(world.rng.choices("0123456789", k=11))
            )
        elif state == "damaged":
            one.damage = f"{one.number[0]}.{one.number[1:4]}E+{len(one.number) - 1}"
        else:
            one.state = state
        books.accounts.append(one)


def neighbours(world: World, books: Books, groups: dict[Person, list[Enrolment]]) -> None:
    """Payees known by name and year, their bank by an old ID the district lacks: a namesake of the same year lives
    in the next hamlet. Only a clerk, or the hamlet, can tell them apart.
    """
    for payee, one in list(books.chosen.items()):
        known = evidence(payee, groups[payee])
        if one.shown_id != payee.old_id or known.old or known.birth or one.name != people.fold(payee.name):
            continue
        elsewhere = [h for h in world.hamlets[payee.commune.code] if h != payee.hamlet]
        sexes, year = "M" if payee.sex == "Nam" else "F", (payee.birth.year,) * 2
        other = people.person(world, payee.commune, sexes, year, hamlet=world.rng.choice(elsewhere))
        other.name = payee.name
        row = groups[payee][0].person
        trap(world, books, row, other, "Trùng tên, cùng năm sinh, khác thôn", shown_id=other.old_id)


def lookalikes(world: World, books: Books) -> None:
    """Strangers who resemble a beneficiary in something, never in everything; each carries a "no"."""
    sure = [
        e for e in world.enrolments if e.id_as == "full" and e.id_ok and e.recipient is None and not e.person.year_only
    ]
    targets = iter(world.rng.sample(sure, 900))
    for _ in range(560):
        homonym(world, books, next(targets), same_year=False)
    for _ in range(120):
        homonym(world, books, next(targets), same_year=True)
    for _ in range(80):
        target = next(targets).person
        other = people.person(
            world, target.commune, "M" if target.sex == "Nam" else "F", (target.birth.year, target.birth.year)
        )
        other.citizen_id = near(world, target.citizen_id)
        trap(world, books, target, other, "Số căn cước khác một chữ số, khác tên")
    for _ in range(120):
        relative(world, books, next(targets).person)
    for _ in range(20):
        target = next(targets).person
        year = (target.birth.year, target.birth.year)
        twin = people.person(
            world,
            target.commune,
            "M" if target.sex == "Nam" else "F",
            year,
            hamlet=target.hamlet,
            family=target.name.split()[0],
        )
        twin.birth = target.birth
        twin.citizen_id = near(world, target.citizen_id)
        trap(world, books, target, twin, "Anh chị em sinh đôi")


def trap(world: World, books: Books, target: Person, holder: Person, reason: str, **changes: str) -> None:
    """A stranger's account with the clerk's "no" for the beneficiary it resembles."""
    one = account(world, a_bank(world), holder, **changes)
    books.accounts.append(one)
    row = next(e for e in world.enrolments if e.person is target)
    books.answers.append(Answer(row, "beneficiary", one, "no", reason))


def homonym(world: World, books: Books, target: Enrolment, *, same_year: bool) -> None:
    """The same name in another commune with another ID: born in other years, or in the same year on another day."""
    rng, who = world.rng, target.person
    commune = rng.choice([c for c in COMMUNES if c is not who.commune])
    year, taken = who.birth.year, world.years_of[people.fold(who.name)]
    while not same_year and (year > 2006 or taken & {year - 1, year, year + 1}):
        year = who.birth.year + rng.randint(-18, 25)
    taken.add(year)
    other = people.person(world, commune, "M" if who.sex == "Nam" else "F", (year, year))
    other.name = who.name
    if same_year:
        month = (who.birth.month + rng.randint(2, 9)) % 12 + 1
        other.birth = date(year, month, (who.birth.day + 12) % 28 + 1)
    trap(
        world,
        books,
        who,
        other,
        "Trùng tên, khác ngày sinh và số căn cước" if same_year else "Trùng tên, khác năm sinh",
    )


def relative(world: World, books: Books, who: Person) -> None:
    """A son or daughter in the same house who gave the bank the same phone."""
    year = max(1960, min(who.birth.year + 28, 2004))
    child = people.person(world, who.commune, "MF", (year, year), family=who.name.split()[0], hamlet=who.hamlet)
    trap(world, books, who, child, "Tài khoản của con, không có ủy quyền", phone=who.phone)


def strangers(world: World, books: Books) -> None:
    """Most holders draw no benefit; together about 28,000 registrations."""
    rng = world.rng
    weights = [c.btxh for c in COMMUNES]
    while len(books.accounts) < 28_000:
        who = people.person(world, rng.choices(COMMUNES, weights)[0], "MF", (1938, 2006))
        bank = a_bank(world)
        changes = {}
        if bank.code != "BIDV" and who.birth.year < 1995 and rng.random() < 0.2:
            changes["shown_id"] = who.old_id
        one = account(world, bank, who, **changes)
        drawn = rng.random()
        one.state = "closed" if drawn < 0.02 else "locked" if drawn < 0.03 else "joint" if drawn < 0.035 else "open"
        books.accounts.append(one)
