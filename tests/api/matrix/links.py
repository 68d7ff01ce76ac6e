"""Who may open what: links, changes of account, red flags, staff."""

from tests.api.matrix.expect import OFFICERS, READERS, Expect, Matrix

REFUSED = frozenset({422})
APPROVERS = frozenset({"province", "approver"})
SETTLERS = frozenset({"province"})
TAKEN = frozenset({409})

LINKS: Matrix = {
    ("GET", "/links"): Expect(READERS, "/links"),
    ("GET", "/links/{link_id}"): Expect(READERS, "/links/{link_id}", "/links/{foreign_link_id}", "/links/{nothing}"),
    ("POST", "/links/{link_id}/replace"): Expect(
        OFFICERS,
        "/links/{link_id}/replace",
        "/links/{foreign_link_id}/replace",
        "/links/{nothing}/replace",
        form={"bank": "VBA", "number": "12"},
        answers=REFUSED,
    ),
    ("POST", "/links/{link_id}/close"): Expect(
        OFFICERS,
        "/links/{link_id}/close",
        "/links/{foreign_link_id}/close",
        "/links/{nothing}/close",
        form={"why": "no reason"},
        answers=REFUSED,
    ),
    # The seeded link is no proposal.
    ("POST", "/links/{link_id}/approve"): Expect(
        APPROVERS,
        "/links/{link_id}/approve",
        "/links/{foreign_link_id}/approve",
        "/links/{nothing}/approve",
        answers=TAKEN,
    ),
    ("POST", "/links/{link_id}/turn-down"): Expect(
        APPROVERS,
        "/links/{link_id}/turn-down",
        "/links/{foreign_link_id}/turn-down",
        "/links/{nothing}/turn-down",
        answers=TAKEN,
    ),
    ("POST", "/recipient-changes/{change_id}/approve"): Expect(
        APPROVERS, "/recipient-changes/{nothing}/approve", answers=frozenset({404})
    ),
    ("POST", "/recipient-changes/{change_id}/turn-down"): Expect(
        APPROVERS, "/recipient-changes/{nothing}/turn-down", answers=frozenset({404})
    ),
    ("POST", "/recipient-changes/{change_id}/withdraw"): Expect(
        OFFICERS, "/recipient-changes/{nothing}/withdraw", answers=frozenset({404})
    ),
    ("POST", "/notices/{notice_id}/dismiss"): Expect(OFFICERS, "/notices/{nothing}/dismiss", answers=frozenset({404})),
    ("GET", "/flags"): Expect(READERS, "/flags"),
    ("GET", "/flags/{kind}"): Expect(READERS, "/flags/many_payees"),
    ("POST", "/flags/{kind}"): Expect(
        SETTLERS, "/flags/many_payees", form={"subject": "none", "note": ""}, answers=frozenset({404})
    ),
    ("POST", "/holds/{hold_id}/keep"): Expect(SETTLERS, "/holds/{nothing}/keep", answers=frozenset({404})),
    ("GET", "/staff"): Expect(SETTLERS, "/staff"),
    ("POST", "/staff"): Expect(SETTLERS, "/staff", form={"name": "Ai đó"}, answers=REFUSED),
    ("POST", "/staff/{staff_id}/remove"): Expect(SETTLERS, "/staff/{nothing}/remove", answers=frozenset({404})),
}
