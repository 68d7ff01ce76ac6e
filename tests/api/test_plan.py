"""Targets and closed months on the screen: looked over first, set by who may, for nothing beyond their areas."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from disburse.access import actions as access
from disburse.access.queries import actor_of
from disburse.access.tables import Role, User
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.progress import queries
from disburse.progress.trend import closed_days
from tests.api.conftest import Site
from tests.api.seeding import user_named
from tests.api.seeding_people import OTHER_PROVINCE, PROVINCE

BY = date(2031, 5, 31)  # a month that no other test looks at


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def targets(site: Site, by_date: date = BY) -> dict[str, int]:
    with site.database.reading() as session:
        return queries.targets_by(session, "NCC", by_date)


class TestTargets:
    def test_looked_over_then_set(self, site: Site) -> None:
        """One number typed, a rate for the rest: nothing is set before it was looked over; an older look is refused."""
        client, here = site.client("canbo.tinh"), site.seeded.commune
        form = {"programme": "NCC", "month": "2031-05", "percent": "80", f"t_{here}": "7", "step": "look"}
        looked = client.post("/progress/plan", data=form).text
        assert targets(site) == {}
        assert f't_{site.seeded.foreign_commune}"' not in looked  # another province's
        form |= {name: hidden(looked, name) for name in re.findall(r'name="(t_\d+|seen)"', looked)}
        form |= {"step": "set", "percent": ""}
        assert client.post("/progress/plan", data=form).status_code == 303
        kept = targets(site)
        assert kept[here] == 7
        with site.database.reading() as session:
            actor = actor_of(session, user_named(session, "canbo.tinh"), by=COMMAND)
            whole = {one.code: one.total for one in queries.planned(session, actor, programme="NCC", by_date=BY)}
            assert kept == {code: -(-total * 80 // 100) for code, total in whole.items()} | {here: 7}
            set_ = session.exec(select(AuditEvent).where(AuditEvent.object_id == f"{here}/NCC/{BY}")).one()
            assert set_.actor_name == "canbo.tinh"
        stale = client.post("/progress/plan", data=form | {f"t_{here}": "9"})
        assert (stale.status_code, targets(site)) == (409, kept)

    def test_a_cleared_field_takes_the_target_back(self, site: Site) -> None:
        """Only what the form carries changes; the board has no target to compare with any more, and it is logged."""
        client, here, month = site.client("canbo.tinh"), site.seeded.commune, "2031-07"
        for value, kept in (("1.200", {here: 1200}), ("", {})):
            form = {"programme": "NCC", "month": month, f"t_{here}": value, "step": "look"}
            looked = client.post("/progress/plan", data=form).text
            form |= {name: hidden(looked, name) for name in (f"t_{here}", "seen")} | {"step": "set"}
            assert client.post("/progress/plan", data=form).status_code == 303
            assert targets(site, date(2031, 7, 31)) == kept
        with site.database.reading() as session:
            taken = AuditEvent.action == "progress.target_removed", AuditEvent.object_id == f"{here}/NCC/2031-07-31"
            assert session.exec(select(AuditEvent).where(*taken)).one().actor_name == "canbo.tinh"

    @pytest.mark.parametrize(("field", "text"), [("commune", "bảy"), ("commune", "7.5"), ("percent", "7.5")])
    def test_what_is_no_whole_number_is_kept_on_the_form(self, site: Site, field: str, text: str) -> None:
        """The commune is named, the field says what was typed and that it is wrong; 7.5 is not 75."""
        name = f"t_{site.seeded.commune}" if field == "commune" else field
        form = {"programme": "NCC", "month": "2031-06", name: text, "step": "look"}
        refused = site.client("canbo.tinh").post("/progress/plan", data=form)
        assert (refused.status_code, f'name="{name}" value="{text}"' in refused.text) == (422, True)
        assert refused.text.count('aria-invalid="true"') == 1

    def test_what_a_closed_month_reported_is_only_read(self, site: Site) -> None:
        """March 2024 is closed: no field to type into, and a form sent all the same is refused."""
        client, form = site.client("canbo.tinh"), {"programme": "NCC", "month": "2024-03", "percent": "80"}
        assert 'name="percent"' not in client.get("/progress/plan?programme=NCC&month=2024-03").text
        looked = client.post("/progress/plan", data=form | {"step": "look"}).text
        form |= {name: hidden(looked, name) for name in re.findall(r'name="(t_\d+|seen)"', looked)}
        refused = client.post("/progress/plan", data=form | {"step": "set", "percent": ""})
        assert (refused.status_code, "đã chốt" in refused.text) == (409, True)
        assert targets(site, date(2024, 3, 31)) == {}

    def test_who_holds_several_provinces_sees_one_at_a_time(self, lite_site: Site) -> None:
        """A form carries at most a thousand fields, and the country has 3,321 communes."""
        client = _of_the_country(lite_site)
        ours, theirs = (f't_{code}"' for code in (lite_site.seeded.commune, lite_site.seeded.foreign_commune))
        pages = [
            client.get(f"/progress/plan?programme=NCC&province={code}").text for code in (PROVINCE, OTHER_PROVINCE)
        ]
        assert [(ours in page, theirs in page) for page in pages] == [(True, False), (False, True)]


class TestMonths:
    def test_one_part_of_the_country_does_not_close_for_all(self, site: Site) -> None:
        """Another province is counted here too: its officers would find their month closed."""
        form = {"month": "2024-04", "step": "close"}
        refused = site.client("canbo.tinh").post("/progress/months", data=form)
        assert (refused.status_code, "phụ trách toàn bộ" in refused.text) == (403, True)

    def test_looked_over_then_closed(self, lite_site: Site) -> None:
        """The figures are shown, and closed only if they are still the same; it is logged, and done once."""
        client = _of_the_country(lite_site)
        looked = client.post("/progress/months", data={"month": "2024-04", "step": "look"})
        assert looked.status_code == 200 and not _closed(lite_site)
        form = {"month": "2024-04", "step": "close", "seen": hidden(looked.text, "seen")}
        assert client.post("/progress/months", data=form | {"seen": "NCC 0"}).status_code == 409
        assert not _closed(lite_site)
        told = client.post("/progress/months", data=form)
        assert (told.status_code, told.headers["location"]) == (303, "/progress/months?closed=2024-04")
        assert _closed(lite_site)
        for month, said in (("2024-04", True), ("2024-05", False)):
            assert ('role="status"' in client.get(f"/progress/months?closed={month}").text) == said
        with lite_site.database.reading() as session:
            by_user = AuditEvent.action == "progress.month_closed", AuditEvent.actor_name == "toan.quoc"
            assert session.exec(select(AuditEvent).where(*by_user)).one().object_id == "2024-04"
        assert client.post("/progress/months", data=form).status_code == 409
        assert _refused(client, "1900-01") == 409


def _of_the_country(site: Site) -> TestClient:
    with site.database.transaction() as session:
        if session.exec(select(User).where(User.name == "toan.quoc")).first() is None:
            user = access.add_user(session, name="toan.quoc", by=COMMAND)
            access.grant_role(session, user=user, role=Role.PROVINCE, by=COMMAND)
    return site.client("toan.quoc")


def _refused(client: TestClient, month: str) -> int:
    looked = client.post("/progress/months", data={"month": month, "step": "look"}).text
    form = {"month": month, "step": "close", "seen": hidden(looked, "seen")}
    return client.post("/progress/months", data=form).status_code


def _closed(site: Site) -> bool:
    with site.database.reading() as session:
        return date(2024, 4, 30) in closed_days(session)
