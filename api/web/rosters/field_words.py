"""What the columns of a roster may become, in the officer's words, by what they speak of."""

from __future__ import annotations

from disburse.rosters.headers import ROSTER

# group → field → words. A field that is missing here is offered only where the reader itself chose it.
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Đối tượng",
        (
            ("full_name", "Họ và tên"),
            ("surname", "Họ và tên đệm"),
            ("given", "Tên (không có họ)"),
            ("name_female", "Họ tên nữ (cột Nữ)"),
            ("birth_date", "Ngày sinh hoặc năm sinh"),
            ("birth_male", "Năm sinh nam"),
            ("birth_female", "Năm sinh nữ"),
            ("birth_day", "Ngày sinh: ngày"),
            ("birth_month", "Ngày sinh: tháng"),
            ("birth_year", "Ngày sinh: năm"),
            ("sex", "Giới tính"),
            ("sex_male", "Giới tính: cột Nam"),
            ("sex_female", "Giới tính: cột Nữ"),
            ("citizen_id", "Số căn cước (CCCD)"),
            ("old_id", "CMND 9 số"),
            ("phone", "Điện thoại"),
            ("file_number", "Số hồ sơ"),
        ),
    ),
    (
        "Nơi ở",
        (
            ("commune", "Xã, phường"),
            ("commune_code", "Mã xã"),
            ("commune_old", "Xã cũ (trước 01/7/2025)"),
            ("commune_new", "Xã mới"),
            ("district", "Huyện (cũ)"),
            ("hamlet", "Thôn, tổ dân phố"),
            ("address", "Địa chỉ"),
        ),
    ),
    (
        "Chế độ và số tiền",
        (
            ("benefit", "Loại trợ cấp"),
            ("benefit_code", "Mã loại trợ cấp"),
            ("benefit_detail", "Chi tiết loại trợ cấp"),
            ("benefit_mark", "Cột đánh dấu loại trợ cấp"),
            ("disability", "Dạng tật (niêm phong)"),
            ("injury_rate", "Tỷ lệ thương tật"),
            ("coefficient", "Hệ số"),
            ("base", "Mức chuẩn"),
            ("amount", "Mức trợ cấp một tháng"),
            ("allowance", "Phụ cấp"),
            ("care_amount", "Tiền chăm sóc, nuôi dưỡng"),
            ("arrears", "Truy lĩnh"),
            ("deduction", "Truy thu, giảm trừ"),
            ("carry_over", "Kỳ trước chuyển sang"),
            ("total", "Tổng cộng được nhận"),
            ("decision_number", "Số quyết định"),
            ("decision_date", "Ngày quyết định"),
            ("start", "Hưởng từ"),
            ("status", "Trạng thái"),
            ("removal_reason", "Lý do tăng, giảm"),
        ),
    ),
    (
        "Người nhận thay",
        (
            ("recipient_name", "Họ tên người nhận"),
            ("recipient_relation", "Quan hệ với đối tượng"),
            ("recipient_citizen_id", "CCCD người nhận"),
            ("recipient_birth_date", "Năm sinh người nhận"),
            ("recipient_phone", "Điện thoại người nhận"),
            ("recipient_paper_kind", "Loại giấy tờ nhận thay"),
            ("recipient_paper_number", "Số giấy tờ nhận thay"),
            ("recipient_paper_date", "Ngày giấy tờ nhận thay"),
            ("recipient_paper_until", "Giấy tờ có hiệu lực đến"),
        ),
    ),
    (
        "Tài khoản",
        (
            ("account_number", "Số tài khoản"),
            ("account_holder", "Chủ tài khoản"),
            ("bank", "Ngân hàng"),
            ("bank_code", "Mã ngân hàng"),
            ("branch", "Chi nhánh"),
            ("pay_way", "Hình thức nhận"),
        ),
    ),
    (
        "Khác",
        (
            ("line_no", "Số thứ tự"),
            ("note", "Ghi chú"),
            ("signature", "Ký nhận"),
            ("sensitive", "Cột nhạy cảm (niêm phong)"),
            ("balance", "Số dư (không lưu)"),
        ),
    ),
)
WORDS = {name: words for _, fields in GROUPS for name, words in fields}
# Several columns may carry these; all others are taken from one column only.
MANY = frozenset(one.name for one in ROSTER.fields if one.many or not one.kept)
# The least without which a list says too little; a name blocks, the others warn. A commune may stand elsewhere.
WANTED = ("full_name", "citizen_id", "birth_date", "amount")


def spoken(name: str) -> str:
    """Return a field in words; one without words of its own by the header it is known by."""
    if name in WORDS:
        return WORDS[name]
    known = ROSTER.by_name.get(name.rstrip("+"))
    return known.spellings[0] if known is not None and known.spellings else name
