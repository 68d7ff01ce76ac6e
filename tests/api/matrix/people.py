"""Who may open what: people."""

from tests.api.matrix.expect import OFFICERS, READERS, Expect, Matrix

REFUSED = frozenset({422})

PEOPLE: Matrix = {
    ("GET", "/people"): Expect(READERS, "/people?q=dao&commune={commune}"),
    ("POST", "/people/find"): Expect(READERS, "/people/find", form={"number": "0"}),
    ("GET", "/people/{person_id}"): Expect(
        READERS, "/people/{person_id}", "/people/{foreign_person_id}", "/people/{nothing}"
    ),
    ("GET", "/people/{person_id}/reveal"): Expect(
        OFFICERS | {"auditor"},
        "/people/{person_id}/reveal",
        "/people/{foreign_person_id}/reveal",
        "/people/{nothing}/reveal",
    ),
    ("POST", "/people/{person_id}/reveal"): Expect(
        OFFICERS | {"auditor"},
        "/people/{person_id}/reveal",
        "/people/{foreign_person_id}/reveal",
        "/people/{nothing}/reveal",
        form={"what": "citizen_id", "reason": " "},
        answers=frozenset({404, 422}),  # 404: this person may have no such number
    ),
}
