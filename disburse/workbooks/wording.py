"""Every issue a row can have: its severity, what is wrong and what to do, in Vietnamese and English. No logic."""

from __future__ import annotations

from disburse.workbooks.wording_payment import PAYMENT_ISSUES
from disburse.workbooks.wording_person import PERSON_ISSUES, Severity

# code: (severity, Vietnamese, English)
ROW_ISSUES: dict[str, tuple[Severity, str, str]] = PERSON_ISSUES | PAYMENT_ISSUES
