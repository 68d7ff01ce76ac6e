"""Who may open what: people."""

from tests.api.matrix.expect import READERS, Expect, Matrix

PEOPLE: Matrix = {
    ("GET", "/people/{person_id}"): Expect(
        READERS, "/people/{person_id}", "/people/{foreign_person_id}", "/people/{nothing}"
    ),
}
