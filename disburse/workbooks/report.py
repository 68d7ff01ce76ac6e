"""The report on one file: counts, verdict, file warnings, issues with their sentences (the JSON of DESIGN §8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from itertools import zip_longest
from typing import Any

from disburse.workbooks.drafts import Draft, shown
from disburse.workbooks.file_wording import FILE_WARNINGS
from disburse.workbooks.flaws import file_sentence, row_sentence
from disburse.workbooks.header import column_letter
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.wording import ROW_ISSUES

MOST_ISSUES = 1000
_ORDER = ("error", "warning", "info")
Issue = dict[str, Any]


class Report:
    """Collects while rows pass by; `as_json` is the final document."""

    def __init__(self) -> None:
        self.rows_ok = self.rows_bad = self.rows_warned = self.rows_skipped = 0
        self.issues_total = 0
        self.codes: Counter[str] = Counter()
        self._kept: dict[str, list[tuple[int, Issue]]] = {severity: [] for severity in _ORDER}
        self.warnings: list[Issue] = []
        self.facts: list[dict[str, str]] = []  # of the warnings, in their order
        self.extra: dict[str, Any] = {}

    def warn(self, code: str, sheet: str, count: int, **facts: object) -> None:
        """Add a file warning; equal ones are said once per sheet."""
        texts = {k: str(v) for k, v in facts.items()} | {"count": str(count)}
        message = file_sentence(FILE_WARNINGS, code, texts)
        self.warnings.append({"code": code, "sheet": sheet, "count": count, "message": message})
        self.facts.append(texts)

    def add(self, sheet: str, draft: Draft) -> None:
        """Count one finished row and keep its issues, errors before warnings before repairs."""
        if draft.parked:
            self.rows_bad += 1
        else:
            self.rows_ok += 1
        warned = False
        for index, code, facts in draft.flags:
            severity = ROW_ISSUES[code][0]
            warned |= severity == "warning"
            self.issues_total += 1
            self.codes[code] += 1
            kept = self._kept[severity]
            if len(kept) < MOST_ISSUES:
                kept.append((self.issues_total, {
                    "sheet": sheet, "row": draft.line, "column": column_letter(index) if index is not None else "",
                    "severity": severity, "code": code, "value": shown(draft.cell(index)),
                    "message": row_sentence(code, facts),
                }))  # fmt: skip
        self.rows_warned += warned

    def issues(self) -> list[Issue]:
        """At most 1,000 issues in file order; where there are more, the graver ones stay."""
        chosen = [one for severity in _ORDER for one in self._kept[severity]][:MOST_ISSUES]
        return [issue for _, issue in sorted(chosen, key=lambda pair: pair[0])]

    def as_json(self) -> dict[str, Any]:
        """The document of `check --json`, with what the importer needs besides."""
        if not self.rows_ok:
            said = Refusal("no_rows").sentence()
            self.warnings.insert(0, {"code": "no_rows", "sheet": "", "count": 1, "message": said})
            self.facts.insert(0, {})
        verdict = "reject" if not self.rows_ok else "accept_with_row_errors" if self.rows_bad else "accept"
        return {
            "kind": "report",
            "verdict": verdict,
            "reject_code": None if self.rows_ok else "no_rows",
            "rows_read": self.rows_ok + self.rows_bad + self.rows_skipped,
            "rows_ok": self.rows_ok,
            "rows_bad": self.rows_bad,
            "rows_warned": self.rows_warned,
            "rows_skipped": self.rows_skipped,
            "file_warnings": self.warnings,
            "issues": self.issues(),
            "issues_total": self.issues_total,
            "warning_facts": self.facts,
            **self.extra,
        }


PUBLIC = (
    "verdict", "reject_code", "rows_read", "rows_ok", "rows_bad", "rows_warned", "rows_skipped", "file_warnings",
    "issues", "issues_total",
)  # fmt: skip


def file_warnings(report: dict[str, Any], lang: str = "vi", but: Container[str] = ()) -> list[str]:
    """Return the file warnings of a kept report (`but` those of some codes), each once with its sheets in front."""
    found: dict[str, list[str]] = {}
    for warning, facts in zip_longest(report.get("file_warnings", []), report.get("warning_facts", [])):
        if warning is None or warning["code"] in but:
            continue
        known = facts is not None and warning["code"] in FILE_WARNINGS
        said = file_sentence(FILE_WARNINGS, warning["code"], facts, lang) if known else warning["message"]
        found.setdefault(said, []).extend(filter(None, [warning["sheet"]]))
    return [f"{', '.join(sheets)}: {said}" if sheets else said for said, sheets in found.items()]


def refused(refusal: Refusal) -> dict[str, Any]:
    """The same document for a file that was not read: nothing counted, the reason as a file warning."""
    message = refusal.sentence()
    return {
        "kind": "report",
        "verdict": "reject",
        "reject_code": refusal.reject_code,
        "rows_read": 0,
        "rows_ok": 0,
        "rows_bad": 0,
        "rows_warned": 0,
        "rows_skipped": 0,
        "file_warnings": [{"code": refusal.reject_code, "sheet": "", "count": 1, "message": message}],
        "issues": [],
        "issues_total": 0,
    }


def public(report: dict[str, Any]) -> dict[str, Any]:
    """Only the keys that scripts may rely on."""
    return {key: report[key] for key in PUBLIC}
