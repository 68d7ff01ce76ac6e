"""The sentences about who a row is: name, ID, birth, sex, phone; and about the row as a whole. No logic."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning", "info"]
E: Severity = "error"
W: Severity = "warning"
I: Severity = "info"  # noqa: E741

# code: (severity, Vietnamese, English)
PERSON_ISSUES: dict[str, tuple[Severity, str, str]] = {
    # who
    "name_missing": (
        E,
        "Thiếu họ tên nên không biết là ai. Điền họ tên rồi nhập lại dòng này.",
        "No name, so nobody can tell who this is. Fill in the name.",
    ),
    "name_invalid": (
        E,
        "Họ tên không dùng được: có {found}. Ghi lại họ tên bằng chữ cái tiếng Việt.",
        "The name cannot be used: it holds {found}. Write it with Vietnamese letters.",
    ),
    "name_too_long": (
        E,
        "Họ tên dài quá 100 ký tự. Chỉ ghi họ tên, chuyển phần còn lại sang cột Ghi chú.",
        "The name is longer than 100 characters. Keep the name only; move the rest to the notes.",
    ),
    "name_undecodable": (
        E,
        "Họ tên bị sai bảng mã (lỗi phông chữ) và không chuyển được chắc chắn. Gõ lại họ tên bằng Unicode.",
        "The name is in a wrong code page and cannot be converted for certain. Type it again in Unicode.",
    ),
    "honorific_removed": (
        W,
        "Đã bỏ danh xưng “{removed}” khỏi họ tên. Kiểm tra lại họ tên.",
        "The title “{removed}” was taken off the name. Check the name.",
    ),
    "remark_in_name": (
        W,
        "Ô họ tên có ghi thêm “{removed}”; chỉ giữ họ tên. Chuyển phần ghi thêm sang cột Ghi chú.",
        "The name cell also says “{removed}”; only the name was kept. Move the remark to the notes.",
    ),
    "name_repaired": (
        I,
        "Đã chuẩn hóa cách gõ họ tên: “{before}” → “{after}”.",
        "The typing of the name was normalised: “{before}” → “{after}”.",
    ),
    "legacy_converted": (
        I,
        "Đã chuyển từ bảng mã {charset}: “{before}” → “{after}”.",
        "Converted from {charset}: “{before}” → “{after}”.",
    ),
    "cell_undecodable": (
        W,
        "Ô bị sai bảng mã, không chuyển được nên bỏ trống. Gõ lại bằng Unicode.",
        "The cell is in a wrong code page and was left out. Type it again in Unicode.",
    ),
    "cell_too_long": (
        W,
        "Ô dài quá 32.767 ký tự nên bỏ trống. Ghi lại ngắn gọn.",
        "The cell is longer than 32,767 characters and was left out. Shorten it.",
    ),
    "duplicate_row": (
        E,
        "Dòng này trùng hoàn toàn với dòng {line}{where}. Xóa một trong hai dòng.",
        "This line is identical to line {line}{where}. Delete one of the two.",
    ),
    "row_too_long": (
        E,
        "Dòng có {found} ô nhưng tiêu đề chỉ có {expected} cột, nên không biết ô nào thuộc cột nào. Kiểm tra dấu "
        "phân cách.",
        "The line has {found} fields but the header {expected}, so nobody can tell which is which. Check the "
        "separators.",
    ),
    "second_benefit_line": (
        I,
        "Khoản trợ cấp thứ hai của cùng một người (dòng {line}).",
        "A further benefit line of the same person (line {line}).",
    ),
    # citizen ID
    "id_missing": (
        W,
        "Thiếu số CCCD. Bổ sung số 12 chữ số; chưa có thì vẫn nhập nhưng chưa tính là CCCD hợp lệ.",
        "No citizen ID. Add the 12 digits; the row is imported, but does not count as having a valid ID.",
    ),
    "id_old": (
        W,
        "Đây là số CMND 9 số, được giữ làm số giấy tờ cũ. Bổ sung số CCCD 12 chữ số.",
        "This is a 9-digit identity card number, kept as the old ID. Add the 12-digit citizen ID.",
    ),
    "id_restored": (
        I,
        "Đã thêm lại số 0 bị mất ở đầu: {before} → {after}.",
        "Leading zeros lost in the spreadsheet were put back: {before} → {after}.",
    ),
    "id_repaired": (
        I,
        "Đã bỏ dấu cách, dấu chấm trong số CCCD: {before} → {after}.",
        "Blanks and dots were taken out of the ID: {before} → {after}.",
    ),
    "id_unknown_prefix": (
        W,
        "Ba số đầu {prefix} không có trong bảng mã nơi đăng ký khai sinh. Kiểm tra lại số CCCD.",
        "The first three digits {prefix} are in no list of places of birth registration. Check the ID.",
    ),
    "id_sex_mismatch": (
        W,
        "Số CCCD cho biết là {expected} nhưng giới tính ghi {found}. Kiểm tra số CCCD và giới tính.",
        "The ID says {expected}, but the sex column says {found}. Check both.",
    ),
    "id_birth_mismatch": (
        W,
        "Số CCCD cho biết năm sinh {expected} nhưng ngày sinh ghi {found}. Kiểm tra số CCCD và ngày sinh.",
        "The ID says born {expected}, but the birth date says {found}. Check both.",
    ),
    "id_invalid": (
        W,
        "Số CCCD không dùng được: cần 12 chữ số, ô này {found}. Sửa lại theo thẻ căn cước.",
        "The citizen ID cannot be used: 12 digits are needed, this cell {found_en}. Correct it from the card.",
    ),
    "id_damaged": (
        W,
        "Excel đã làm hỏng số CCCD ({found}). Định dạng cột là Văn bản rồi nhập lại đủ 12 số.",
        "The spreadsheet damaged the ID ({found}). Format the column as text and retype the 12 digits.",
    ),
    "id_implausible": (
        W,
        "Số CCCD không hợp lý ({found}). Kiểm tra lại theo thẻ căn cước.",
        "The citizen ID is not plausible ({found}). Check it against the card.",
    ),
    "id_extra_text": (
        W,
        "Ô số CCCD có ghi thêm “{removed}”; chỉ giữ số. Tách phần ghi thêm sang cột khác.",
        "The ID cell also says “{removed}”; only the number was kept. Move the rest to another column.",
    ),
    "id_shared": (
        W,
        "Số CCCD này cũng đứng ở dòng {line}{where} với họ tên khác; chưa lưu cho người nào. Kiểm tra thẻ của cả "
        "hai người.",
        "The same ID stands at line {line}{where} under another name; it is stored for neither. Check both cards.",
    ),
    "id_of_recipient": (
        W,
        "Số CCCD này hợp với người nhận thay ({name}) hơn, được đề xuất là số của người nhận. Bổ sung số CCCD của "
        "chính đối tượng.",
        "This ID fits the recipient ({name}) better and is proposed as theirs. Add the beneficiary's own ID.",
    ),
    "id_other_birth": (
        W,
        "Số CCCD này cũng đứng ở dòng {line}{where} với cùng họ tên nhưng năm sinh khác. Kiểm tra thẻ và sửa năm sinh "
        "hoặc số CCCD; nếu không, khi nhập một trong hai dòng sẽ chờ trả lời là ai.",
        "The same ID and name stand at line {line}{where} with another year of birth. Check the card and mend the year "
        "or the ID; else one of the two rows will wait for an answer who it is.",
    ),
    "id_repeated": (
        W,
        "Người này đã có ở dòng {line}{where} với cùng loại trợ cấp; khoản này không tính thêm lần nữa. Kiểm tra có bị "
        "lặp không.",
        "This person already stands at line {line}{where} with the same benefit, which is not counted again. Check "
        "whether it is repeated.",
    ),
    # birth, sex, phone
    "birth_missing": (
        W,
        "Thiếu ngày sinh. Bổ sung ngày hoặc ít nhất năm sinh.",
        "No birth date. Add the date, or at least the year.",
    ),
    "birth_impossible_day": (
        W,
        "Ngày {found} không có thật; chỉ giữ năm {kept}. Sửa lại ngày sinh.",
        "There is no such day as {found}; only the year {kept} was kept. Correct the date.",
    ),
    "birth_remark": (
        W,
        "Ô ngày sinh có ghi thêm; chỉ giữ năm {kept}. Kiểm tra lại “{found}”.",
        "The birth cell holds a remark; only the year {kept} was kept. Check “{found}”.",
    ),
    "birth_two_digit_year": (
        W,
        "Năm sinh hai chữ số “{found}” không rõ thế kỷ. Ghi đủ bốn chữ số.",
        "The two-digit year in “{found}” leaves the century open. Write four digits.",
    ),
    "birth_unreadable": (
        W,
        "Không đọc được ngày sinh “{found}”. Ghi dạng ngày/tháng/năm hoặc chỉ năm.",
        "The birth date “{found}” cannot be read. Write day/month/year or the year.",
    ),
    "birth_future": (
        W,
        "Ngày sinh {found} ở tương lai nên bỏ trống. Kiểm tra lại.",
        "The birth date {found} lies in the future and was left out. Check it.",
    ),
    "birth_too_old": (
        W,
        "Ngày sinh {found} cho tuổi trên 130 nên bỏ trống. Kiểm tra lại.",
        "The birth date {found} means an age over 130 and was left out. Check it.",
    ),
    "birth_swapped": (
        W,
        "Cột ngày sinh bị Excel đảo ngày và tháng; ô này chỉ giữ năm {kept}. Kiểm tra ngày, tháng.",
        "The spreadsheet swapped day and month in this column; only the year {kept} was kept here. Check the day.",
    ),
    "birth_placeholder": (
        I,
        "01/01 trong danh sách này là “không rõ ngày”; chỉ giữ năm {kept}.",
        "01/01 stands for “day unknown” in this list; only the year {kept} was kept.",
    ),
    "birth_both": (
        W,
        "Cả hai cột Nam và Nữ đều có năm sinh. Giữ lại đúng một cột.",
        "Both the male and the female column hold a birth year. Keep only one.",
    ),
    "sex_unreadable": (
        W,
        "Không đọc được giới tính “{found}”. Ghi Nam hoặc Nữ.",
        "The sex “{found}” cannot be read. Write Nam or Nữ.",
    ),
    "phone_unreadable": (
        W,
        "Số điện thoại “{found}” không đúng nên bỏ trống. Ghi 10 chữ số bắt đầu bằng 0.",
        "The phone number “{found}” is not valid and was left out. Write 10 digits starting with 0.",
    ),
}
