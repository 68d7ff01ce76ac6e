"""Who may open what: rosters and their rows."""

from tests.api.matrix.expect import READERS, Expect, Matrix

ROSTERS: Matrix = {
    ("GET", "/rosters"): Expect(READERS, "/rosters"),
    ("GET", "/rosters/{roster_id}"): Expect(
        READERS, "/rosters/{roster_id}", "/rosters/{foreign_roster_id}", "/rosters/{nothing}"
    ),
}
