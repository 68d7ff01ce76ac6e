"""The screens of links and red flags: two people for a change, what is typed is kept, no number is shown whole."""

from __future__ import annotations

import re
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from disburse import clock
from disburse.accounts.histories import MOST
from disburse.accounts.tables import Link, LinkNotice, LinkState, RecipientLink
from disburse.cases.tables import RecipientChange
from disburse.people.tables import Enrolment, Recipient
from tests.api.conftest import Site
from tests.api.test_authorisation import whole_numbers


def confirmed_link(site: Site, place: int) -> tuple[UUID, str]:
    """Return a confirmed link of somebody in the commune officer's area, and the enrolment received through it."""
    with site.database.reading() as session:
        rows = session.exec(
            select(Link.id, Enrolment.id)
            .join(Recipient, Recipient.person_id == Link.person_id)  # type: ignore[arg-type]
            .join(Enrolment, Enrolment.id == Recipient.enrolment_id)  # type: ignore[arg-type]
            .where(
                Link.state == LinkState.CONFIRMED,
                Enrolment.commune_code == site.seeded.commune,
                Recipient.id.not_in(select(RecipientLink.recipient_id)),  # type: ignore[attr-defined]
                Link.id != site.seeded.link_id,
            )
            .order_by(Link.id)  # type: ignore[arg-type]
        ).all()
    return rows[place][0], str(rows[place][1])


def state_of(site: Site, link_id: UUID) -> LinkState:
    with site.database.reading() as session:
        return session.get_one(Link, link_id).state


class TestChange:
    def test_proposed_by_one_and_approved_by_another(self, site: Site) -> None:
        """The maker has no button to approve and is refused without one; after the yes of another the bank is asked."""
        link, enrolment = confirmed_link(site, 0)
        maker, checker = site.client("canbo.tinh"), site.client("pheduyet")
        form = {"bank": "BIDV", "number": "12345678901234", "reason": "Đổi ngân hàng", "enrolment": enrolment}
        answer = maker.post(f"/links/{link}/replace", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/links/{link}")
        with site.database.reading() as session:
            new = session.exec(select(Link.id).where(Link.replaces == link)).one()
        assert f"/links/{new}/approve" not in maker.get(f"/links/{new}").text
        assert maker.post(f"/links/{new}/approve").status_code == 403
        assert state_of(site, new) == LinkState.PROPOSED
        page = checker.get(f"/links/{new}").text
        assert f"/links/{new}/approve" in page
        assert not whole_numbers(page) and "12345678901234" not in page
        assert str(new) in checker.get("/links").text
        assert checker.post(f"/links/{new}/approve").status_code == 303
        assert (state_of(site, new), state_of(site, link)) == (LinkState.APPROVED, LinkState.CONFIRMED)

    def test_who_receives_in_their_place_takes_two_as_well(self, site: Site) -> None:
        """Proposed on the person's page, found and approved on the list of changes under way; its maker withdraws."""
        _, enrolment = confirmed_link(site, 3)
        with site.database.reading() as session:
            person = session.get_one(Enrolment, UUID(enrolment)).person_id
        maker, checker, path = site.client("canbo.xa"), site.client("pheduyet"), f"/people/{person}/recipient"
        form = {
            "enrolment": enrolment, "kind": "authorised", "name": "Hồ Thị Giám", "birth": "1970", "since": "1/6/2026",
            "paper_kind": "Giấy ủy quyền", "paper_number": "7", "paper_date": "1/6/2026",
        }  # fmt: skip

        def propose() -> str:
            assert maker.post(path, data=form).status_code == 303
            assert "chờ người thứ hai duyệt" in maker.get(f"{path}?enrolment={enrolment}").text
            with site.database.reading() as session:
                waits = RecipientChange.state == "proposed"
                return f"/recipient-changes/{session.exec(select(RecipientChange.id).where(waits)).one()}"

        change = propose()
        assert maker.post(path, data=form).status_code == 409
        page = maker.get("/links").text
        assert (f"{change}/withdraw" in page, f"{change}/approve" in page) == (True, False)
        assert maker.post(f"{change}/approve").status_code == 403
        assert maker.post(f"{change}/withdraw").status_code == 303
        change = propose()
        assert site.client("canbo.tinh").post(f"{change}/withdraw").status_code == 404
        assert "Hồ Thị Giám" in checker.get("/links").text
        assert checker.post(f"{change}/approve").status_code == 303
        with site.database.reading() as session:
            mine = Recipient.enrolment_id == UUID(enrolment)
            current = select(Recipient.kind).where(mine, Recipient.ended_on.is_(None))  # type: ignore[union-attr]
            assert session.exec(current).one() == "authorised"
        assert "Hồ Thị Giám" not in checker.get("/links").text

    def test_what_was_typed_is_kept(self, site: Site) -> None:
        """A card number, no reason, no enrolment: each is said, nothing is written, the form stays as it was."""
        link, enrolment = confirmed_link(site, 1)
        client = site.client("canbo.xa")
        good = {"bank": "VBA", "number": "9876543210123", "reason": "Đổi nơi ở", "enrolment": enrolment}
        for spoilt in ({"number": "12"}, {"reason": " "}, {"enrolment": "nothing"}, {"bank": "không có"}):
            answer = client.post(f"/links/{link}/replace", data=good | spoilt)
            assert answer.status_code == 422
            assert 'id="error-summary"' in answer.text
            kept = (good | spoilt)["reason"].strip()
            assert not kept or kept in answer.text
        with site.database.reading() as session:
            assert session.exec(select(Link.id).where(Link.replaces == link)).first() is None

    def test_ended_with_a_reason(self, site: Site) -> None:
        """Only a reason of the list ends a link, and the page says who did it."""
        link, _ = confirmed_link(site, 2)
        client = site.client("canbo.xa")
        assert client.post(f"/links/{link}/close", data={"why": "died"}).status_code == 422
        assert client.post(f"/links/{link}/close", data={"why": "withdrawn"}).status_code == 303
        page = client.get(f"/links/{link}").text
        assert "Không dùng tài khoản này nữa" in page
        assert "Võ Thị Xã" in page


class TestStaff:
    def test_added_masked_and_removed(self, lite_site: Site) -> None:
        """The number is stored sealed, shown by its last digits, and goes with one button."""
        client = lite_site.client("canbo.tinh")
        assert client.post("/staff", data={"name": "Lê Văn Cán", "citizen_id": "051165000777"}).status_code == 303
        page = client.get("/staff").text
        assert "•••• 0777" in page and "051165000777" not in page
        found = re.search(r'action="(/staff/[^"]+/remove)"', page)
        assert found is not None
        assert client.post(found[1]).status_code == 303
        assert "Lê Văn Cán" not in client.get("/staff").text


class TestLongLists:
    def test_what_is_left_out_is_said_and_still_acted_on(self, site: Site) -> None:
        """Of 501 notices 500 are shown and one more is counted; the one that is not shown is dismissed all the same."""
        link, _ = confirmed_link(site, 5)
        with site.database.transaction() as session:
            ours = select(Enrolment).where(Enrolment.province_code == "51").limit(MOST + 1)
            told = [
                LinkNotice(
                    link_id=link, enrolment_id=one.id, programme=one.programme, covered=True, made_by="x",
                    made_on=clock.today(),
                )
                for one in session.exec(ours)
            ]  # fmt: skip
            session.add_all(told)
            session.flush()
            last = max(one.id for one in told)
        client = site.client("canbo.tinh")
        try:
            before = client.get("/links").text
            assert f"/notices/{last}/dismiss" not in before and "Còn 1 mục nữa" in before
            assert client.post(f"/notices/{last}/dismiss").status_code == 303
            assert client.post(f"/notices/{last}/dismiss").status_code == 404
            assert "mục nữa" not in client.get("/links").text
        finally:
            with site.database.transaction() as session:
                session.execute(sa.delete(LinkNotice).where(col(LinkNotice.made_by) == "x"))
