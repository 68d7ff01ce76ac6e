"""Who may open what: row issues of a roster."""

from tests.api.matrix.expect import OFFICERS, Expect, Matrix

ROWS: Matrix = {
    ("GET", "/rosters/{roster_id}/issues"): Expect(
        OFFICERS, "/rosters/{roster_id}/issues", "/rosters/{foreign_roster_id}/issues", "/rosters/{nothing}/issues"
    ),
    ("GET", "/rosters/{roster_id}/rows/{row_id}"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/rows/{parked_row_id}",
        "/rosters/{foreign_roster_id}/rows/{foreign_row_id}",
        "/rosters/{roster_id}/rows/999999999",
    ),
    # Nothing differs from the file, so that nothing is changed and the next row is shown.
    ("POST", "/rosters/{roster_id}/rows/{row_id}"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/rows/{parked_row_id}",
        "/rosters/{foreign_roster_id}/rows/{foreign_row_id}",
        "/rosters/{roster_id}/rows/999999999",
        answers=frozenset({303}),
    ),
    ("POST", "/rosters/{roster_id}/rows/{row_id}/drop"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/rows/{parked_row_id}/drop",
        "/rosters/{foreign_roster_id}/rows/{foreign_row_id}/drop",
        "/rosters/{roster_id}/rows/999999999/drop",
        form={"reason": ""},
        answers=frozenset({422}),
    ),
    ("POST", "/rosters/{roster_id}/rows/{row_id}/restore"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/rows/{parked_row_id}/restore",
        "/rosters/{foreign_roster_id}/rows/{foreign_row_id}/restore",
        "/rosters/{roster_id}/rows/999999999/restore",
        answers=frozenset({409}),
    ),
    ("GET", "/rosters/{roster_id}/repairs"): Expect(
        OFFICERS, "/rosters/{roster_id}/repairs", "/rosters/{foreign_roster_id}/repairs", "/rosters/{nothing}/repairs"
    ),
    ("POST", "/rosters/{roster_id}/repairs/preview"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/repairs/preview",
        "/rosters/{foreign_roster_id}/repairs/preview",
        "/rosters/{nothing}/repairs/preview",
        form={"code": "birth_impossible_day", "rule": "guess"},
        answers=frozenset({422}),
    ),
    ("POST", "/rosters/{roster_id}/repairs"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/repairs",
        "/rosters/{foreign_roster_id}/repairs",
        "/rosters/{nothing}/repairs",
        form={"code": "birth_impossible_day", "rule": "guess"},
        answers=frozenset({422}),
    ),
    ("POST", "/rosters/{roster_id}/repairs/{batch_id}/undo"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/repairs/{batch_id}/undo",
        "/rosters/{foreign_roster_id}/repairs/{nothing}/undo",
        "/rosters/{roster_id}/repairs/{nothing}/undo",
        answers=frozenset({409}),
    ),
    ("GET", "/rosters/{roster_id}/workbooks"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/workbooks",
        "/rosters/{foreign_roster_id}/workbooks",
        "/rosters/{nothing}/workbooks",
    ),
    # The sample's file itself was never kept, as after the retention; tests/api/test_row_workbooks.py has one.
    ("POST", "/rosters/{roster_id}/workbooks/own"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/workbooks/own",
        "/rosters/{foreign_roster_id}/workbooks/own",
        "/rosters/{nothing}/workbooks/own",
        answers=frozenset({404}),
    ),
    ("POST", "/rosters/{roster_id}/workbooks/errors"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/workbooks/errors",
        "/rosters/{foreign_roster_id}/workbooks/errors",
        "/rosters/{nothing}/workbooks/errors",
    ),
    ("POST", "/rosters/{roster_id}/workbooks/errors/back"): Expect(
        OFFICERS,
        "/rosters/{roster_id}/workbooks/errors/back",
        "/rosters/{foreign_roster_id}/workbooks/errors/back",
        "/rosters/{nothing}/workbooks/errors/back",
        answers=frozenset({422}),
    ),
}
