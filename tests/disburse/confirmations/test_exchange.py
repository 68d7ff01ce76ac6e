"""Workbooks carried between us and a bank: how long they are kept, and what of them is told."""

from __future__ import annotations

import pytest

from disburse.config import Settings
from disburse.confirmations import exchange, tasks, workbook
from disburse.confirmations.answer import BankAnswer, contradiction
from disburse.confirmations.exchange import LeftOut, Outcome
from disburse.confirmations.tables import BankWorkbook, WireState
from disburse.errors import DisburseError, NotFound
from disburse.workbooks import uploads
from tests.api.test_words import VIETNAMESE
from tests.disburse.accounts.world import CLERK, World

CONTENT = b"request_id,bank_code,account_number,status\n,VBA,12345678,succ\n"


class TestRetention:
    def test_bytes_go_and_the_record_stays(self, world: World) -> None:
        """After the retention period nobody reads the bank's file any more; that it came stays known."""
        read = workbook.read(CONTENT, "VBA.csv")
        with world.database.transaction() as session:
            kept = exchange.keep(session, bank_code="VBA", content=CONTENT, read=read, area_code="51", by=CLERK)
        tasks.erase_answers(world.database, Settings(raw_retention_days=90))
        with world.database.reading() as session:
            found = session.get_one(BankWorkbook, kept)
            assert uploads.content(session, found.upload_id) == CONTENT
        tasks.erase_answers(world.database, Settings(raw_retention_days=-1))
        with world.database.reading() as session:
            assert session.get_one(BankWorkbook, kept).lines == 1
            with pytest.raises(NotFound):
                uploads.content(session, found.upload_id)


class TestOutcome:
    def test_it_comes_back_as_it_was_kept(self) -> None:
        """Counts, and each left-out line with its reason in either language."""
        error = DisburseError("line_contradicts", what=("tài khoản đã đóng", "the account is closed"))
        before = Outcome(confirmed=2, refused_by_code={"rjct.name.mismatch": 1}, left_out=[LeftOut(error, (3, 4))])
        after = Outcome.from_json(before.as_json())
        assert (after.taken, after.lines_left_out) == (2, 2)
        assert after.left_out[0].error.sentence("en") == error.sentence("en")


class TestContradiction:
    @pytest.mark.parametrize(
        "said",
        [
            {"account_exists": False}, {"name_match": "no"}, {"account_kind": "card"}, {"joint": True},
            {"account_status": "closed"}, {"account_status": "locked"}, {"currency": "USD"},
            {"reason_code": "rjct.id.mismatch"},
        ],
    )  # fmt: skip
    def test_is_told_in_the_reader_s_language(self, said: dict[str, object]) -> None:
        """A bank's engineer who reads English reads no Vietnamese word in it."""
        answer = BankAnswer(key=1, bank_code="VBA", status=WireState.SUCCEEDED, **said)  # type: ignore[arg-type]
        what = contradiction(answer)
        assert what is not None
        sentence = DisburseError("line_contradicts", what=what).sentence("en").replace("đồng", "")
        assert not set(sentence.lower()) & VIETNAMESE
