"""Figures count what their reader may see, and nothing beside it."""

from __future__ import annotations

from sqlmodel import col, select

from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.accounts import overview
from disburse.accounts.tables import Link
from disburse.audit.actor import COMMAND
from disburse.ids import new_id
from disburse.people.tables import Enrolment, Recipient
from tests.api.conftest import Site


class TestAccounts:
    def test_a_department_counts_its_own_programme(self, lite_site: Site) -> None:
        """Whose grant names a programme counts the accounts of those who receive for it, and no others."""
        held = (Held(Role.PROVINCE, Scope("51", "NCC")),)
        actor = Actor(new_id(), "ncc", "Phòng NCC", COMMAND, held)
        with lite_site.database.reading() as session:
            counted = sum(line.links for line in overview.banks(session, actor))
            own = select(Enrolment.person_id).where(Enrolment.programme == "NCC", Enrolment.province_code == "51")
            receiving = (
                select(Recipient.person_id)
                .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
                .where(Enrolment.programme == "NCC", Enrolment.province_code == "51", col(Recipient.ended_on).is_(None))
            )
            seen = {*session.exec(own), *session.exec(receiving)}
            links = session.exec(select(Link.person_id).where(col(Link.person_id).is_not(None))).all()
        assert counted == sum(person in seen for person in links) < len(links)
