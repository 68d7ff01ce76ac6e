"""Who may open what: signing in and out, users, jobs."""

from tests.api.matrix.expect import EVERYONE, OFFICERS, Expect, Matrix

ACCESS: Matrix = {
    ("GET", "/"): Expect(EVERYONE, "/", answers=frozenset({303})),
    ("GET", "/welcome"): Expect(EVERYONE, "/welcome"),
    ("GET", "/account"): Expect(EVERYONE, "/account"),
    ("POST", "/account/shortcuts"): Expect(EVERYONE, "/account/shortcuts", form={"on": "1"}, answers=frozenset({303})),
    ("POST", "/sign-out"): Expect(EVERYONE, "/sign-out", answers=frozenset({303})),
    ("GET", "/jobs"): Expect(OFFICERS | {"admin", "auditor"}, "/jobs"),
    ("GET", "/jobs/table"): Expect(OFFICERS | {"admin", "auditor"}, "/jobs/table"),
    ("GET", "/users"): Expect(frozenset({"admin", "auditor"}), "/users"),
}
