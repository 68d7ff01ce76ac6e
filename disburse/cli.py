"""The command line: a table of contents. Each command lives in its feature and is loaded only when asked for."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import typer

from disburse import __version__, config
from disburse.errors import DisburseError, place_of

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("disburse.demo.commands:app", "Dữ liệu mẫu từ đầu đến cuối, rồi mở trang web."),
    "serve": ("disburse.serving:app", "Mở trang web và API."),
    "worker": ("disburse.worker:app", "Chạy các tác vụ nền."),
    "migrate": ("disburse.upkeep:migrate", "Tạo hoặc cập nhật cơ sở dữ liệu."),
    "backup": ("disburse.upkeep:backup", "Sao lưu cơ sở dữ liệu ra một tệp."),
    "restore": ("disburse.upkeep:restore", "Khôi phục cơ sở dữ liệu từ bản sao lưu."),
    "doctor": ("disburse.doctor.commands:app", "Đếm lại mọi thứ từ các dòng và nêu từng chỗ lệch."),
    "audit": ("disburse.upkeep:audit", "Nhật ký: kiểm tra chuỗi."),
    "user": ("disburse.access.commands:app", "Người dùng và quyền."),
    "bank": ("disburse.banks.commands:app", "Chương trình của ngân hàng gọi vào API."),
    "roster": ("disburse.rosters.commands:roster", "Danh sách đối tượng: kiểm tra, nhập."),
    "registrations": ("disburse.accounts.commands:registrations", "Danh sách tài khoản: kiểm tra, nhập."),
    "link": ("disburse.accounts.commands:link", "Ghép người với tài khoản."),
    "match": ("disburse.accounts.match_files:app", "Ghép hai tệp CSV, không cần cơ sở dữ liệu."),
    "decisions": ("disburse.rosters.decision_commands:decisions", "Quyết định của cán bộ về các cặp chưa chắc."),
    "requests": ("disburse.confirmations.commands:requests", "Yêu cầu xác nhận gửi ngân hàng."),
    "results": ("disburse.confirmations.commands:results", "Kết quả xác nhận của ngân hàng."),
    "verified": ("disburse.people.commands:verified", "Kết quả xác thực với dữ liệu dân cư."),
    "paid": ("disburse.payments.commands:paid", "Danh sách đã chi, chưa chi của tổ chức chi trả."),
    "progress": ("disburse.progress.commands:app", "Bảng tiến độ theo xã và chính sách."),
}


def main() -> None:
    """Run the command line; every error is one line on stderr and an exit code, never a traceback."""
    os.umask(0o077)  # what it writes holds people's data: for the one who runs it alone
    gc.disable()  # until the command is loaded: what is loaded stays, and looking through it takes a tenth of the start
    code = run(sys.argv[1:])
    gc.freeze()  # what is left goes with the process: looking through it all once more took a third of a second
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if name in ("--help", "-h", "help"):
        return _print_contents()
    if name == "--version":
        sys.stdout.write(f"disburse {__version__}\n")
        return 0
    if name not in COMMANDS:
        return _complain(f"Không có lệnh {name}. Xem các lệnh: disburse --help", 2)
    try:
        return _call(name, rest)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except typer.TyperException as error:
        message = error.format_message()
        if message.startswith("Usage:"):  # a group called without its command: its help is the answer
            sys.stderr.write(message + "\n")
            return 2
        return _complain(f"{message} Xem: disburse {name} --help", 2)
    except DisburseError as error:
        return _complain(error.sentence(), getattr(error, "exit_code", 1))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("DISBURSE_DEBUG", "").lower() in config.ON:  # the settings themselves may be what failed
            raise
        detail = f"{type(error).__name__}: {place_of(error)}"
        return _complain(f"Lỗi ngoài dự kiến ({detail}). Đặt DISBURSE_DEBUG=1 để xem chi tiết.", 1)


def _call(name: str, arguments: list[str]) -> int:
    module, attribute = COMMANDS[name][0].split(":")
    application: typer.Typer = getattr(import_module(module), attribute)
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    command = typer.main.get_command(application)
    outcome = command.main(arguments, prog_name=f"disburse {name}", standalone_mode=False)
    return outcome if isinstance(outcome, int) else 0


def _print_contents() -> int:
    sys.stdout.write("Disburse: chuyển chi trả an sinh xã hội từ tiền mặt sang tài khoản.\n\n")
    for name, (_, summary) in COMMANDS.items():
        sys.stdout.write(f"  disburse {name:<14} {summary}\n")
    sys.stdout.write("\nXem từng lệnh: disburse LỆNH --help\n")
    return 0


def _complain(sentence: str, code: int) -> int:
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    return code


if __name__ == "__main__":
    main()
