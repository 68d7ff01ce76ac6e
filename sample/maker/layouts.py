"""The nine workbooks of the district and the recipients' papers: which columns each has, and why it is awkward."""

from __future__ import annotations

from collections.abc import Callable

from maker import district, people
from maker.district import BY_CODE
from maker.people import Enrolment, Line
from maker.rosters import (
    FILE_NUMBER,
    HAMLET,
    NOTE,
    STT,
    Book,
    Column,
    Sheet,
    amount,
    beside,
    birth,
    birth_date,
    birth_of,
    blank,
    category,
    citizen,
    citizen_number,
    coefficient,
    footer,
    full_name,
    header,
    heading,
    number,
    number_of,
    one_sheet,
    part_of_birth,
    people_block,
    recipient,
    sex,
    upper,
)
from maker.sheets import Cell, Grid

TITLE = {
    "NCC": "DANH SÁCH CHI TRẢ TRỢ CẤP ƯU ĐÃI NGƯỜI CÓ CÔNG VỚI CÁCH MẠNG",
    "BTXH": "DANH SÁCH ĐỐI TƯỢNG BẢO TRỢ XÃ HỘI HƯỞNG TRỢ CẤP HẰNG THÁNG",
}


def sheets_by_commune(book: Book, sheet: Sheet, unit: str = "đồng") -> list[Grid]:
    """One tab per commune, the commune's name on the tab."""
    programme, codes = district.ROSTERS[sheet.file]
    return [one_sheet(book, sheet, BY_CODE[c].name, TITLE[programme], [c], unit) for c in codes]


def ncc_ven_bien(book: Book) -> list[Grid]:
    """Eight communes on eight tabs; birth years under Nam | Nữ; a summary tab and a hidden old one."""
    columns = [
        STT,
        Column("Họ và tên", full_name),
        Column("Nam", birth_of("Nam"), "Năm sinh"),
        Column("Nữ", birth_of("Nữ"), "Năm sinh"),
        Column("Số CCCD/CMND", citizen),
        Column("Họ tên liệt sĩ", lambda e, _n, _line: book.martyrs.get(e, "")),
        Column("Loại trợ cấp", category, per_line=True),
        Column("Mức trợ cấp", amount, per_line=True, money=True),
        Column("Truy lĩnh", lambda e, _n, line: e.arrears if line is e.lines[0] and e.arrears else "", money=True),
        Column("Tổng cộng", lambda e, _n, line: line.amount + (e.arrears if line is e.lines[0] else 0), money=True),
        FILE_NUMBER,
        Column("Ký nhận", blank),
        NOTE,
    ]
    sheet = Sheet("ncc-ven-bien.xlsx", columns, beside=(), sections=True, letters=True, formulas=True)
    grids = sheets_by_commune(book, sheet)
    summary = Grid("Tổng hợp")
    summary.add("TỔNG HỢP KINH PHÍ CHI TRẢ THÁNG 3/2024", bold=True)
    summary.add("STT", "Xã", "Số người", "Kinh phí")
    for i, grid in enumerate(grids, 1):
        mine = [e for e in people.rows_of(book.world, sheet.file) if e.commune.name == grid.name]
        summary.add(i, grid.name, len(mine), sum(x.amount for e in mine for x in e.lines))
    old = Grid("Giam 2023", hidden=True)
    old.add("STT", "Họ và tên", "Năm sinh", "Lý do")
    for i, name in enumerate(("Tạ Văn Nghiêm", "Ung Thị Vẻ", "Thới Văn Lượm"), 1):
        old.add(i, name, 1931 + i, "Chết")
    return [summary, *grids, old]


def ncc_phia_bac(book: Book) -> list[Grid]:
    """An Excel 97 file typed in .VnTime (TCVN3); communes as sections of one sheet."""
    columns = [
        Column("TT", number),
        Column("Họ và tên", full_name),
        Column("Ngày sinh", birth),
        Column("Giới tính", sex),
        Column("Số CMND", lambda e, _n, _line: e.person.old_id if e.id_as == "cmnd" else ""),
        Column("Số CCCD", lambda e, _n, _line: e.id_cell if e.id_as != "cmnd" else ""),
        HAMLET,
        Column("Diện hưởng", category, per_line=True),
        Column("Mức trợ cấp", amount, per_line=True, money=True),
        Column("Phụ cấp", beside("NCC-4-PC"), money=True),
        FILE_NUMBER,
        NOTE,
    ]
    sheet = Sheet("ncc-phia-bac.xls", columns, beside=("NCC-4-PC",))
    return [one_sheet(book, sheet, "NCC T3-2024", TITLE["NCC"], district.ROSTERS[sheet.file][1])]


def ncc_phia_nam(book: Book) -> list[Grid]:
    """An export with run-together headings: communes without accents, IDs as numbers, dates as dates."""

    def commune(e: Enrolment, _n: int, _line: Line) -> Cell:
        return e.commune.full if e.commune.code == "21091" else people.fold(e.commune.name).title()

    columns = [
        STT,
        Column("MaHS", lambda e, _n, _line: e.file_number),
        Column("HoTen", full_name),
        Column("NgaySinh", birth_date),
        Column("GioiTinh", sex),
        Column("SoCCCD", citizen_number),
        Column("Xa", commune),
        HAMLET,
        Column("DoiTuong", category),
        Column("MucHuong", amount),
        Column("NguoiNhanThay", recipient("name")),
        Column("QuanHe", recipient("relation")),
        Column("CCCDNguoiNhan", number_of(recipient("id"))),
        Column("GhiChu", blank),
    ]
    sheet, grid = Sheet("ncc-phia-nam.xlsx", columns), Grid("DS_NCC_032024")
    grid.add("DANH SACH NGUOI CO CONG CAC XA PHIA NAM - THANG 3/2024", bold=True)
    header(grid, columns, letters=False)
    people_block(grid, sheet, book, people.rows_of(book.world, sheet.file))
    return [grid]


def ncc_chau_o(book: Book) -> list[Grid]:
    """OpenDocument; the birth date over three columns; residential groups as sections."""
    columns = [
        STT,
        Column("Họ và tên", full_name),
        Column("Ngày", part_of_birth("day"), "Ngày tháng năm sinh"),
        Column("Tháng", part_of_birth("month"), "Ngày tháng năm sinh"),
        Column("Năm", part_of_birth("year"), "Ngày tháng năm sinh"),
        Column("Giới tính", sex),
        Column("Số căn cước", citizen),
        Column("Điện thoại", lambda e, _n, _line: e.person.phone),
        Column("Chế độ", category, per_line=True),
        Column("Mức TC", amount, per_line=True, money=True),
        Column("Số sổ", lambda e, _n, _line: e.file_number),
        Column("Ký tên", blank),
    ]
    sheet = Sheet("ncc-chau-o.ods", columns, second="below", sections=True)
    return [one_sheet(book, sheet, "NCC Châu Ổ", TITLE["NCC"], ["21040"])]


def btxh_chau_o(book: Book) -> list[Grid]:
    """Name over two columns under one heading; the township asked people for their accounts."""

    def stated(what: str) -> Callable[[Enrolment, int, Line], Cell]:
        return lambda e, _n, _line: getattr(book.stated[e], what) if e in book.stated else "TM" if what == "way" else ""

    columns = [
        STT,
        Column("", lambda e, _n, _line: " ".join(e.person.name.split()[:-1]), "Họ và tên"),
        Column("", lambda e, _n, _line: e.person.name.split()[-1], "Họ và tên"),
        Column("Năm sinh", birth),
        Column("GT", sex),
        Column("Số CCCD", citizen),
        Column("TDP", lambda e, _n, _line: e.person.hamlet.removeprefix("Tổ dân phố ")),
        Column("Diện hưởng", category, per_line=True),
        Column("Hệ số", coefficient, per_line=True),
        Column("Mức hưởng", amount, per_line=True, money=True),
        Column("Mã hồ sơ", lambda e, _n, _line: e.file_number),
        Column("Số tài khoản", stated("number")),
        Column("Ngân hàng", stated("bank")),
        Column("Chủ tài khoản", stated("holder")),
        Column("Hình thức nhận", stated("way")),
        Column("Ký nhận", blank),
    ]
    sheet = Sheet("btxh-chau-o.xlsx", columns, second="below")
    return [one_sheet(book, sheet, "T3", TITLE["BTXH"], ["21040"])]


def btxh_phia_dong(book: Book) -> list[Grid]:
    """Five tabs in thousands of đồng, care money in its own column, one printed total wrong."""
    thousands = 1000
    columns = [
        STT,
        Column("Họ và tên", full_name),
        Column("Nam", birth_of("Nam"), "Năm sinh"),
        Column("Nữ", birth_of("Nữ"), "Năm sinh"),
        Column("Số CCCD", citizen),
        Column("Loại đối tượng", category, per_line=True),
        Column("Hệ số", coefficient, per_line=True),
        Column("Mức trợ cấp", lambda _e, _n, line: line.amount // thousands, per_line=True, money=True),
        Column("KP chăm sóc", beside("BTXH-CS-2C", thousands), money=True),
        FILE_NUMBER,
        Column("Ký nhận", blank),
        NOTE,
    ]
    sheet = Sheet(
        "btxh-phia-dong.xlsx",
        columns,
        beside=("BTXH-CS-2C",),
        sections=True,
        letters=True,
        wrong_total_in="21067",
        header_again_in="21112",
    )
    return sheets_by_commune(book, sheet, "nghìn đồng")


def btxh_phia_bac(book: Book) -> list[Grid]:
    """A Windows-1258 text file with semicolons, as the old software exports it."""
    columns = [
        STT,
        Column("Họ tên", full_name),
        Column("Ngày sinh", birth),
        Column("Giới tính", sex),
        Column("Số CCCD", citizen),
        Column("Xã", lambda e, _n, _line: e.commune.name),
        HAMLET,
        Column("Số điện thoại", lambda e, _n, _line: "" if e.recipient else e.person.phone),
        Column("Loại đối tượng", category),
        Column("Mức hưởng", lambda _e, _n, line: f"{line.amount:,}".replace(",", ".")),
        FILE_NUMBER,
        NOTE,
    ]
    sheet, grid = Sheet("btxh-phia-bac.csv", columns), Grid("btxh-phia-bac")
    header(grid, columns, letters=False)
    people_block(grid, sheet, book, people.rows_of(book.world, sheet.file))
    return [grid]


def btxh_trung_tam(book: Book) -> list[Grid]:
    """Five communes under "I. Xã …" lines, hamlets below; recipients beside; a second benefit on a blank row."""
    columns = [
        STT,
        Column("Họ và tên", full_name),
        Column("Ngày, tháng, năm sinh", birth),
        Column("Giới tính", sex),
        Column("Số định danh cá nhân", citizen),
        Column("Điện thoại", lambda e, _n, _line: "" if e.recipient else e.person.phone),
        Column("Chế độ", category, per_line=True),
        Column("Hệ số", coefficient, per_line=True),
        Column("Mức trợ cấp", amount, per_line=True, money=True),
        Column("Họ và tên", recipient("name"), "Người nhận thay"),
        Column("Quan hệ", recipient("relation"), "Người nhận thay"),
        Column("Số CCCD", recipient("id"), "Người nhận thay"),
        FILE_NUMBER,
        NOTE,
    ]
    sheet = Sheet("btxh-trung-tam.xlsx", columns, second="merged", sections=True, letters=True)
    return [one_sheet(book, sheet, "BTXH", TITLE["BTXH"], district.ROSTERS[sheet.file][1])]


def btxh_phia_tay(book: Book) -> list[Grid]:
    """A database's export: codes and names of communes, names in capitals, IDs as numbers, real dates."""
    columns = [
        STT,
        Column("MA_XA", lambda e, _n, _line: e.commune.code),
        Column("TEN_XA", lambda e, _n, _line: e.commune.name.upper()),
        Column("HO_TEN", upper(full_name)),
        Column("NGAY_SINH", birth_date),
        Column("GIOI_TINH", sex),
        Column("SO_CCCD", citizen_number),
        Column("THON", lambda e, _n, _line: e.person.hamlet.upper()),
        Column("LOAI_DT", category),
        Column("HE_SO", coefficient),
        Column("MUC_CHUAN", lambda *_: district.BASE["BTXH"]),
        Column("MUC_HUONG", amount),
        Column("NGUOI_NHAN_THAY", upper(recipient("name"))),
        Column("QUAN_HE", recipient("relation")),
        Column("CCCD_NGUOI_NHAN", number_of(recipient("id"))),
        Column("SO_HS", lambda e, _n, _line: e.file_number),
    ]
    sheet, grid = Sheet("btxh-phia-tay.xlsx", columns), Grid("Export")
    header(grid, columns, letters=False)
    people_block(grid, sheet, book, people.rows_of(book.world, sheet.file))
    return [grid]


def recipients_papers(book: Book) -> list[Grid]:
    """Who receives for whom by which paper, where the rosters had no room for it."""
    grid = Grid("Người nhận thay")
    group = ("Đối tượng", "Người nhận thay", "Giấy tờ")
    heads = [
        ("STT", ""),
        ("Họ và tên", group[0]),
        ("Ngày sinh", group[0]),
        ("Số CCCD", group[0]),
        ("Xã, thị trấn", ""),
        ("Mã hồ sơ", ""),
        ("Họ và tên", group[1]),
        ("Ngày sinh", group[1]),
        ("Quan hệ", group[1]),
        ("Số CCCD", group[1]),
        ("Điện thoại", group[1]),
        ("Loại giấy", group[2]),
        ("Số giấy", group[2]),
        ("Ngày giấy", group[2]),
        ("Hiệu lực đến", group[2]),
    ]
    heading(grid, "DANH SÁCH NGƯỜI NHẬN THAY TRỢ CẤP BẢO TRỢ XÃ HỘI", "", "", len(heads))
    header(grid, [Column(h, blank, p) for h, p in heads], letters=True)
    rows = [e for e in book.world.enrolments if e.recipient and e.recipient.paper]
    for n, e in enumerate(rows, 1):
        who, paper = e.recipient, e.recipient.paper if e.recipient else None
        assert who is not None and paper is not None
        line = grid.add(
            n,
            e.person.name,
            birth(e, n, e.lines[0]),
            e.id_cell,
            e.commune.full,
            e.file_number,
            who.person.name,
            f"{who.person.birth:%d/%m/%Y}",
            who.relation,
            who.person.citizen_id if who.id_known else "",
            who.person.phone,
            paper.kind,
            paper.number,
            f"{paper.on:%d/%m/%Y}",
            f"{paper.until:%d/%m/%Y}" if paper.until else "",
        )
        e.paper_ref = (district.PAPERS, grid.name, line)
    footer(grid, len(rows), len(heads))
    return [grid]


LAYOUTS = {
    "ncc-ven-bien.xlsx": ncc_ven_bien,
    "ncc-phia-bac.xls": ncc_phia_bac,
    "ncc-phia-nam.xlsx": ncc_phia_nam,
    "ncc-chau-o.ods": ncc_chau_o,
    "btxh-chau-o.xlsx": btxh_chau_o,
    "btxh-phia-dong.xlsx": btxh_phia_dong,
    "btxh-phia-bac.csv": btxh_phia_bac,
    "btxh-trung-tam.xlsx": btxh_trung_tam,
    "btxh-phia-tay.xlsx": btxh_phia_tay,
    district.PAPERS: recipients_papers,
}
