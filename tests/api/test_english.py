"""English is complete: on no page does a word stay Vietnamese but names, places, and what a file itself says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from api.web.words import words_of
from disburse.access.tables import User
from tests.api.conftest import Site
from tests.api.test_words import VIETNAMESE
from tests.browser.addresses import SUBJECTS

WORD = re.compile(r"[^\W_]+")
SHOWN = ("aria-label", "title", "alt", "placeholder", "data-label")
# What the sample's file says, where a label repeats it, and the currency, which English knows by this name.
SAME_IN_ENGLISH = ("Giảm 2025", "Bình Lâm", "Diện riêng", "Xóm Rừng", "đồng")
LONGEST = 700  # characters: what is longer in the database is a document, not a name

Phrase = tuple[str, ...]


def phrase(text: str) -> Phrase:
    return tuple(word.lower() for word in WORD.findall(text))


def is_vietnamese(text: str) -> bool:
    return bool(set(text.lower()) & VIETNAMESE)


class Texts(HTMLParser):
    """The texts of a page that a reader sees or hears, one a piece; what says that it is Vietnamese stays out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("script", "style") or told.get("lang") == "vi":
            self._inside = tag
        self.found += [told[name] or "" for name in told if name in SHOWN or name.startswith("data-words-")]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.found.append(data)


@pytest.fixture(scope="module")
def data(own_site: Site) -> set[Phrase]:
    """Every text of the database that holds a Vietnamese letter, and the examples that English sentences give."""
    found = {phrase(text) for text in SAME_IN_ENGLISH}
    for sentence in words_of("en").sentences.values():
        found |= {phrase(word) for word in WORD.findall(sentence) if is_vietnamese(word)}
    with own_site.database.reading() as session:
        inspector = sa.inspect(session.connection())
        for table in map(sa.table, inspector.get_table_names()):
            for column in inspector.get_columns(table.name):
                if isinstance(column["type"], sa.String):
                    values = session.execute(sa.select(sa.column(column["name"])).select_from(table).distinct())
                    texts = (str(text) for (text,) in values if text)
                    found |= {phrase(text) for text in texts if len(text) < LONGEST and is_vietnamese(text)}
    return found


@pytest.fixture
def in_english(own_site: Site) -> Iterator[Site]:
    """The site while every user reads English."""
    _set_language(own_site, "en")
    yield own_site
    _set_language(own_site, "vi")


def _set_language(site: Site, language: str) -> None:
    with site.database.transaction() as session:
        session.execute(sa.update(User).values(language=language))


def left_over(text: str, data: set[Phrase], most: int) -> list[str]:
    """Return the Vietnamese words of a text that belong to no phrase of the data, read from left to right."""
    words, found, place = phrase(text), [], 0
    while place < len(words):
        for length in range(min(most, len(words) - place), 0, -1):
            if words[place : place + length] in data:
                place += length
                break
        else:
            if is_vietnamese(words[place]):
                found.append(words[place])
            place += 1
    return found


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_stays_vietnamese(in_english: Site, data: set[Phrase], subject: str) -> None:
    """Of every page of a subject what remains after names, places and texts of files is English."""
    most = max(map(len, data))
    clients: dict[str, TestClient] = {}
    for visit in SUBJECTS[subject]:
        client = clients.setdefault(visit.user, _client(in_english, visit.user))
        answer = client.get(visit.address(in_english.seeded), follow_redirects=True)
        page = Texts()
        page.feed(answer.text)
        pieces = [(text.strip(), left_over(text, data, most)) for text in page.found if is_vietnamese(text)]
        assert '<html lang="en"' in answer.text and answer.status_code < 500
        assert [(text[:80], left) for text, left in pieces if left] == [], visit


def _client(site: Site, user: str) -> TestClient:
    if user:
        return site.client(user)
    client = site.anonymous()
    client.cookies.set("lang", "en")
    return client
