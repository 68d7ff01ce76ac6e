"""A bank played by a program, over the same wire as a real one: what a partner tries first, and what tests run against.

What it answers stands in its book, where it has one (the demo's banks do), and else depends on the account number alone
(`VERDICTS`, by its last two digits), so that a partner can make every case happen. The rest of its temper (delays,
refusals, broken lines, outages, answers twice and out of order) follows a seed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from disburse import clock
from disburse.banks.partner import Wire

# The last two digits of an account → what the bank says of it. Everything else is a yes.
VERDICTS: Mapping[str, dict[str, Any]] = {
    "90": {"status": "rjct", "reason_code": "rjct.fa.not_found", "account_exists": False},
    "91": {"status": "rjct", "reason_code": "rjct.name.mismatch", "name_match": "no"},
    "92": {"status": "rjct", "reason_code": "rjct.id.mismatch", "id_match": "none"},
    "93": {"status": "rjct", "reason_code": "rjct.account.closed", "account_status": "closed"},
    "94": {"status": "rjct", "reason_code": "rjct.account.locked", "account_status": "locked"},
    "95": {"status": "rjct", "reason_code": "rjct.account.dormant"},
    "96": {"status": "rjct", "reason_code": "rjct.account.joint", "joint": True},
    "97": {"status": "rjct", "reason_code": "rjct.biometrics.missing", "biometrics": False},
}
SILENT = "99"  # acknowledged and never answered
SILENT_STATUS = "rcvd"  # the same in a book
YES: Mapping[str, Any] = {
    "status": "succ",
    "account_exists": True,
    "name_match": "yes",
    "id_match": "citizen_id",
    "account_status": "open",
    "currency": "VND",
    "account_kind": "payment",
    "joint": False,
    "papers": True,
    "biometrics": True,
}
RANDOM_REFUSALS = ("rjct.name.mismatch", "rjct.id.outdated", "rjct.account.dormant", "rjct.fa.not_found")
BATCH = 500


@dataclass(frozen=True, slots=True)
class Temper:
    """How the bank behaves besides its verdicts: shares from 0 to 1, a wait in seconds between two calls.

    `book` = account number → the facts of the answer; an account that is not in it gets no answer.
    """

    book: Mapping[str, Mapping[str, Any]] | None = None
    refuse: float = 0.0
    broken_lines: float = 0.0  # calls whose answer is lost, so that they are sent again
    twice: float = 0.0  # batches of answers that are sent once more under a new key
    outages: float = 0.0  # rounds in which the bank falls over between its acknowledgements and its answers
    delay: int = 0  # an answer comes up to so many rounds after its acknowledgement
    shuffled: bool = True
    wait: float = 0.0
    seed: int = 1


@dataclass(slots=True)
class Round:
    """What one round came to; `failed` = code → items the other side did not take, `later` = answers still to come."""

    pulled: int = 0
    confirmed: int = 0
    refused: int = 0
    opened: int = 0
    silent: int = 0
    later: int = 0
    repeated: int = 0
    failed: dict[str, int] = field(default_factory=dict)


def play(wire: Wire, temper: Temper, turn: int = 0) -> Round:
    """Pull what waits, acknowledge it, answer it. Safe to run again: what was answered is not asked any more."""
    dice = random.Random(f"{temper.seed}:{turn}")  # noqa: S311 - a temper, not a secret
    outcome = Round()
    waiting = list(wire.requests("pdng", limit=500))
    for some in _batches(waiting):
        time.sleep(temper.wait)
        _send(wire, "requests/ack", [{"request_id": one["request_id"]} for one in some], temper, dice, outcome)
    known = list(wire.requests("rcvd", limit=500))
    outcome.pulled = len(waiting)
    found = [answer for one in known if (answer := verdict(one, temper)) is not None]
    outcome.silent = len(known) - len(found)
    answers = [] if dice.random() < temper.outages else [one for one in found if _patience(one, temper, turn) == 0]
    outcome.later = len(found) - len(answers)
    if temper.shuffled:
        dice.shuffle(answers)
    for some in _batches(answers):
        time.sleep(temper.wait)
        for answer in some:
            outcome.confirmed += answer["status"] == "succ" and not answer.get("account_number")
            outcome.opened += bool(answer.get("account_number"))
            outcome.refused += answer["status"] == "rjct"
        _send(wire, "results", some, temper, dice, outcome)
        if dice.random() < temper.twice:
            outcome.repeated += len(some)
            _send(wire, "results", some, temper, dice, outcome)
    return outcome


def verdict(asked: Mapping[str, Any], temper: Temper) -> dict[str, Any] | None:
    """Return the bank's answer to a request, or None when it stays silent. The same request, the same answer."""
    number = asked["account_number"]
    if temper.book is not None:
        written = temper.book.get(number)
        return {"checked_at": _looked(asked)} | dict(written) | {"request_id": asked["request_id"]} if written else None
    digest = sha256(f"{temper.seed}:{number or asked['request_id']}".encode()).digest()
    found: Mapping[str, Any] = VERDICTS.get(number[-2:], YES)
    if number and number[-2:] == SILENT:
        return None
    if not number:
        if not asked["holder_citizen_id"]:
            found = {"status": "rjct", "reason_code": "rjct.papers.missing"}
        else:
            found = {**YES, "account_number": f"88{int.from_bytes(digest[:6]) % 10**11:011d}"}
    if found is YES and digest[0] < temper.refuse * 256:
        found = {"status": "rjct", "reason_code": RANDOM_REFUSALS[digest[1] % len(RANDOM_REFUSALS)]}
    return {"request_id": asked["request_id"], "checked_at": _looked(asked)} | dict(found)


def _looked(asked: Mapping[str, Any]) -> str:
    looked = datetime.fromisoformat(asked["asked_at"]) + timedelta(hours=1)
    return min(looked, clock.utc_now()).isoformat(timespec="seconds")


def _patience(answer: Mapping[str, Any], temper: Temper, turn: int) -> int:
    """Return how many rounds an answer still has to wait; no answer waits longer than `delay` of them."""
    drawn = sha256(f"{temper.seed}:{answer['request_id']}".encode()).digest()[0]
    return (drawn - turn) % (temper.delay + 1)


def _send(
    wire: Wire, route: str, items: list[dict[str, Any]], temper: Temper, dice: random.Random, outcome: Round
) -> None:
    lost = int(dice.random() < temper.broken_lines)
    answer = wire.post(route, items, lost=lost)
    for one in answer["results"]:
        if one["status"] == "failed":
            outcome.failed[one["code"]] = outcome.failed.get(one["code"], 0) + 1


def _batches(items: list[Any]) -> list[list[Any]]:
    return [items[first : first + BATCH] for first in range(0, len(items), BATCH)]
