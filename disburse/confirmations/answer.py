"""One answer of a bank: its facts in the words of the wire, and what of them cannot stand together. No database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from disburse import clock, crypto
from disburse.confirmations.tables import WireState

Words = str | tuple[str, str]  # a fact of a sentence: as it is, or a pair of its two languages
HALF_A_NAME = "rjct.name.partial"  # how a yes is written down that is too weak
_NONE_OF_MORE = (None, "", None, None, None, "")


class BankAnswer(NamedTuple):
    """One answer of a bank, in the words of the wire. `key` is the caller's own, to tell what was left out."""

    key: int
    bank_code: str
    status: WireState
    request_id: UUID | None = None
    account_number: str = ""
    reason_code: str = ""
    name_match: str = ""
    id_match: str = ""
    account_status: str = ""
    currency: str = ""
    account_exists: bool | None = None
    account_kind: str = ""
    joint: bool | None = None
    papers: bool | None = None
    biometrics: bool | None = None
    branch: str = ""
    checked_at: datetime | None = None

    @property
    def on(self) -> date:
        """Return the day the bank looked, in Vietnam; today where it does not say."""
        return self.checked_at.astimezone(clock.VIETNAM).date() if self.checked_at else clock.today()

    @property
    def digest(self) -> str:
        """Return what makes the same answer the same."""
        moment = self.checked_at.astimezone(clock.VIETNAM).isoformat() if self.checked_at else ""
        facts: list[str] = [
            self.status, self.reason_code, self.name_match, self.id_match, self.account_status, self.currency,
        ]  # fmt: skip
        more = (self.account_exists, self.account_kind, self.joint, self.papers, self.biometrics, self.branch)
        if more != _NONE_OF_MORE:  # a file has none of these: its digests stay what they were
            facts += ["" if fact is None else str(fact) for fact in more]
        return crypto.digest("\x1f".join([*facts, moment]).encode())


@dataclass(slots=True)
class Taken:
    """What a batch of answers came to; `left_out` = key → (code of the sentence, its facts)."""

    received: int = 0
    confirmed: int = 0
    refused: int = 0
    requested: int = 0
    opened: int = 0
    same: int = 0
    withdrawn: int = 0  # of those refused: the bank had said yes before
    doubtful: set[int] = field(default_factory=set)  # the keys of yeses that were read as a no
    repeated: set[int] = field(default_factory=set)  # the keys of those that came before
    left_out: dict[int, tuple[str, dict[str, Words]]] = field(default_factory=dict)


def contradiction(answer: BankAnswer) -> tuple[str, str] | None:
    """Return why a yes is no yes, in Vietnamese and English words for the sentence; None when it holds together."""
    if answer.status != WireState.SUCCEEDED:
        return None
    if answer.account_exists is False:
        return "không có tài khoản này", "there is no such account"
    if answer.name_match == "no":
        return "tên chủ tài khoản không khớp", "the holder has another name"
    if answer.account_kind in ("savings", "card"):
        return "không phải tài khoản thanh toán", "it is no payment account"
    if answer.joint:
        return "tài khoản chung của nhiều người", "it is a joint account"
    if answer.account_status == "closed":
        return "tài khoản đã đóng", "the account is closed"
    if answer.account_status == "locked":
        return "tài khoản đang khóa", "the account is locked"
    if answer.currency not in ("", "VND"):
        return "tài khoản không phải bằng đồng", "the account is not in đồng"
    if answer.papers is False:
        return "thiếu giấy tờ của chủ tài khoản", "the holder's papers are missing"
    if answer.biometrics is False:
        return "chưa đối chiếu sinh trắc học", "biometrics were not checked"
    if answer.reason_code.startswith("rjct"):
        return "có mã lý do từ chối", "it has a code of refusal"
    return None


def doubtful(answer: BankAnswer) -> bool:
    """Whether a yes is too weak to pay on: half a name, and no ID that says who it is. A clerk looks at it."""
    weak = answer.name_match == "partial" and answer.id_match not in ("citizen_id", "old_id")
    return weak and answer.status == WireState.SUCCEEDED
