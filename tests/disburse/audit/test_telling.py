"""Events told in sentences: what was done, before and after, and nothing that should not be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from disburse.audit import checks
from disburse.audit.actions import record
from disburse.audit.actor import SYSTEM
from disburse.audit.anchors import append_anchor
from disburse.audit.tables import AuditEvent
from disburse.audit.telling import Change, tell
from disburse.db import Database


def event(action: str, object_type: str = "user", **facts: Any) -> AuditEvent:
    return AuditEvent(
        seq=1, at=datetime(2026, 11, 22, tzinfo=UTC), actor_name="xa", via="web", action=action,
        object_type=object_type, object_id="1", facts=facts, hash=b"",
    )  # fmt: skip


class TestTell:
    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [("vi", "Lan giao vai trò cán bộ cấp xã cho Mận"), ("en", "Lan gave the role commune officer to Mận")],
    )
    def test_a_sentence(self, lang: str, sentence: str) -> None:
        """Coded values are words of the reader's language; what the sentence says is not said again."""
        told = tell(event("grant.given", role="commune", bank="", payer=""), lang, who="Lan", whom="Mận")
        assert (told.sentence, told.facts) == (sentence, ())

    def test_before_and_after(self) -> None:
        """Both as one value and as several fields; fields that stayed are left out."""
        one = tell(event("recipient.wish", before="cash", after="account"), "vi", who="Lan")
        assert one.changes == (Change("", "nhận tiền mặt", "nhận qua tài khoản"),)
        before, after = {"name": "Lê Lan", "sex": "Nữ"}, {"name": "Lê Thị Lan", "sex": "Nữ"}
        many = tell(event("person.changed", "person", before=before, after=after), "en", who="Lan")
        assert many.changes == (Change("name", "Lê Lan", "Lê Thị Lan"),)

    def test_field_by_field(self) -> None:
        """Changes of several fields stand as before and after, not as a list of pairs among the facts."""
        told = tell(
            event("person.changed", changes={"name": ["Lan", "Lan Anh"], "citizen_id": [None, "…866"]}), "vi", who="A"
        )
        assert told.changes == (Change("tên", "Lan", "Lan Anh"), Change("số căn cước", "", "•••• 866"))
        assert told.facts == ()

    def test_codes_of_other_features(self) -> None:
        """What only a feature above the log knows is told in the words it hands over."""
        meanings = {"rjct.name.mismatch": ("sai tên", "other name")}
        told = tell(
            event("link.refused", reason="rjct.name.mismatch", account="VBA …9647"), "vi", who="A", meanings=meanings
        )
        assert told.facts == (("lý do", "sai tên"),)
        assert "VBA •••• 9647" in told.sentence

    def test_an_act_nobody_wrote_a_sentence_for(self) -> None:
        """It is told by its code, truly, and its unknown facts by their names."""
        told = tell(event("moon.landed", "moon", small_steps=1_000), "vi", who="Lan")
        assert told.sentence == "Lan làm việc “moon.landed” với một mục"
        assert told.facts == (("small steps", "1.000"),)

    def test_what_must_not_be_read(self) -> None:
        """A number that slipped in whole is masked; ids and digests say nothing and are left out."""
        facts = {"note": "051051000123", "roster": "01a21fe9-deff-7000-8793-5f1b9e1dc34a", "sha256": "ab" * 32}
        told = tell(event("person.changed", "person", **facts), "vi", who="Lan")
        assert told.facts == (("ghi chú", "•••• 0123"),)

    def test_a_fact_that_is_missing(self) -> None:
        """An event of before the sentence grew has a hole, not an error."""
        assert "…" in tell(event("user.recovery_code_used"), "vi", who="Lan").sentence


class TestStanding:
    def test_walked_anchored_and_cut(self, database: Database, tmp_path: Path) -> None:
        """The page's state: nothing checked, then checked and anchored, then an anchor that no longer fits."""
        with database.transaction() as session:
            record(session, action="areas.load", object_type="area", object_id="x", by=SYSTEM)
        with database.reading() as session:
            before = checks.standing(session, tmp_path)
            assert (before.newest, before.check, before.anchor) == (1, None, None)
            append_anchor(session, tmp_path / checks.ANCHORS)
            assert checks.walk(session, tmp_path).breaks == 0
            after = checks.standing(session, tmp_path)
            assert after.check is not None and (after.check.seq, after.anchor, after.anchor_fits) == (1, 1, True)
            (tmp_path / checks.ANCHORS).write_text(f"1 {'00' * 32} 2026-11-22T00:00:00+00:00\n")
            assert checks.standing(session, tmp_path).anchor_fits is False
            assert checks.walk(session, tmp_path).breaks == 1
