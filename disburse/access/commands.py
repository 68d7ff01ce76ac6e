"""`disburse user …`: users and what they are granted, from the server's own command line."""

import sys
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from disburse import config
from disburse.access import actions, passwords, proposals, queries
from disburse.access.tables import Role, User
from disburse.areas.tables import Area
from disburse.audit.actor import COMMAND
from disburse.errors import Invalid, NotFound
from disburse.installation import open_installation
from disburse.programmes.tables import Programme

app = typer.Typer(help="Người dùng và quyền.", no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Tên đăng nhập: a–z, số, dấu chấm, gạch nối.")],
    role: Annotated[Role, typer.Option(help="Vai trò.")],
    area: Annotated[list[str] | None, typer.Option(help="Mã tỉnh (2 số) hoặc xã (5 số); lặp lại được.")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="NCC, BTXH, …; lặp lại được; mặc định tất cả.")] = None,
    full_name: Annotated[str, typer.Option(help="Họ tên người khác nhìn thấy.")] = "",
    bank: Annotated[str, typer.Option(help="Với vai trò ngân hàng: mã VietQR.")] = "",
    payer: Annotated[str, typer.Option(help="Với vai trò tổ chức chi trả: tên.")] = "",
    password_stdin: Annotated[bool, typer.Option(help="Đọc mật khẩu từ đầu vào chuẩn.")] = False,
) -> None:
    """Thêm người dùng; in thư mời dùng một lần trong 24 giờ, trừ khi đã cho mật khẩu."""
    settings = config.load()
    database = open_installation(settings)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    if password_stdin:
        passwords.check_rules(password, user_name=name)
    with database.transaction() as session:
        _check_places(session, area or [], programme or [])
        user = actions.add_user(session, name=name, full_name=full_name, by=COMMAND)
        for code in area or [""]:
            for one in programme or [""]:
                actions.grant_role(
                    session,
                    user=user,
                    role=role,
                    area_code=code,
                    programme=one,
                    bank_code=bank.upper(),
                    payer_name=payer,
                    by=COMMAND,
                )
        if password:
            actions.set_password(session, user=user, password=password, by=COMMAND)
        token = "" if password else actions.invite(session, user=user, by=COMMAND)
    if token:
        typer.echo(_address(settings, token))


@app.command("invite")
def invite(name: Annotated[str, typer.Argument(help="Tên đăng nhập.")]) -> None:
    """In thư mời mới cho một người dùng; thư cũ hết hiệu lực."""
    settings = config.load()
    with open_installation(settings).transaction() as session:
        token = actions.invite(session, user=_user(session, name), by=COMMAND)
    typer.echo(_address(settings, token))


@app.command("approve")
def approve(name: Annotated[str, typer.Argument(help="Tên đăng nhập.")]) -> None:
    """Duyệt các quyền đang chờ của một người dùng, khi cơ quan chỉ có một quản trị hệ thống."""
    with open_installation(config.load()).transaction() as session:
        user = _user(session, name)
        waiting = proposals.open_of(session, user)
        if not waiting:
            raise NotFound("nothing_waits", name=user.name)
        for one in waiting:
            proposals.approve(session, proposal_id=one.id, user_id=user.id, by=COMMAND)


@app.command("disable")
def disable(name: Annotated[str, typer.Argument(help="Tên đăng nhập.")]) -> None:
    """Khóa một người dùng ngay; không xóa gì họ đã làm."""
    with open_installation(config.load()).transaction() as session:
        actions.disable_user(session, user=_user(session, name), by=COMMAND)


@app.command("list")
def show() -> None:
    """In mọi người dùng với vai trò, địa bàn, chính sách."""
    with open_installation(config.load()).reading() as session:
        for line in queries.users(session):
            held = ", ".join(
                ":".join(part for part in (grant.role, grant.area_code, grant.programme) if part)
                for grant in line.grants
            )
            state = "disabled" if line.user.disabled_at else "active"
            typer.echo(f"{line.user.name}\t{state}\t{held}")


def _user(session: Session, name: str) -> User:
    found = queries.user_named(session, name)
    if found is None:
        raise NotFound("user_unknown", name=name)
    return found


def _check_places(session: Session, areas: list[str], programmes: list[str]) -> None:
    for code in areas:
        if session.exec(select(Area).where(Area.code == code, col(Area.valid_to).is_(None))).first() is None:
            raise Invalid("area_unknown", code=code)
    known = list(session.exec(select(Programme.code).order_by(col(Programme.position))))
    for code in programmes:
        if code not in known:
            raise Invalid("programme_unknown", code=code, known=", ".join(known))


def _address(settings: config.Settings, token: str) -> str:
    # Browsers keep the secure cookies of a sign-in on plain HTTP for this name alone.
    host = "localhost" if settings.host == "127.0.0.1" else settings.host
    site = settings.public_url or f"http://{host}:{settings.port}"
    return f"{site}/invitation/{token}"
