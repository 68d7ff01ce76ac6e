"""What banks, clerks, the population database and the payer send back: bank lists and the CSV answers. No rosters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from maker import district
from maker.accounts import Account, Books, by_payee
from maker.district import BANKS, CLERKS, Bank
from maker.people import Enrolment, Person, World, fold
from maker.sheets import Cell, Grid

Rows = list[list[Cell]]
CHECKED = datetime(2024, 3, 14, 8, tzinfo=timezone(timedelta(hours=7)))  # the banks' first answer


@dataclass
class Outcome:
    """Who is verified, confirmed and paid in the end."""

    verified: set[Person]
    confirmed: set[Person]  # payees
    paid: set[int]  # id() of enrolments


# --- bank lists ------------------------------------------------------------------------------------------


def shown_number(one: Account) -> str:
    """The account number, or the card or ruin that stands in its place."""
    return one.damage or one.number


def day(text: str, pattern: str) -> str:
    """An ISO day in the bank's own pattern; a bare year stays."""
    return text if len(text) == 4 else f"{date.fromisoformat(text):{pattern}}"


def agribank(accounts: list[Account]) -> Grid:
    """Titles, heading in Vietnamese, everything text, old nine-digit IDs."""
    grid = Grid("DSTK")
    grid.add("NGÂN HÀNG NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN VIỆT NAM", bold=True)
    grid.add("CHI NHÁNH HUYỆN BÌNH SƠN QUẢNG NGÃI", bold=True)
    grid.add()
    grid.add("DANH SÁCH TÀI KHOẢN THANH TOÁN CỦA KHÁCH HÀNG CÁ NHÂN (đến ngày 29/02/2024)", bold=True)
    grid.add()
    grid.add(
        "STT",
        "Mã KH",
        "Tên khách hàng",
        "Ngày sinh",
        "Giới tính",
        "Số GTTT",
        "Số tài khoản",
        "Trạng thái TK",
        "Loại TK",
        "Loại tiền",
        "Điện thoại",
        "Địa chỉ",
        bold=True,
    )
    states = {"closed": "Đã đóng", "locked": "Phong tỏa"}
    for n, a in enumerate(accounts, 1):
        line = grid.add(
            n,
            f"45{n * 7919 % 9_999_991:07d}",
            a.name,
            day(a.birth, "%d/%m/%Y"),
            a.holder.sex,
            a.shown_id,
            shown_number(a),
            states.get(a.state, "Hoạt động"),
            "Đồng chủ tài khoản" if a.state == "joint" else "Cá nhân",
            "USD" if a.state == "usd" else "VND",
            a.phone,
            a.address,
        )
        a.ref = (grid.name, line)
    return grid


def bidv(accounts: list[Account]) -> Grid:
    """A plain export: lower-case headings without accents, dates yyyymmdd."""
    grid = Grid("bidv-dung-quat")
    grid.add(
        "so_tai_khoan",
        "ten_khach_hang",
        "ngay_sinh",
        "gioi_tinh",
        "so_gttt",
        "dien_thoai",
        "trang_thai_tk",
        "loai_tk",
        "loai_tien",
        "dia_chi",
        "chi_nhanh",
    )
    states = {"closed": "DA DONG", "locked": "TAM KHOA"}
    for a in accounts:
        line = grid.add(
            shown_number(a),
            a.name,
            day(a.birth, "%Y%m%d"),
            fold(a.holder.sex),
            a.shown_id,
            a.phone,
            states.get(a.state, "HOAT DONG"),
            "DONG SO HUU" if a.state == "joint" else "CA NHAN",
            "USD" if a.state == "usd" else "VND",
            a.address,
            "DUNG QUAT",
        )
        a.ref = (grid.name, line)
    return grid


def lpbank(accounts: list[Account]) -> Grid:
    """An old .xls: other column order, IDs as numbers, some birth years alone."""
    grid = Grid("Sheet1")
    grid.add("LIENVIETPOSTBANK - PGD BINH SON", bold=True)
    grid.add("DANH SACH KHACH HANG MO TAI KHOAN", bold=True)
    grid.add(
        "TT",
        "SO CMND/CCCD",
        "TEN CHU TK",
        "NGAY SINH",
        "GIOI TINH",
        "SO TAI KHOAN",
        "PGD",
        "TINH TRANG TK",
        "LOAI TK",
        "LOAI TIEN",
        "SO DIEN THOAI",
        "DIA CHI",
        bold=True,
    )
    states = {"closed": "DONG", "locked": "KHOA"}
    for n, a in enumerate(accounts, 1):
        number = int(a.shown_id) if a.shown_id and n % 3 == 0 else a.shown_id
        birth = int(a.birth[:4]) if n % 11 == 0 and a.shown_id == a.holder.citizen_id else day(a.birth, "%d/%m/%Y")
        line = grid.add(
            n,
            number,
            a.name,
            birth,
            fold(a.holder.sex),
            shown_number(a),
            "BINH SON",
            states.get(a.state, "MO"),
            "DONG CHU TK" if a.state == "joint" else "CA NHAN",
            "USD" if a.state == "usd" else "VND",
            a.phone,
            a.address,
        )
        a.ref = (grid.name, line)
    return grid


BANK_LISTS = {"VBA": agribank, "BIDV": bidv, "LPB": lpbank}


def bank_list(books: Books, bank: Bank) -> Grid:
    """A bank's list in its own layout."""
    return BANK_LISTS[bank.code]([a for a in books.accounts if a.bank is bank])


# --- answers ----------------------------------------------------------------------------------------------


def decisions(books: Books) -> Rows:
    """Every true pair and every trap, in the order of the rows they stand on."""
    head: list[Cell] = [
        "file",
        "sheet",
        "line",
        "party",
        "bank_code",
        "account_number",
        "decision",
        "reason",
        "decided_by",
        "decided_on",
    ]
    rows: Rows = []
    for a in books.answers:
        paper = a.party == "recipient" and a.one.paper_ref[0]
        file, sheet, line = a.one.paper_ref if paper else a.one.ref
        rows.append([file, sheet, line, a.party, a.account.bank.code, a.account.number, a.decision, a.reason])
    rows.sort(key=lambda r: (str(r[0]), str(r[1]), int(str(r[2])), str(r[5])))
    for n, row in enumerate(rows):
        row += [CLERKS[n % len(CLERKS)], f"2024-03-{5 + n * 8 // len(rows):02d}"]
    return [head, *rows]


def results(world: World, books: Books, outcome: Outcome, bank: Bank) -> Rows:
    """The bank's answer per link: most right, some only received, the refused with a code, a few not answered."""
    head: list[Cell] = [
        "request_id",
        "bank_code",
        "account_number",
        "status",
        "reason_code",
        "name_match",
        "id_match",
        "account_status",
        "currency",
        "checked_at",
    ]
    rows: Rows = []
    codes = list(district.REFUSALS)
    for payee, a in books.chosen.items():
        drawn = world.rng.random()
        if a.bank is not bank:
            continue
        at = (CHECKED + timedelta(minutes=len(rows) % 2400)).isoformat()
        if payee in books.refused:
            code = codes[len(rows) % len(codes)]
            rows.append(["", bank.code, a.number, "rjct", code, *district.REFUSALS[code], "VND", at])
        elif drawn < 0.90:
            outcome.confirmed.add(payee)
            same = "yes" if a.name == fold(payee.name) else "partial"
            held = {payee.citizen_id: "citizen_id", payee.old_id: "old_id"}.get(a.shown_id, "none")
            rows.append(["", bank.code, a.number, "succ", "", same, held, "open", "VND", at])
        elif drawn < 0.96:
            rows.append(["", bank.code, a.number, "rcvd", "", "", "", "", "", at])
    return [head, *rows]


def verified(world: World, outcome: Outcome) -> Rows:
    """The population database on the whole IDs the district holds."""
    rows: Rows = [["citizen_id", "full_name", "birth_date", "result", "on", "source"]]
    seen: set[Person] = set()
    for e in world.enrolments:
        if not e.id_known or e.person in seen:
            continue
        seen.add(e.person)
        drawn = world.rng.random()
        if drawn >= 0.74:
            continue
        result = "match" if drawn < 0.72 else "mismatch" if drawn < 0.73 else "not_found"
        if result == "match":
            outcome.verified.add(e.person)
        rows.append(
            [
                e.person.citizen_id,
                e.person.name,
                e.person.birth.isoformat(),
                result,
                "2024-02-20",
                "Cơ sở dữ liệu quốc gia về dân cư",
            ]
        )
    return rows


def paid(world: World, books: Books, outcome: Outcome, programme: str) -> Rows:
    """The payer's list of a programme: nine of ten confirmed by account, the others cash, a few not collected."""
    rows: Rows = [
        [
            "commune_code",
            "file_number",
            "citizen_id",
            "full_name",
            "birth_date",
            "status",
            "channel",
            "amount",
            "bank_code",
            "account_number",
            "paid_on",
            "reason",
        ]
    ]
    rng = world.rng
    for e in world.enrolments:
        if e.programme != programme:
            continue
        born = str(e.person.birth.year) if e.person.year_only else e.person.birth.isoformat()
        who: list[Cell] = [
            e.commune.code,
            e.file_number,
            e.person.citizen_id if e.id_known else "",
            e.person.name,
            born,
        ]
        amount, drawn = sum(x.amount for x in e.lines) + e.arrears, rng.random()
        if e.payee in outcome.confirmed and drawn < 0.9:
            outcome.paid.add(id(e))
            a = books.chosen[e.payee]
            rows.append([*who, "paid", "account", amount, a.bank.code, a.number, "2024-03-20", ""])
        elif e.payee in outcome.confirmed and drawn < 0.905:
            a = books.chosen[e.payee]
            rows.append(
                [*who, "returned", "account", amount, a.bank.code, a.number, "2024-03-20", "Ngân hàng trả lại lệnh"]
            )
        elif drawn < 0.98 or e.payee in outcome.confirmed:
            channel = "home" if e.person.birth.year < 1932 else "cash"
            rows.append([*who, "paid", channel, amount, "", "", f"2024-03-{11 + int(drawn * 100) % 12:02d}", ""])
        else:
            rows.append([*who, "unpaid", "cash", amount, "", "", "", "Chưa đến nhận"])
    return rows


def table(world: World, books: Books, outcome: Outcome) -> list[dict[str, int | str]]:
    """The truth per programme and old commune, counted from the people themselves."""
    cells: dict[tuple[str, str], dict[str, int | str]] = {}
    for p in district.TOTAL:
        for c in district.COMMUNES:
            zero = dict.fromkeys(
                (
                    "total",
                    "id_valid",
                    "verified",
                    "registered",
                    "registered_own",
                    "registered_other",
                    "confirmed",
                    "paid",
                    "parked",
                    "lines",
                    "amount_total",
                    "amount_by_account",
                ),
                0,
            )
            cells[p, c.code] = {"programme": p, "code": c.code, "name": c.full, **zero}
    for e in world.enrolments:
        add(cells[e.programme, e.commune.code], e, books, outcome)
    return list(cells.values())


def add(cell: dict[str, int | str], e: Enrolment, books: Books, outcome: Outcome) -> None:
    """Count one enrolment into its cell."""
    amount, paid_by_account = sum(x.amount for x in e.lines), id(e) in outcome.paid
    registered = e.payee in books.registered
    facts = {
        "total": 1,
        "id_valid": e.id_ok and e.id_as in ("full", "raw"),
        "verified": e.person in outcome.verified,
        "registered": registered,
        "registered_own": registered and not e.recipient,
        "registered_other": registered and e.recipient is not None,
        "confirmed": e.payee in outcome.confirmed,
        "paid": paid_by_account,
        "lines": len(e.lines),
        "amount_total": amount,
        "amount_by_account": amount * paid_by_account,
    }
    for name, value in facts.items():
        cell[name] = int(cell[name]) + int(value)


def check_against_published(world: World, books: Books, cells: list[dict[str, int | str]]) -> None:
    """The generator refuses to write a sample whose own people do not give the published table."""
    for name, wanted in (("total", district.TOTAL), ("registered", district.REGISTERED)):
        got = {p: sum(int(c[name]) for c in cells if c["programme"] == p) for p in wanted}
        assert got == wanted, (name, got, wanted)
    groups = by_payee(world)
    assert all(p in groups for p in books.registered | books.refused)
    assert len(books.accounts) <= 60_000
    assert len({a.number for a in books.accounts}) == len(books.accounts)
    assert {b.code for b in BANKS} == {a.bank.code for a in books.accounts}
