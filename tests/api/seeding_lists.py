"""A roster as it stands after its import: counts, rows with issues, a repair that was taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session

from disburse.ids import new_id
from disburse.rosters import staging
from disburse.rosters.tables import (
    REPAIR_CELLS,
    RepairBatch,
    Roster,
    RosterState,
    Scope,
)
from tests.api.seeding_people import CANARY_ID, Place


def add_roster(session: Session, province: str, places: list[Place]) -> UUID:
    roster = Roster(
        programme="BTXH",
        period="2024-03",
        scope=Scope.FULL,
        units="old",
        province_code=province,
        areas=[[place.code, place.valid_from.isoformat()] for place in places],
        file_name=f"DS_BTXH_thang03_2024_{province}.xlsx",
        sha256="ab" * 32,
        file_key=f"{province}-seed",
        state=RosterState.IMPORTED,
        rows_read=1212, rows_ok=1197, rows_parked=6, rows_warned=41, rows_skipped=9,
        rows_new=1197,
        report={"columns": [
            {"sheet": "BTXH 3.2024", "column": letter, "header": header, "field": field}
            for letter, header, field in (
                ("A", "STT", "line_no"), ("B", "Họ và tên", "full_name"), ("C", "Xã", "commune"),
                ("D", "Ngày sinh", "birth_date"), ("E", "Số CCCD", "citizen_id"), ("F", "Mức hưởng", "amount"),
            )
        ]},
        created_by="canbo.xa",
        created_at=datetime(2024, 3, 4, 2, 11, tzinfo=UTC),
        imported_at=datetime(2024, 3, 4, 2, 12, tzinfo=UTC),
    )  # fmt: skip
    session.add(roster)
    session.flush()
    for line in range(9, 9 + 60):
        place = places[line % len(places)]
        staging.stage(session, roster.id, [row_of(line, place.today)])
    session.add(undone_batch(roster.id))
    return roster.id


def undone_batch(roster_id: UUID) -> RepairBatch:
    batch_id, at = new_id(), datetime(2024, 3, 4, 3, 0, tzinfo=UTC)
    said = REPAIR_CELLS.seal(batch_id, '{"raw": "", "value": ""}')
    return RepairBatch(
        id=batch_id, roster_id=roster_id, code="birth_impossible_day", rule="year_only", cells_sealed=said, rows=12,
        settled=12, made_by="canbo.xa", made_at=at, applied_at=at, undone_by="canbo.xa", undone_at=at,
    )  # fmt: skip


def row_of(line: int, commune: str) -> dict[str, object]:
    issue = [
        {"column": "E", "severity": "warning", "code": "id_missing", "value": "", "facts": {}},
        {"column": "E", "severity": "info", "code": "id_restored", "value": "51051000123",
         "facts": {"before": "51051000123", "after": f"{CANARY_ID}51000123"}},
        {"column": "B", "severity": "error", "code": "name_missing", "value": "", "facts": {}},
        {"column": "D", "severity": "warning", "code": "birth_impossible_day", "value": "31/6/1950",
         "facts": {"found": "31/6/1950", "kept": "1950"}},
        {"column": "E", "severity": "info", "code": "id_repaired", "value": f"{CANARY_ID} 5100 0456",
         "facts": {"before": f"{CANARY_ID} 5100 0456", "after": f"{CANARY_ID}51000456"}},
    ][line % 5]  # fmt: skip
    return {
        "sheet": "BTXH 3.2024", "line": line, "state": "parked" if issue["severity"] == "error" else "ok",
        "values": {"commune_code": commune}, "issues": [issue],
        "raw": [line - 8, "", "Xã Bình Thạnh", "31/6/1950", "", 360_000],
    }  # fmt: skip
