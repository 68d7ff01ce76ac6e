"""Every header a bank's list may carry, by field. How they are compared: workbooks/spelling.py."""

from __future__ import annotations

from disburse.workbooks.spelling import ColumnSet, Field


def _field(name: str, text: str, *, many: bool = False, kept: bool = True, rank: int = 0) -> Field:
    return Field(name, tuple(s.strip() for s in text.split("|") if s.strip()), many=many, kept=kept, rank=rank)


_FIELDS = (
    _field("line_no", "STT|TT|Số TT|Số thứ tự|S TT|No|Thứ tự", many=True),
    _field(
        "account_number",
        "Số tài khoản|STK|Số TK|TK|Tài khoản|Số tài khoản ngân hàng|TK ngân hàng|Số TK ATM|Account No|"
        "Account number|Account|SoTaiKhoanNguoiNhan|Số tài khoản thanh toán|TKTT|Số TKTT|"
        "Số tài khoản khách hàng|Số hiệu tài khoản|Acc No|Số TK khách hàng|Số tài khoản KH",
        rank=1,
    ),
    _field(
        "card_number",
        "Số thẻ|Số thẻ ATM|Thẻ ATM|Card No|Card number|Số thẻ ghi nợ",
        many=True,
        kept=False,
        rank=2,
    ),
    _field(
        "holder_name",
        "Chủ tài khoản|Chủ TK|Tên chủ TK|Tên chủ tài khoản|Tên tài khoản|Tên TK|Họ tên chủ TK|"
        "Họ tên chủ tài khoản|Họ và tên chủ tài khoản|Tên khách hàng|Tên KH|Họ tên khách hàng|"
        "Họ và tên khách hàng|Họ tên KH|Khách hàng|Đơn vị thụ hưởng|Account name|Customer name|Họ và tên|"
        "Họ tên|Họ & tên|Tên|Full name|Người thụ hưởng|Tên người thụ hưởng|H.tên|Họ, tên|Tên KH cá nhân",
        rank=1,
    ),
    _field("surname", "Họ đệm|Họ và tên đệm|Họ và đệm"),
    _field("given", "Tên gọi"),
    _field(
        "birth_date",
        "Ngày sinh|Năm sinh|Ngày tháng năm sinh|Ngày, tháng, năm sinh|Ngày/tháng/năm sinh|Sinh ngày|NTNS|NS|"
        "DOB|Date of birth|Birthday|Ngày sinh KH|Ngày sinh khách hàng",
    ),
    _field("sex", "Giới tính|GT|Phái|Sex|Gender|Nam/Nữ|G.tính"),
    _field(
        "citizen_id",
        "Số CCCD|CCCD|Số căn cước|Căn cước|Số căn cước công dân|Số định danh|Số định danh cá nhân|"
        "Mã định danh|CCCD/CMND|CMND/CCCD|Số CMND/CCCD|Số CCCD/CMND|Số GTTT|GTTT|Số giấy tờ|"
        "Số giấy tờ tùy thân|ID No|ID number|Legal ID|Số giấy tờ KH|CC/CCCD|CMT/CCCD|Số ĐDCN|"
        "Giấy tờ tùy thân|Số CC",
        rank=1,
    ),
    _field("old_id", "CMND|Số CMND|CMT|Số CMT|CMTND|CMND cũ|CMT cũ|Số CMND cũ|Chứng minh nhân dân"),
    _field(
        "id_paper",
        "Ngày cấp|Nơi cấp|Loại GTTT|Loại giấy tờ|Ngày hết hạn|Ngày hết hạn GTTT|Ngày cấp GTTT|Nơi cấp GTTT",
        many=True,
        kept=False,
    ),
    _field(
        "phone",
        "Điện thoại|Số điện thoại|SĐT|ĐT|Số ĐT|Di động|Mobile|Phone|Tel|Số di động|SĐT đăng ký|Liên hệ|"
        "Số điện thoại KH",
        many=True,
    ),
    _field(
        "address",
        "Địa chỉ|Đ/c|Nơi ở|Nơi ở hiện nay|Thường trú|HKTT|Nơi cư trú|Address|Địa chỉ KH|Địa chỉ khách hàng|"
        "Địa chỉ thường trú|Địa chỉ liên hệ|Xã|Phường|Huyện|Xã/phường|Địa bàn|Thôn|Thôn/TDP|Tỉnh",
        many=True,
    ),
    _field(
        "bank",
        "Ngân hàng|NH|Tại ngân hàng|Tên ngân hàng|Mở tại|NH mở TK|Ngân hàng thụ hưởng|Ngân hàng mở tài khoản|"
        "Bank|Tên NH",
    ),
    _field("bank_code", "Mã NH|Mã ngân hàng|BIN|Mã CITAD|Bank code|MaNganHang", rank=1),
    _field(
        "branch",
        "Chi nhánh|CN|PGD|Nơi mở|Tên chi nhánh|Phòng giao dịch|Branch|Đơn vị mở|Đơn vị quản lý|Mã chi nhánh|"
        "Mã CN|Chi nhánh mở|Nơi mở TK|Nơi mở tài khoản|Đơn vị",
        many=True,
    ),
    _field(
        "account_status",
        "Trạng thái TK|Trạng thái tài khoản|Trạng thái|Tình trạng TK|Tình trạng tài khoản|Tình trạng|Status|"
        "Account status|TT TK|TTTK",
        rank=2,
    ),
    _field("currency", "Loại tiền|Loại tiền tệ|Tiền tệ|Currency|CCY|Mã tiền|Đồng tiền|Ngoại tệ|Loại ngoại tệ"),
    _field(
        "account_type",
        "Loại TK|Loại tài khoản|Loại hình TK|Sản phẩm|Account type|Loại hình tài khoản|TK chung|"
        "Đồng chủ tài khoản|Đồng sở hữu|Hình thức sở hữu",
        many=True,
    ),
    _field("opened_on", "Ngày mở|Ngày mở TK|Ngày mở tài khoản|Open date|Opened on|Ngày đăng ký"),
    _field(
        "other",
        "CIF|Số CIF|Mã KH|Mã khách hàng|Customer ID|Nội dung CK|Số lệnh|Mã GD|Ngày GD|Phí|Email|Ghi chú|GC|"
        "Note|Cán bộ|Mã số thuế|Quốc tịch|Nghề nghiệp|Ký nhận",
        many=True,
        kept=False,
    ),
    _field(
        "balance",
        "Số dư|Số dư tài khoản|Số dư TK|Số dư hiện tại|Số dư khả dụng|Balance|Số dư cuối kỳ|Số dư bình quân|"
        "Available balance",
        many=True,
        kept=False,
        rank=3,
    ),
)  # fmt: skip
_UNDER_TEXT = {
    "account_number": "so=account_number;so tk=account_number;ten=holder_name;chu tk=holder_name;loai=account_type;"
    "loai tien=currency;trang thai=account_status;ngay mo=opened_on;chi nhanh=branch;tinh trang=account_status",
    "holder_name": "ho ten=holder_name;ho va ten=holder_name;ten=holder_name;ho dem=surname;ngay sinh=birth_date;"
    "nam sinh=birth_date;cccd=citizen_id;so dien thoai=phone;dia chi=address;gioi tinh=sex",
    "citizen_id": "so=citizen_id;ngay cap=id_paper;noi cap=id_paper;loai=id_paper",
    "bank": "ten=bank;ma=bank_code;chi nhanh=branch",
}
BANK_LIST = ColumnSet(
    fields=_FIELDS,
    name="account_number",
    person="holder_name",
    under={
        (parent, pair.split("=")[0]): pair.split("=")[1]
        for parent, pairs in _UNDER_TEXT.items()
        for pair in pairs.split(";")
    },
)
