"""People without an account on the page: whose they are, who agreed, and asking a bank once for what was seen."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID, uuid4

from sqlmodel import select
from starlette.testclient import TestClient

from disburse.confirmations.tables import ConfirmationRequest, RequestKind
from disburse.people import entries
from disburse.people.entries import NewEnrolment, NewPerson, NewRecipient
from disburse.people.tables import Precision, RecipientKind, Wish
from tests.api.conftest import Site

PAGE = "/banks/openings"


def lacking(site: Site, name: str, wish: Wish, *, foreign: bool = False) -> UUID:
    """Make somebody who receives an enrolment of their own and has no account."""
    commune = site.seeded.foreign_commune if foreign else site.seeded.commune
    province, person = "01" if foreign else "51", uuid4()
    with site.database.transaction() as session:
        made = NewPerson(
            id=person, name=name, birth_date=date(1950, 2, 3), birth_precision=Precision.DAY, sex=None,
            citizen_id=None, id_valid=False, commune_code=commune, origin_province=province,
        )  # fmt: skip
        entries.add_people(session, [made])
        enrolment = NewEnrolment(
            uuid4(), person, "NCC", commune, commune, date(2025, 7, 1), province, date(2025, 7, 1)
        )  # fmt: skip
        entries.add_enrolments(session, [enrolment])
        receives = NewRecipient(uuid4(), enrolment.id, RecipientKind.OWN, person, date(2025, 7, 1), wish=wish)
        entries.add_recipients(session, [receives])
    return person


def asked(site: Site, person: UUID) -> list[str]:
    with site.database.reading() as session:
        found = select(ConfirmationRequest).where(ConfirmationRequest.person_id == person)
        return [one.bank_code for one in session.exec(found) if one.kind == RequestKind.OPEN]


def shown(client: TestClient, address: str) -> str:
    """Return all pages of the list."""
    first = client.get(address).text
    pages = re.search(r"Trang 1 / (\d+)", first)
    more = range(2, int(pages[1]) + 1) if pages else ()
    return first + "".join(client.get(f"{address}&page={number}").text for number in more)


class TestOpenings:
    def test_who_agreed_is_asked_about_once(self, site: Site) -> None:
        """Nobody of another province, nobody who wants cash or has not said; the second press finds nobody."""
        agreed = lacking(site, "Đinh Thị Ưng", Wish.ACCOUNT)
        others = [lacking(site, "Đinh Văn Im", Wish.UNKNOWN), lacking(site, "Đinh Văn Tiền", Wish.CASH)]
        others.append(lacking(site, "Đinh Văn Xa", Wish.ACCOUNT, foreign=True))
        client = site.client("canbo.tinh")
        address = f"{PAGE}?bank=VBA&commune={site.seeded.commune}"
        page = shown(client, address)
        assert "Đinh Thị Ưng" in page
        assert not any(name in page for name in ("Đinh Văn Im", "Đinh Văn Tiền", "Đinh Văn Xa"))
        assert "Đinh Văn Im" in shown(client, address + "&wish=all")
        seen, *_ = re.findall(r'name="seen" value="(\d+)"', page)
        form = {"bank": "VBA", "commune": site.seeded.commune, "seen": seen}
        answer = client.post(PAGE, data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/banks/VBA")
        assert asked(site, agreed) == ["VBA"] and not any(asked(site, one) for one in others)
        again = client.post(PAGE, data=form)
        assert again.status_code == 409 and "chưa nhờ ai" in again.text
        assert asked(site, agreed) == ["VBA"]

    def test_without_a_bank(self, lite_site: Site) -> None:
        """What is missing is said, what was chosen stays, nobody is asked about."""
        person = lacking(lite_site, "Đinh Thị Chờ", Wish.ACCOUNT)
        client = lite_site.client("canbo.tinh")
        for bank in ("", "TCB", "'; --"):
            answer = client.post(PAGE, data={"bank": bank, "programme": "NCC", "seen": "1"})
            assert answer.status_code == 422 and "Chưa chọn ngân hàng" in answer.text
            assert '<option value="NCC" selected>' in answer.text
        assert asked(lite_site, person) == []
