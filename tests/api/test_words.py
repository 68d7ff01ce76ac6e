"""The words of the pages: nothing shown stands outside the catalogues, and numbers are written as people read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

from api.web import words as words_module
from api.web.jobs import STATE_WORDS as JOB_WORDS
from api.web.shapes import born, masked, step
from api.web.words import Words, words_of

WEB = Path(words_module.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
VIETNAMESE = set("ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")
# Words that are the same everywhere, and the name of a language in itself.
SAME_EVERYWHERE = {
    "client_id",
    "client_secret",
    "webhook_secret",
    "Idempotency-Key",
    "ms",
    "Disburse",
    "DEMO",
    "English",
    "Tiếng Việt",
    "SHA-256",
}


def is_vietnamese(text: str) -> bool:
    return bool(set(text.lower()) & VIETNAMESE)


def template_messages() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        with path.open("rb") as file:
            options = {"encoding": "utf-8", "trim_blocks": "true", "lstrip_blocks": "true"}
            for _, _, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], options):
                found = message[0] if isinstance(message, tuple) else message
                if found:
                    yield path.name, found


def python_messages() -> Iterator[tuple[str, str]]:
    for path in sorted(WEB.rglob("*.py")):
        tree = ast.parse(path.read_text())
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in docstrings:
                continue
            if isinstance(node.value, str) and is_vietnamese(node.value):
                yield path.name, node.value


class TestCatalogue:
    def test_every_message_has_english(self) -> None:
        """Whatever a template or view says has an English sentence."""
        known = words_of("en").sentences
        states = [("jobs.py", word) for word, _ in JOB_WORDS.values()]
        missing = {
            (place, message)
            for place, message in [*template_messages(), *python_messages(), *states]
            if message not in known
        }
        assert not missing

    def test_no_message_is_left_over(self) -> None:
        """The catalogue holds nothing that no page says."""
        states = {word for word, _ in JOB_WORDS.values()}
        used = {message for _, message in [*template_messages(), *python_messages()]} | states
        assert not words_of("en").sentences.keys() - used

    def test_placeholders_agree(self) -> None:
        """A translation names the same values as its message."""
        for message, text in words_of("en").sentences.items():
            assert sorted(re.findall(r"%\(\w+\)s", message)) == sorted(re.findall(r"%\(\w+\)s", text)), message

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
    def test_no_words_outside_the_catalogue(self, path: Path) -> None:
        """A template's own text is marked for translation; what is left holds no word."""
        text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
        text = re.sub(r"{% block body_class %}.*?{% endblock %}", "", text)
        text = re.sub(r"{%-?\s*trans.*?endtrans\s*-?%}", "", text, flags=re.S)
        text = re.sub(r"{[{%].*?[}%]}", "", text, flags=re.S)
        shown = re.sub(r"<[^>]*>", "\n", text) + "\n".join(
            re.findall(r'(?:aria-label|title|alt|placeholder|data-words-[a-z-]+)="([^"{]*)"', text)
        )
        words = {line.strip() for line in shown.splitlines() if re.search(r"[A-Za-zÀ-ỹ]{2,}", line)}
        assert not {word for word in words if word not in SAME_EVERYWHERE and "–" not in word and "&nbsp;" not in word}


class TestNumbers:
    def test_vietnamese_and_english(self) -> None:
        """Thousands by dots and a decimal comma in Vietnamese, the other way round in English."""
        table = [
            # written                                   vi           en
            (lambda w: w.number(1_234_567), "1.234.567", "1,234,567"),
            (lambda w: w.percent(472, 5965), "7,9 %", "7.9 %"),
            (lambda w: w.percent(0, 0), "–", "–"),
            (lambda w: w.percent(None, 10), "–", "–"),
            (lambda w: w.short_money(13_860_000_000), "13,86 tỷ", "13.86 billion"),
            (lambda w: w.short_money(350_200_000), "350,2 triệu", "350.2 million"),
            (lambda w: w.short_money(999), "999", "999"),
        ]
        for write, vietnamese, english in table:
            assert (write(words_of("vi")), write(words_of("en"))) == (vietnamese, english)

    def test_days_and_moments(self) -> None:
        """Days are dd/MM/yyyy and moments those of Vietnam."""
        words = Words("vi")
        assert words.day(date(2026, 11, 2)) == "02/11/2026"
        assert words.moment(datetime(2026, 11, 22, 20, 5, tzinfo=UTC)) == "03:05 23/11/2026"
        assert (words.day(None), words.moment(None)) == ("–", "–")

    def test_an_unknown_language_is_vietnamese(self) -> None:
        """Whatever a cookie says, the page has a language."""
        assert words_of("xx").lang == "vi"


class TestShapes:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [("051051000123", "•••• 0123"), ("1234", "••••"), ("", "–"), (None, "–")],
    )
    def test_masked(self, number: str | None, shown: str) -> None:
        """Of a number at most the last four digits show."""
        assert masked(number) == shown

    @pytest.mark.parametrize(
        ("precision", "shown"), [("day", "12/03/1951"), ("month", "03/1951"), ("year", "1951"), (None, "12/03/1951")]
    )
    def test_born(self, precision: str | None, shown: str) -> None:
        """A birth date is written as far as it is known."""
        assert born(date(1951, 3, 12), precision) == shown

    def test_step(self) -> None:
        """The colour steps are those of the legend: 10, 25, 50, 75."""
        table = [(0, 0, 0), (0, 10, 1), (9, 100, 1), (10, 100, 2), (25, 100, 3), (50, 100, 4), (75, 100, 5), (9, 9, 5)]
        for part, whole, expected in table:
            assert step(part, whole) == expected


class TestCounting:
    def test_one_is_said_of_one(self) -> None:
        """A sentence that counts has two English forms, chosen by its first value, and one Vietnamese form."""
        words = words_of("en")
        assert words.counted("%(count)s dòng", {"count": "1"}) == "%(count)s row"
        assert words.counted("%(count)s dòng", {"count": "1,234"}) == "%(count)s rows"
        assert words_of("vi").counted("%(count)s dòng", {"count": "1"}) == "%(count)s dòng"

    def test_placeholders_agree_in_both_forms(self) -> None:
        """What is said of one names the same values, so that no page breaks when a list has one line left."""
        for message, text in words_of("en").of_one.items():
            assert set(re.findall(r"%\(\w+\)s", message)) >= set(re.findall(r"%\(\w+\)s", text)), message
