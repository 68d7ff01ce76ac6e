"""What the township's roster states about accounts, and the clerks' answers that follow from copied IDs."""

from __future__ import annotations

from dataclasses import dataclass

from maker import people
from maker.accounts import Account, Answer, Books, answer, by_payee
from maker.people import Enrolment, Person, World


@dataclass
class Stated:
    """An account as the roster of the township states it."""

    number: str | int | float
    bank: str
    holder: str
    way: str


BANK_WORDS = {
    "VBA": ("Agribank", "NHNo&PTNT", "NH Nông nghiệp", "Agri"),
    "BIDV": ("BIDV", "NH ĐT&PT"),
    "LPB": ("LPBank", "LienVietPostBank"),
}


def stated_in_roster(world: World, books: Books) -> dict[Enrolment, Stated]:
    """Two thirds of the township's payees stated their account; a few rows state what no one can use."""
    rng, rows = world.rng, people.rows_of(world, "btxh-chau-o.xlsx")
    stated: dict[Enrolment, Stated] = {}
    for e in rows:
        one = books.chosen.get(e.payee)
        if one and e.payee in books.registered and rng.random() < 0.66:
            stated[e] = Stated(one.number, rng.choice(BANK_WORDS[one.bank.code]), e.payee.name.upper(), "CK")
    free = [e for e in rows if e.payee not in books.chosen and e.recipient is None and len(e.lines) == 1]
    odd = iter(rng.sample(free, 5))
    for kind, written in (
        ("stated_card", "9704050" + "".join(rng.choices("0123456789", k=9))),
        ("stated_damaged", "4.59912E+12"),
        ("stated_damaged", 4.5992012345678901e18),
    ):
        e = next(odd)
        stated[e] = Stated(written, "Agribank", e.person.name.upper(), "CK")
        books.odd_statements.append((e, kind))
    answered = {x.account.number for x in books.answers}
    daughter = next(
        a
        for a in books.accounts
        if a.bank.code == "VBA"
        and a.state == "open"
        and not a.damage
        and a.holder.sex == "Nữ"
        and a.holder.commune.code == "21040"
        and a.holder.birth.year > 1970
        and a.number not in answered
    )
    for e in (next(odd), next(odd)):
        stated[e] = Stated(daughter.number, "Agribank", daughter.holder.name.upper(), "CK")
        books.odd_statements.append((e, "stated_not_own"))
        books.answers.append(Answer(e, "beneficiary", daughter, "no", "Tài khoản của người khác, không có ủy quyền"))
    return stated


def answers_about_copied_ids(books: Books, pairs: list[tuple[Enrolment, Person]]) -> None:
    """The row shows an ID whose owner has an account: it is the owner's, not the row's."""
    for row, owner in pairs:
        if owner in books.chosen:
            books.answers.append(Answer(row, "beneficiary", books.chosen[owner], "no", "Số căn cước của người khác"))


def answers_about_namesakes(world: World, books: Books) -> None:
    """Clerks also turned down every namesake a reasonable matcher may show: near in birth or in the same commune."""
    groups = by_payee(world)
    answered = {(a.one.payee if a.party == "recipient" else a.one.person, a.account.number) for a in books.answers}
    by_name: dict[str, list[Account]] = {}
    by_birth: dict[str, list[Account]] = {}
    for one in books.accounts:
        if one.state == "open" and not one.damage:
            by_name.setdefault(people.fold(one.holder.name), []).append(one)
            by_birth.setdefault(one.birth, []).append(one)
    for payee, group in groups.items():
        near = [a for a in by_name.get(people.fold(payee.name), []) if resembles(payee, a)]
        near += [a for a in by_birth.get(payee.birth.isoformat(), []) if alike(payee.name, a.holder.name)]
        for one in near:
            if one.holder is not payee and (payee, one.number) not in answered:
                answered.add((payee, one.number))
                books.answers.append(answer(group, one, "no", "Người khác: trùng tên hoặc trùng ngày sinh"))


def resembles(payee: Person, one: Account) -> bool:
    """Of two namesakes: the same commune, the same day of another year, or years beside each other."""
    born = one.holder.birth
    same_day = (born.month, born.day) == (payee.birth.month, payee.birth.day)
    return one.holder.commune is payee.commune or same_day or abs(born.year - payee.birth.year) <= 1


def alike(name: str, other: str) -> bool:
    """Of two people born on one day: the same family name or given name, folded."""
    mine, theirs = people.fold(name).split(), people.fold(other).split()
    return mine[0] == theirs[0] or mine[-1] == theirs[-1]
