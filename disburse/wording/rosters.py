"""The sentences about rosters and what people answer to their questions. No logic."""

ROSTERS: dict[str, tuple[str, str]] = {
    # rosters
    "roster_unknown": (
        "Không có danh sách này, hoặc tài khoản của bạn không xem được.",
        "There is no such roster, or none that you may see.",
    ),
    "roster_not_newest": (
        "Chỉ hoàn tác được danh sách mới nhất của cùng chính sách và địa bàn. Hoàn tác {newest} trước.",
        "Only the newest roster of the same programme and areas can be undone. Undo {newest} first.",
    ),
    "roster_paid": (
        "Đã có số liệu chi trả dựa trên danh sách này nên không hoàn tác được. Nhập danh sách điều chỉnh.",
        "Payments have been reported on this roster, so it cannot be undone. Import a corrected one.",
    ),
    # an upload on the screen
    "roster_settled": (
        "Danh sách này đã nhập, đã từ chối hoặc đang được nhập, nên không sửa được nữa. Tải lại trang để xem.",
        "This roster has been imported, refused or is being imported; it cannot be changed any more. Reload the page.",
    ),
    "roster_not_ready": (
        "Danh sách này chưa đọc xong. Chờ đến khi có đủ số liệu rồi làm tiếp.",
        "This roster has not been read to its end yet. Wait until its counts are there.",
    ),
    "roster_counts_old": (
        "Số liệu đã cũ: một danh sách khác vừa được nhập hoặc hoàn tác. Bấm “Tính lại” rồi xem lại trước khi nhập.",
        "The counts are out of date: another roster was imported or undone. Count again and look before importing.",
    ),
    "roster_nothing_to_import": (
        "Không có dòng nào nhập được. Sửa các dòng chờ sửa, hoặc từ chối danh sách này.",
        "No row can be imported. Mend the parked rows, or refuse this roster.",
    ),
    "roster_missing_unconfirmed": (
        "Danh sách toàn bộ này thiếu {gone} người, hơn 5 % số đang hưởng. Nhập lại đúng số đó để xác nhận, hoặc kiểm "
        "tra có chọn nhầm loại danh sách không.",
        "This full list misses {gone} people, more than 5 %. Type that number to confirm, or check whether it is "
        "really a full list.",
    ),
    "roster_programme_unconfirmed": (
        "Tệp này giống danh sách {found} hơn là {stated}. Nếu chọn nhầm, đổi chính sách; nếu đúng là {stated}, đánh "
        "dấu xác nhận rồi bấm nhập lại.",
        "This file looks like a list of {found} rather than {stated}. Change the programme if it was chosen by "
        "mistake; if it is {stated}, tick the confirmation and import again.",
    ),
    "roster_same_file": (
        "Cùng tệp này đã được tải lên cho đúng chính sách, kỳ, địa bàn và loại danh sách này.",
        "The same file was uploaded already for this programme, period, area and kind of list.",
    ),
    "roster_other_communes": (
        "Danh sách có {rows} dòng của xã khác; tài khoản của anh/chị chỉ nhập được xã của mình. Tách tệp, hoặc nhờ "
        "cán bộ cấp tỉnh nhập.",
        "The list has {rows} rows of other communes; your account may import its own commune only. Split the file, "
        "or ask a provincial officer.",
    ),
    "sheet_needed": (
        "Chưa chọn trang tính nào. Đánh dấu ít nhất một trang.",
        "No sheet is chosen. Tick at least one.",
    ),
    "column_twice": (
        "Hai cột cùng được chọn là “{field}”. Mỗi nội dung chỉ lấy từ một cột; đổi một trong hai.",
        "Two columns are both given to “{field}”. Each content comes from one column; change one of them.",
    ),
    "column_name_needed": (
        "Chưa có cột nào là họ tên. Chọn cột “Họ và tên”; không có họ tên thì không nhập được dòng nào.",
        "No column is the name. Choose the column “Full name”; without it no row can be imported.",
    ),
    "roster_reason_needed": (
        "Chưa ghi lý do. Ghi ngắn gọn vì sao, để người gửi biết phải sửa gì.",
        "No reason is given. Say briefly why, so that the sender knows what to mend.",
    ),
    "roster_known": (
        "Cùng tệp này đã được {who} tải lên lúc {when} cho đúng chính sách, kỳ và địa bàn này. Mở danh sách đó để làm "
        "tiếp, hoặc chọn kỳ khác.",
        "The same file was uploaded by {who} at {when} for this programme, period and area. Open that roster to go on, "
        "or choose another period.",
    ),
    "roster_undo_unconfirmed": (
        "Chưa xác nhận: nhập đúng số dòng đã nhập của danh sách này ({rows}).",
        "Not confirmed: type the number of rows that were imported ({rows}).",
    ),
    "upload_programme_needed": (
        "Chưa chọn chính sách. Chọn Người có công, Bảo trợ xã hội hoặc Hưu trí xã hội.",
        "No programme is chosen. Choose one.",
    ),
    "upload_scope_needed": (
        "Chưa chọn đây là danh sách gì: toàn bộ, tăng, giảm, bổ sung hay một phần.",
        "It is not said what the list is: full, additions, removals, supplement or a part.",
    ),
    "upload_commune_needed": (
        "Chưa chọn xã. Tài khoản của anh/chị nhập danh sách theo từng xã.",
        "No commune is chosen. Your account uploads for one commune at a time.",
    ),
    "upload_province_needed": (
        "Chưa chọn tỉnh. Chọn tỉnh mà danh sách thuộc về.",
        "No province is chosen. Choose the one the list belongs to.",
    ),
    "file_none_chosen": (
        "Chưa chọn tệp nào. Bấm “Chọn tệp” hoặc kéo tệp vào khung.",
        "No file is chosen. Choose one, or drop it into the frame.",
    ),
    "enrolment_unknown": (
        "Không có chế độ đang hưởng này, hoặc đã kết thúc.",
        "There is no such enrolment, or it has ended.",
    ),
    "line_other_name": (
        "Số CCCD trên dòng là của người có tên khác. Kiểm tra họ tên và số CCCD.",
        "The citizen ID of the line belongs to someone of another name. Check both.",
    ),
    "question_unknown": (
        "Không có câu hỏi này, hoặc đã được trả lời.",
        "There is no such question, or it has been answered.",
    ),
    "answer_invalid": (
        "Câu trả lời “{answer}” không dùng được; chọn: {known}.",
        "The answer “{answer}” cannot be used; choose: {known}.",
    ),
}
