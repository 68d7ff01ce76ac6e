"""Who may open what: the board and what stands behind its figures."""

from tests.api.matrix.expect import READERS, Expect, Matrix

PROGRESS: Matrix = {
    ("GET", "/progress"): Expect(
        READERS | {"leader"},
        "/progress?area={commune}",
        "/progress?area={foreign_commune}",
        "/progress?area=99999",
        same_body=False,
    ),
    ("GET", "/progress/names"): Expect(
        READERS | {"leader"},
        "/progress/names?area={commune}",
        "/progress/names?area={foreign_commune}",
        "/progress/names?area=99999",
        same_body=False,
    ),
    ("GET", "/progress/waiting"): Expect(
        READERS,
        "/progress/waiting?area={commune}",
        "/progress/waiting?area={foreign_commune}",
        "/progress/waiting?area=99999",
        same_body=False,
    ),
    ("GET", "/progress/plan"): Expect(
        frozenset({"province"}), "/progress/plan?programme=NCC", none="/progress/plan?programme=XYZ"
    ),
    ("POST", "/progress/plan"): Expect(
        frozenset({"province"}), "/progress/plan", form={"percent": "x"}, answers=frozenset({422})
    ),
    ("GET", "/progress/months"): Expect(frozenset({"province"}), "/progress/months"),
    ("POST", "/progress/months"): Expect(
        frozenset({"province"}), "/progress/months", form={"month": "x"}, answers=frozenset({422})
    ),
    ("GET", "/api/v1/progress"): Expect(
        READERS | {"leader"},
        "/api/v1/progress?area={commune}",
        "/api/v1/progress?area={foreign_commune}",
        "/api/v1/progress?area=99999",
        same_body=False,
    ),
    ("GET", "/api/v1/areas"): Expect(READERS | {"leader"}, "/api/v1/areas"),
}
