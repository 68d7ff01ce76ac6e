"""Where an enrolment stands in the funnel, read from the rows: for those that come back into it."""

from __future__ import annotations

from sqlmodel import Session

from disburse import clock
from disburse.errors import NotFound
from disburse.funnel.stages import Entry
from disburse.people import queries
from disburse.people.tables import Enrolment, Person, Wish
from disburse.rosters.batch import in_force


def entry_of(session: Session, enrolment: Enrolment) -> Entry:
    """Return the enrolment as it counts today; its link's stages are the business of `accounts.stages`."""
    person = session.get(Person, enrolment.person_id)
    if person is None:
        raise NotFound("enrolment_unknown")
    recipient = queries.current_recipients(session, [enrolment.id]).get(enrolment.id)
    wish = recipient.wish if recipient else Wish.UNKNOWN
    number, amount = in_force(queries.lines_on(session, [enrolment.id], clock.today()).get(enrolment.id, ()))
    return Entry(
        enrolment.id,
        enrolment.commune_code,
        enrolment.programme,
        id_valid=int(person.id_valid and person.citizen_id_index is not None),
        verified=int(person.id in queries.verified(session, [person.id])),
        wish_account=int(wish == Wish.ACCOUNT),
        wish_cash=int(wish == Wish.CASH),
        lines=number,
        amount_total=amount,
    )
