"""The sentences about rows put right, given up, and workbooks given back. No logic."""

ROWS: dict[str, tuple[str, str]] = {
    "roster_rows_closed": (
        "Danh sách này đang đọc, đã bị từ chối hoặc đã hoàn tác nên không sửa dòng được. Tải lại trang.",
        "This roster is being read, was refused or was undone, so its rows cannot be changed. Reload to see its state.",
    ),
    "row_settled": (
        "Dòng này không còn chờ: đã bỏ, đã trả lời, hoặc đã có trong danh sách sau. Muốn sửa, khôi phục dòng trước.",
        "This row waits no more: it was given up, answered, or came with a later list. Restore it first.",
    ),
    "row_is_in": (
        "Dòng này đã nhập nên không bỏ được. Nếu người này thôi hưởng, ghi ở trang đối tượng.",
        "This row has been imported and cannot be given up. If the person's benefit ends, say so on the person's page.",
    ),
    "row_not_dropped": (
        "Dòng này không ở trong số dòng đã bỏ nên không khôi phục được.",
        "This row is not among those given up, so there is nothing to restore.",
    ),
    "row_erased": (
        "Ô gốc của dòng này đã hết thời hạn lưu nên không sửa trên màn hình được. Gửi lại trong danh sách kỳ sau.",
        "The raw cells of this row are past their retention, so it cannot be edited. Send it with the next list.",
    ),
    "row_changed_meanwhile": (
        "Người khác vừa sửa dòng này. Xem lại giá trị hiện tại bên dưới rồi lưu lần nữa nếu vẫn cần.",
        "Somebody else has just changed this row. Look at the values below and save again if still needed.",
    ),
    "repair_cell_unknown": (
        "Không có ô “{cell}” trong dòng này. Tải lại trang rồi sửa lại.",
        "The row has no cell “{cell}”. Reload the page and try again.",
    ),
    "repair_cell_long": (
        "Nội dung ô dài quá {limit} ký tự. Rút ngắn lại.",
        "The cell is longer than {limit} characters. Shorten it.",
    ),
    "repair_would_park": (
        "Dòng đã nhập mà sửa như vậy thì không còn biết là ai hoặc ở xã nào, nên chưa lưu. Kiểm tra họ tên và xã.",
        "With this the imported row would no longer say who or where, so it was not saved. Check name and commune.",
    ),
    "repair_outside": (
        "Xã vừa chọn ngoài địa bàn của anh/chị, nên chưa lưu. Chọn xã khác, hoặc chuyển dòng này cho cấp tỉnh sửa.",
        "The commune chosen is outside your area, so nothing was saved. Choose another, or ask the province.",
    ),
    "drop_needs_reason": (
        "Bỏ một dòng phải có lý do. Chọn lý do; nếu là lý do khác, ghi ít nhất 3 ký tự.",
        "A row is given up only with a reason. Choose one; for another reason write at least 3 characters.",
    ),
    "batch_empty": (
        "Không còn dòng nào giống vậy để sửa. Có thể người khác vừa sửa xong; tải lại trang.",
        "No row of this kind is left to repair. Somebody may just have done it; reload the page.",
    ),
    "batch_value_missing": (
        "Chưa chọn giá trị thay thế. Chọn trong danh sách rồi bấm Xem trước.",
        "No replacement was chosen. Choose one and press Preview.",
    ),
    "batch_rule_unknown": (
        "Loại lỗi này không sửa hàng loạt được. Mở từng dòng để sửa.",
        "This kind of issue cannot be repaired in bulk. Open the rows one by one.",
    ),
    "repair_undone": (
        "Lần sửa hàng loạt này chưa áp dụng, hoặc đã hoàn tác rồi.",
        "This repair has not been applied, or has been undone already.",
    ),
    "batch_paid": (
        "Đã chi trả cho người trong các dòng này nên không hoàn tác được. Nhập danh sách điều chỉnh.",
        "People of these rows have been paid, so the repair cannot be undone. Import a corrected list.",
    ),
    "error_workbook_unknown": (
        "Tệp này không phải tệp dòng lỗi của danh sách, hoặc cột khóa bị ẩn đã bị xóa. Tải lại tệp dòng lỗi rồi sửa.",
        "This is no error workbook of ours, or its hidden key column was deleted. Download it again and edit that one.",
    ),
}
