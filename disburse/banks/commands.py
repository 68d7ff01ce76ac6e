"""`disburse bank …`: banks' programs and their secrets, from the server's own command line."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from sqlmodel import Session

from disburse import clock, config, console
from disburse.audit.actor import COMMAND
from disburse.banks import actions, outgoing, queries, webhooks
from disburse.banks.actions import ClientChange, NewSecret
from disburse.banks.directory import packaged
from disburse.banks.scopes import EVERYTHING, Scope
from disburse.banks.simulate import simulate
from disburse.errors import Invalid, NotFound

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Code = Annotated[str, typer.Argument(metavar="CODE", help="Ngân hàng: mã VietQR, BIN hoặc tên thường gọi.")]
Name = Annotated[str, typer.Option("--client", help="Tên chương trình của ngân hàng.")]


@app.callback()
def _bank() -> None:
    """Chương trình của ngân hàng: thêm, đổi khóa, khóa lại."""


@app.command("add")
def add(
    code: Code,
    client: Name,
    scope: Annotated[list[str] | None, typer.Option(help="Quyền; lặp lại được; mặc định tất cả.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="Địa chỉ hay dải địa chỉ được gọi; lặp lại được.")] = None,
    contact: Annotated[str, typer.Option(help="Đầu mối của ngân hàng.")] = "",
) -> None:
    """Thêm một chương trình; in mã và khóa một lần duy nhất."""
    with console.open_database().transaction() as session:
        made = actions.add_client(
            session,
            bank_code=_code(code),
            name=client,
            scopes=_scopes(scope) if scope else EVERYTHING,
            allowed_ips=allow or [],
            contact=contact,
            by=COMMAND,
        )
    _say(made)


@app.command("secret")
def secret(code: Code, client: Name) -> None:
    """Tạo khóa thứ hai cho một chương trình; khóa cũ dùng tiếp đến khi thu hồi."""
    with console.open_database().transaction() as session:
        made = actions.add_secret(session, client_id=_client_id(session, code, client), by=COMMAND)
    _say(made)


@app.command("revoke")
def revoke(
    code: Code, client: Name, secret_id: Annotated[str, typer.Argument(metavar="SECRET_ID", help="Mã của khóa.")]
) -> None:
    """Thu hồi một khóa ngay: thẻ truy cập đã cấp theo khóa đó cũng hết hiệu lực."""
    with console.open_database().transaction() as session:
        client_id = _client_id(session, code, client)
        try:
            actions.revoke_secret(session, client_id=client_id, secret_id=UUID(secret_id), by=COMMAND)
        except ValueError as wrong:
            raise NotFound("secret_unknown") from wrong
    console.say("Đã thu hồi khóa.")


@app.command("change")
def change(
    code: Code,
    client: Name,
    scope: Annotated[list[str] | None, typer.Option(help="Quyền; lặp lại được.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="Địa chỉ được gọi; lặp lại được.")] = None,
    per_minute: Annotated[int | None, typer.Option(help="Số lần gọi mỗi phút.")] = None,
    per_day: Annotated[int | None, typer.Option(help="Số lần gọi mỗi ngày.")] = None,
    sign: Annotated[bool | None, typer.Option("--sign/--no-sign", help="Bắt buộc ký thông điệp.")] = None,
) -> None:
    """Đổi quyền, địa chỉ, số lần gọi, việc ký thông điệp; có hiệu lực từ lần gọi sau."""
    wanted = ClientChange(
        scopes=_scopes(scope) if scope else None,
        allowed_ips=allow,
        per_minute=per_minute,
        per_day=per_day,
        must_sign=sign,
    )
    with console.open_database().transaction() as session:
        actions.change_client(session, client_id=_client_id(session, code, client), change=wanted, by=COMMAND)
    console.say("Đã đổi.")


@app.command("webhook")
def webhook(
    code: Code,
    client: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Địa chỉ https nhận tin; “-” để thôi báo.")],
) -> None:
    """Đặt nơi báo tin khi có yêu cầu mới; in khóa ký tin một lần duy nhất."""
    database = console.open_database()
    target = None if url == "-" else outgoing.checked(url, allow_private=config.load().webhooks_private)
    with database.transaction() as session:
        text = webhooks.set_webhook(session, client_id=_client_id(session, code, client), url=target, by=COMMAND)
    if text:
        console.out.print(f"webhook_secret={text}", markup=False, soft_wrap=True)
    console.say("Khóa chỉ hiện một lần." if text else "Không báo tin nữa.")


@app.command("disable")
def disable(code: Code, client: Name) -> None:
    """Khóa một chương trình ngay."""
    with console.open_database().transaction() as session:
        actions.disable_client(session, client_id=_client_id(session, code, client), by=COMMAND)
    console.say("Đã khóa chương trình.")


@app.command("enable")
def enable(code: Code, client: Name) -> None:
    """Mở lại một chương trình."""
    with console.open_database().transaction() as session:
        actions.enable_client(session, client_id=_client_id(session, code, client), by=COMMAND)
    console.say("Đã mở lại chương trình.")


@app.command("list")
def show() -> None:
    """In các chương trình với quyền và khóa của chúng."""
    with console.open_database().reading() as session:
        for line in queries.clients(session):
            one = line.client
            state = "disabled" if one.disabled_at else "active"
            console.out.print(
                "\t".join((one.bank_code, one.name, str(one.id), state, " ".join(one.scopes))), markup=False
            )
            for known in line.secrets:
                used = (
                    known.last_used_at.astimezone(clock.VIETNAM).isoformat(timespec="minutes")
                    if known.last_used_at
                    else "-"
                )
                console.out.print(f"\t…{known.hint}\t{known.id}\t{used}", markup=False)


app.command("simulate")(simulate)


def _say(made: NewSecret) -> None:
    console.out.print(f"client_id={made.client_id}\nclient_secret={made.secret}", markup=False, soft_wrap=True)
    console.say("Khóa chỉ hiện một lần. Gửi cho ngân hàng bằng đường an toàn.")


def _code(text: str) -> str:
    found = packaged().resolve(text).code
    if found is None:
        raise NotFound("bank_unknown", code=text)
    return found


def _client_id(session: Session, code: str, name: str) -> UUID:
    found = queries.client_named(session, bank_code=_code(code), name=name)
    if found is None:
        raise NotFound("client_unknown")
    return found.id


def _scopes(texts: list[str]) -> list[Scope]:
    known = {str(scope): scope for scope in Scope}
    for text in texts:
        if text not in known:
            raise Invalid("scope_unknown", value=text, known=", ".join(known))
    return [known[text] for text in texts]
