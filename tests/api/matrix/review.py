"""Who may open what: the review queue, its cards, acceptance in bulk, and the threshold preview."""

from tests.api.matrix.expect import OFFICERS, Expect, Matrix

PROVINCE = frozenset({"province"})
LED = frozenset({303})  # to a card, or back to the overview

REVIEW: Matrix = {
    ("GET", "/review"): Expect(OFFICERS, "/review"),
    ("GET", "/review/next"): Expect(
        OFFICERS,
        "/review/next",
        "/review/next?after={foreign_candidate_id}",
        "/review/next?after={nothing}",
        answers=LED,
    ),
    ("GET", "/review/previous"): Expect(
        OFFICERS,
        "/review/previous",
        "/review/previous?before={foreign_candidate_id}",
        "/review/previous?before={nothing}",
        answers=LED,
    ),
    # 409: the other officer of the table may hold the card.
    ("GET", "/review/cards/{candidate_id}"): Expect(
        OFFICERS,
        "/review/cards/{candidate_id}",
        "/review/cards/{foreign_candidate_id}",
        "/review/cards/{nothing}",
        answers=frozenset({200, 409}),
    ),
    ("POST", "/review/cards/{candidate_id}"): Expect(
        OFFICERS,
        "/review/cards/{candidate_id}",
        "/review/cards/{foreign_candidate_id}",
        "/review/cards/{nothing}",
        form={"say": ""},
        answers=frozenset({422, 409}),
    ),
    ("POST", "/review/cards/{candidate_id}/hold"): Expect(
        OFFICERS,
        "/review/cards/{candidate_id}/hold",
        "/review/cards/{foreign_candidate_id}/hold",
        "/review/cards/{nothing}/hold",
        answers=frozenset({204, 409}),
    ),
    ("POST", "/review/undo"): Expect(
        OFFICERS, "/review/undo", form={"judgement": "00000000-0000-7000-8000-000000000000"}, answers=frozenset({404})
    ),
    ("GET", "/review/bulk"): Expect(PROVINCE, "/review/bulk?band=low"),
    ("POST", "/review/samples"): Expect(PROVINCE, "/review/samples", form={}, answers=frozenset({422})),
    ("POST", "/review/batches"): Expect(PROVINCE, "/review/batches", form={}, answers=frozenset({422})),
    ("POST", "/review/batches/{batch_id}/undo"): Expect(
        PROVINCE,
        "/review/batches/{review_batch_id}/undo",
        "/review/batches/{foreign_review_batch_id}/undo",
        "/review/batches/{nothing}/undo",
        answers=frozenset({409}),
    ),
    ("GET", "/review/preview"): Expect(OFFICERS | {"approver"}, "/review/preview"),
}
