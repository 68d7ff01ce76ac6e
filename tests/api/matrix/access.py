"""Who may open what: signing in and out, one's own account, users, jobs."""

from tests.api.matrix.expect import EVERYONE, OFFICERS, Expect, Matrix

ADMINS = frozenset({"admin"})
LOOKERS = frozenset({"admin", "auditor"})


def _user(part: str, **form: str) -> Expect:
    """A change of a user that no form of the tests' makes succeed: it is refused, or it changes nothing."""
    return Expect(
        ADMINS,
        "/users/{user_id}/" + part,
        none="/users/{nothing}/" + part,
        form=form,
        answers=frozenset({303, 403, 404, 409, 422}),
    )


def _own(part: str) -> Expect:
    """A change of one's own account without the password it asks for: told so."""
    return Expect(EVERYONE, f"/account/{part}", form={"current": ""}, answers=frozenset({422}))


def _job(act: str) -> Expect:
    """A job that is done: who may is told that it cannot be cancelled or run again."""
    return Expect(
        OFFICERS | ADMINS,
        f"/jobs/{{job_id}}/{act}",
        f"/jobs/{{foreign_job_id}}/{act}",
        f"/jobs/{{nothing}}/{act}",
        answers=frozenset({409}),
        sees_all=ADMINS,
    )


ACCESS: Matrix = {
    ("GET", "/"): Expect(EVERYONE, "/", answers=frozenset({303})),
    ("GET", "/welcome"): Expect(EVERYONE, "/welcome"),
    ("GET", "/account"): Expect(EVERYONE, "/account"),
    ("POST", "/account/shortcuts"): Expect(EVERYONE, "/account/shortcuts", form={"on": "1"}, answers=frozenset({303})),
    ("POST", "/account/sessions"): Expect(EVERYONE, "/account/sessions", answers=frozenset({303})),
    ("POST", "/account/password"): _own("password"),
    ("POST", "/account/recovery-codes"): _own("recovery-codes"),
    ("POST", "/account/second-factor"): _own("second-factor"),
    ("GET", "/account/second-factor"): Expect(EVERYONE, "/account/second-factor", answers=frozenset({303})),
    ("POST", "/account/second-factor/code"): Expect(
        EVERYONE, "/account/second-factor/code", form={"code": "1"}, answers=frozenset({303})
    ),
    # What was kept is its owner's alone: to every other user, and so to each of these, there is no such form.
    ("GET", "/kept/{form_id}"): Expect(EVERYONE, "/kept/{nothing}", none="/kept/{nothing}", answers=frozenset({404})),
    ("POST", "/kept/{form_id}"): Expect(EVERYONE, "/kept/{nothing}", none="/kept/{nothing}", answers=frozenset({404})),
    ("POST", "/kept/{form_id}/drop"): Expect(
        EVERYONE, "/kept/{nothing}/drop", none="/kept/{nothing}/drop", answers=frozenset({404})
    ),
    ("POST", "/sign-out"): Expect(EVERYONE, "/sign-out", answers=frozenset({303})),
    ("GET", "/jobs"): Expect(OFFICERS | LOOKERS, "/jobs"),
    ("GET", "/jobs/table"): Expect(OFFICERS | LOOKERS, "/jobs/table"),
    ("POST", "/jobs/{job_id}/retry"): _job("retry"),
    ("POST", "/jobs/{job_id}/cancel"): _job("cancel"),
    ("GET", "/audit"): Expect(LOOKERS, "/audit?person={person_id}"),
    ("POST", "/audit/export"): Expect(LOOKERS, "/audit/export", form={"format": "csv"}),
    ("GET", "/users"): Expect(LOOKERS, "/users"),
    ("GET", "/users/roles"): Expect(LOOKERS, "/users/roles"),
    ("GET", "/users/new"): Expect(ADMINS, "/users/new"),
    ("POST", "/users/new"): Expect(ADMINS, "/users/new", form={"name": "?"}, answers=frozenset({422})),
    ("GET", "/users/{user_id}"): Expect(
        LOOKERS, "/users/{user_id}", "/users/{foreign_user_id}", "/users/{nothing}", sees_all=ADMINS
    ),
    ("POST", "/users/{user_id}/grants"): _user("grants", role="?"),
    ("POST", "/users/{user_id}/grants/{grant_id}/revoke"): _user("grants/0/revoke"),
    ("POST", "/users/{user_id}/proposals/{proposal_id}"): _user("proposals/{nothing}", decision="refuse"),
    ("POST", "/users/{user_id}/state"): _user("state", state="?"),
    ("POST", "/users/{user_id}/reset"): Expect(ADMINS, "/users/{nothing}/reset", answers=frozenset({404})),
}
