"""Invented people in real communes of then and now, with entitlements, recipients and accounts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from itertools import count
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts.asked import remember
from disburse.accounts.asked_tables import AskedHolder
from disburse.accounts.stages import restate_holders
from disburse.accounts.tables import (
    ACCOUNT_NUMBER,
    Account,
    AccountStatus,
    Link,
    LinkState,
)
from disburse.areas.tables import Area, AreaChange
from disburse.funnel import actions as funnel
from disburse.funnel.stages import Entry
from disburse.ids import new_id
from disburse.people import entries
from disburse.people.entries import NewEnrolment, NewLine, NewPerson, NewRecipient
from disburse.people.tables import LineKind, Precision, RecipientKind, Sex

# Numbers that must never leave whole: every citizen ID and account made here begins so.
CANARY_ID = "0510"
CANARY_ACCOUNT = "99887766"
PROVINCE, OTHER_PROVINCE = "51", "01"
SINCE = date(2024, 1, 1)
BEFORE_MERGER = date(2025, 6, 30)

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Đỗ", "Bùi", "Đặng", "Huỳnh", "Ưng")
MIDDLE = {"Nam": ("Văn", "Hữu", "Đình", "Quang"), "Nữ": ("Thị", "Thị Kim", "Ngọc", "Thị Ánh")}
GIVEN = {
    "Nam": ("An", "Bình", "Dũng", "Đạt", "Hùng", "Lộc", "Phúc", "Tâm", "Tuấn", "Vinh"),
    "Nữ": ("Ánh", "Đào", "Hoa", "Hồng", "Lan", "Liên", "Mỹ", "Nga", "Ưỡn", "Yến"),
}
HAMLETS = ("Phú Lộc", "An Điềm", "Thượng Hòa", "Mỹ Yên", "Đông Yên", "Long Vĩnh")


_serial = count(1)  # times a prime: numbers that look random and never repeat


@dataclass(frozen=True)
class Place:
    """A commune of before the merger and the one it became."""

    code: str
    valid_from: date
    name: str
    today: str
    weight: float


def places_of(session: Session, province: str, limit: int) -> list[Place]:
    rows = session.exec(
        select(Area, AreaChange)
        .where(
            AreaChange.old_code == Area.code,
            AreaChange.old_valid_from == Area.valid_from,
            Area.province_code == province,
            AreaChange.split == False,  # noqa: E712
            Area.district == ("Huyện Bình Sơn" if province == PROVINCE else Area.district),
        )
        .order_by(Area.code)
        .limit(limit)
    ).all()
    return [
        Place(area.code, area.valid_from, area.name, change.new_code, 0.3 + (index * 7 % 11) / 5)
        for index, (area, change) in enumerate(rows)
    ]


def add_people(session: Session, dice: random.Random, place: Place, province: str, per_cell: int) -> None:
    for programme, share, reach in (("NCC", 0.5, 0.08), ("BTXH", 1.0, 0.27), ("HTXH", 0.4, 0.55)):
        count = max(1, int(per_cell * share * place.weight))
        reach = min(0.95, reach * (0.5 + place.weight))
        people = [_person(dice, place, province) for _ in range(count)]
        entries.add_people(session, people)
        since = SINCE if programme != "HTXH" else date(2024, 7, 1)
        enrolments = [
            NewEnrolment(new_id(), one.id, programme, place.today, place.code, place.valid_from, province, since)
            for one in people
        ]
        entries.add_enrolments(session, enrolments)
        entries.begin_lines(
            session,
            [
                NewLine(e.id, LineKind.MONTHLY, None, dice.choice((360, 540, 720, 1624)) * 1000, None, since)
                for e in enrolments
            ],
        )
        entries.add_recipients(
            session, [NewRecipient(new_id(), e.id, RecipientKind.OWN, e.person_id, since) for e in enrolments]
        )
        stages = [_stage(dice, e, one, reach) for e, one in zip(enrolments, people, strict=True)]
        for entry, enrolment in zip(stages, enrolments, strict=True):
            if entry.registered_own:
                _link(session, dice, enrolment.person_id, confirmed=bool(entry.confirmed))
        funnel.enter(session, stages)
        _banks_were_asked(session)


def _person(dice: random.Random, place: Place, province: str) -> NewPerson:
    sex = dice.choice(("Nam", "Nữ"))
    name = f"{dice.choice(FAMILY)} {dice.choice(MIDDLE[sex])} {dice.choice(GIVEN[sex])}"
    year_only = dice.random() < 0.3
    born = date(
        dice.randint(1931, 1960), 1 if year_only else dice.randint(1, 12), 1 if year_only else dice.randint(1, 28)
    )
    valid = dice.random() < 0.9
    return NewPerson(
        id=new_id(),
        name=name,
        birth_date=born,
        birth_precision=Precision.YEAR if year_only else Precision.DAY,
        sex=Sex(sex),
        citizen_id=f"{CANARY_ID}{next(_serial) * 7919 % 10**8:08d}" if valid else None,
        id_valid=valid,
        phone=f"09{dice.randrange(10**8):08d}",
        commune_code=place.today,
        hamlet=dice.choice(HAMLETS),
        origin_province=province,
    )


def _stage(dice: random.Random, enrolment: NewEnrolment, person: NewPerson, reach: float) -> Entry:
    registered = dice.random() < reach
    return Entry(
        enrolment.id,
        enrolment.commune_code,
        enrolment.programme,
        id_valid=int(person.id_valid),
        verified=int(person.id_valid and dice.random() < 0.7),
        registered_own=int(registered),
        confirmed=int(registered and dice.random() < 0.8),
        wish_cash=int(not registered and dice.random() < 0.1),
        lines=1,
        amount_total=360_000,
    )


def _link(session: Session, dice: random.Random, person_id: UUID, *, confirmed: bool) -> None:
    account_id, number = new_id(), f"{CANARY_ACCOUNT}{dice.randrange(10**6):06d}"
    session.add(
        Account(
            id=account_id,
            bank_code=dice.choice(("VBA", "VBA", "BIDV", "ICB")),
            number_sealed=ACCOUNT_NUMBER.seal(account_id, number),
            number_index=ACCOUNT_NUMBER.index(number),
            number_tail=number[-4:],
            status=AccountStatus.OPEN,
            created_at=clock.utc_now(),
        )
    )
    session.flush()
    session.add(
        Link(
            person_id=person_id,
            account_id=account_id,
            state=LinkState.CONFIRMED if confirmed else LinkState.ACCEPTED,
            decided_by="quy tắc",
            decided_how="rule",
            decided_on=SINCE,
            since=date(2024, 2, 1),
            confirmed_on=date(2024, 3, 1) if confirmed else None,
        )
    )


def _banks_were_asked(session: Session) -> None:
    session.flush()
    known = select(AskedHolder.link_id)
    remember(
        session,
        session.exec(select(Link.id).where(Link.state == LinkState.CONFIRMED, col(Link.id).not_in(known))).all(),
    )


def link_of(session: Session, dice: random.Random, person_id: UUID) -> UUID:
    of_person = select(Link.id).where(Link.person_id == person_id)
    if session.exec(of_person).first() is None:
        _link(session, dice, person_id, confirmed=True)
        _banks_were_asked(session)
        restate_holders(session, [person_id])
    return session.exec(of_person).one()
