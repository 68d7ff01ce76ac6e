"""Every header a roster may carry, by field, as officers spell them. How they are compared: workbooks/spelling.py."""

from __future__ import annotations

from disburse.rosters.header_families import IN_ROLE, ROLES, UNDER
from disburse.workbooks.spelling import ColumnSet, Field


def _field(name: str, text: str, *, many: bool = False, kept: bool = True, rank: int = 0) -> Field:
    return Field(name, tuple(s.strip() for s in text.split("|") if s.strip()), many=many, kept=kept, rank=rank)


PERSON = (
    _field(
        "full_name",
        "Họ và tên|Họ tên|Họ & tên|H.tên|H tên|Tên|Họ, tên|Họ và tên đối tượng|Họ tên đối tượng|Tên đối tượng|"
        "Đối tượng thụ hưởng|Người hưởng|Người hưởng trợ cấp|Người thụ hưởng|Họ tên khai sinh|Họ và tên khai sinh|"
        "Họ, chữ đệm và tên|Họ, chữ đệm và tên khai sinh|Tên người có công|Họ tên người có công|"
        "Họ và tên người có công|Họ tên người khuyết tật|Họ và tên người khuyết tật|Họ tên NKT|Họ tên NCT|"
        "Họ và tên NCT|Họ tên người cao tuổi|Họ và tên người hưởng|Họ tên người hưởng|Tên người hưởng|"
        "Họ và tên người thụ hưởng|Họ tên trẻ em|Họ và tên trẻ|Full name|Tên thân nhân|Họ tên thân nhân|"
        "Họ và tên thân nhân|Thân nhân hưởng trợ cấp|Thân nhân|Đối tượng hưởng trợ cấp",
    ),
    _field("name_female", ""),
    _field("surname", "Họ đệm|Họ và tên đệm|Họ và đệm|Họ|Họ, tên đệm|Họ và chữ đệm|Họ lót"),
    _field("given", "Tên gọi"),
    _field(
        "birth_date",
        "Ngày sinh|Năm sinh|Ngày tháng năm sinh|Ngày, tháng, năm sinh|Ngày/tháng/năm sinh|Sinh ngày|Sinh năm|NS|"
        "N.sinh|NTNS|Năm|DOB|Ngày tháng sinh|Tháng năm sinh|Date of birth|Ngày, năm sinh|Năm sinh/Ngày sinh",
    ),
    _field("birth_male", "Năm sinh nam|Ngày sinh nam|NS nam|Sinh năm nam|Ngày tháng năm sinh nam"),
    _field("birth_female", "Năm sinh nữ|Ngày sinh nữ|NS nữ|Sinh năm nữ|Ngày tháng năm sinh nữ"),
    _field("birth_day", "Ngày"),
    _field("birth_month", "Tháng"),
    _field("birth_year", ""),
    _field("age", "Tuổi|Độ tuổi|Số tuổi", many=True, kept=False),
    _field("sex", "Giới tính|GT|G.tính|Phái|Nam/Nữ|Giới|Nam, nữ|Sex|Gender|Nam (nữ)"),
    _field("sex_male", "Nam|Nam (x)|Giới tính nam"),
    _field("sex_female", "Nữ|Nữ (x)|Giới tính nữ"),
    _field(
        "citizen_id",
        "Số CCCD|CCCD|Số căn cước|Căn cước|Số căn cước công dân|Căn cước công dân|Số định danh|Số định danh cá nhân|"
        "Số ĐDCN|ĐDCN|Mã định danh|Mã số định danh|Mã định danh cá nhân|CCCD/CMND|CMND/CCCD|Số CCCD/CMND|"
        "Số CMND/CCCD|CMT/CCCD|CCCD/CMT|Giấy tờ tùy thân|Số GTTT|GTTT|Số giấy tờ|Số giấy tờ tùy thân|CC/CCCD|"
        "Số CC/CCCD|Số thẻ căn cước|Thẻ căn cước|Số CC|CCCD/Mã định danh|Số CCCD/ĐDCN|CMND/CCCD/ĐDCN|"
        "Số CMND hoặc CCCD|Số CCCD của đối tượng|Số CCCD đối tượng",
        rank=1,
    ),
    _field(
        "old_id",
        "CMT|Số CMT|CMTND|Số CMTND|CMND|Số CMND|Giấy CMND|CMT cũ|CMND cũ|Số CMND cũ|Số CMT cũ|"
        "Chứng minh nhân dân|Số CMND 9 số",
    ),
    _field(
        "id_paper",
        "Ngày cấp|Nơi cấp|Ngày cấp CCCD|Nơi cấp CCCD|Ngày, nơi cấp|Ngày tháng năm cấp|Năm cấp|Loại GTTT|"
        "Loại giấy tờ",
        many=True,
        kept=False,
    ),
    _field(
        "phone",
        "Điện thoại|Số điện thoại|SĐT|ĐT|Số ĐT|Đ.thoại|Điện|Di động|Liên hệ|Số ĐT liên hệ|Điện thoại liên hệ|"
        "SĐT liên hệ|Số di động|Phone|Tel",
        many=True,
    ),
)  # fmt: skip
PLACE = (
    _field(
        "commune",
        "Xã|Phường|Xã/phường|Xã, phường, thị trấn|Xã, phường|Phường/xã|Xã/phường/thị trấn|Xã/thị trấn|Đơn vị|"
        "Địa phương|Địa bàn|"
        "Nơi chi trả|Tên xã|Xã (phường)|Tên đơn vị|UBND xã|Địa bàn xã|Điểm chi trả|Xã/P/TT|Xã, thị trấn|"
        "Đơn vị hành chính|Tên xã/phường",
    ),
    _field(
        "commune_old",
        "Xã cũ|Xã (cũ)|Phường cũ|Xã/phường cũ|Xã, phường cũ|Tên xã cũ|Đơn vị cũ|Địa bàn cũ|Xã trước sáp nhập|"
        "Xã trước sắp xếp|Xã, thị trấn cũ|Xã cũ trước sáp nhập|Xã (trước 01/7/2025)|Đơn vị hành chính cũ|Địa phương cũ|"
        "Xã, phường, thị trấn cũ|Xã/phường/thị trấn cũ|Xã cũ (trước sáp nhập)",
        rank=1,
    ),
    _field(
        "commune_new",
        "Xã mới|Xã (mới)|Phường mới|Xã/phường mới|Xã, phường mới|Tên xã mới|Đơn vị mới|Địa bàn mới|Xã sau sáp nhập|"
        "Xã sau sắp xếp|Xã hiện nay|Xã/phường hiện nay|Đơn vị hành chính mới|Xã, phường hiện nay|Xã (từ 01/7/2025)|"
        "Xã mới (sau sáp nhập)",
        rank=1,
    ),
    _field("commune_code", "Mã xã mới|Mã xã|Mã phường|Mã xã/phường|Mã đơn vị|Mã ĐVHC|Mã địa bàn|Mã đơn vị hành chính"),
    _field(
        "district",
        "Huyện|Quận|Quận/huyện|Huyện/thị xã|Tên huyện|Huyện cũ|Huyện (cũ)|Quận, huyện|"
        "Huyện, thị xã, thành phố",
    ),
    _field("district_code", "Mã huyện|Mã quận|Mã quận/huyện", kept=False),
    _field("province", "Tỉnh|Tỉnh/thành phố|Mã tỉnh|Tên tỉnh|Tỉnh, thành phố|Tỉnh/TP", many=True, kept=False),
    _field(
        "hamlet",
        "Thôn|Thôn/TDP|Thôn, tổ dân phố|Thôn/tổ dân phố|Tổ|Tổ DP|TDP|Tổ dân phố|Khu phố|KP|Khu dân cư|KDC|"
        "Khối|Khối phố|Khóm|Ấp|Xóm|"
        "Làng|Bản|Buôn|Đội|Thôn, xóm|Thôn/bản|Thôn/làng|Thôn (tổ)|Thôn/Khu phố|Thôn/KDC|Tên thôn|Thôn, TDP|"
        "Ấp/khóm|Khóm/ấp",
        many=True,
    ),
    _field(
        "address",
        "Số nhà|Địa chỉ|Đ/c|Đ/chỉ|Nơi ở|Nơi ở hiện nay|Chỗ ở|Chỗ ở hiện nay|Nơi cư trú|Cư trú|Trú quán|"
        "Thường trú|Trú|HKTT|Nơi ĐKTT|"
        "Hộ khẩu thường trú|Nơi thường trú|Địa chỉ thường trú|Nơi đăng ký thường trú|Thôn, xã|Thôn/xã|"
        "Nơi ĐKHKTT|Địa chỉ cư trú|Address",
        many=True,
    ),
    _field("origin_place", "Quê quán|Nguyên quán|Nơi sinh|Nơi đăng ký khai sinh", many=True, kept=False),
    _field("household", "Hộ|Số hộ khẩu|Sổ hộ khẩu|Mã hộ", many=True, kept=False),
)  # fmt: skip
BENEFIT = (
    _field(
        "benefit",
        "Đối tượng|Loại đối tượng|Nhóm đối tượng|Diện|Diện hưởng|Diện đối tượng|Chế độ|Loại trợ cấp|"
        "Tên đối tượng hưởng|Diện chính sách|"
        "Chế độ hưởng|Loại chế độ|Loại hình|Đối tượng BTXH|Thuộc đối tượng|Loại đối tượng hưởng|"
        "Điểm, khoản (Điều 5)|Điểm, khoản|"
        "Khoản, điểm|Điểm khoản|Theo NĐ 20|Theo Nghị định 20|Đối tượng theo NĐ 20|Hạng TB|Hạng thương tật|"
        "Nhóm ĐT|Loại ĐT|Đối tượng chính sách|Chính sách|Diện trợ cấp",
    ),
    _field(
        "benefit_code",
        "Mã đối tượng|Mã ĐT|Mã loại đối tượng|Mã chế độ|Mã diện|Mã loại trợ cấp|Mã nhóm đối tượng",
    ),
    _field(
        "injury_rate",
        "TLTT|Tỷ lệ thương tật|Tỷ lệ|TL|Tỷ lệ TT|Tỷ lệ (%)|Tỷ lệ tổn thương|Tỷ lệ tổn thương cơ thể|"
        "Tỉ lệ thương tật|% thương tật",
    ),
    _field(
        "disability",
        "Dạng tật|Mức độ KT|Mức độ khuyết tật|Dạng khuyết tật|Mức độ, dạng tật|Loại khuyết tật",
        many=True,
        kept=False,
    ),
    _field(
        "benefit_mark",
        "NKT nặng|NKT ĐBN|NKT đặc biệt nặng|NCT|Đơn thân|Đủ 75|Đủ 75 tuổi|70–74 nghèo|70-74 tuổi nghèo|"
        "Đang hưởng BTXH|Hưu trí",
        many=True,
    ),
    _field("benefit_detail", "", many=True),
    _field("coefficient", "Hệ số|HS|Hệ số hưởng|Hệ số TC|Hệ số trợ cấp|H.số|Hệ số mức hưởng"),
    _field("base", "Mức chuẩn|MC|Mức chuẩn trợ cấp|Mức chuẩn TGXH|Chuẩn trợ cấp"),
)  # fmt: skip
MONEY = (
    _field(
        "amount",
        "Mức hưởng|Mức|Mức trợ cấp|Mức TC|Mức trợ cấp/tháng|Trợ cấp|Trợ cấp hằng tháng|Trợ cấp hàng tháng|"
        "TCXH|Số tiền|Số tiền/tháng|"
        "Tiền tháng này|Thành tiền|Mức trợ cấp hằng tháng|Mức trợ cấp hàng tháng|Mức hưởng/tháng|"
        "Mức hưởng hàng tháng|Mức hưởng hằng tháng|"
        "Số tiền trợ cấp|Tiền trợ cấp|Số tiền hưởng|Trợ cấp xã hội|Số tiền (đồng)|Mức tiền|Trợ cấp tháng|"
        "Số tiền hàng tháng|Số tiền chi trả|"
        "Trợ cấp ưu đãi|TC hàng tháng|TC hằng tháng|Kinh phí|Amount",
    ),
    _field("allowance", "Phụ cấp|Phụ cấp hằng tháng|Phụ cấp hàng tháng|Tiền phụ cấp|Mức phụ cấp", rank=1),
    _field(
        "care_amount",
        "Tiền chăm sóc|KP chăm sóc|Kinh phí chăm sóc|Hỗ trợ chăm sóc|Trợ cấp chăm sóc|Kinh phí nuôi dưỡng|"
        "Tiền nuôi dưỡng|KP CS",
        rank=1,
    ),
    _field(
        "arrears_months",
        "Số tháng TL|Số tháng truy lĩnh|Số tháng lĩnh bù|Số tháng truy thu",
        kept=False,
        rank=3,
        many=True,
    ),
    _field(
        "arrears",
        "Truy lĩnh|TL|Lĩnh bù|Tiền truy lĩnh|Số tiền truy lĩnh|Truy lãnh|Tiền TL|Truy lĩnh trợ cấp|"
        "Truy lĩnh (đồng)|Bổ sung truy lĩnh",
        rank=2,
    ),
    _field(
        "deduction",
        "Truy thu|Trừ|Giảm trừ|Thu hồi|Số tiền truy thu|Tiền truy thu|Khấu trừ|Số tiền thu hồi|Các khoản trừ",
        rank=2,
    ),
    _field(
        "carry_over",
        "Tháng trước chuyển sang|Tồn tháng trước|Chưa lĩnh kỳ trước|Kỳ trước chuyển sang|Tồn kỳ trước|"
        "Chuyển kỳ trước|Chưa nhận kỳ trước|Chưa lĩnh tháng trước|Tháng trước chưa lĩnh",
        rank=2,
    ),
    _field(
        "total",
        "Tổng cộng|Tổng tiền|Cộng|Thực lĩnh|Thực nhận|Được lĩnh|Tổng số tiền|Tổng|Tổng tiền nhận|"
        "Tổng tiền được nhận|Số tiền thực lĩnh|Số tiền thực nhận|Tổng số|Tổng kinh phí|"
        "Tổng số tiền được nhận|Tổng lĩnh|Số tiền được lĩnh|Cộng tiền",
        rank=2,
    ),
    _field("amount_words", "Bằng chữ|Số tiền bằng chữ|Viết bằng chữ", many=True, kept=False, rank=3),
)  # fmt: skip
PAPERS = (
    _field(
        "decision_number",
        "Số QĐ|QĐ số|Quyết định|Số, ngày QĐ|Số quyết định|QĐ|Quyết định số|Số và ngày QĐ|Số, ngày quyết định|"
        "Số QĐ, ngày QĐ|Số QĐ hưởng|Quyết định hưởng",
    ),
    _field(
        "decision_date",
        "Ngày QĐ|Ngày ký|Ngày quyết định|Ngày ký QĐ|Ngày tháng QĐ|Ngày ban hành|Ngày tháng năm QĐ",
        rank=1,
    ),
    _field(
        "start",
        "Thời điểm hưởng|Hưởng từ|Từ tháng|Tháng hưởng|Hưởng từ tháng|Thời gian hưởng|Ngày hưởng|"
        "Thời điểm bắt đầu hưởng|Hưởng từ ngày|Tháng bắt đầu hưởng|Bắt đầu hưởng|Ngày bắt đầu hưởng|"
        "Từ tháng/năm",
    ),
    _field(
        "file_number",
        "Số hồ sơ|Số HS|HS|Mã hồ sơ|Số sổ|Sổ lĩnh|Số phiếu|Mã chi trả|Mã NCC|Số sổ lĩnh|Số hồ sơ NCC|"
        "Mã số hồ sơ|Mã người hưởng|Số sổ trợ cấp|Mã HS|Số phiếu lĩnh|Số sổ lĩnh tiền|Hồ sơ số",
        rank=1,
    ),
    _field(
        "recipient_paper_kind",
        "Giấy ủy quyền|Loại giấy|Giấy tờ ủy quyền|Loại giấy ủy quyền|Văn bản ủy quyền|Giấy tờ đại diện|"
        "Loại giấy tờ nhận thay|Giấy tờ chứng minh",
    ),
    _field("recipient_paper_number", "Số giấy|Số giấy ủy quyền|Số văn bản ủy quyền|Số GUQ", rank=1),
    _field(
        "recipient_paper_date",
        "Ngày giấy|Ngày giấy ủy quyền|Ngày ủy quyền|Ngày lập giấy|Ngày lập giấy ủy quyền|Ngày GUQ",
        rank=1,
    ),
    _field(
        "recipient_paper_until",
        "Hiệu lực đến|Có hiệu lực đến|Ủy quyền đến|Hết hiệu lực|Hiệu lực đến ngày|Thời hạn ủy quyền|"
        "Ngày hết hạn|Giấy có hiệu lực đến",
    ),
)  # fmt: skip
RECIPIENT = (
    _field(
        "recipient_name",
        "Người nhận thay|Người nhận hộ|Người lĩnh thay|Người lãnh thay|Người nhận tiền|Người nhận|"
        "Người đại diện|Người giám hộ|"
        "Người được ủy quyền|Người được uỷ quyền|Người nuôi dưỡng|Người chăm sóc|Chủ hộ|Tên cha/mẹ|"
        "Họ tên cha/mẹ|Tên cha, mẹ|"
        "Cha/mẹ|Họ tên người nhận thay|Họ và tên người nhận thay|Họ tên người nhận|Họ và tên người nhận|"
        "Tên người nhận|"
        "Họ tên chủ hộ|Họ và tên chủ hộ|Họ tên người giám hộ|Họ và tên người giám hộ|Họ tên người được ủy quyền|"
        "Họ và tên người được ủy quyền|Người nhận trợ cấp|Họ tên mẹ|Họ tên cha|Người lĩnh hộ|"
        "Người nhận chăm sóc|Tên chủ hộ",
        rank=2,
    ),
    _field(
        "recipient_relation",
        "Quan hệ|Mối quan hệ|Quan hệ với đối tượng|QH|Quan hệ với người hưởng|Quan hệ với chủ hộ|"
        "Mối quan hệ với đối tượng|Quan hệ với NCC|QH với đối tượng|Quan hệ với người thụ hưởng",
        rank=3,
    ),
    _field(
        "recipient_citizen_id",
        "CCCD người nhận|Số CCCD người nhận|CCCD người nhận thay|CCCD người được ủy quyền|CCCD người giám hộ|"
        "CCCD người đại diện|CCCD chủ hộ|CCCD cha/mẹ|CMND người nhận",
        rank=3,
    ),
    _field("recipient_birth_date", "Năm sinh người nhận|Ngày sinh người nhận", rank=3),
    _field("recipient_phone", "SĐT người nhận|Điện thoại người nhận", rank=3),
    _field("recipient_sex", "Giới tính người nhận", rank=3, kept=False),
    _field("recipient_address", "Địa chỉ người nhận", many=True, kept=False, rank=3),
    _field(
        "martyr_name",
        "Họ tên liệt sĩ|Họ và tên liệt sĩ|Họ và tên liệt sỹ|Tên liệt sĩ|Họ tên liệt sỹ|Tên LS|Họ tên LS|"
        "Người có công đã mất|Thân nhân của|Liệt sĩ|Họ tên người có công đã mất|Họ tên NCC đã mất",
        rank=2,
        kept=False,
        many=True,
    ),
)  # fmt: skip
ACCOUNT = (
    _field(
        "account_number",
        "Số tài khoản|STK|Số TK|TK|Tài khoản|Số tài khoản ngân hàng|TK ngân hàng|Tài khoản ngân hàng|"
        "Số TK ATM|Account No|Account number|SoTaiKhoanNguoiNhan|Số tài khoản người nhận|Số TK ngân hàng|"
        "Số TKNH|TKNH|Số tài khoản hưởng ASXH|Số tài khoản thụ hưởng|Số tài khoản cá nhân|Số hiệu tài khoản",
        rank=1,
    ),
    _field("card_number", "Số thẻ|Số thẻ ATM|Thẻ ATM|Số thẻ ngân hàng|Mã thẻ", many=True, kept=False, rank=2),
    _field(
        "account_holder",
        "Chủ tài khoản|Chủ TK|Tên chủ TK|Tên tài khoản|Tên TK|Họ tên chủ TK|Tên chủ tài khoản|"
        "Họ tên chủ tài khoản|Họ và tên chủ tài khoản|Họ và tên chủ TK|Tên khách hàng|Tên KH|"
        "Đơn vị thụ hưởng|Account name|Tên người thụ hưởng|Tên đơn vị thụ hưởng",
        rank=2,
    ),
    _field(
        "bank",
        "Ngân hàng|NH|Tại ngân hàng|Tên ngân hàng|Mở tại|NH mở TK|Ngân hàng thụ hưởng|Ngân hàng mở tài khoản|"
        "Mở tại ngân hàng|Tên NH|Tại NH|NH thụ hưởng|Bank|Nơi mở tài khoản|Nơi mở TK|Ngân hàng mở TK",
    ),
    _field("bank_code", "Mã NH|Mã ngân hàng|BIN|Mã CITAD|Bank code", rank=1),
    _field("branch", "Chi nhánh|CN|PGD|Nơi mở|Tên chi nhánh|Chi nhánh ngân hàng|Phòng giao dịch|Chi nhánh NH|Branch"),
    _field(
        "pay_way",
        "Hình thức nhận|Hình thức chi trả|HT chi trả|Phương thức|TM/CK|ATM|MaHinhThucChiTra|Hình thức|"
        "Phương thức chi trả|Hình thức nhận tiền|Cách nhận|Phương thức nhận|Hình thức lĩnh|HT nhận|"
        "Mã hình thức chi trả",
    ),
    _field(
        "pay_mark",
        "Nhận tiền mặt|Nhận qua tài khoản|Tiền mặt|Chuyển khoản|Qua tài khoản|Qua ATM",
        many=True,
        kept=False,
    ),
)  # fmt: skip
REST = (
    _field("line_no", "STT|TT|Số TT|Số thứ tự|S TT|No|Mục|Thứ tự|S.T.T|Stt cũ|#", many=True),
    _field("period", "Kỳ|Kỳ chi trả|KyChiTra|Kỳ hưởng|Tháng chi trả|Kỳ trợ cấp", many=True, kept=False),
    _field(
        "signature",
        "Ký nhận|Ký tên|Chữ ký|Ký|Ký, ghi rõ họ tên|Điểm chỉ|Đã nhận|Ngày nhận|Ngày chi trả|Ký nhận tiền|"
        "Người nhận ký|Người nhận ký tên|Ký (điểm chỉ)|Chữ ký người nhận|Ký xác nhận|Tờ|"
        "Ký nhận (ghi rõ họ tên)",
        many=True,
        kept=False,
        rank=3,
    ),
    _field(
        "status",
        "Trạng thái|Trạng thái chi|Tình trạng|Trạng thái hưởng|Tình trạng hưởng|Trạng thái đối tượng|"
        "Hiện trạng",
        many=True,
    ),
    _field(
        "removal_reason",
        "Lý do|Lý do giảm|Lý do cắt|Lý do thôi hưởng|Lý do dừng|Lý do cắt giảm|Lý do thôi trợ cấp|"
        "Nguyên nhân|Lý do biến động|Lý do tăng, giảm",
        many=True,
    ),
    _field(
        "unpaid_reason",
        "Lý do chưa nhận|Lý do trả lại|Lý do chưa lĩnh|Lý do chưa chuyển đổi",
        many=True,
        kept=False,
        rank=1,
    ),
    _field("note", "Ghi chú|GC|Ghi chú khác|Note|Ghi chú thêm|G/chú|Diễn giải", many=True),
    _field(
        "sensitive",
        "Dân tộc|Tôn giáo|Hộ nghèo|Cận nghèo|Hộ cận nghèo|HIV|Nhiễm HIV|Chẩn đoán|Chẩn đoán bệnh|Bệnh|"
        "Bệnh tật|Hộ nghèo/cận nghèo|Tình trạng sức khỏe",
        many=True,
        kept=False,
        rank=1,
    ),
    _field("balance", "Số dư|Số dư tài khoản|Số dư TK|Số dư hiện tại|Số dư khả dụng", many=True, kept=False, rank=2),
    _field(
        "bank_extra",
        "CIF|Số CIF|Mã KH|Mã khách hàng|Loại TK|Loại tài khoản|Loại tiền|Trạng thái TK|Trạng thái tài khoản|"
        "Ngày mở|Ngày mở TK|Nội dung CK|Nội dung|Nội dung chuyển khoản|Số lệnh|Mã GD|Mã giao dịch|Ngày GD|"
        "Ngày giao dịch|Phí|Số CIF khách hàng",
        many=True,
        kept=False,
        rank=1,
    ),
)  # fmt: skip

ROSTER = ColumnSet(
    fields=(*PERSON, *PLACE, *BENEFIT, *MONEY, *PAPERS, *RECIPIENT, *ACCOUNT, *REST),
    name="full_name",
    person="full_name",
    roles=ROLES,
    in_role=IN_ROLE,
    under=UNDER,
    patterns=(
        (r"(?:tro ?cap ?|tien ?|so ?tien ?)?(?:thang|t) ?\d{1,2}(?: ?(?:nam ?)?\d{2,4})?(?: ?(?:dong|d))?", "amount"),
    ),
)  # fmt: skip
