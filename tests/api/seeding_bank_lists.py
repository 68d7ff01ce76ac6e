"""A bank's list that an officer brought and had taken in, with a line that waits."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from disburse.accounts import arrivals, lists
from disburse.accounts.arrivals import Arrival
from disburse.accounts.tables import RegistrationSource
from disburse.audit.actor import By

WAITING_NUMBER = "9704150000000001"


def add_list(session: Session, user: str, area_code: str) -> UUID:
    """Add a list of an area that was read and taken in: it said nothing new, and one of its lines waits."""
    by = By(name=user, via="web")
    arrival = Arrival(
        content=f"{area_code}".encode(), name="SHB_danh_sach.csv", bank_code="SHB", basis="Công văn 12/CV-SHB",
        source=RegistrationSource.BANK_LIST, area_code=area_code,
    )  # fmt: skip
    list_id = arrivals.bring(session, arrival=arrival, by=by)
    issue = {"sheet": "DSTK", "row": 3, "column": "B", "severity": "error", "code": "account_missing", "value": "",
             "message": "", "facts": {}}  # fmt: skip
    waits = {"sheet": "DSTK", "line": 3, "raw": ["2", WAITING_NUMBER, "LE VAN THE"], "issues": [issue], "values": {}}
    columns = [
        {"sheet": "DSTK", "column": letter, "header": header, "field": field}
        for letter, header, field in (("A", "STT", "line_no"), ("B", "Số TK", "account_number"), ("C", "Họ tên", None))
    ]
    report = {
        "verdict": "accept_with_row_errors", "reject_code": None, "rows_read": 1, "rows_skipped": 0, "issues": [issue],
        "issues_total": 1, "codes": {"account_missing": 1}, "columns": columns, "file_warnings": [],
    }  # fmt: skip
    arrivals.note_checked(session, list_id=list_id, statements=[], parked=[waits], report=report, by=by)
    arrivals.put_aside(session, list_id=list_id, by=by)  # stops its job
    lists.take_in(session, list_id=list_id, statements=[], parked=[waits], report=report, by=by)
    return list_id
