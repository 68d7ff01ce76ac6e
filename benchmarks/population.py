"""A province in a database within minutes: people, entitlements, rosters, bank lists, links, row issues. Invented.

The lists are those of `benchmarks.matching.generate`, so that they hold the faults of real ones and the truth is
known; they go in as bulk rows (COPY on PostgreSQL), never through forms. What they leave is consistent: `disburse
doctor` finds nothing.

    python -m benchmarks.population [--people 300000] [--registrations 1500000] [--issues 50000] [--linked 0.3]

fills the installation of the environment (DISBURSE_DATA_DIR, DISBURSE_DATABASE_URL), which must be empty.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pandas as pd
from sqlmodel import Session, col, select

from benchmarks import population_accounts, population_rosters
from benchmarks.matching.generate import generate
from benchmarks.population_accounts import born_on, folded
from benchmarks.population_rosters import UNITS_TODAY, Place
from disburse import config, reference
from disburse.access import actions as access
from disburse.access.tables import Role
from disburse.areas.tables import Area, AreaChange
from disburse.audit.actor import COMMAND
from disburse.clock import Period
from disburse.db import Database, bulk_insert
from disburse.funnel import actions as funnel
from disburse.funnel.stages import Entry
from disburse.ids import new_ids
from disburse.installation import prepare_installation
from disburse.people import entries
from disburse.people.entries import NewEnrolment, NewLine, NewPerson, NewRecipient
from disburse.people.tables import LineKind, Precision, RecipientKind, Sex, Verified, VerifiedResult, Wish
from disburse.progress import actions as progress
from matching import identity

PROVINCE = "51"
SINCE = date(2024, 1, 1)
PROGRAMMES = (("NCC", 0.12, 0.10), ("BTXH", 0.53, 0.30), ("HTXH", 0.35, 0.55))  # share of people, share linked
CHUNK = 20_000
PASSWORD = "mot cau ngan de nho"


@dataclass(slots=True)
class Beneficiary:
    """One line of the roster as it entered the database: ids, and what its stages are made of."""

    row: int
    person: NewPerson
    enrolment: NewEnrolment
    recipient: NewRecipient
    line: NewLine
    verified: bool = False
    linked: str = ""  # "" | accepted | confirmed


@dataclass(slots=True)
class Population:
    """What a measurement needs to name, and the truth behind the lists."""

    communes: list[str] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)  # beneficiaries, in the order of the roster's rows
    registrations: list[UUID] = field(default_factory=list)  # in the order of the bank list's rows
    truth: pd.DataFrame = field(default_factory=pd.DataFrame)  # roster_row, registration_row: positions of the same one
    roster_id: UUID | None = None  # the roster with the row issues
    officers: list[str] = field(default_factory=list)


def fill(
    database: Database, *, people: int, registrations: int, issues: int, linked: float = 1.0, seed: int = 7,
    say: Callable[[str], None] = lambda _text: None,
) -> Population:  # fmt: skip
    """Fill a database that holds its reference data only; `linked` scales how many have a live link."""
    dice = random.Random(seed)
    lists = generate("district", people, registrations, seed, scale="province")
    roster = {str(name): lists.roster[name].tolist() for name in lists.roster.columns}
    say(f"lists drawn: {len(lists.roster):,} rows, {len(lists.registrations):,} registrations")
    with database.reading() as session:
        places = _places(session)
    made = Population(communes=sorted({place.today for place in places.values()}))
    pairs = _first_of(lists.truth, "roster_row_id", "registration_row_id")
    made.truth = pd.DataFrame({"roster_row": list(pairs), "registration_row": list(pairs.values())})
    named = population_rosters.Rosters()
    chosen: dict[int, tuple[UUID, str]] = {}
    taken = _Taken()
    for start in range(0, len(lists.roster), CHUNK):
        some = range(start, min(start + CHUNK, len(lists.roster)))
        with database.transaction() as session:
            found = [_beneficiary(dice, roster, place, places, taken) for place in some]
            named.give(session, found)
            _choose_links(dice, found, pairs, linked, chosen)
            _enter(session, dice, found)
            named.stage(session, found)
        made.people += [one.person.id for one in found]
        say(f"{len(made.people):,} people")
    with database.transaction() as session:
        named.close(session)
    made.registrations = population_accounts.enter(database, lists.registrations, chosen, seed, say)
    made.roster_id = population_rosters.add_issues(database, issues, list(places.values()))
    _finish(database, made)
    return made


def _first_of(truth: pd.DataFrame, left: str, right: str) -> dict[int, int]:
    """Return for each roster row the first registration that is the same human being, each used once."""
    found: dict[int, int] = {}
    used: set[int] = set()
    for one, other in zip(truth[left].str[1:].astype(int), truth[right].str[1:].astype(int), strict=True):
        if one not in found and other not in used:
            found[one] = other
            used.add(other)
    return found


def _places(session: Session) -> dict[str, Place]:
    """Return where people live by the code a list may give: that of then, or that of today."""
    rows = session.exec(
        select(Area, AreaChange)
        .where(AreaChange.old_code == Area.code, AreaChange.old_valid_from == Area.valid_from)
        .where(Area.province_code == PROVINCE, col(Area.valid_to).is_not(None))
        .order_by(Area.code)
    ).all()
    found = {area.code: Place(area.code, area.valid_from, area.name, change.new_code) for area, change in rows}
    today = session.exec(select(Area).where(Area.province_code == PROVINCE, col(Area.valid_to).is_(None)))
    for area in today:
        if len(area.code) == 5:
            found.setdefault(area.code, Place(area.code, UNITS_TODAY, area.name, area.code))
    return found


@dataclass(slots=True)
class _Taken:
    """Numbers that somebody has already: a list repeats people, the register does not."""

    citizen_ids: set[str] = field(default_factory=set)
    serial: int = 0


def _beneficiary(
    dice: random.Random, roster: dict[str, list[str]], row: int, places: dict[str, Place], taken: _Taken
) -> Beneficiary:
    place = places.get(roster["commune_code"][row]) or dice.choice(list(places.values()))  # a slip leads elsewhere
    name, number = roster["full_name"][row], roster["citizen_id"][row]
    citizen, born = identity.citizen_id(identity.pad_citizen_id(number) or ""), born_on(roster["date_of_birth"][row])
    valid = citizen is not None and citizen.known_prefix and citizen.value not in taken.citizen_ids
    if valid and citizen is not None:
        taken.citizen_ids.add(citizen.value)
    person_id, enrolment_id, recipient_id = new_ids(3)
    programme = dice.choices([code for code, _, _ in PROGRAMMES], [share for _, share, _ in PROGRAMMES])[0]
    person = NewPerson(
        id=person_id, name=name, name_fold=folded(name), birth_date=born[0], birth_precision=born[1],
        sex=Sex(roster["gender"][row]) if roster["gender"][row] else None,
        citizen_id=citizen.value if valid and citizen else None, id_valid=bool(valid), old_id=identity.old_id(number),
        phone=identity.phone(roster["phone"][row]), commune_code=place.today,
        hamlet=roster["address"][row].split(",")[0], origin_province=PROVINCE,
    )  # fmt: skip
    taken.serial += 1
    enrolment = NewEnrolment(
        enrolment_id, person_id, programme, place.today, place.code, place.valid_from, PROVINCE, SINCE,
        file_number=f"HS-{place.today}-{taken.serial:06d}",
    )  # fmt: skip
    line = NewLine(enrolment_id, LineKind.MONTHLY, None, dice.choice((500, 540, 720, 1_000, 2_789)) * 1000, None, SINCE)
    wish = Wish.CASH if dice.random() < 0.08 else Wish.UNKNOWN
    recipient = NewRecipient(recipient_id, enrolment_id, RecipientKind.OWN, person_id, SINCE, wish=wish)
    return Beneficiary(row, person, enrolment, recipient, line, verified=bool(valid) and dice.random() < 0.7)


def _choose_links(
    dice: random.Random,
    found: Sequence[Beneficiary],
    pairs: dict[int, int],
    linked: float,
    chosen: dict[int, tuple[UUID, str]],
) -> None:
    """Decide who of those with an account in the bank lists is linked: `chosen` is registration row → person, state."""
    reach = {code: share for code, _, share in PROGRAMMES}
    for one in found:
        other = pairs.get(one.row)
        if other is None or dice.random() >= linked * reach[one.enrolment.programme] / 0.72:
            continue
        one.linked = "confirmed" if dice.random() < 0.8 else "accepted"
        chosen[other] = (one.person.id, one.linked)


def _enter(session: Session, dice: random.Random, found: Sequence[Beneficiary]) -> None:
    guardians = [_guardian(dice, one) for one in found if not one.linked and dice.random() < 0.06]
    entries.add_people(session, [*(one.person for one in found), *guardians])
    entries.add_enrolments(session, [one.enrolment for one in found])
    entries.begin_lines(session, [one.line for one in found])
    entries.add_recipients(session, [one.recipient for one in found])
    said = [(one.person.id, "CSDLQG", SINCE, VerifiedResult.MATCH, _AT) for one in found if one.verified]
    bulk_insert(session, Verified, ("person_id", "source", "on", "result", "imported_at"), said)
    funnel.enter(session, [_stage(one) for one in found])


_AT = population_rosters.AT


def _guardian(dice: random.Random, one: Beneficiary) -> NewPerson:
    """Return another person, who receives in place of the beneficiary."""
    family = one.person.name.split()[0]
    given = dice.choice(("Văn Hòa", "Thị Lan", "Thị Thu", "Đức Bình", "Thị Hồng Yến", "Quang Minh"))
    name = f"{family} {given}"
    receiver = NewPerson(
        id=new_ids(1)[0], name=name, name_fold=folded(name), birth_date=date(dice.randint(1955, 1995), 1, 1),
        birth_precision=Precision.YEAR, commune_code=one.person.commune_code, hamlet=one.person.hamlet,
        origin_province=PROVINCE,
    )  # fmt: skip
    one.recipient.kind, one.recipient.person_id = RecipientKind.AUTHORISED, receiver.id
    return receiver


def _stage(one: Beneficiary) -> Entry:
    return Entry(
        one.enrolment.id,
        one.enrolment.commune_code,
        one.enrolment.programme,
        id_valid=int(one.person.id_valid),
        verified=int(one.verified),
        registered_own=int(bool(one.linked)),
        confirmed=int(one.linked == "confirmed"),
        wish_cash=int(one.recipient.wish is Wish.CASH),
        lines=1,
        amount_total=one.line.amount or 0,
    )


def _finish(database: Database, made: Population) -> None:
    with database.transaction() as session:
        for number in range(20):
            made.officers.append(_officer(session, number, made.communes))
    for commune in made.communes:
        with database.transaction() as session:
            for programme, _, reach in PROGRAMMES:
                progress.set_target(
                    session, area_code=commune, programme=programme, by_date=date(2026, 6, 30),
                    value=int(3_000 * reach), by=COMMAND,
                )  # fmt: skip
    with database.transaction() as session:
        progress.close_month(session, period=Period(2026, 9), by=COMMAND)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # what autovacuum does within the first minutes


def _officer(session: Session, number: int, communes: Sequence[str]) -> str:
    """Add one officer: every fifth of the province, the others each of a commune."""
    name = f"canbo.{number:02d}"
    province = number % 5 == 0
    user = access.add_user(session, name=name, full_name=f"Cán bộ {number}", by=COMMAND)
    access.grant_role(
        session,
        user=user,
        role=Role.PROVINCE if province else Role.COMMUNE,
        area_code=PROVINCE if province else communes[number * 7 % len(communes)],
        by=COMMAND,
    )
    access.set_password(session, user=user, password=PASSWORD, by=COMMAND)
    return name


def main() -> None:
    """Fill the installation of the environment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--registrations", type=int, default=1_500_000)
    parser.add_argument("--issues", type=int, default=50_000)
    parser.add_argument("--linked", type=float, default=1.0, help="0: nobody is linked yet, all is left to matching")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    started = time.perf_counter()

    def say(text: str) -> None:
        sys.stderr.write(f"{time.perf_counter() - started:6.0f} s  {text}\n")

    database = prepare_installation(config.load())
    reference.load(database)
    fill(
        database, people=asked.people, registrations=asked.registrations, issues=asked.issues, linked=asked.linked,
        seed=asked.seed, say=say,
    )  # fmt: skip
    say("done")
    database.close()


if __name__ == "__main__":
    main()
