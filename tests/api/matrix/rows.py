"""Who may open what: row issues of a roster."""

from tests.api.matrix.expect import OFFICERS, Expect, Matrix

ROWS: Matrix = {
    ("GET", "/rosters/{roster_id}/issues"): Expect(
        OFFICERS, "/rosters/{roster_id}/issues", "/rosters/{foreign_roster_id}/issues", "/rosters/{nothing}/issues"
    ),
}
