"""The sentences about where a row belongs, what is paid, to whom and into which account. No logic."""

from __future__ import annotations

from disburse.workbooks.wording_person import E, I, Severity, W

# code: (severity, Vietnamese, English)
PAYMENT_ISSUES: dict[str, tuple[Severity, str, str]] = {
    # where
    "commune_missing": (
        E,
        "Không biết xã, phường nào: dòng, mục, tên trang tính và tiêu đề đều không ghi. Điền tên xã hoặc chọn xã "
        "khi tải lên.",
        "No commune: neither row, section, sheet name nor title says it. Fill it in or choose one at upload.",
    ),
    "commune_unknown": (
        E,
        "Không tìm thấy xã, phường “{found}” trong tỉnh {province}. Sửa tên hoặc mã xã.",
        "There is no commune “{found}” in province {province}. Correct its name or code.",
    ),
    "commune_ambiguous": (
        E,
        "“{found}” có thể là {choices}. Ghi mã xã, thêm huyện, hoặc cho biết danh sách dùng đơn vị cũ hay mới.",
        "“{found}” may mean {choices}. Give the code or the district, or say whether old or new units are used.",
    ),
    "commune_other_list": (
        I,
        "“{found}” chỉ có trong danh mục đơn vị hành chính còn lại; đã hiểu là {meant}.",
        "“{found}” exists only in the other list of units; understood as {meant}.",
    ),
    # money and benefit
    "benefit_unknown": (
        W,
        "Không nhận ra loại trợ cấp “{found}”. Ghi theo tên hoặc mã trong danh mục.",
        "The benefit type “{found}” is not known. Use a name or code of the list.",
    ),
    "benefit_ambiguous": (
        W,
        "“{found}” có thể là {choices}. Ghi mã loại trợ cấp.",
        "“{found}” may mean {choices}. Give the benefit code.",
    ),
    "amount_missing": (
        W,
        "Thiếu mức trợ cấp; tạm giữ khi lập danh sách chi trả. Điền số tiền.",
        "No amount; held from payment. Fill in the amount.",
    ),
    "amount_unreadable": (
        W,
        "Không đọc chắc được số tiền “{found}” nên bỏ trống; tạm giữ khi chi trả. Ghi số tiền bằng đồng.",
        "The amount “{found}” is doubtful and was left out; held from payment. Write whole đồng.",
    ),
    "amount_too_large": (
        W,
        "Số tiền {found} vượt 50.000.000 đồng một tháng nên bỏ trống. Kiểm tra đơn vị tính.",
        "The amount {found} exceeds 50,000,000 đồng a month and was left out. Check the unit.",
    ),
    "amount_unlike_rate": (
        W,
        "Mức {found} khác mức quy định {expected} của {benefit}. Kiểm tra loại trợ cấp, hệ số và số tiền.",
        "The amount {found} differs from the rate {expected} of {benefit}. Check type, coefficient and amount.",
    ),
    "amount_filled": (
        I,
        "Không có cột số tiền; lấy {after} theo {source}.",
        "There is no amount column; {after} was taken from {source}.",
    ),
    "amount_merged": (
        W,
        "Ô số tiền gộp cho nhiều dòng của một người; chỉ tính cho dòng đầu. Ghi số tiền cho từng khoản.",
        "The amount is one merged cell for several lines of a person and counts for the first only. Write one amount "
        "per benefit.",
    ),
    "amount_shared": (
        W,
        "Ô số tiền gộp cho nhiều người; đã tính {found} cho từng người. Kiểm tra lại và ghi riêng cho từng người.",
        "The amount is one merged cell for several people; {found} was taken for each. Check it and write one amount "
        "per person.",
    ),
    "commune_old_new": (
        E,
        "Xã cũ “{old}” và xã mới “{new}” không khớp nhau. Sửa một trong hai ô.",
        "The old commune “{old}” and the new commune “{new}” do not belong together. Correct one of the two.",
    ),
    "commune_old_unknown": (
        W,
        "Không có xã cũ “{found}” trong danh mục; đã dùng xã mới. Kiểm tra tên xã cũ.",
        "No former commune is called “{found}”; the new one was used. Check the old name.",
    ),
    "money_unreadable": (
        W,
        "Không đọc được số tiền “{found}” nên bỏ trống. Ghi số tiền bằng đồng.",
        "The sum “{found}” cannot be read and was left out. Write whole đồng.",
    ),
    "coefficient_unreadable": (
        W,
        "Không đọc được hệ số “{found}”. Ghi dạng 1,5.",
        "The coefficient “{found}” cannot be read. Write it as 1.5.",
    ),
    "parts_do_not_add_up": (
        W,
        "Tổng cộng ghi {found} nhưng các khoản cộng lại là {expected}. Kiểm tra từng khoản.",
        "The total says {found}, but the parts add up to {expected}. Check each part.",
    ),
    "date_unreadable": (
        W,
        "Không đọc được ngày “{found}”. Ghi dạng ngày/tháng/năm.",
        "The date “{found}” cannot be read. Write day/month/year.",
    ),
    "status_not_active": (
        W,
        "Trạng thái ghi “{found}”. Dòng vẫn được nhập; xác nhận có còn hưởng không.",
        "The status says “{found}”. The row is imported; confirm whether the benefit goes on.",
    ),
    "listed_as_removed": (
        W,
        "Dòng nằm trong phần giảm ({found}). Dòng vẫn được nhập; xác nhận việc thôi hưởng.",
        "The row stands in a section of removals ({found}). It is imported; confirm the end.",
    ),
    # recipient and account
    "recipient_name_invalid": (
        W,
        "Họ tên người nhận không dùng được (“{found}”) nên bỏ trống. Ghi lại họ tên.",
        "The recipient's name “{found}” cannot be used and was left out. Write it again.",
    ),
    "recipient_id_invalid": (
        W,
        "Số giấy tờ người nhận “{found}” không dùng được nên bỏ trống. Cần 12 chữ số.",
        "The recipient's ID “{found}” cannot be used and was left out. 12 digits are needed.",
    ),
    "account_missing": (E, "Thiếu số tài khoản. Điền số tài khoản rồi nhập lại.", "No account number. Fill it in."),
    "account_card": (
        W,
        "Đây là số thẻ (9704…), không phải số tài khoản. Hỏi ngân hàng số tài khoản.",
        "This is a card number (9704…), not an account number. Ask the bank for the account number.",
    ),
    "account_damaged": (
        W,
        "Excel đã làm hỏng số tài khoản ({found}). Định dạng cột là Văn bản rồi nhập lại.",
        "The spreadsheet damaged the account number ({found}). Format the column as text and retype it.",
    ),
    "account_invalid": (
        W,
        "Số tài khoản “{found}” không đúng dạng (6–19 chữ số). Kiểm tra lại.",
        "The account number “{found}” is not valid (6–19 digits). Check it.",
    ),
    "account_shared": (
        W,
        "Tài khoản này đứng ở {count} dòng của nhiều người. Kiểm tra tài khoản là của ai.",
        "This account stands in {count} lines of several people. Check whose it is.",
    ),
    "account_extra_text": (
        W,
        "Ô số tài khoản có ghi thêm “{removed}”; chỉ giữ số. Tách tên ngân hàng sang cột khác.",
        "The account cell also says “{removed}”; only the number was kept. Move the bank to its own column.",
    ),
    "bank_unknown": (
        W,
        "Không nhận ra ngân hàng “{found}”. Ghi tên thường dùng, ví dụ Agribank, BIDV.",
        "The bank “{found}” is not known. Use its usual name, for example Agribank, BIDV.",
    ),
    "bank_missing": (
        W,
        "Có số tài khoản nhưng không ghi ngân hàng. Bổ sung tên ngân hàng.",
        "There is an account number but no bank. Add the bank.",
    ),
    # bank lists
    "account_card_parked": (
        E,
        "Đây là số thẻ (9704…), không phải số tài khoản. Thay bằng số tài khoản.",
        "This is a card number (9704…), not an account number. Replace it by the account number.",
    ),
    "account_damaged_parked": (
        E,
        "Excel đã làm hỏng số tài khoản ({found}). Xuất lại danh sách với cột số tài khoản là Văn bản.",
        "The spreadsheet damaged the account number ({found}). Export the list again with the column as text.",
    ),
    "account_invalid_parked": (
        E,
        "Số tài khoản “{found}” không đúng dạng (6–19 chữ số). Kiểm tra lại.",
        "The account number “{found}” is not valid (6–19 digits). Check it.",
    ),
    "account_locked": (
        W,
        "Tài khoản đang khóa ({found}); lưu lại nhưng chưa dùng để chi trả được.",
        "The account is locked ({found}); it is kept but cannot be paid to.",
    ),
    "account_closed": (
        W,
        "Tài khoản đã đóng ({found}); lưu lại nhưng không dùng để chi trả được.",
        "The account is closed ({found}); it is kept but cannot be paid to.",
    ),
    "account_foreign": (
        W,
        "Tài khoản ngoại tệ ({found}); không nhận trợ cấp được.",
        "A foreign-currency account ({found}); it cannot receive benefits.",
    ),
    "account_joint": (
        W,
        "Tài khoản chung của nhiều người; không dùng làm tài khoản nhận trợ cấp được.",
        "A joint account; it cannot be used as a receiving account.",
    ),
    "status_unknown": (
        W,
        "Không đọc được trạng thái tài khoản “{found}”. Ghi: hoạt động, khóa hoặc đóng.",
        "The account status “{found}” cannot be read. Write: open, locked or closed.",
    ),
    "bank_differs": (
        W,
        "Dòng ghi ngân hàng {found}, khác ngân hàng của danh sách ({expected}). Kiểm tra lại.",
        "The row names bank {found}, not the list's bank ({expected}). Check it.",
    ),
    # which person: found only beside those we know
    "which_person": (
        E,
        "Có nhiều người đang hưởng khớp với dòng này; cán bộ chọn đúng người ở mục Câu hỏi. Ghi thêm CCCD để lần "
        "sau tự nhận.",
        "Several enrolled people fit this row; choose the right one among the questions. A citizen ID decides it "
        "next time.",
    ),
    "other_id": (
        E,
        "Người đang hưởng cùng họ tên, ngày sinh có số CCCD khác. Trả lời ở mục Câu hỏi: cùng một người hay hai người.",
        "Someone of the same name and birth is enrolled with another citizen ID. Answer the question: one person "
        "or two.",
    ),
    "enrolled_elsewhere": (
        E,
        "Người này đang hưởng chính sách này ở xã khác. Ghi nhận chuyển đi ở mục Câu hỏi, hoặc xóa dòng.",
        "This person is enrolled in this programme in another commune. Record the move among the questions, or "
        "delete the row.",
    ),
    "nobody_found": (
        E,
        "Không thấy ai đang hưởng khớp với dòng giảm này. Kiểm tra họ tên, CCCD và xã.",
        "Nobody enrolled fits this row of removals. Check name, citizen ID and commune.",
    ),
    "id_of_another": (
        W,
        "Số CCCD này đang là của người khác tên; dòng được nhập không kèm CCCD. Kiểm tra thẻ căn cước.",
        "This citizen ID belongs to someone of another name; the row was imported without it. Check the card.",
    ),
    "recipient_id_of_another": (
        W,
        "Số CCCD của người nhận đang là của người khác tên nên chưa lưu. Kiểm tra thẻ căn cước của người nhận.",
        "The recipient's citizen ID belongs to someone of another name and was not stored. Check the recipient's card.",
    ),
}
