"""Who may open what: rosters and their rows."""

from tests.api.matrix.expect import OFFICERS, READERS, Expect, Matrix

ROSTERS: Matrix = {
    ("GET", "/rosters"): Expect(READERS, "/rosters"),
    ("GET", "/rosters/{roster_id}"): Expect(
        READERS, "/rosters/{roster_id}", "/rosters/{foreign_roster_id}", "/rosters/{nothing}"
    ),
    ("GET", "/rosters/{roster_id}/issues"): Expect(
        OFFICERS, "/rosters/{roster_id}/issues", "/rosters/{foreign_roster_id}/issues", "/rosters/{nothing}/issues"
    ),
}
