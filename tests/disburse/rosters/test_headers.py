"""Every header spelling a roster may carry: with accents, without, in capitals, run together."""

from __future__ import annotations

import re

import pytest

from matching.text import fold
from tests.disburse.rosters.drawn_sheets import draw, refusal

# field: (cells that such a column holds, spellings of words.md §3)
SPELLINGS: dict[str, tuple[list[object], str]] = {
    "line_no": ([1, 2, 3], "STT · TT · Số TT · Số thứ tự · S TT · No"),
    "full_name": (
        ["Phạm Văn Anh", "Đinh Thị Bình", "Lê Văn Cường"],
        "Họ và tên · Họ tên · Họ & tên · HỌ VÀ TÊN · H.tên · Tên · Họ, tên · Họ và tên đối tượng · Tên đối tượng · "
        "Đối tượng thụ hưởng · Người hưởng · Người hưởng trợ cấp · Người thụ hưởng · Họ tên khai sinh · "
        "Họ, chữ đệm và tên · Tên người có công · Họ tên người khuyết tật · Họ tên NCT · Full name · HoTen",
    ),
    "birth_date": (
        ["12/3/1951", 1948, "1/2/1960"],
        "Ngày sinh · Năm sinh · Ngày tháng năm sinh · Ngày, tháng, năm sinh · Ngày/tháng/năm sinh · Sinh ngày · "
        "Sinh năm · NS · N.sinh · NTNS · Năm · DOB · NgaySinh",
    ),
    "sex": (["Nam", "Nữ", "Nam"], "Giới tính · GT · G.tính · Phái · Nam/Nữ"),
    "citizen_id": (
        ["051051000001", "051148000002", "051060000003"],
        "Số CCCD · CCCD · Số căn cước · Căn cước · Số căn cước công dân · Số định danh · Số định danh cá nhân · "
        "Số ĐDCN · Mã định danh · Mã số định danh · CCCD/CMND · CMND/CCCD · Số GTTT · Số giấy tờ · CC/CCCD · SoCCCD",
    ),
    "old_id": (["212345678", "212345679", "212345680"], "CMT · Số CMT · CMTND · CMND · Số CMND · Giấy CMND · CMT cũ"),
    "phone": (
        ["0905123456", "0905123457", "0905123458"],
        "Điện thoại · Số điện thoại · SĐT · ĐT · Số ĐT · Đ.thoại · Di động · Liên hệ · sdt",
    ),
    "commune": (
        ["Bình Thạnh", "Bình Trị", "Bình Thạnh"],
        "Xã · Phường · Xã/phường · Xã, phường, thị trấn · Đơn vị · Địa phương · Địa bàn · Nơi chi trả",
    ),
    "commune_code": (["21040", "21061", "21085"], "Mã xã · MaXa"),
    "district": (["Bình Sơn", "Bình Sơn", "Bình Sơn"], "Huyện · Huyện (cũ)"),
    "hamlet": (
        ["Phú Lộc", "Tân Hy", "Phú Lộc"],
        "Thôn · Thôn/TDP · Thôn, tổ dân phố · Tổ · Tổ DP · TDP · Khu phố · KP · Khu dân cư · KDC · Khối · Khóm · Ấp · "
        "Xóm · Làng · Bản · Buôn · Đội",
    ),
    "address": (
        ["12 Lê Lợi", "Tổ 3", "Tổ 4"],
        "Số nhà · Địa chỉ · Đ/c · Nơi ở · Nơi ở hiện nay · Chỗ ở · Nơi cư trú · Cư trú · Trú quán · Thường "
        "trú · HKTT · "
        "Nơi ĐKTT",
    ),
    "origin_place": (["Quảng Ngãi", "Huế", "Huế"], "Quê quán"),
    "benefit": (
        ["Người khuyết tật nặng", "NCT 80+", "Người khuyết tật nặng"],
        "Đối tượng · Loại đối tượng · Nhóm đối tượng · Diện · Diện hưởng · Diện đối tượng · Chế độ · Loại trợ cấp · "
        "Điểm, khoản (Điều 5) · Theo NĐ 20 · Hạng TB",
    ),
    "benefit_code": (["BTXH-6B", "BTXH-5C", "BTXH-6B"], "Mã đối tượng · Mã ĐT"),
    "disability": (["Vận động", "Nhìn", "Nghe"], "Dạng tật · Mức độ KT"),
    "injury_rate": ([45, 61, 21], "TLTT · Tỷ lệ thương tật · TL"),
    "coefficient": ([1.5, 2, 1], "Hệ số · HS · Hệ số hưởng · Hệ số TC"),
    "base": ([500000, 500000, 500000], "Mức chuẩn · MC"),
    "amount": (
        [750000, 500000, 750000],
        "Mức hưởng · Mức trợ cấp · Mức TC · Mức trợ cấp/tháng · Trợ cấp · Trợ cấp hằng tháng · Trợ cấp "
        "hàng tháng · TCXH · "
        "Số tiền · Số tiền/tháng · Tiền tháng này · Trợ cấp tháng 11 · T11/2026 · Thành tiền",
    ),
    "allowance": ([500000, 500000, 500000], "Phụ cấp"),
    "care_amount": ([500000, 500000, 500000], "Tiền chăm sóc · KP chăm sóc"),
    "arrears": ([1500000, 500000, 0], "Truy lĩnh · TL · Lĩnh bù · Tiền truy lĩnh"),
    "arrears_months": ([3, 1, 0], "Số tháng TL"),
    "deduction": ([500000, 0, 0], "Truy thu · Trừ · Giảm trừ · Thu hồi"),
    "carry_over": ([500000, 0, 0], "Tháng trước chuyển sang · Tồn tháng trước · Chưa lĩnh kỳ trước"),
    "decision_number": (["123/QĐ-UBND", "124/QĐ", "125/QĐ"], "Số QĐ · QĐ số · Quyết định · Số, ngày QĐ"),
    "decision_date": (["1/2/2020", "1/3/2021", "1/4/2022"], "Ngày QĐ · Ngày ký"),
    "start": (["1/2/2020", "3/2021", "4/2022"], "Thời điểm hưởng · Hưởng từ · Từ tháng · Tháng hưởng"),
    "file_number": (
        ["QN-123", "QN-124", "QN-125"],
        "Số hồ sơ · Số HS · Mã hồ sơ · Số sổ · Sổ lĩnh · Số phiếu · Mã chi trả · Mã NCC",
    ),
    "recipient_name": (
        ["Trần Thị Mai", "Lê Thị Lan", ""],
        "Người nhận thay · Người nhận hộ · Người lĩnh thay · Người nhận tiền · Người đại diện · Người giám hộ · "
        "Người được ủy quyền · Người nuôi dưỡng · Người chăm sóc · Chủ hộ · Tên cha/mẹ",
    ),
    "recipient_relation": (["con", "vợ", ""], "Quan hệ · Mối quan hệ · Quan hệ với đối tượng · QH"),
    "recipient_citizen_id": (["051180000009", "051180000010", ""], "CCCD người nhận"),
    "martyr_name": (["Phạm Văn Bảy", "Lê Bốn", ""], "Họ tên liệt sĩ · Tên LS · Người có công đã mất · Thân nhân của"),
    "account_number": (
        ["4506201001234", "4506201001235", ""],
        "Số tài khoản · STK · Số TK · TK · Tài khoản · Số tài khoản ngân hàng · TK ngân hàng · Số TK ATM · "
        "Account No · "
        "SoTaiKhoan · SoTaiKhoanNguoiNhan",
    ),
    "card_number": (["9704050012345678", "", ""], "Số thẻ · Số thẻ ATM"),
    "account_holder": (
        ["PHAM VAN ANH", "LE THI LAN", ""],
        "Chủ tài khoản · Chủ TK · Tên chủ TK · Tên tài khoản · Tên TK · Họ tên chủ TK · Tên khách hàng · Tên KH · "
        "Đơn vị thụ hưởng · Account name",
    ),
    "bank": (
        ["Agribank", "BIDV", ""],
        "Ngân hàng · NH · Tại ngân hàng · Tên ngân hàng · Mở tại · NH mở TK · Ngân hàng thụ hưởng",
    ),
    "bank_code": (["970405", "VBA", ""], "Mã NH · MaNganHang"),
    "branch": (["Bình Sơn", "Châu Ổ", ""], "Chi nhánh · CN · PGD · Nơi mở"),
    "pay_way": (
        ["TM", "CK", "ATM"],
        "Hình thức nhận · Hình thức chi trả · HT chi trả · Phương thức · TM/CK · ATM · MaHinhThucChiTra",
    ),
    "signature": (
        ["", "", ""],
        "Ký nhận · Ký tên · Chữ ký · Ký, ghi rõ họ tên · Điểm chỉ · Đã nhận · Ngày nhận · Ngày chi trả",
    ),
    "status": (["Đang hưởng", "", ""], "Trạng thái chi"),
    "unpaid_reason": (["", "vắng", ""], "Lý do chưa nhận · Lý do trả lại"),
    "note": (["", "x", ""], "Ghi chú · GC · Ghi chú khác · Note"),
    "sensitive": (["Kinh", "Hrê", "Kinh"], "Dân tộc · Tôn giáo · Hộ nghèo · Cận nghèo · HIV · Chẩn đoán"),
    "balance": ([1000, 2000, 3000], "Số dư"),
    "period": (["11/2026", "11/2026", "11/2026"], "Kỳ · Kỳ chi trả · KyChiTra"),
    "age": ([70, 71, 72], "Tuổi · Độ tuổi"),
}
# Alone and unaccented these words mean something else as well; their own tests are below.
TRAPS = {"NS", "Kỳ", "T11/2026"}
_BASE = [
    ("STT", [1, 2, 3]),
    ("Họ và tên", ["Phạm Văn Anh", "Đinh Thị Bình", "Lê Văn Cường"]),
    ("Số CCCD", ["051051000001", "051148000002", "051060000003"]),
    ("Năm sinh", [1951, 1948, 1960]),
    ("Giới tính", ["Nam", "Nữ", "Nam"]),
]
_REPLACES = {"line_no": 0, "full_name": 1, "citizen_id": 2, "birth_date": 3, "sex": 4}
CASES = [
    (field, spelling.strip()) for field, (_, text) in SPELLINGS.items() for spelling in text.split(" · ") if spelling
]


def headed(field: str, header: str, plain: bool) -> str | None:
    """The field that a column headed so is taken for, beside ordinary columns."""
    cells = SPELLINGS[field][0]
    columns = [(fold(h) if plain else h, c) for h, c in _BASE]
    if field in _REPLACES:
        columns[_REPLACES[field]] = (header, cells)
        at = _REPLACES[field]
    else:
        columns.append((header, cells))
        at = len(columns) - 1
    rows = [[h for h, _ in columns], *([c[i] for _, c in columns] for i in range(3))]
    outcome = draw(rows)
    return outcome.field_of("ABCDEF"[at])


class TestSpellings:
    @pytest.mark.parametrize(("field", "spelling"), CASES)
    def test_as_written(self, field: str, spelling: str) -> None:
        """A header of the list is understood."""
        assert headed(field, spelling, plain=False) == field

    @pytest.mark.parametrize(("field", "spelling"), CASES)
    def test_capitals(self, field: str, spelling: str) -> None:
        """In capitals too."""
        assert headed(field, spelling.upper(), plain=False) == field

    @pytest.mark.parametrize(("field", "spelling"), [c for c in CASES if c[1] not in TRAPS])
    def test_without_accents(self, field: str, spelling: str) -> None:
        """Without accents, in a file that has none."""
        assert headed(field, fold(spelling), plain=True) == field

    @pytest.mark.parametrize(("field", "spelling"), [c for c in CASES if c[1] not in TRAPS])
    def test_run_together(self, field: str, spelling: str) -> None:
        """Run together as databases export it: HoTen, SO_TAI_KHOAN."""
        words = re.findall(r"\w+", fold(spelling))
        assert headed(field, "".join(w.capitalize() for w in words), plain=True) == field
        assert headed(field, "_".join(words).upper(), plain=True) == field

    @pytest.mark.parametrize(("field", "spelling"), CASES)
    def test_line_breaks_and_punctuation(self, field: str, spelling: str) -> None:
        """Broken over lines, with a colon behind."""
        assert headed(field, spelling.replace(" ", "\n") + " :", plain=False) == field

    @pytest.mark.parametrize(
        ("header", "field"),
        [
            ("Họ và tê", "full_name"), ("Ngày sình", "birth_date"), ("Số tài khoản", "account_number"),
            ("Số tài khỏan", "account_number"), ("Số taì khoản", "account_number"), ("Ngan hagn", "bank"),
            ("Mức trợ cắp", "amount"), ("Ghi chúu", "note"), ("Số điện thọai", "phone"),
        ],
    )  # fmt: skip
    def test_one_letter_wrong(self, header: str, field: str) -> None:
        """One wrong letter of six or more is forgiven."""
        assert headed(field, header, plain=False) == field

    @pytest.mark.parametrize(
        ("header", "field"),
        [
            ("Mức hưởng (đồng)", "amount"), ("Số CCCD của người nhận thay", "recipient_citizen_id"),
            ("Họ và tên người nhận thay (nếu có)", "recipient_name"), ("Số tài khoản ngân hàng (nếu có)", "account_number"),  # noqa: E501
            ("Ngày tháng năm sinh (ghi rõ)", "birth_date"),
            ("Ngày cấp CCCD", "id_paper"), ("Số tiền truy lĩnh", "arrears"), ("Tên ngân hàng mở tài khoản", "bank"),
            ("Thôn (tổ dân phố)", "hamlet"), ("Địa chỉ nơi ở hiện nay của đối tượng", "address"),
            ("Lý do giảm", "removal_reason"), ("Giấy ủy quyền", "recipient_paper_kind"),
            ("Số giấy", "recipient_paper_number"), ("Ngày giấy", "recipient_paper_date"),
            ("Hiệu lực đến", "recipient_paper_until"), ("Người được uỷ quyền", "recipient_name"),
        ],
    )  # fmt: skip
    def test_longer_headers(self, header: str, field: str) -> None:
        """A header that contains a known phrase of two or more words is that field."""
        rows = [["STT", "Họ và tên", "Năm sinh", "Số CCCD", header], [1, "Phạm Văn Anh", 1951, "051051000001", None]]
        assert draw(rows).field_of("E") == field


class TestFoldingTraps:
    def test_nam_with_years_is_the_year(self) -> None:
        """`nam` over years in a file without accents: Năm."""
        outcome = draw([["stt", "ho ten", "nam", "so cccd"], [1, "Pham Van Anh", 1951, "051051000001"]])
        assert outcome.value("birth_date") == "1951"

    def test_nam_beside_nu_with_marks_is_the_sex(self) -> None:
        """`nam` and `nu` over x marks: the sexes."""
        rows = [
            ["stt", "ho ten", "nam", "nu", "nam sinh"],
            [1, "Pham Van Anh", "x", "", 1951],
            [2, "Le Thi B", "", "x", 1950],
        ]
        outcome = draw(rows)
        assert [v["sex"] for v in outcome.values] == ["Nam", "Nữ"]
        assert outcome.value("birth_date") == "1951"

    def test_nam_beside_nu_with_years_is_the_birth_year(self) -> None:
        """Without a parent the content decides: years under Nam | Nữ."""
        rows = [["STT", "Họ và tên", "Nam", "Nữ"], [1, "Phạm Văn Anh", 1951, ""], [2, "Lê Thị Bé", "", "12/3/1948"]]
        outcome = draw(rows)
        assert [(v["sex"], v["birth_date"]) for v in outcome.values] == [("Nam", "1951"), ("Nữ", "1948-03-12")]

    def test_ho_and_ten_are_surname_and_given_name(self) -> None:
        """`ho` beside `ten`: the family name, not the household."""
        outcome = draw([["stt", "ho", "ten", "nam sinh"], [1, "Pham Van", "Anh", 1951]])
        assert outcome.value("full_name") == "Pham Van Anh"

    def test_household_is_not_the_surname(self) -> None:
        """Hộ with its accent is a household."""
        outcome = draw([["STT", "Hộ", "Họ và tên", "Năm sinh"], [1, "H12", "Phạm Văn Anh", 1951]])
        assert outcome.field_of("B") == "household"
        assert outcome.value("full_name") == "Phạm Văn Anh"

    @pytest.mark.parametrize(
        ("header", "cells", "field"),
        [
            ("dien", ["Nguoi khuyet tat nang", "NCT 80+"], "benefit"), ("dien", ["0905123456", "0905123457"], "phone"),
            ("muc", [750000, 500000], "amount"), ("muc", [1, 2], "line_no"),
            ("tru", [500000, 0], "deduction"), ("tru", ["Thon Phu Loc", "Thon Tan Hy"], "address"),
            ("to", ["To 1", "To 2"], "hamlet"), ("hs", [1.5, 2], "coefficient"), ("hs", ["QN-1", "QN-2"], "file_number"),  # noqa: E501
            ("tl", [45, 61], "injury_rate"), ("tl", [1500000, 500000], "arrears"), ("ky", ["", ""], "signature"),
        ],
    )  # fmt: skip
    def test_unaccented_words_with_two_meanings(self, header: str, cells: list[object], field: str) -> None:
        """What the letters leave open the cells decide."""
        rows = [["stt", "ho ten", "nam sinh", "so cccd", header]]
        rows += [
            [i, n, 1951 + i, f"05105{i}00000{i}", c]
            for i, (n, c) in enumerate(zip(["Pham Van A", "Le Van B"], cells, strict=True), 1)
        ]
        found = draw(rows).field_of("E")
        assert found == field or (field == "signature" and found in ("signature", "period"))


class TestAmbiguousColumns:
    def test_two_name_columns(self) -> None:
        """Two name columns with nothing that tells them apart refuse the file."""
        rows = [["STT", "Họ và tên", "Họ tên", "Năm sinh"], [1, "Phạm Văn Anh", "Lê Văn Bình", 1951]]
        assert refusal(rows) == "ambiguous_columns"

    def test_two_id_columns(self) -> None:
        """Two ID columns of one person refuse the file."""
        rows = [["STT", "Họ và tên", "Số CCCD", "Số định danh"], [1, "Phạm Văn Anh", "051051000001", "051051000002"]]
        assert refusal(rows) == "ambiguous_columns"

    def test_two_amounts(self) -> None:
        """Two different amounts a month refuse the file."""
        rows = [
            ["STT", "Họ và tên", "Mức hưởng", "Mức trợ cấp"],
            [1, "Phạm Văn Anh", 500000, 750000],
            [2, "Lê Văn Ba", 500000, 1],
        ]
        assert refusal(rows) == "ambiguous_columns"

    def test_equal_columns_are_one(self) -> None:
        """Two columns that say the same are no contradiction."""
        rows = [["STT", "Họ và tên", "Mức hưởng", "Số tiền"], [1, "Phạm Văn Anh", 500000, 500000]]
        assert draw(rows).value("amount") == 500000

    def test_code_and_name_are_one_field(self) -> None:
        """MA_XA beside TEN_XA: one commune, twice said."""
        rows = [["STT", "HO_TEN", "MA_XA", "TEN_XA"], [1, "Phạm Văn Anh", "21040", "Xã Bình Sơn"]]
        assert draw(rows).value("commune_code") == "21040"

    def test_cmnd_beside_cccd_is_the_old_id(self) -> None:
        """A CMND column beside a CCCD column holds the old number."""
        rows = [["STT", "Họ và tên", "Số CMND", "Số CCCD"], [1, "Phạm Văn Anh", "212345678", "051051000001"]]
        outcome = draw(rows)
        assert (outcome.value("old_id"), outcome.value("citizen_id")) == ("212345678", "051051000001")

    def test_missing_name_column(self) -> None:
        """A header without a name column is refused as such."""
        rows = [["STT", "Năm sinh", "Số CCCD", "Mức hưởng"], [1, 1951, "051051000001", 500000]]
        assert refusal(rows) == "no_name_column"

    def test_no_header(self) -> None:
        """Data without any header."""
        assert refusal([[1, "Phạm Văn Anh", 1951, "051051000001"]]) == "no_header"

    def test_header_after_thirty_lines(self) -> None:
        """A header below the thirtieth line is not looked for."""
        rows = [[f"ghi chú {i}"] for i in range(30)] + [["STT", "Họ và tên", "Năm sinh"], [1, "Phạm Văn Anh", 1951]]
        assert refusal(rows) == "no_header"
        assert draw(rows[1:]).value("full_name") == "Phạm Văn Anh"
