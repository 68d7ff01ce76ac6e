"""Who may open what: the bank API. No user comes in here; programs of banks do, each with its scope."""

from tests.api.matrix.expect import Expect, Matrix

NOBODY: frozenset[str] = frozenset()


def _scoped(path: str, scope: str, own: str = "") -> Expect:
    return Expect(NOBODY, own or path, refusal=401, scope=scope)


BANKS: Matrix = {
    ("GET", "/api/v1/bank/requests"): _scoped("/api/v1/bank/requests", "requests.read"),
    ("POST", "/api/v1/bank/requests/ack"): _scoped("/api/v1/bank/requests/ack", "requests.ack"),
    ("POST", "/api/v1/bank/results"): _scoped("/api/v1/bank/results", "results.write"),
    ("POST", "/api/v1/bank/registrations"): _scoped("/api/v1/bank/registrations", "registrations.write"),
    ("GET", "/api/v1/bank/jobs/{job_id}"): _scoped(
        "/api/v1/bank/jobs/{job_id}", "registrations.write", "/api/v1/bank/jobs/{nothing}"
    ),
    ("POST", "/api/v1/bank/events"): _scoped("/api/v1/bank/events", "events.write"),
    ("GET", "/api/v1/bank/stats"): _scoped("/api/v1/bank/stats", "stats.read"),
}
