"""The review screens over HTTP: what a card shows and hides, what an answer leads to, and acceptance in bulk."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from disburse.accounts.review_tables import Judgement, ReviewBatch, ReviewLock
from disburse.accounts.tables import Candidate, CandidateState, Link
from disburse.people.tables import Person
from matching import Settings
from tests.api.conftest import Site
from tests.api.test_authorisation import whole_numbers


def free(site: Site) -> None:
    """Let every card go, as after two minutes."""
    with site.database.transaction() as session:
        for one in session.exec(select(ReviewLock)):
            session.delete(one)


def near_number(site: Site) -> UUID:
    """Return a waiting pair whose citizen IDs differ in one digit."""
    with site.database.reading() as session:
        near = select(Candidate.id).where(
            Candidate.differs == "number", Candidate.state == CandidateState.OPEN, Candidate.asks != ""
        )
        return session.exec(near.order_by(col(Candidate.id))).first() or pytest.fail("no such pair")


def walk(client: TestClient, address: str) -> str:
    """Follow an address to a card; returns the card's path."""
    answer = client.get(address)
    assert answer.status_code == 303
    return answer.headers["location"]


class TestCard:
    def test_numbers_are_dots_but_for_the_digit_that_differs(self, lite_site: Site) -> None:
        """One marked digit on each side, and nowhere on the page a whole number."""
        free(lite_site)
        page = lite_site.client("canbo.tinh").get(f"/review/cards/{near_number(lite_site)}").text
        assert len(re.findall(r'<mark class="differs">\d</mark>', page)) == 2
        assert whole_numbers(page) == []

    def test_evidence_and_threshold_are_said(self, lite_site: Site) -> None:
        """Bars with words, the score, and from where on the rule decides."""
        free(lite_site)
        page = lite_site.client("canbo.tinh").get(f"/review/cards/{near_number(lite_site)}").text
        accepted_from = f"{Settings.preset().accept}".replace(".", ",")
        for words in ("Họ tên: trùng", "CCCD lệch một chữ số", f"từ {accepted_from} mới ghép tự động", "weight-bar"):
            assert words in page

    def test_a_held_card_is_not_shown_to_another(self, site: Site) -> None:
        """The second clerk reads who holds it, and sees nothing of the pair."""
        free(site)
        card = f"/review/cards/{site.seeded.candidate_id}"
        assert site.client("canbo.xa").get(card).status_code == 200
        other = site.client("canbo.tinh").get(card)
        assert other.status_code == 409
        assert "Võ Thị Xã đang xem cặp này" in other.text
        assert 'id="card"' not in other.text

    def test_two_clerks_who_start_get_different_cards(self, site: Site) -> None:
        """The next card is one that nobody holds."""
        free(site)
        one = walk(site.client("canbo.tinh"), f"/review/next?commune={site.seeded.commune}")
        assert walk(site.client("canbo.xa"), "/review/next").split("?")[0] != one.split("?")[0]

    def test_an_answer_leads_on_and_can_be_taken_back(self, site: Site) -> None:
        """Without a script: post, the next card with the filters kept, undo, the same card again."""
        free(site)
        client = site.client("canbo.tinh")
        card = walk(client, "/review/next?bank=VBA")
        answer = client.post(card, data={"say": "no:died"})
        following = walk(client, answer.headers["location"])
        assert following.split("?")[0] != card.split("?")[0]
        assert "bank=VBA" in following and "said=no" in following
        assert client.post("/review/undo").headers["location"].startswith(card.split("?")[0])
        with site.database.reading() as session:
            assert session.get_one(Candidate, UUID(card.split("?")[0][-36:])).state == CandidateState.OPEN

    def test_a_refused_answer_keeps_what_was_typed(self, lite_site: Site) -> None:
        """No reason: the card again, with the message and the note."""
        free(lite_site)
        client = lite_site.client("canbo.tinh")
        card = walk(client, "/review/next")
        answer = client.post(card, data={"say": "no:", "note": "gọi lại chiều thứ hai"})
        assert answer.status_code == 422
        assert "Cần ghi lý do" in answer.text and "gọi lại chiều thứ hai" in answer.text

    def test_the_script_gets_the_card_alone(self, lite_site: Site) -> None:
        """A fragment has no frame, so that it is small enough to fetch ahead."""
        free(lite_site)
        client = lite_site.client("canbo.tinh")
        part = client.get("/review/next", headers={"x-fragment": "card"})
        assert 'id="card"' in part.text and "<html" not in part.text


class TestOverview:
    def test_facets_count_what_their_links_leave(self, lite_site: Site) -> None:
        """Each value's figure is the number of pairs behind its link."""
        free(lite_site)
        client = lite_site.client("canbo.tinh")
        page = client.get("/review").text
        value = (
            r'<a href="(/review\?(?:kind|band|bank|differs|commune|programme)=[^"]+)"><span>[^<]*</span><b>(\d+)</b>'
        )
        links = re.findall(value, page)
        assert len(links) >= 8
        for href, figure in links:
            assert re.search(rf">\s*{figure} trong \d+ cặp", client.get(href).text), href

    def test_a_range_of_scores_narrows_as_written(self, lite_site: Site) -> None:
        """From and to, with a comma as officers write it; the sum of two ranges is everything; nonsense is refused."""
        free(lite_site)
        client = lite_site.client("canbo.tinh")

        def left(**asked: str) -> int:
            page = client.get("/review", params=asked).text
            found = re.search(r">\s*(\d+) trong \d+ cặp", page)
            assert found
            return int(found[1])

        assert left(low="0,9", high="1") + left(high="0.8999") == left()
        assert 0 < left(low="0,9") < left()
        page = client.get("/review", params={"low": "0,9", "high": "0,95"}).text
        assert "≥ 0,90" in page and "≤ 0,95" in page
        assert 'href="/review/next?low=0.9&amp;high=0.95"' in page
        refused = client.get("/review", params={"low": "chín"})
        assert refused.status_code == 422 and "từ 0 đến 1" in refused.text

    def test_a_name_narrows(self, lite_site: Site) -> None:
        """Searching by a name, in capitals and without accents, leaves the people of that name."""
        with lite_site.database.reading() as session:
            person = session.get_one(Person, session.get_one(Candidate, near_number(lite_site)).person_id)
        page = lite_site.client("canbo.tinh").get("/review", params={"name": person.name_fold.upper()}).text
        assert re.search(r"<strong>\d+</strong> cặp", page)


class TestBulk:
    def test_sample_then_batch_then_back(self, site: Site) -> None:
        """A filter is accepted after its whole sample was judged, once, and the whole batch can be taken back."""
        free(site)
        client = site.client("canbo.tinh")
        query = "?band=middle"
        assert client.post(f"/review/batches{query}").status_code == 422
        card = client.post(f"/review/samples{query}").headers["location"]
        with site.database.reading() as session:
            before = len(session.exec(select(Link.id)).all())
        judged = 0
        while "/next" in card or "/cards/" in card:
            card = client.get(card).headers["location"] if "/next" in card else card
            if "/cards/" not in card:
                break
            card = client.post(card, data={"say": "yes"}).headers["location"]
            judged += 1
        page = client.get(f"/review/bulk{query}").text
        drawn = re.search(r'name="drawn" value="([^"]+)"', page)
        if drawn is None:  # the sample was the whole filter
            assert "không còn cặp nào để chấp nhận" in page
            return
        assert judged == 20
        assert client.post(f"/review/batches{query}", data={"drawn": drawn[1]}).status_code == 303
        with site.database.reading() as session:
            batch = session.exec(select(ReviewBatch).order_by(col(ReviewBatch.at).desc())).first()
            assert batch is not None and batch.accepted > 0
            assert len(session.exec(select(Link.id)).all()) == before + judged + batch.accepted
        assert client.post(f"/review/batches{query}", data={"drawn": drawn[1]}).status_code == 409
        assert client.post(f"/review/batches/{batch.id}/undo").status_code == 303
        assert client.post(f"/review/batches/{batch.id}/undo").status_code == 409
        with site.database.reading() as session:
            rows = session.exec(select(Judgement).where(Judgement.batch_id == batch.id)).all()
            states = {session.get_one(Candidate, one.candidate_id).state for one in rows}
            assert states == {CandidateState.OPEN} and len(rows) == batch.accepted


class TestPreview:
    def test_thresholds_on_the_stored_pairs(self, lite_site: Site) -> None:
        """Higher thresholds decide less by rule; looking changes nothing; nonsense is refused in words."""
        client = lite_site.client("pheduyet")
        page = client.get("/review/preview?at=0,7").text
        automatic = [int(n) for n in re.findall(r'</th><td class="num"[^>]*>(\d+)</td>', page)]
        assert automatic == sorted(automatic) and automatic[-1] > automatic[0]
        assert "0,70" in page and "đang dùng" in page
        assert client.get("/review/preview?at=0.3").status_code == 422
