"""Lists of accounts in their readers' words: where they stand, how they came, what their columns are, what waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from api.web.words import words_of
from disburse.accounts.received import Stand
from disburse.accounts.tables import ListOrigin, ListState
from disburse.rosters.row_issues import issue_title
from disburse.workbooks.wording import ROW_ISSUES

STATE_WORDS = {
    ListState.CHECKING: ("đang kiểm tra", "info"),
    ListState.WAITING: ("chờ anh/chị xem", "warn"),
    ListState.READING: ("đang nhập", "info"),
    ListState.IMPORTED: ("đã nhập", "good"),
    ListState.REFUSED: ("không nhận được", "bad"),
    ListState.PUT_ASIDE: ("để sang một bên", "none"),
}
ORIGIN_WORDS = {
    ListOrigin.SCREEN: "tải lên ở đây",
    ListOrigin.COMMAND: "quản trị nhập bằng dòng lệnh",
    ListOrigin.API: "chương trình của ngân hàng gửi",
}
STAND_WORDS = {
    Stand.LINKED: "Đã ghép với người nhận",
    Stand.REVIEW: "Chờ cán bộ xem xét",
    Stand.NOBODY: "Chưa thấy là của ai ở đây",
}
FIELD_WORDS = {
    "line_no": "Số thứ tự",
    "account_number": "Số tài khoản",
    "card_number": "Số thẻ (không dùng)",
    "holder_name": "Chủ tài khoản",
    "surname": "Họ và tên đệm",
    "given": "Tên (không có họ)",
    "birth_date": "Ngày sinh hoặc năm sinh",
    "sex": "Giới tính",
    "citizen_id": "Số căn cước (CCCD)",
    "old_id": "CMND 9 số",
    "id_paper": "Ngày, nơi cấp giấy tờ (không dùng)",
    "phone": "Điện thoại",
    "address": "Địa chỉ",
    "bank": "Ngân hàng",
    "bank_code": "Mã ngân hàng",
    "branch": "Chi nhánh",
    "account_status": "Trạng thái tài khoản",
    "currency": "Loại tiền",
    "account_type": "Loại tài khoản",
    "opened_on": "Ngày mở",
    "balance": "Số dư (không lưu)",
    "other": "Cột khác (không dùng)",
}


def fields_of(report: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the columns of a read file: sheet, column, header, field (None: not recognised)."""
    return tuple(
        column | {"field": (column["field"] or "").rstrip("+") or None} for column in report.get("columns", [])
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is wrong with lines: how grave, in words, how often; `lines` = some, as (sheet, line)."""

    severity: str
    title: str
    count: int
    lines: tuple[tuple[str, int], ...]


def kinds_of(report: dict[str, Any], lang: str) -> tuple[Kind, ...]:
    """Return what is wrong with a list's lines by kind, what makes lines wait first, then the most frequent."""
    lines: dict[str, list[tuple[str, int]]] = {}
    for issue in report.get("issues", []):
        lines.setdefault(issue["code"], []).append((issue["sheet"], issue["row"]))
    counts = Counter(report.get("codes") or {code: len(some) for code, some in lines.items()})
    order = {"error": 0, "warning": 1, "info": 2}
    found = [
        Kind(_severity(code), title_of(code, lang), count, tuple(lines.get(code, ())[:8]))
        for code, count in counts.most_common()
    ]
    return tuple(sorted(found, key=lambda kind: order[kind.severity]))


def _severity(code: str) -> str:
    return ROW_ISSUES[code][0] if code in ROW_ISSUES else "error"


def title_of(code: str, lang: str) -> str:
    """Return a kind of issue in a few words; a program's item has one kind of its own."""
    if code in ROW_ISSUES:
        return issue_title(code, lang)
    return words_of(lang).gettext("Mục không đúng quy định của API")
