"""The book of a simulated bank: what it knows of its accounts, in the columns of a file of results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from disburse.banks.simulated import SILENT_STATUS
from disburse.workbooks.answer_files import read_answers

_FACTS = ("status", "reason_code", "name_match", "id_match", "account_status", "currency", "checked_at")


def read_book(file: Path) -> dict[str, Mapping[str, Any]]:
    """Return account number → the answer's facts; accounts that the bank only has received are left out.

    Raises what `read_answers` raises.
    """
    read = read_answers(file, columns=("account_number", *_FACTS), needed=("account_number", "status"))
    return {
        line["account_number"]: {name: line[name] for name in _FACTS if line[name]}
        for line in read.lines
        if line["status"] != SILENT_STATUS
    }
