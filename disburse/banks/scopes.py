"""What a bank's program may be allowed to do, each in words. A token never says more than its client has now."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One thing a machine client may ask for. The name says the object, then the act."""

    REQUESTS_READ = "requests.read"
    REQUESTS_ACK = "requests.ack"
    RESULTS_WRITE = "results.write"
    REGISTRATIONS_WRITE = "registrations.write"
    EVENTS_WRITE = "events.write"
    STATS_READ = "stats.read"


# Vietnamese and English, for the screens, the command line and docs/bank-api.md.
SCOPE_WORDS: dict[Scope, tuple[str, str]] = {
    Scope.REQUESTS_READ: (
        "lấy các yêu cầu gửi cho chính ngân hàng mình (họ tên, số giấy tờ, ngày sinh, số tài khoản)",
        "pull the requests sent to its own bank (name, ID, birth date, account)",
    ),
    Scope.REQUESTS_ACK: (
        "báo đã nhận yêu cầu",
        "say that requests have arrived",
    ),
    Scope.RESULTS_WRITE: (
        "trả kết quả xác nhận",
        "answer requests",
    ),
    Scope.REGISTRATIONS_WRITE: (
        "gửi danh sách tài khoản và xem việc nhập danh sách",
        "send lists of accounts and watch them being taken in",
    ),
    Scope.EVENTS_WRITE: (
        "báo tài khoản bị khóa, bị đóng",
        "tell that an account was locked or closed",
    ),
    Scope.STATS_READ: (
        "xem số liệu tổng hợp về các yêu cầu của mình",
        "see counts of its own requests",
    ),
}
EVERYTHING = frozenset(Scope)
