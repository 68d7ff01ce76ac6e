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
    ("GET", "/people/{person_id}/edit"): Expect(
        OFFICERS, "/people/{person_id}/edit", "/people/{foreign_person_id}/edit", "/people/{nothing}/edit"
    ),
    ("POST", "/people/{person_id}/edit"): Expect(
        OFFICERS,
        "/people/{person_id}/edit",
        "/people/{foreign_person_id}/edit",
        "/people/{nothing}/edit",
        form={"name": "Lê Thị Lan", "birth": "1950", "reason": " "},
        answers=REFUSED,
    ),
    ("GET", "/people/{person_id}/act/{act}"): Expect(
        OFFICERS,
        "/people/{person_id}/act/end",
        "/people/{foreign_person_id}/act/end",
        "/people/{nothing}/act/end",
    ),
    ("POST", "/people/{person_id}/act/{act}"): Expect(
        OFFICERS,
        "/people/{person_id}/act/move",
        "/people/{foreign_person_id}/act/move",
        "/people/{nothing}/act/move",
        form={"commune": "99999", "on": "2026-01-01", "reason": "x"},
        answers=REFUSED,
    ),
    ("POST", "/people/{person_id}/notes"): Expect(
        OFFICERS,
        "/people/{person_id}/notes",
        "/people/{foreign_person_id}/notes",
        "/people/{nothing}/notes",
        form={"note": " "},
        answers=REFUSED,
    ),
    ("GET", "/questions"): Expect(OFFICERS, "/questions?kind=gone"),
    ("POST", "/questions"): Expect(OFFICERS, "/questions", form={"kind": "gone", "answer": ""}, answers=REFUSED),
    ("POST", "/questions/{question_id}"): Expect(
        OFFICERS,
        "/questions/{question_id}",
        "/questions/{foreign_question_id}",
        "/questions/{nothing}",
        form={"answer": "perhaps"},
        answers=REFUSED,
        same_body=True,
    ),
    ("GET", "/people/{person_id}/recipient"): Expect(
        OFFICERS,
        "/people/{person_id}/recipient",
        "/people/{foreign_person_id}/recipient",
        "/people/{nothing}/recipient",
    ),
    ("POST", "/people/{person_id}/recipient"): Expect(
        OFFICERS,
        "/people/{person_id}/recipient",
        "/people/{foreign_person_id}/recipient",
        "/people/{nothing}/recipient",
        form={"kind": "guardian", "since": "2026-01-01"},
        answers=REFUSED,
    ),
    ("POST", "/scans/{recipient_id}"): Expect(
        OFFICERS,
        "/scans/{recipient_id}",
        "/scans/{foreign_recipient_id}",
        "/scans/{nothing}",
        answers=REFUSED,
    ),
    ("GET", "/scans/{recipient_id}/{scan_id}"): Expect(
        OFFICERS,
        "/scans/{recipient_id}/{scan_id}",
        "/scans/{foreign_recipient_id}/{foreign_scan_id}",
        "/scans/{recipient_id}/{nothing}",
    ),
    ("GET", "/papers"): Expect(READERS, "/papers"),
    ("GET", "/ages"): Expect(READERS, "/ages"),
    ("GET", "/duplicates"): Expect(OFFICERS, "/duplicates"),
    ("POST", "/duplicates/find"): Expect(OFFICERS, "/duplicates/find", answers=frozenset({303})),
    ("POST", "/duplicates/{low_id}/{high_id}"): Expect(
        OFFICERS,
        "/duplicates/{low_id}/{high_id}",
        "/duplicates/{foreign_low_id}/{foreign_high_id}",
        "/duplicates/{nothing}/{high_id}",
        form={"decision": "perhaps"},
        answers=frozenset({404, 422}),  # 404: looking again leaves no pair of the two
    ),
    ("POST", "/merges/{merge_id}"): Expect(
        OFFICERS,
        "/merges/{merge_id}",
        "/merges/{foreign_merge_id}",
        "/merges/{nothing}",
        form={"act": "perhaps"},
        answers=REFUSED,
    ),
    ("GET", "/hamlets"): Expect(
        OFFICERS, "/hamlets?commune={commune}", "/hamlets?commune={foreign_commune}", "/hamlets?commune=99999"
    ),
    ("POST", "/hamlets"): Expect(
        OFFICERS, "/hamlets", form={"commune": "99999", "name": "Thôn 1"}, answers=frozenset({404})
    ),
    ("POST", "/hamlets/{hamlet_id}"): Expect(
        OFFICERS,
        "/hamlets/{hamlet_id}",
        "/hamlets/{foreign_hamlet_id}",
        "/hamlets/{nothing}",
        form={"into": "?"},
        answers=REFUSED,
    ),
}
