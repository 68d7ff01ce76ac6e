"""The progress table: one document for the command line, the API and the board."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import pytest

from disburse import clock
from disburse.access.actor import Scope
from disburse.audit.actor import SYSTEM
from disburse.clock import Period
from disburse.db import Database
from disburse.errors import Conflict, Invalid, NotFound
from disburse.progress import actions
from disburse.progress.names import names
from disburse.progress.queries import EVERYWHERE, ProgressDocument, table
from tests.disburse.progress.officers import officer
from tests.drawn import BINH_THANH, BINH_TRI, CHAU_O, OLD_LIST, draw, draw_link

MARCH = date(2024, 3, 31)


@pytest.fixture
def district(stocked: Database) -> Database:
    with stocked.transaction() as session:
        lan = draw(session, "Đinh Thị Lan", origin=CHAU_O)
        draw_link(session, lan.person, "4506205111111")
        draw(session, "Phạm Văn Ba", origin=BINH_THANH)
        draw(session, "Hồ Văn Tư", origin=BINH_TRI, programme="NCC")
    return stocked


def look(database: Database, scopes: tuple[Scope, ...] = EVERYWHERE, **filters: object) -> ProgressDocument:
    with database.reading() as session:
        return table(session, scopes, **filters)  # type: ignore[arg-type]


def totals(document: ProgressDocument) -> dict[tuple[str, str], int]:
    return {(row.code, row.programme): row.funnel.total for row in document.areas}


class TestTable:
    def test_areas_are_those_of_the_day(self, district: Database) -> None:
        """In March 2024 three communes, each by its own name."""
        document = look(district, as_of=MARCH)
        assert totals(document) == {("21040", "BTXH"): 1, ("21046", "BTXH"): 1, ("21061", "NCC"): 1}
        assert {row.name for row in document.areas} == {"Thị trấn Châu Ổ", "Xã Bình Thạnh", "Xã Bình Trị"}

    def test_programme_rows_are_the_sum(self, district: Database) -> None:
        """What the programme row says is what its communes say together."""
        document = look(district, as_of=MARCH)
        for row in document.programmes:
            assert row.funnel.total == sum(a.funnel.total for a in document.areas if a.programme == row.code)

    def test_the_json_has_the_agreed_names(self, district: Database) -> None:
        """Others script against these names."""
        document = look(district, as_of=MARCH).as_json()
        assert document["as_of"] == "2024-03-31"
        assert set(document["areas"][0]) == {
            "code", "name", "programme", "total", "id_valid", "verified", "registered", "registered_own",
            "registered_other", "confirmed", "paid", "wish_account", "wish_cash", "lines", "amount_total",
            "amount_by_account", "unexplained", "parked", "target", "gap",
        }  # fmt: skip

    def test_the_json_of_a_past_day_holds_whole_numbers(self, district: Database) -> None:
        """PostgreSQL's sum of whole numbers is a decimal, which no JSON has."""
        shown = look(district, as_of=MARCH).as_json()
        assert json.loads(json.dumps(shown)) == shown
        assert [row["lines"] for row in shown["areas"]] == [1, 1, 1]

    @pytest.mark.parametrize(
        ("area", "expected"), [("21046", {("21046", "BTXH"): 1}), ("51", None), ("21040", {("21040", "BTXH"): 1})]
    )
    def test_an_area_filters(self, district: Database, area: str, expected: dict[tuple[str, str], int] | None) -> None:
        """A commune of the day shows itself, a province all of it."""
        document = look(district, as_of=MARCH, area=area)
        assert totals(document) == (expected or totals(look(district, as_of=MARCH)))

    def test_a_commune_of_another_time_is_unknown(self, district: Database) -> None:
        """Bình Thạnh is no commune of today: the code is told to be unknown, not shown as zero."""
        with pytest.raises(NotFound):
            look(district, area="21046")

    @pytest.mark.parametrize("filters", [{"programme": "XYZ"}, {"area": "99999"}])
    def test_unknown_codes_are_told(self, district: Database, filters: dict[str, str]) -> None:
        """A typing error does not look like an empty commune."""
        with pytest.raises(NotFound):
            look(district, as_of=MARCH, **filters)

    def test_a_day_to_come_is_refused(self, district: Database) -> None:
        """There are no figures of tomorrow."""
        with pytest.raises(Invalid):
            look(district, as_of=date(2200, 1, 1))


class TestScope:
    def test_a_commune_officer_sees_the_communes_that_became_theirs(self, district: Database) -> None:
        """The grant speaks of today's commune 21040; in 2024 that is Châu Ổ and Bình Thạnh."""
        document = look(district, (Scope("21040"),), as_of=MARCH)
        assert set(totals(document)) == {("21040", "BTXH"), ("21046", "BTXH")}

    def test_a_programme_grant_hides_the_others(self, district: Database) -> None:
        """The department of one programme sees that programme alone."""
        document = look(district, (Scope("51", "NCC"),), as_of=MARCH)
        assert set(totals(document)) == {("21061", "NCC")}
        assert [row.code for row in document.programmes] == ["NCC"]

    def test_another_province_sees_nothing(self, district: Database) -> None:
        """Neither rows nor sums."""
        assert look(district, (Scope("01"),), as_of=MARCH).areas == []

    @pytest.mark.parametrize("closed", [False, True])
    def test_of_a_split_commune_each_sees_the_part_whose_names_they_open(
        self, district: Database, closed: bool
    ) -> None:
        """Cống Vị went to Ngọc Hà (3 people) and Giảng Võ (4): figure, money and names of each office agree, and who
        holds both sees all seven; so it is in a closed month.
        """
        with district.transaction() as session:
            for number in range(7):
                draw(session, f"Người {number}", origin=("00007", OLD_LIST, "00008" if number < 3 else "00025"))
            if closed:
                actions.close_month(session, period=Period(2024, 3), by=SYSTEM)
        for codes, people in ((("00008",), 3), (("00025",), 4), (("00008", "00025"), 7), (("01",), 7)):
            scopes = tuple(Scope(code) for code in codes)
            (row,) = look(district, scopes, as_of=MARCH, area="00007").areas
            assert (row.funnel.total, row.funnel.amount_total) == (people, people * 500_000)
            if codes != ("01",):  # the drawn enrolments lie in another province
                with district.reading() as session:
                    listed = names(session, officer(*scopes), stage="total", area="00007", as_of=MARCH)
                assert listed.total == people


class TestCloseMonth:
    def test_a_closed_month_reproduces_for_ever(self, district: Database) -> None:
        """What happens afterwards does not change what was reported."""
        with district.transaction() as session:
            actions.close_month(session, period=Period(2024, 3), by=SYSTEM)
        before = look(district, as_of=MARCH).as_json()
        with district.transaction() as session:
            draw(session, "Người Nhập Muộn", since=date(2024, 3, 1))
        assert look(district, as_of=MARCH).as_json() == before
        assert look(district, as_of=date(2024, 3, 30)).areas != []

    def test_a_month_closes_once(self, district: Database) -> None:
        """The second time is a conflict, not a second truth."""
        with district.transaction() as session:
            actions.close_month(session, period=Period(2024, 3), by=SYSTEM)
        with pytest.raises(Conflict), district.transaction() as session:
            actions.close_month(session, period=Period(2024, 3), by=SYSTEM)

    def test_a_month_that_is_not_over_stays_open(self, district: Database) -> None:
        """Its figures still move, also on its last day; from the next day on it can be closed."""
        april = Period(2024, 4)
        with clock.living_on(april.last_day):
            for period in (april, april.next()):
                with pytest.raises(Conflict), district.transaction() as session:
                    actions.close_month(session, period=period, by=SYSTEM)
        with clock.living_on(april.next().first_day), district.transaction() as session:
            assert actions.close_month(session, period=april, by=SYSTEM) == 3

    def test_of_two_at_once_one_closes(self, district: Database) -> None:
        """The other is told that it is closed, on either database."""
        ready = threading.Barrier(2)

        def close() -> str:
            try:
                with district.transaction() as session:
                    with suppress(threading.BrokenBarrierError):  # SQLite lets in one writer
                        ready.wait(0.3)
                    actions.close_month(session, period=Period(2024, 3), by=SYSTEM)
            except Conflict as error:
                return error.code
            return "closed"

        with ThreadPoolExecutor(2) as both:
            assert sorted(one.result() for one in [both.submit(close) for _ in range(2)]) == ["closed", "month_closed"]


class TestTarget:
    def test_the_newest_due_target_gives_the_gap(self, district: Database) -> None:
        """Two due targets: the later counts; one still to come does not."""
        with district.transaction() as session:
            for day, value in ((date(2024, 1, 31), 1), (MARCH, 5), (date(2024, 12, 31), 9)):
                actions.set_target(session, area_code="21040", programme="BTXH", by_date=day, value=value, by=SYSTEM)
        row = next(row for row in look(district, as_of=MARCH).areas if row.code == "21040")
        assert (row.target, row.gap) == (5, 4)

    def test_what_a_closed_month_reported_stays(self, district: Database) -> None:
        """Its targets were reported with it: neither its own nor an earlier day's can be set or taken back."""
        with district.transaction() as session:
            actions.set_target(session, area_code="21040", programme="BTXH", by_date=MARCH, value=5, by=SYSTEM)
            actions.close_month(session, period=Period(2024, 3), by=SYSTEM)
        before = look(district, as_of=MARCH).as_json()
        for day, value in ((MARCH, 9), (date(2024, 1, 31), 9), (MARCH, None)):
            with pytest.raises(Conflict, match="2024-03"), district.transaction() as session:
                actions.set_target(session, area_code="21040", programme="BTXH", by_date=day, value=value, by=SYSTEM)
        assert look(district, as_of=MARCH).as_json() == before
