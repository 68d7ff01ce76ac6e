"""Forms on one person, posted as a browser posts them: what is done, what is refused, what stays typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock
from disburse.areas.tables import Area, AreaKind
from disburse.audit.actions import record
from disburse.audit.actor import COMMAND, By
from disburse.audit.tables import AuditEvent
from disburse.cases import actions as cases
from disburse.cases.actions import Moving
from disburse.funnel import actions as funnel
from disburse.funnel.stages import Entry
from disburse.ids import new_id
from disburse.people import entries, reveals
from disburse.people.entries import NewEnrolment, NewLine, NewPerson, NewRecipient
from disburse.people.tables import Enrolment, LineKind, Person, PersonNote, Precision, Recipient, RecipientKind
from disburse.rosters.tables import QuestionKind, QuestionState, RosterQuestion
from tests.api.conftest import Site
from tests.api.seeding import user_named
from tests.api.seeding_people import link_of

OFFICER = "canbo.xa"


@dataclass(frozen=True)
class Somebody:
    """A person of the officer's commune made for one test, so that the shared people stay as they are."""

    id: UUID
    enrolment: UUID

    @property
    def page(self) -> str:
        return f"/people/{self.id}"


def somebody(site: Site, name: str = "Lê Thị Thử") -> Somebody:
    one, commune = Somebody(new_id(), new_id()), site.seeded.commune
    since = date(2024, 1, 1)
    with site.database.transaction() as session:
        known = session.exec(select(Enrolment).where(Enrolment.commune_code == commune)).first()
        assert known is not None
        person = NewPerson(
            id=one.id, name=name, birth_date=date(1950, 1, 1), birth_precision=Precision.YEAR, commune_code=commune,
            phone="0912345678", origin_province="51",
        )  # fmt: skip
        entries.add_people(session, [person])
        enrolled = NewEnrolment(
            one.enrolment, one.id, "BTXH", commune, known.origin_code, known.origin_valid_from, "51", since
        )
        entries.add_enrolments(session, [enrolled])
        entries.begin_lines(session, [NewLine(one.enrolment, LineKind.MONTHLY, None, 500_000, None, since)])
        entries.add_recipients(session, [NewRecipient(new_id(), one.enrolment, RecipientKind.OWN, one.id, since)])
        funnel.enter(session, [Entry(one.enrolment, commune, "BTXH", lines=1, amount_total=500_000)])
    return one


def stored(site: Site, one: Somebody) -> tuple[Person, Enrolment]:
    with site.database.reading() as session:
        return session.get_one(Person, one.id), session.get_one(Enrolment, one.enrolment)


def acts(session: Session, object_id: UUID) -> list[str]:
    events = select(AuditEvent).where(AuditEvent.object_id == str(object_id)).order_by(col(AuditEvent.seq))
    return [event.action for event in session.exec(events)]


class TestEdit:
    def test_changed_with_a_reason_and_told(self, site: Site) -> None:
        """The new facts stand, the old ones are struck on the timeline, an empty number field leaves the number."""
        one, client = somebody(site), site.client(OFFICER)
        form = {"name": "Lê Thị Thử Mới", "birth": "12/3/1950", "sex": "Nữ", "reason": "theo căn cước"}
        assert client.post(f"{one.page}/edit", data=form).headers["location"] == one.page
        person, _ = stored(site, one)
        assert (person.name, person.birth_date, person.phone_index is not None) == (
            form["name"],
            date(1950, 3, 12),
            True,
        )
        page = client.get(one.page).text
        assert re.search(r"<del>.*?Lê Thị Thử</del>", page, re.S) and "theo căn cước" in page

    def test_refused_with_everything_kept(self, site: Site) -> None:
        """Without a reason nothing changes, what was typed stands there, and the language says what it costs."""
        one, client = somebody(site), site.client(OFFICER)
        refused = client.post(f"{one.page}/edit", data={"name": "Lê Thị Khác", "birth": "1951", "reason": " "})
        assert refused.status_code == 422
        assert 'value="Lê Thị Khác"' in refused.text and 'value="1951"' in refused.text
        assert "phải nhập lại" in refused.text and f'name="back" value="{one.page}/edit"' in refused.text
        assert stored(site, one)[0].name == "Lê Thị Thử"

    def test_a_whole_number_in_any_text_is_refused(self, site: Site) -> None:
        """A reason, an address, a reason to see a number: the log keeps none of them, and the form says why."""
        one, client = somebody(site), site.client(OFFICER)
        form = {"name": "Lê Thị Thử", "birth": "1950", "reason": "theo căn cước"}
        number = {"what": "phone", "reason": "thẻ 0510 - 5100 - 0123"}
        with site.database.reading() as session:
            now = (Area.kind == AreaKind.COMMUNE, Area.province_code == "51", col(Area.valid_to).is_(None))
            elsewhere = session.exec(select(Area.code).where(*now, Area.code != site.seeded.commune)).first()
        for page, typed in (
            ("edit", form | {"reason": "theo CCCD 051051000123"}),
            ("edit", form | {"address": "thôn 3, gọi 0905 123 456"}),
            ("act/move", {"commune": elsewhere, "on": "1/1/2026", "reason": "x", "address": "051/051/000/123"}),
            ("reveal", number),
        ):
            refused = client.post(f"{one.page}/{page}", data=typed)
            assert refused.status_code == 422 and "một dãy số dài" in refused.text, page
        with site.database.reading() as session:
            assert acts(session, one.id) == []


class TestKeptElsewhere:
    def test_who_moved_away_is_only_read(self, site: Site) -> None:
        """The old commune's page has no button for any act; asked without one, nothing is found."""
        one, client = somebody(site, "Lê Thị Dời"), site.client(OFFICER)
        assert f"{one.page}/edit" in client.get(one.page).text
        with site.database.transaction() as session:
            link = link_of(session, Random(5), one.id)
            moving = Moving(one.enrolment, site.seeded.other_commune, date(2026, 5, 1))
            cases.move(session, moving=moving, why="theo con", by=COMMAND)
        page, of_link = client.get(one.page), client.get(f"/links/{link}")
        assert (page.status_code, of_link.status_code) == (200, 200)
        assert "anh/chị chỉ xem được hồ sơ" in page.text
        for path in ("edit", "reveal", "notes", "act/end"):
            assert f'"{one.page}/{path}' not in page.text, path
        assert f"/links/{link}/close" not in of_link.text
        keeper = site.client("canbo.tinh")
        assert f"/links/{link}/close" in keeper.get(f"/links/{link}").text
        assert f"{one.page}/edit" in keeper.get(one.page).text
        for path, form in (
            (f"{one.page}/edit", {"name": "Lê Khác", "reason": "x"}),
            (f"{one.page}/reveal", {"what": "phone", "reason": "x"}),
            (f"{one.page}/notes", {"note": "x"}),
            (f"/links/{link}/close", {"why": "account_closed"}),
        ):
            assert client.post(path, data=form).status_code == 404, path


class TestActs:
    def test_an_end_is_looked_at_first(self, site: Site) -> None:
        """The first answer shows what would happen and does nothing; only the second does it."""
        one, client = somebody(site), site.client(OFFICER)
        form = {"enrolment": str(one.enrolment), "end_reason": "died", "on": "2026-01-12", "reason": "giấy chứng tử"}
        looked = client.post(f"{one.page}/act/end", data=form)
        assert looked.status_code == 200 and "31/01/2026" in looked.text and "500.000" in looked.text
        assert stored(site, one)[1].to_date is None
        assert client.post(f"{one.page}/act/end", data=form | {"sure": "1"}).status_code == 303
        person, enrolment = stored(site, one)
        assert (str(person.status), enrolment.to_date) == ("dead", date(2026, 1, 31))
        assert client.post(f"{one.page}/act/reopen", data={"reason": "ghi nhầm"}).status_code == 303
        assert stored(site, one)[1].to_date is None

    def test_suspended_and_resumed(self, site: Site) -> None:
        """The page says so meanwhile; a second suspension is refused with what was typed."""
        one, client = somebody(site), site.client(OFFICER)
        form = {"on": clock.today().isoformat(), "reason": "xác minh"}
        assert client.post(f"{one.page}/act/suspend", data=form).status_code == 303
        assert "đang tạm dừng chi trả" in client.get(one.page).text
        again = client.post(f"{one.page}/act/suspend", data=form)
        assert again.status_code == 409 and 'value="xác minh"' in again.text
        assert client.post(f"{one.page}/act/resume", data={"reason": "xong"}).status_code == 303
        with site.database.reading() as session:
            assert acts(session, one.enrolment)[-2:] == ["enrolment.suspended", "enrolment.resumed"]


class TestRecipient:
    def test_a_guardian_with_a_paper(self, site: Site) -> None:
        """Without the paper it is refused and the name stays typed; with it the guardian receives."""
        one, client = somebody(site), site.client(OFFICER)
        form = {
            "enrolment": str(one.enrolment), "kind": "guardian", "name": "Trần Văn Hộ", "birth": "1980",
            "relation": "chú", "since": clock.today().isoformat(),
        }  # fmt: skip
        refused = client.post(f"{one.page}/recipient", data=form)
        assert refused.status_code == 422 and 'value="Trần Văn Hộ"' in refused.text
        paper = {"paper_kind": "Quyết định", "paper_number": "12/QĐ", "paper_date": "2026-01-05"}
        assert client.post(f"{one.page}/recipient", data=form | paper).status_code == 303
        with site.database.reading() as session:
            current = select(Recipient).where(
                Recipient.enrolment_id == one.enrolment, col(Recipient.ended_on).is_(None)
            )
            found = session.exec(current).one()
        assert (found.kind, found.paper_number, found.person_id == one.id) == (RecipientKind.GUARDIAN, "12/QĐ", False)


class TestNotes:
    def test_written_read_and_never_changed(self, site: Site) -> None:
        """The author's name and text stand on the page of whoever sees the enrolment; there is no way to change it."""
        one, client = somebody(site), site.client(OFFICER)
        assert client.post(f"{one.page}/notes", data={"note": "Vắng nhà đến Tết."}).status_code == 303
        seen = site.client("kiemtra").get(one.page).text
        assert "Vắng nhà đến Tết." in seen and "Võ Thị Xã" in seen and 'name="note"' not in seen
        with site.database.reading() as session:
            note = session.exec(select(PersonNote).where(PersonNote.person_id == one.id)).one()
            assert note.enrolment_id == one.enrolment and acts(session, one.id)[-1] == "note.added"

    def test_who_only_receives_has_notes_of_the_enrolment(self, site: Site) -> None:
        """They stand under the enrolment received for: whoever sees that one reads them, nobody else."""
        one, client = somebody(site), site.client(OFFICER)
        form = {
            "enrolment": str(one.enrolment), "kind": "guardian", "name": "Trần Văn Hộ", "born": "1970",
            "relation": "chú", "since": clock.today().isoformat(), "paper_kind": "Quyết định",
            "paper_number": "12/QĐ", "paper_date": "2026-01-05",
        }  # fmt: skip
        assert client.post(f"{one.page}/recipient", data=form).status_code == 303
        with site.database.reading() as session:
            receives = select(Recipient.person_id).where(Recipient.enrolment_id == one.enrolment)
            guardian = session.exec(receives.where(col(Recipient.ended_on).is_(None))).one()
        page = f"/people/{guardian}"
        assert 'name="note"' in client.get(page).text
        assert client.post(f"{page}/notes", data={"note": "Hẹn gặp ở trụ sở."}).status_code == 303
        seen = site.client("kiemtra").get(page).text
        assert "Hẹn gặp ở trụ sở." in seen and "Bắt đầu nhận thay" in seen
        assert site.client("canbo.ngoai").post(f"{page}/notes", data={"note": "x y"}).status_code == 404
        with site.database.reading() as session:
            note = session.exec(select(PersonNote).where(PersonNote.person_id == guardian)).one()
            assert note.enrolment_id == one.enrolment

    def test_a_whole_number_is_refused_and_stays_typed(self, site: Site) -> None:
        """The page comes back with the text and where to read on; nothing is written."""
        one, client = somebody(site), site.client(OFFICER)
        refused = client.post(f"{one.page}/notes", data={"note": "stk 4506 2050 12345"})
        assert refused.status_code == 422 and "stk 4506 2050 12345</textarea>" in refused.text
        assert f'name="back" value="{one.page}"' in refused.text
        with site.database.reading() as session:
            assert session.exec(select(PersonNote).where(PersonNote.person_id == one.id)).first() is None


class TestReveal:
    def test_so_many_an_hour_and_no_more(self, site: Site) -> None:
        """The number stands once in the answer; beyond the hour's share it is refused and not shown."""
        one, client = somebody(site), site.client("kiemtra")
        with site.database.transaction() as session:
            user = user_named(session, "kiemtra")
            for _ in range(reveals.MOST - 1):
                record(
                    session, action=reveals.ACTION, object_type="person", object_id=one.id, by=By("kiemtra", user.id)
                )
        form = {"what": "phone", "reason": "vụ 12/2026"}
        shown = client.post(f"{one.page}/reveal", data=form)
        assert "0912345678" in shown.text and shown.headers["cache-control"] == "no-store"
        refused = client.post(f"{one.page}/reveal", data=form)
        assert refused.status_code == 403 and "0912345678" not in refused.text
        assert "0912345678" not in client.get(one.page).text


class TestManyQuestions:
    def test_confirmed_in_two_looks(self, site: Site) -> None:
        """Absences are explained many at once: nothing chosen is refused, the first look counts, the second does."""
        people, client = [somebody(site, f"Trần Thị {name}") for name in ("Một", "Hai")], site.client(OFFICER)
        asked = [_absence(site, one) for one in people]
        form = {"kind": "gone", "question": [str(one) for one in asked], "answer": "stopped", "on": "2026-01-12"}
        refused = client.post("/questions", data=form | {"answer": ""})
        assert refused.status_code == 422 and f'value="{asked[0]}" checked' in refused.text
        assert 'value="2026-01-12"' in refused.text
        looked = client.post("/questions", data=form)
        assert "1.000.000" in looked.text and stored(site, people[0])[1].to_date is None
        done = client.post("/questions", data=form | {"sure": "1"})
        assert done.headers["location"].endswith("done=2")
        assert [stored(site, one)[1].to_date for one in people] == [date(2026, 1, 31)] * 2
        with site.database.reading() as session:
            assert {session.get_one(RosterQuestion, key).state for key in asked} == {QuestionState.ANSWERED}


def _absence(site: Site, one: Somebody) -> UUID:
    with site.database.transaction() as session:
        asked = RosterQuestion(
            roster_id=site.seeded.roster_id, kind=QuestionKind.GONE, enrolment_id=one.enrolment,
            person_ids=[str(one.id)],
        )  # fmt: skip
        session.add(asked)
        session.flush()
        return asked.id
