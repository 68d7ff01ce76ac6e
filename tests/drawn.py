"""People drawn in a test: one line makes a person with an enrolment, a recipient, a line and, if asked, a link.

They go into the tables row by row, past every action, so that a test of a count knows what it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, select

from disburse import clock
from disburse.accounts.asked import ASKED_ABOUT, remember
from disburse.accounts.tables import ACCOUNT_NUMBER, Account, Link, LinkState
from disburse.funnel.tables import EnrolmentStage, ProgressCell
from disburse.ids import new_id
from disburse.people.tables import (
    CITIZEN_ID,
    BenefitLine,
    Enrolment,
    LineKind,
    Person,
    Recipient,
    RecipientKind,
    Wish,
)
from disburse.progress.recount import enrolments_as_of
from matching.text import fold, sort_key

OLD_LIST, NEW_LIST = date(2004, 7, 8), date(2025, 7, 1)
BINH_THANH = ("21046", OLD_LIST, "21040")  # an earlier commune of Bình Sơn, with its commune of today
CHAU_O = ("21040", OLD_LIST, "21040")
BINH_TRI = ("21061", OLD_LIST, "21061")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The ids of what was drawn."""

    person: UUID
    enrolment: UUID
    recipient: UUID


def draw_person(session: Session, name: str, *, citizen_id: str | None = None, commune: str | None = "21040") -> UUID:
    """Make a person; with a citizen ID it counts as valid."""
    person = Person(
        name=name, name_fold=fold(name), sort_key=sort_key(name), commune_code=commune,
        origin_province="51", created_at=clock.utc_now(),
    )  # fmt: skip
    if citizen_id:
        person.citizen_id_sealed = CITIZEN_ID.seal(person.id, citizen_id)
        person.citizen_id_index = CITIZEN_ID.index(citizen_id)
        person.id_valid = True
    session.add(person)
    session.flush()
    return person.id


def draw(
    session: Session,
    name: str,
    *,
    programme: str = "BTXH",
    origin: tuple[str, date, str] = CHAU_O,
    since: date = date(2024, 3, 1),
    until: date | None = None,
    amount: int | None = 500_000,
    citizen_id: str | None = None,
    received_by: UUID | None = None,
    kind: RecipientKind = RecipientKind.OWN,
    wish: Wish = Wish.UNKNOWN,
) -> Drawn:
    """Make a person with one enrolment, one monthly line and the recipient who receives."""
    person = draw_person(session, name, citizen_id=citizen_id, commune=origin[2])
    enrolment = Enrolment(
        person_id=person, programme=programme, commune_code=origin[2], origin_code=origin[0],
        origin_valid_from=origin[1], province_code="51", from_date=since, to_date=until,
    )  # fmt: skip
    session.add(enrolment)
    session.flush()
    recipient = Recipient(enrolment_id=enrolment.id, kind=kind, person_id=received_by or person, wish=wish, since=since)
    session.add(recipient)
    session.add(BenefitLine(enrolment_id=enrolment.id, kind=LineKind.MONTHLY, amount=amount, from_date=since))
    session.flush()
    return Drawn(person, enrolment.id, recipient.id)


def draw_link(
    session: Session,
    person: UUID,
    number: str,
    *,
    since: date = date(2024, 3, 10),
    state: LinkState = LinkState.ACCEPTED,
    confirmed_on: date | None = None,
    ended_on: date | None = None,
    primary: bool = True,
) -> UUID:
    """Make an account at Agribank and the person's link to it."""
    account = Account(
        id=new_id(), bank_code="VBA", number_sealed=b"", number_index=ACCOUNT_NUMBER.index(number),
        number_tail=number[-4:], created_at=clock.utc_now(),
    )  # fmt: skip
    account.number_sealed = ACCOUNT_NUMBER.seal(account.id, number)
    session.add(account)
    session.flush()
    link = Link(
        person_id=person, account_id=account.id, state=state, decided_by="Cán bộ thử", decided_how="clerk",
        decided_on=since, since=since, confirmed_on=confirmed_on, ended_on=ended_on, is_primary=primary,
    )  # fmt: skip
    session.add(link)
    session.flush()
    if state in ASKED_ABOUT:
        remember(session, [link.id])
    return link.id


def count_as_drawn(session: Session) -> None:
    """Fill the funnel's stages and cells with what the drawn rows say today, so that the doctor finds nothing."""
    session.flush()
    flags = enrolments_as_of(clock.today()).subquery()
    names = [c.name for c in EnrolmentStage.__table__.columns if c.name not in ("total",)]  # type: ignore[attr-defined]
    for row in session.execute(sa.select(flags)).all():
        session.add(EnrolmentStage(total=1, **{name: getattr(row, name) for name in names}))
    session.flush()
    cells: dict[tuple[str, str], dict[str, int]] = {}
    for stage in session.exec(select(EnrolmentStage)):
        cell = cells.setdefault((stage.programme, stage.commune_code), {})
        for name in names:
            if name not in ("enrolment_id", "programme", "commune_code", "paid", "amount_by_account"):
                cell[name] = cell.get(name, 0) + getattr(stage, name)
        cell["total"] = cell.get("total", 0) + 1
    for (programme, commune), sums in cells.items():
        session.add(ProgressCell(programme=programme, commune_code=commune, **sums))
    session.flush()
