"""`disburse bank simulate`: plays a bank against an installation, this one or another."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from disburse import console
from disburse.banks.books import read_book
from disburse.banks.partner import Wire
from disburse.banks.simulated import Round, Temper, play
from disburse.errors import Invalid


def simulate(
    url: Annotated[str, typer.Argument(metavar="URL", help="Địa chỉ trang web, ví dụ http://127.0.0.1:8000.")],
    client_id: Annotated[str, typer.Option(help="client_id của chương trình ngân hàng.")],
    secret: Annotated[str, typer.Option(envvar="DISBURSE_BANK_SECRET", help="Khóa; nên đặt trong biến.")] = "",
    secret_stdin: Annotated[bool, typer.Option("--secret-stdin", help="Đọc khóa từ đầu vào.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="Số lượt lấy và trả lời yêu cầu.")] = 1,
    every: Annotated[float, typer.Option(min=0, help="Số giây giữa hai lượt.")] = 5.0,
    wait: Annotated[float, typer.Option(min=0, help="Số giây chờ trước mỗi lần gọi.")] = 0.0,
    refuse: Annotated[float, typer.Option(min=0, max=1, help="Tỷ lệ từ chối thêm, ngoài các số tài khoản mẫu.")] = 0.0,
    broken_lines: Annotated[float, typer.Option(min=0, max=1, help="Tỷ lệ lần gọi bị mất câu trả lời.")] = 0.0,
    outages: Annotated[float, typer.Option(min=0, max=1, help="Tỷ lệ lượt ngân hàng ngừng giữa chừng.")] = 0.0,
    delay: Annotated[int, typer.Option(min=0, max=20, help="Câu trả lời đến chậm nhiều nhất mấy lượt.")] = 0,
    book: Annotated[Path | None, typer.Option(help="Sổ của ngân hàng: CSV như tệp kết quả; không có thì im.")] = None,
    twice: Annotated[float, typer.Option(min=0, max=1, help="Tỷ lệ lần trả lời gửi lại lần nữa.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Hạt giống: cùng số, cùng cách cư xử.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
) -> int:
    """Đóng vai một ngân hàng: lấy yêu cầu, báo đã nhận, trả lời. Dùng để thử kết nối; không cần cơ sở dữ liệu."""
    given = sys.stdin.readline().strip() if secret_stdin else secret
    wire = Wire(url.rstrip("/"), _client(client_id), given)
    if not given:
        raise Invalid("secret_needed")
    if not url.startswith(("http://", "https://")):
        raise Invalid("url_invalid", value=url)
    temper = Temper(
        book=read_book(book) if book else None, refuse=refuse, broken_lines=broken_lines, twice=twice, outages=outages,
        delay=delay, wait=wait, seed=seed,
    )  # fmt: skip
    told: list[Round] = []
    for number in range(rounds):
        if number:
            time.sleep(every)
        told.append(play(wire, temper, number))
        _say(number + 1, told[-1])
    if as_json:
        console.print_json({"rounds": [_document(one) for one in told]})
    return console.DONE


def _client(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as wrong:
        raise Invalid("client_id_invalid", value=text) from wrong


def _say(number: int, one: Round) -> None:
    console.say(
        f"Lượt {number}: lấy {one.pulled}, xác nhận {one.confirmed}, từ chối {one.refused}, mở mới {one.opened}, "
        f"im lặng {one.silent}, trả lời sau {one.later}, gửi lại {one.repeated}, "
        f"không được nhận {sum(one.failed.values())}."
    )


def _document(one: Round) -> dict[str, object]:
    return {
        "pulled": one.pulled, "confirmed": one.confirmed, "refused": one.refused, "opened": one.opened,
        "silent": one.silent, "later": one.later, "repeated": one.repeated, "failed": one.failed,
    }  # fmt: skip
