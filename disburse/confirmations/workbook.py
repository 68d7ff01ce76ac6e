"""What a bank without a program is sent, and what it sends back: a workbook (or CSV) with the API's own fields.

The workbook asks and is answered in: the columns of the answers stand in it empty, with what may stand in them, and a
second sheet explains every column to the bank's clerk. No database.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from disburse.banks.directory import packaged
from disburse.confirmations.answer import BankAnswer
from disburse.confirmations.reasons import REASONS
from disburse.confirmations.tables import RequestKind, WireState
from disburse.confirmations.wire import Asked
from disburse.errors import DisburseError
from disburse.workbooks.answer_files import AnswerFile, AnswerLine, moment, read_content
from disburse.workbooks.harmless import harmless
from matching.identity import AccountNumber, account_number

SENT = ("request_id", "bank_code", "account_number", "holder_name", "holder_citizen_id", "holder_birth_date")
ALSO_SENT = ("kind", "holder_old_id", "due_on")  # of the workbook alone: a CSV's columns are fixed
ANSWERED = (
    "status", "reason_code", "name_match", "id_match", "account_status", "currency", "checked_at", "account_exists",
    "account_kind", "joint", "papers", "biometrics", "branch",
)  # fmt: skip
COLUMNS = ("request_id", "bank_code", "account_number", *ANSWERED)
NEEDED = ("bank_code", "account_number", "status")
ALLOWED = {
    "status": ("rcvd", "succ", "rjct"),
    "name_match": ("", "yes", "no", "partial"),
    "id_match": ("", "citizen_id", "old_id", "none"),
    "account_status": ("", "open", "locked", "closed"),
    "account_kind": ("", "payment", "savings", "card", "wallet"),
} | dict.fromkeys(("account_exists", "joint", "papers", "biometrics"), ("", "yes", "no"))
_KNOWN = {"": None, "yes": True, "no": False}

GUIDE = "Hướng dẫn"
# For the bank's clerk, beside the cell and on the sheet that explains; banks here work in Vietnamese.
MEANINGS = {
    "request_id": "Mã yêu cầu. Không sửa.",
    "bank_code": "Mã ngân hàng. Không sửa.",
    "account_number": "Số tài khoản được hỏi. Không sửa. Khi được nhờ mở tài khoản (open): ghi số tài khoản vừa mở.",
    "holder_name": "Họ tên người phải là chủ tài khoản.",
    "holder_citizen_id": "Số căn cước của người đó, nếu biết.",
    "holder_birth_date": "Ngày sinh: năm-tháng-ngày; chỉ có năm là chỉ biết năm.",
    "kind": "confirm: tài khoản này có đúng của người này không? open: nhờ mở tài khoản cho người này.",
    "holder_old_id": "Số CMND 9 số cũ, nếu biết.",
    "due_on": "Ngày làm việc cuối cùng để trả lời đúng hạn.",
    "status": "Trả lời. succ: đúng (hoặc đã mở); rjct: không đúng, kèm mã lý do; rcvd: đã nhận, trả lời sau.",
    "reason_code": "Khi rjct: một mã lý do ở trang Hướng dẫn. Còn lại để trống.",
    "name_match": "Họ tên chủ tài khoản có khớp không. yes: khớp; partial: gần khớp; no: khác.",
    "id_match": "Giấy tờ của chủ tài khoản khớp bằng số nào. citizen_id: 12 số; old_id: 9 số; none: không khớp.",
    "account_status": "open: đang hoạt động; locked: đang khóa; closed: đã đóng.",
    "currency": "Loại tiền: VND.",
    "checked_at": "Ngày kiểm tra, ví dụ 2026-11-28.",
    "account_exists": "Có tài khoản này không: yes hoặc no.",
    "account_kind": "payment: thanh toán; savings: tiết kiệm; card: thẻ; wallet: ví.",
    "joint": "Tài khoản chung của nhiều người: yes hoặc no.",
    "papers": "Ngân hàng có đủ giấy tờ còn hạn: yes hoặc no.",
    "biometrics": "Đã kiểm tra sinh trắc học: yes hoặc no.",
    "branch": "Chi nhánh, phòng giao dịch.",
}


def line_of(asked: Asked, bank_code: str) -> dict[str, str]:
    """Return a request as the columns of a file: holder and account, never why the person is paid."""
    return {
        "request_id": str(asked.id),
        "bank_code": bank_code,
        "account_number": asked.account_number,
        "holder_name": asked.holder_name,
        "holder_citizen_id": asked.holder_citizen_id,
        "holder_birth_date": asked.holder_birth_date,
        "kind": str(asked.kind),
        "holder_old_id": asked.holder_old_id,
        "due_on": asked.due_on.isoformat() if asked.due_on else "",
    }


def table(bank_code: str, requests: Iterable[Asked]) -> bytes:
    """Return what a bank is asked as CSV: to confirm accounts. To open one travels in a workbook or by the API."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, SENT, extrasaction="ignore")
    writer.writeheader()
    lines = (line_of(one, bank_code) for one in requests if one.kind == RequestKind.CONFIRM)
    writer.writerows({name: harmless(text) for name, text in line.items()} for line in lines)
    return out.getvalue().encode()


def workbook(bank_code: str, requests: Sequence[Asked]) -> bytes:
    """Return what a bank is asked as Excel, every cell a text, with columns for the answers: to be sent back."""
    import xlsxwriter

    out, columns, known = io.BytesIO(), (*SENT, *ALSO_SENT, *ANSWERED), (*SENT, *ALSO_SENT)
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, text = made.add_worksheet("requests"), made.add_format({"num_format": "@"})
    given = made.add_format({"bold": True, "bg_color": "#E8ECEF", "bottom": 1})
    wanted = made.add_format({"bold": True, "bg_color": "#FFF1C9", "bottom": 1})  # what the bank fills in
    page.freeze_panes(1, 1)
    page.set_column(0, len(columns) - 1, 20, text)
    for place, name in enumerate(columns):
        page.write_string(0, place, name, wanted if name in ANSWERED else given)
    for number, one in enumerate(requests, start=1):
        line = line_of(one, bank_code)
        for place, name in enumerate(known):
            page.write_string(number, place, line[name], text)
    _guide(made)
    for place, name in enumerate(columns):
        if requests and name in ANSWERED:
            page.data_validation(1, place, len(requests), place, _asked_for(name))
    made.close()
    return out.getvalue()


def _asked_for(name: str) -> dict[str, Any]:
    told = {"input_title": name, "input_message": MEANINGS[name][:255]}
    if name == "reason_code":
        first = len(MEANINGS) + 5
        return {"validate": "list", "source": f"='{GUIDE}'!$A${first}:$A${first + len(REASONS) - 1}"} | told
    if name in ALLOWED:
        return {"validate": "list", "source": [value for value in ALLOWED[name] if value]} | told
    return {"validate": "any"} | told


def _guide(made: Any) -> None:
    """Add the sheet that explains: every column, then every reason with what follows from it."""
    page, bold = made.add_worksheet(GUIDE), made.add_format({"bold": True})
    wrapped = made.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 26)
    page.set_column(1, 2, 70, wrapped)
    rows: list[tuple[str, ...]] = [
        ("Điền các cột tô vàng của trang requests, mỗi dòng một câu trả lời, rồi gửi lại chính tệp này.",),
        ("Cột", "Ý nghĩa"),
        *MEANINGS.items(),
        (),
        ("Mã lý do", "Khi nào dùng", "Sau đó"),
        *((code, reason.meaning, reason.action) for code, reason in REASONS.items()),
    ]
    for number, row in enumerate(rows):
        page.write_row(number, 0, row, bold if number in (0, 1, len(MEANINGS) + 3) else None)


def read(content: bytes, name: str) -> AnswerFile:
    """Read what a bank sent back. Raises what `read_content` raises."""
    return read_content(content, name, columns=COLUMNS, needed=NEEDED)


def read_line(line: AnswerLine) -> BankAnswer:
    """Return the answer of one line. Raises DisburseError saying what in it cannot be read."""
    if not any(line[name] for name in ANSWERED):
        raise DisburseError("line_unanswered")
    said = {name: line[name].lower() for name in ALLOWED}
    for column, allowed in ALLOWED.items():
        if said[column] not in allowed:
            raise DisburseError("line_value", column=column, value=line[column])
    return BankAnswer(
        key=line.number,
        bank_code=_bank(line["bank_code"]),
        status=WireState(said["status"]),
        request_id=_uuid(line["request_id"]),
        account_number=_account(line),
        reason_code=line["reason_code"][:60],
        name_match=said["name_match"],
        id_match=said["id_match"],
        account_status=said["account_status"],
        currency=line["currency"].upper()[:3],
        checked_at=moment(line["checked_at"]),
        account_exists=_KNOWN[said["account_exists"]],
        account_kind=said["account_kind"],
        joint=_KNOWN[said["joint"]],
        papers=_KNOWN[said["papers"]],
        biometrics=_KNOWN[said["biometrics"]],
        branch=line["branch"][:100],
    )


def _bank(text: str) -> str:
    code = packaged().resolve(text).code
    if code is None:
        raise DisburseError("line_value", column="bank_code", value=text)
    return code


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise DisburseError("line_value", column="request_id", value=text) from error


def _account(line: AnswerLine) -> str:
    found = account_number(line["account_number"])
    if isinstance(found, AccountNumber):
        return found.value
    if line["request_id"] and not line["account_number"]:
        return ""
    raise DisburseError("line_value", column="account_number", value=line["account_number"])
