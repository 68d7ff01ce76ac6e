"""A form kept over a sign-in: `/kept/{id}` says what it is and what was typed, and sends it again or puts it aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import Reading, Writing, require
from api.web import pages
from api.web.pages import Page
from disburse.access import kept_forms
from disburse.access.actor import Actor
from disburse.access.kept_forms import Kept
from disburse.access.roles import Permission
from disburse.rosters.sayings import mask_numbers

router = APIRouter()

# What a form does, by its address; {} is an id. What is not named here is shown as "another form".
ACTIONS: tuple[tuple[str, str], ...] = (
    ("/people/{}/edit", "Sửa thông tin đối tượng"),
    ("/people/{}/act/end", "Ghi nhận đối tượng chết hoặc thôi hưởng"),
    ("/people/{}/act/move", "Ghi nhận đối tượng chuyển đi"),
    ("/people/{}/act/{}", "Ghi nhận thay đổi của đối tượng"),
    ("/people/{}/recipient", "Ghi người nhận thay"),
    ("/people/find", "Tìm đối tượng theo số"),
    ("/questions/{}", "Trả lời câu hỏi của danh sách"),
    ("/questions", "Trả lời nhiều câu hỏi của danh sách"),
    ("/duplicates/{}/{}", "Quyết định về hai hồ sơ trùng"),
    ("/hamlets", "Thêm thôn, tổ dân phố"),
    ("/hamlets/{}", "Gộp thôn, tổ dân phố"),
    ("/rosters/{}/sheet", "Chọn trang và dòng tiêu đề của danh sách"),
    ("/rosters/{}/columns", "Chọn cột của danh sách"),
    ("/rosters/{}/values", "Ghép giá trị của danh sách"),
    ("/rosters/{}/rows/{}", "Sửa một dòng của danh sách"),
    ("/rosters/{}/rows/{}/drop", "Bỏ một dòng của danh sách"),
    ("/rosters/{}/refuse", "Từ chối danh sách"),
    ("/rosters/{}/undo", "Hoàn tác danh sách"),
    ("/review/cards/{}", "Trả lời một cặp ghép"),
    ("/links/{}/replace", "Đề nghị thay tài khoản"),
    ("/links/{}/close", "Ngừng dùng liên kết tài khoản"),
    ("/flags/{}", "Ghi đã xem xét dấu hiệu bất thường"),
    ("/holds/{}/keep", "Cho người nhận tiếp tục nhận"),
    ("/staff", "Thêm cán bộ vào danh sách đối chiếu"),
)
OTHER_ACTION = "Biểu mẫu đã nhập"
# What a field is called on the page; the others go along without being shown.
FIELDS: dict[str, str] = {
    "name": "Họ và tên",
    "birth": "Ngày sinh",
    "citizen_id": "Số CCCD",
    "old_id": "CMND (9 số)",
    "phone": "Điện thoại",
    "hamlet": "Thôn, tổ dân phố",
    "address": "Địa chỉ",
    "reason": "Lý do",
    "note": "Ghi chú",
    "words": "Ghi rõ",
    "why": "Lý do",
    "on": "Ngày",
    "since": "Từ ngày",
    "relation": "Quan hệ",
    "organisation": "Tổ chức",
    "paper_number": "Số giấy tờ",
    "number": "Số",
    "value": "Giá trị",
    "exception": "Lý do ngoại lệ",
    "until": "Đến ngày",
    "paper_date": "Ngày của giấy tờ",
    "paper_until": "Giấy tờ có hiệu lực đến",
}
CELL = "Ô đã sửa"  # of a row of a roster: `c_E` is column E


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as it is shown: its label (a message), the column of a sheet where it is one, the value masked."""

    label: str
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class KeptPage(Page):
    template: ClassVar[str] = "kept.html"
    kept: Kept
    action: str
    shown: tuple[Shown, ...]
    hidden: int
    until: datetime


@router.get("/kept/{form_id}")
def show(request: Request, session: Reading, form_id: UUID, actor: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Say what was kept for who is signed in; another's form is not found."""
    kept = kept_forms.of_user(session, user_id=actor.user_id, form_id=form_id)
    shown = tuple(_shown(kept))
    filled = sum(bool(value.strip()) for _, value in kept.fields)
    content = KeptPage(kept, action_of(kept.path), shown, filled - len(shown), kept.made_at + kept_forms.LIFE)
    return pages.render(request, content)


def action_of(path: str) -> str:
    """Return what a form at an address does, as a message of the catalogues."""
    plain = path.split("?")[0]
    for pattern, words in ACTIONS:
        if re.fullmatch(pattern.replace("{}", "[^/]+"), plain):
            return words
    return OTHER_ACTION


def _shown(kept: Kept) -> list[Shown]:
    found = []
    for name, value in kept.fields:
        if not value.strip():
            continue
        if name.startswith("c_"):
            found.append(Shown(CELL, name[2:], mask_numbers(value)))
        elif name in FIELDS:
            found.append(Shown(FIELDS[name], "", mask_numbers(value)))
    return found


@router.post("/kept/{form_id}")
def send(session: Writing, form_id: UUID, actor: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Erase the kept form and let the browser post the same fields where they were going."""
    path = kept_forms.send(session, user_id=actor.user_id, form_id=form_id, by=actor.by)
    return RedirectResponse(path, status_code=307)  # 307: method and body stay, the fresh secret among them


@router.post("/kept/{form_id}/drop")
def put_aside(session: Writing, form_id: UUID, actor: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Erase the kept form unsent."""
    kept_forms.put_aside(session, user_id=actor.user_id, form_id=form_id, by=actor.by)
    return RedirectResponse("/", status_code=303)
