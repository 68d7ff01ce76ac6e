"""Who may open what: an upload's way through the screen, and undoing it."""

from tests.api.matrix.expect import OFFICERS, Expect, Matrix


def _of(roster: str, rest: str, **more: object) -> Expect:
    addresses = (f"/rosters/{{{roster}}}{rest}", f"/rosters/{{foreign_{roster}}}{rest}", f"/rosters/{{nothing}}{rest}")
    return Expect(OFFICERS, *addresses, **more)  # type: ignore[arg-type]


UPLOADS: Matrix = {
    ("GET", "/rosters/new"): Expect(OFFICERS, "/rosters/new"),
    ("POST", "/rosters/new"): Expect(OFFICERS, "/rosters/new", answers=frozenset({422})),
    ("GET", "/rosters/work"): Expect(OFFICERS, "/rosters/work"),
    ("GET", "/rosters/{roster_id}/progress"): _of("waiting_id", "/progress?next=check", answers=frozenset({204})),
    ("GET", "/rosters/{roster_id}/file"): _of("waiting_id", "/file"),
    ("POST", "/rosters/{roster_id}/file"): _of("waiting_id", "/file", answers=frozenset({422})),
    ("GET", "/rosters/{roster_id}/sheet"): _of("waiting_id", "/sheet"),
    ("POST", "/rosters/{roster_id}/sheet"): _of("waiting_id", "/sheet", answers=frozenset({422})),
    ("GET", "/rosters/{roster_id}/columns"): _of("waiting_id", "/columns"),
    ("POST", "/rosters/{roster_id}/columns"): _of(
        "waiting_id", "/columns", form={"0-A": "full_name"}, answers=frozenset({422})
    ),
    ("GET", "/rosters/{roster_id}/values"): _of("waiting_id", "/values"),
    # Nothing is chosen, so that nothing is read again and the next step is shown.
    ("POST", "/rosters/{roster_id}/values"): _of("waiting_id", "/values", answers=frozenset({303})),
    ("GET", "/rosters/{roster_id}/check"): _of("waiting_id", "/check"),
    ("POST", "/rosters/{roster_id}/import"): _of(
        "waiting_id", "/import", form={"rows": "999"}, answers=frozenset({409})
    ),
    ("POST", "/rosters/{roster_id}/refuse"): _of(
        "waiting_id", "/refuse", form={"reason": " "}, answers=frozenset({422})
    ),
    ("POST", "/rosters/{roster_id}/again"): _of("finished_id", "/again", answers=frozenset({409})),
    ("GET", "/rosters/{roster_id}/done"): _of("finished_id", "/done"),
    ("GET", "/rosters/{roster_id}/undo"): _of("finished_id", "/undo"),
    ("POST", "/rosters/{roster_id}/undo"): _of(
        "finished_id", "/undo", form={"rows": "1", "reason": ""}, answers=frozenset({422})
    ),
}
