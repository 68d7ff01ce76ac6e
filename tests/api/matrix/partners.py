"""Who may open what: the calls of other payment systems; no person's session opens them."""

from tests.api.matrix.expect import Expect, Matrix

_NOBODY: frozenset[str] = frozenset()
PARTNERS: Matrix = {
    ("POST", "/g2p/mapper/sync/link"): Expect(
        _NOBODY, "/g2p/mapper/sync/link", refusal=401, scope="registrations.write"
    ),
    ("POST", "/g2p/mapper/sync/update"): Expect(
        _NOBODY, "/g2p/mapper/sync/update", refusal=401, scope="registrations.write"
    ),
    ("POST", "/g2p/mapper/sync/unlink"): Expect(_NOBODY, "/g2p/mapper/sync/unlink", refusal=401, scope="events.write"),
    ("POST", "/g2p/mapper/sync/resolve"): Expect(
        _NOBODY, "/g2p/mapper/sync/resolve", refusal=401, scope="requests.read"
    ),
    ("POST", "/govstack/identityAccountMapper/beneficiary"): Expect(
        _NOBODY, "/govstack/identityAccountMapper/beneficiary", refusal=401, scope="registrations.write"
    ),
    ("PUT", "/govstack/identityAccountMapper/beneficiary"): Expect(
        _NOBODY, "/govstack/identityAccountMapper/beneficiary", refusal=401, scope="registrations.write"
    ),
    ("POST", "/govstack/beneficiaries"): Expect(
        _NOBODY, "/govstack/beneficiaries?command=validate", refusal=401, scope="requests.read"
    ),
}
