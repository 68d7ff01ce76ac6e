"""Days in the pages' fields: typed as people write them, never month first, and kept where they cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from api.web import words
from disburse import clock
from disburse.clock import Period
from disburse.errors import Invalid
from disburse.people.stated import read_day, read_month
from tests.api.conftest import Site
from tests.api.test_people import somebody
from tests.api.test_words import TEMPLATES


class TestReadDay:
    @pytest.mark.parametrize("text", ["01/11/2026", "1/11/2026", "1-11-2026", "ngày 1 tháng 11 năm 2026", "2026-11-01"])
    def test_the_day_comes_first(self, text: str) -> None:
        """1/11 is the first of November, however it is written."""
        assert read_day(text) == date(2026, 11, 1)

    @pytest.mark.parametrize("text", ["11/28/2026", "28/11/26", "30/02/2026", "11/2026", "2026", "hôm qua"])
    def test_what_is_no_whole_day_is_said(self, text: str) -> None:
        """A month before the day, half a year or half a date is refused with the text itself."""
        with pytest.raises(Invalid) as refused:
            read_day(text)
        assert refused.value.code == "day_unreadable" and text in refused.value.sentence()


class TestReadMonth:
    @pytest.mark.parametrize("text", ["11/2026", "tháng 11/2026", "2026-11", "11-2026"])
    def test_a_month(self, text: str) -> None:
        """Written by people or by a list."""
        assert read_month(text) == Period(2026, 11)

    @pytest.mark.parametrize("text", ["13/2026", "2026", "1/11/2026", "tháng sau"])
    def test_what_is_none(self, text: str) -> None:
        """A day or a year is no month."""
        with pytest.raises(Invalid) as refused:
            read_month(text)
        assert refused.value.code == "month_unreadable"


class TestFields:
    def test_no_field_follows_the_language_of_the_browser(self) -> None:
        """In a browser of American English a field of the type date or month shows the month first."""
        own = [
            path.name for path in TEMPLATES if 'type="date"' in path.read_text() or 'type="month"' in path.read_text()
        ]
        assert own == []

    def test_the_board_takes_a_typed_day(self, lite_site: Site) -> None:
        """As typed or as in an address, and the field shows it day first."""
        client = lite_site.client("canbo.tinh")
        for text in ("05/03/2024", "2024-03-05"):
            page = client.get("/progress", params={"as_of": text}).text
            assert 'name="as_of" value="05/03/2024"' in page and "Số liệu đến ngày 05/03/2024" in page

    @pytest.mark.parametrize("address", ["/progress?as_of={}", "/audit?since={}", "/audit?until={}", "/ages?month={}"])
    def test_what_cannot_be_read_is_said(self, lite_site: Site, address: str) -> None:
        """422 and a sentence with the text; where there is a form, it still holds what was typed."""
        answer = lite_site.client("quantri" if "audit" in address else "canbo.tinh").get(address.format("31-12-x"))
        assert answer.status_code == 422 and "31-12-x" in answer.text and "Không đọc được" in answer.text
        assert 'value="31-12-x"' in answer.text or "ages" in address

    def test_a_day_to_come_is_said(self, lite_site: Site) -> None:
        """The board of tomorrow is refused by name, today's stands below it."""
        answer = lite_site.client("canbo.tinh").get("/progress?as_of=1/1/2099")
        assert answer.status_code == 422 and "Ngày 01/01/2099 chưa đến" in answer.text
        assert f"Số liệu đến ngày {words.words_of('vi').day(clock.today())}" in answer.text

    def test_the_recipients_form_marks_the_right_day(self, lite_site: Site) -> None:
        """Of three days on one form the one that cannot be read is marked."""
        one = somebody(lite_site)
        form = {
            "enrolment": str(one.enrolment), "kind": "guardian", "name": "Trần Văn Hộ", "paper_kind": "Quyết định",
            "paper_number": "1", "paper_date": "5/1/2026", "paper_until": "5/13/2027", "since": "1/2/2026",
        }  # fmt: skip
        client = lite_site.client("canbo.tinh")
        empty = client.get(f"{one.page}/recipient?enrolment={one.enrolment}").text
        assert f'name="since" value="{words.words_of("vi").day(clock.today())}"' in empty
        page = client.post(f"{one.page}/recipient", data=form).text
        assert 'href="#paper_until"' in page and 'value="5/1/2026"' in page


class TestAddress:
    def test_a_day_of_an_address_stands_as_people_type_it(self, lite_site: Site) -> None:
        """Whoever follows an address with 2026-01-31 finds 31/01/2026 in the field; no day stays as it was typed."""
        client = lite_site.client("kiemtra")
        assert 'value="31/01/2026"' in client.get("/audit?since=2026-01-31").text
        assert 'value="2026-02-31"' in client.get("/audit?since=2026-02-31").text
