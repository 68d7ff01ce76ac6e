"""The accounts that a roster's own columns state, as statements for `accounts`, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from disburse.accounts.statements import Statement
from disburse.accounts.tables import RegistrationSource
from disburse.rosters.receiving import Receiving
from disburse.rosters.recognition import Outcome
from disburse.rosters.staging import StagedRow
from disburse.rosters.standing import Listed
from matching.text import fold


def statements_of(
    listed: Listed, rows: Sequence[StagedRow], receiving: Receiving, outcome: Outcome
) -> Iterator[Statement]:
    """Yield a statement for each usable account in a person's rows.

    Of the holder only the name is passed on: the list's own facts about the person are no evidence that the account
    is theirs.
    """
    for row in rows:
        values = row.values
        if not values.get("account_number") or not values.get("bank_code"):
            continue
        holder = values.get("account_holder") or ""
        yield Statement(
            bank_code=values["bank_code"],
            account_number=values["account_number"],
            source=RegistrationSource.ROSTER,
            stated_on=listed.today,
            holder_name=holder,
            basis=f"{listed.programme} {listed.period}",
            person_id=_whose(holder, values, outcome, receiving),
            roster_id=listed.roster_id,
            sheet=row.sheet,
            line=row.line,
        )


def _whose(holder: str, values: Mapping[str, Any], outcome: Outcome, receiving: Receiving) -> UUID | None:
    """Return whose account a row states: the recipient's, unless the holder's name is the beneficiary's own.

    A third name is nobody we know; the matcher looks for them.
    """
    folded = fold(holder)
    if folded == outcome.claim.fold and receiving.person_id != outcome.person_id:
        return outcome.person_id
    if not folded or folded in (outcome.claim.fold, fold(values.get("recipient_name") or "")):
        return receiving.person_id
    return None
