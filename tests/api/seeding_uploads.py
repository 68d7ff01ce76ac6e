"""Uploads on their way, for tests of the screens: one that waits to be checked, one that was imported."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from disburse import clock
from disburse.audit.actor import By
from disburse.jobs import actions as jobs
from disburse.rosters import actions, staging
from disburse.rosters.actions import Upload
from disburse.rosters.rehearsal import Rehearsal
from disburse.rosters.tables import RosterState, Scope

OFFICER = By(name="canbo.xa", via="web")
WAITING_FILE = "DS_BTXH_thang11_xa.xlsx"
FINISHED_FILE = "DS_BTXH_thang10_xa.xlsx"
_CELLS = [
    ("title", ["DANH SÁCH ĐỐI TƯỢNG BẢO TRỢ XÃ HỘI THÁNG 11/2026"]),
    ("header", ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Địa phương", "Mức hưởng", "Diện"]),
    ("skipped", ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"]),
    ("data", ["1", "Lê Thị Ánh", "1950", "051051000101", "Bình Sơn", "540.000", "NKT nặng"]),
    ("data", ["2", "Trần Văn Đạt", "1947", "051047000102", "Bình Lâm", "720.000", "Diện riêng"]),
]
_COLUMNS = [
    ("A", "STT", "line_no", 98, ["1", "2"]),
    ("B", "Họ và tên", "full_name", 98, ["Lê Thị Ánh", "Trần Văn Đạt"]),
    ("C", "Năm sinh", "birth_date", 98, ["1950", "1947"]),
    ("D", "Số CCCD", "citizen_id", 98, ["051051000101", "051047000102"]),
    ("E", "Địa phương", "commune", 85, ["Bình Sơn", "Bình Lâm"]),
    ("F", "Mức hưởng", "amount", 98, ["540.000", "720.000"]),
    ("G", "Diện", "benefit", 72, ["NKT nặng", "Diện riêng"]),
    ("H", "Chữ ký kế toán", "", 0, []),
]
_MET = {
    "communes": [{"text": "Bình Lâm", "count": 14, "choices": [], "told": ""}],
    "benefits": [{"text": "Diện riêng", "count": 3, "choices": [["BTXH-6A", "BTXH-6A"]], "told": ""}],
}


def add_uploads(session: Session, province: str, commune: str) -> list[UUID]:
    """Add an upload that waits for an officer of the commune and one that was imported; returns their ids."""
    finished = _upload(session, province, commune, FINISHED_FILE, "2026-10", Scope.PART)
    done = actions.get(session, finished)
    jobs.cancel_all(session, object_id=done.id, by=OFFICER)
    done.state, done.ordered_by, done.imported_at = RosterState.IMPORTED, OFFICER.name, done.created_at
    done.rows_read, done.rows_ok, done.rows_new, done.rows_changed, done.rows_same = 214, 211, 9, 12, 190
    done.rows_parked, done.areas_key = 3, commune
    session.add(done)
    waiting = _upload(session, province, commune, WAITING_FILE, "2026-11", Scope.FULL)
    roster = actions.get(session, waiting)
    staging.stage(session, waiting, [_row(line, commune) for line in range(9, 15)])
    actions.note_outline(session, roster_id=waiting, outline=_outline())
    actions.note_read(session, roster_id=waiting, report=_report())
    found = Rehearsal(
        at=clock.utc_now().isoformat(), new=1, changed=2, same=2, gone=19, asked=0,
        expected=214, questions={}, changes={"lines": 2, "phone": 1}, amount_before=128_160_000, amount_new=540_000,
        amount_up=360_000, amount_gone=10_260_000, people_up=2, base_file="DS_BTXH_thang10.xlsx",
        base_period="2026-10", communes=[commune],
        hamlets=[[commune, commune, "2025-07-01", "TDP Phú Lộc", 3], [commune, commune, "2025-07-01", "Xóm Rừng", 1]],
    )  # fmt: skip
    actions.note_rehearsed(session, roster_id=waiting, found=found.as_json())
    jobs.cancel_all(session, object_id=roster.id, by=OFFICER)
    return [waiting, finished]


def _upload(session: Session, province: str, commune: str, name: str, period: str, scope: Scope) -> UUID:
    upload = Upload(
        content=f"{name}{province}".encode(), name=name, programme="BTXH", period=period, scope=scope,
        province_code=province, commune_code=commune,
    )  # fmt: skip
    return actions.receive(session, upload=upload, by=OFFICER, on_screen=True).roster_id


def _row(line: int, commune: str) -> dict[str, object]:
    parked = line == 14
    issue = {"column": "E", "severity": "error", "code": "commune_unknown", "value": "Bình Lâm",
             "facts": {"found": "Bình Lâm", "province": "51"}}  # fmt: skip
    return {
        "sheet": "BTXH", "line": line, "state": "parked" if parked else "ok",
        "values": {} if parked else {"commune_code": commune}, "issues": [issue] if parked else [], "raw": ["1"],
    }  # fmt: skip


def _outline() -> dict[str, object]:
    preview = [{"line": line, "kind": kind, "cells": cells} for line, (kind, cells) in enumerate(_CELLS, 6)]
    columns = [
        {"letter": letter, "header": header, "field": field, "sure": sure, "samples": samples}
        for letter, header, field, sure, samples in _COLUMNS
    ]
    sheet = {"name": "BTXH", "visible": True, "lines": 12, "rows": 6, "ticked": True, "why": "", "header": 7,
             "preview": preview}  # fmt: skip
    hidden = sheet | {"name": "Giảm 2025", "visible": False, "rows": 0, "ticked": False, "why": "hidden",
                      "header": None, "preview": preview[:2]}  # fmt: skip
    table = {"key": "BTXH!A7", "sheet": "BTXH", "line": 7, "height": 2, "signature": "5" * 32, "rows": 6,
             "remembered": "2026-10-12", "undecided": None, "named": True, "columns": columns}  # fmt: skip
    return {"kind": "outline", "sheets": [sheet, hidden], "tables": [table], "problem": None}


def _report() -> dict[str, object]:
    warning = {"code": "hidden_sheet", "sheet": "Giảm 2025", "count": 1, "message": "Trang tính ẩn không được đọc."}
    return {
        "verdict": "accept_with_row_errors", "rows_read": 7, "rows_ok": 5, "rows_bad": 1, "rows_warned": 2,
        "rows_skipped": 1, "issues_total": 1, "file_warnings": [warning], "warning_facts": [{}], "columns": [],
        "met": _MET,
    }  # fmt: skip
