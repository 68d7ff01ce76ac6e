"""A form that is refused half-way leaves nothing behind, the record of the act included."""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from disburse.audit.tables import AuditEvent
from disburse.people.tables import Person
from tests.api.conftest import Site


def reveals(session: Session, site: Site) -> int:
    wanted = select(func.count()).where(
        col(AuditEvent.object_id) == str(site.seeded.person_id), col(AuditEvent.action).contains("reveal")
    )
    return session.exec(wanted.select_from(AuditEvent)).one()


class TestReveal:
    def test_a_number_that_cannot_be_opened_is_not_recorded_as_seen(self, site: Site) -> None:
        """The reveal is noted before the seal is opened; a broken seal takes the note back and spends no turn."""
        client = site.client("canbo.tinh")
        with site.database.transaction() as session:
            person = session.get_one(Person, site.seeded.person_id)
            whole, before = person.citizen_id_sealed, reveals(session, site)
            assert whole is not None
            person.citizen_id_sealed = whole[:-1] + bytes([whole[-1] ^ 1])
            session.add(person)
        form = {"what": "citizen_id", "reason": "Đối chiếu với thẻ"}
        try:
            refused = client.post(f"/people/{site.seeded.person_id}/reveal", data=form)
        finally:
            with site.database.transaction() as session:
                person = session.get_one(Person, site.seeded.person_id)
                person.citizen_id_sealed = whole
                session.add(person)
        assert refused.status_code == 503
        with site.database.reading() as session:
            assert reveals(session, site) == before
        assert client.post(f"/people/{site.seeded.person_id}/reveal", data=form).status_code == 200
        with site.database.reading() as session:
            assert reveals(session, site) == before + 1
