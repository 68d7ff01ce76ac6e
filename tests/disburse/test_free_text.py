"""What people write in their own words holds no whole personal number, and the log never keeps one."""

from __future__ import annotations

import pytest
from sqlmodel import select

from disburse.audit.actions import Act, record, record_all
from disburse.audit.actor import SYSTEM
from disburse.audit.queries import verify
from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.errors import Invalid
from disburse.free_text import numbers_hidden, without_numbers


class TestWithoutNumbers:
    @pytest.mark.parametrize(
        "text",
        [
            "CCCD 051051000123", "0510 - 5100 - 0123", "051/051/000/123", "0 5 1 0 5 1 0 0 0 1 2 3", "051_051_000_123",
            "gọi (0912) 345.678", "stk 4506, 2050, 12345", "sinh 12/03/1951, số 051051000123",
            "ID ０５１０５１０００１２３", "CMND 212.345.678",
        ],
    )  # fmt: skip
    def test_a_whole_number_is_refused_however_it_is_set_apart(self, text: str) -> None:
        """What is masked everywhere else does not come back as a reason, and the sentence shows which one it is."""
        with pytest.raises(Invalid) as refused:
            without_numbers(text)
        assert refused.value.code == "text_number"
        assert str(refused.value.facts["shown"]) in text

    @pytest.mark.parametrize(
        "text",
        [
            "Từ 12/03/2026 đến 30.06.2026, 1-7-2026 - 2/8/2026", "QĐ 1234/2026, 5678/2026",
            "1.500.000 đồng, 2.000.000 đ",
            "các tháng 1, 2, 3, 4, 5, 6, 7, 8, 9, 10", "năm 2021, 2022, 2023", "•••• 0866, •••• 1234",
            "2026-11-28 – 2026-12-31",
            "Số 123/45, ngõ 67, tổ 8", "người 85 tuổi, 3 lần trong 10 ngày",
        ],
    )  # fmt: skip
    def test_days_sums_papers_and_lists_pass(self, text: str) -> None:
        """An officer who tells what happened is not stopped by it."""
        assert without_numbers(text) == text


class TestNumbersHidden:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("sai số TK 4506 2050 12345, trả lại", "sai số TK •••• 2345, trả lại"),
            ("CCCD 0510 - 5100 - 0123 (cũ 212.345.678)", "CCCD •••• 0123 (cũ •••• 5678)"),
            ("stk ４５０６２０５０１２３４５", "stk •••• ２３４５"),
            (
                "Từ 12/03/2026, QĐ 1234/2026, 1.500.000 đ, tháng 1, 2, 3",
                "Từ 12/03/2026, QĐ 1234/2026, 1.500.000 đ, tháng 1, 2, 3",
            ),
            ("", ""),
        ],
    )
    def test_what_others_wrote_keeps_the_last_four_digits(self, text: str, shown: str) -> None:
        """A file's text is not refused, so what `without_numbers` would refuse is hidden, and then it passes."""
        assert numbers_hidden(text) == shown
        assert without_numbers(numbers_hidden(shown)) == shown


class TestRecord:
    def test_the_log_masks_what_nobody_stopped_before(self, database: Database) -> None:
        """Texts at any depth keep their last four digits; ids, digests and sums stay as they are; the chain holds."""
        facts = {
            "why": "CCCD 051051000123", "changed": {"address": ["tổ 3", "gọi 0905123456"]}, "total": 123_456_789_012,
            "other": "0190f3a1-1234-7123-8123-123456789012", "sha256": "123456789012" + "ab" * 26, "on": "2026-11-28",
        }  # fmt: skip
        with database.transaction() as session:
            record(session, action="test.done", object_type="thing", object_id=1, by=SYSTEM, **facts)
            record_all(session, object_type="thing", acts=[Act("test.done", 2, {"why": "stk 45062050123"})], by=SYSTEM)
        with database.reading() as session:
            one, many = session.exec(select(AuditEvent).order_by("seq"))
            assert list(verify(session)) == []
        hidden = {"why": "CCCD •••• 0123", "changed": {"address": ["tổ 3", "gọi •••• 3456"]}}
        assert one.facts == facts | hidden
        assert many.facts == {"why": "stk •••• 0123"}
