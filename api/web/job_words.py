"""A job in its reader's words: what it is at, and why it failed."""

from __future__ import annotations

import re

from disburse.jobs.tables import Job
from disburse.workbooks.refusals import told

# What a job says it is at, as the screen says it.
MESSAGES = {
    "đang mở tệp": "Đang mở tệp và tìm dòng tiêu đề",
    "đang đọc": "Đang đọc từng dòng",
    "đang so sánh": "Đang so với danh sách trước",
    "đang ghi": "Đang ghi vào hệ thống",
}
# An exception nobody foresaw: its kind is told, its message (which may hold a value) is not.
_UNFORESEEN = re.compile(r"([A-Za-z_][A-Za-z_.]*): ")


def unforeseen(job: Job) -> str:
    """Return the kind of an error that is none of ours; "" for one that has a sentence."""
    found = _UNFORESEEN.match(job.error) if job.failure is None else None
    return found[1] if found else ""


def sentence(job: Job, lang: str) -> str:
    """Return why a job failed, in one of the two languages; one that failed before codes were kept in its own words."""
    return (told(job.failure, lang) if job.failure else None) or job.error
