"""The simulated bank at the real door: its book, its delays, its outages; and its bad habits have one effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from disburse.accounts.tables import LinkState
from disburse.banks import partner
from disburse.banks.books import read_book
from disburse.banks.simulated import Round, Temper, play
from disburse.confirmations.tables import WireState
from tests.api.v1.conftest import Wire

NO = {"status": "rjct", "reason_code": "rjct.name.mismatch", "name_match": "no"}


@dataclass
class Line(partner.Wire):
    """The simulated bank's wire to an installation in this process."""

    door: Any = field(default=None)

    def _exchange(self, method: str, target: str, content: bytes, headers: dict[str, str]) -> tuple[int, bytes, float]:
        answer = self.door.request(method, target, content=content or None, headers=headers)
        return answer.status_code, answer.content, 0.0


def line(wire: Wire) -> Line:
    made = wire.employ("VBA").made
    return Line("http://bank", str(made.client_id), made.secret, door=wire.http())


def number_of(wire: Wire, request_id: UUID) -> str:
    return {one["request_id"]: one["account_number"] for one in line(wire).requests()}[str(request_id)]


def states(wire: Wire, requests: list[UUID]) -> list[LinkState]:
    return [wire.link_of(one).state for one in requests]


class TestBook:
    def test_it_answers_what_stands_in_its_book_and_nothing_else(self, wire: Wire) -> None:
        """A yes, a no, and an account it has nothing about: acknowledged, and then silence."""
        yes, no, unknown = wire.ask(links=3)
        book: Mapping[str, Mapping[str, Any]] = {
            number_of(wire, yes): {"status": "succ", "id_match": "old_id"}, number_of(wire, no): NO,
        }  # fmt: skip
        told = play(line(wire), Temper(book=book))
        assert (told.pulled, told.confirmed, told.refused, told.silent, told.failed) == (3, 1, 1, 1, {})
        assert states(wire, [yes, no, unknown]) == [LinkState.CONFIRMED, LinkState.REFUSED, LinkState.RECEIVED]
        assert {one.id_match for one in wire.results() if one.status == WireState.SUCCEEDED} == {"old_id"}

    def test_a_file_of_results_is_a_book(self, tmp_path: Path) -> None:
        """The same columns as a bank's file; what it has only received it says nothing about."""
        file = tmp_path / "so.csv"
        file.write_text(
            "request_id,account_number,status,reason_code,name_match,checked_at\n"
            ",1500201,succ,,yes,2024-03-14T08:00:00+07:00\n,1500202,rcvd,,,\n,1500203,rjct,rjct.name.mismatch,no,\n",
            "utf-8",
        )
        assert read_book(file) == {
            "1500201": {"status": "succ", "name_match": "yes", "checked_at": "2024-03-14T08:00:00+07:00"},
            "1500203": {"status": "rjct", "reason_code": "rjct.name.mismatch", "name_match": "no"},
        }


class TestABadDay:
    def test_answers_come_late_but_come(self, lite_wire: Wire) -> None:
        """With a delay of two rounds everything is answered after three, and not all of it in the first."""
        requests = lite_wire.ask(links=12)
        bank, temper = line(lite_wire), Temper(delay=2)
        told = [play(bank, temper, turn) for turn in range(3)]
        assert told[0].later > 0
        assert [one.later for one in told][-1] == 0
        assert set(states(lite_wire, requests)) == {LinkState.CONFIRMED}

    def test_it_falls_over_and_goes_on_where_it_was(self, lite_wire: Wire) -> None:
        """An outage leaves the requests acknowledged; the next round answers them."""
        requests = lite_wire.ask(links=3)
        bank = line(lite_wire)
        fell: Round = play(bank, Temper(outages=1.0))
        assert (fell.pulled, fell.confirmed, fell.later) == (3, 0, 3)
        assert set(states(lite_wire, requests)) == {LinkState.RECEIVED}
        assert play(bank, Temper()).confirmed == 3

    def test_lost_and_repeated_answers_have_one_effect(self, lite_wire: Wire) -> None:
        """Each answer lost once and sent twice: as many results as requests, and none refused."""
        requests = lite_wire.ask(links=4)
        told = play(line(lite_wire), Temper(broken_lines=1.0, twice=1.0))
        assert (told.confirmed, told.repeated, told.failed) == (4, 4, {})
        assert len([one for one in lite_wire.results() if one.status == WireState.SUCCEEDED]) == 4
        assert set(states(lite_wire, requests)) == {LinkState.CONFIRMED}
