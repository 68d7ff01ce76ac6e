"""The sentences about key, database, jobs and the files people hand in. No logic."""

STORE: dict[str, tuple[str, str]] = {
    # key and database
    "key_missing": (
        "Không tìm thấy khóa mã hóa của cơ sở dữ liệu này. Đặt biến DISBURSE_KEY hoặc đưa lại tệp khóa {path}.",
        "The encryption key of this database was not found. Set DISBURSE_KEY or put the key file {path} back.",
    ),
    "key_weak": (
        "Khóa mã hóa quá yếu: cần 32 byte ngẫu nhiên (64 ký tự hex hoặc base64). Tạo khóa mới: openssl rand -hex 32.",
        "The encryption key is too weak: 32 random bytes are needed (64 hex characters or base64). "
        "Make one with: openssl rand -hex 32.",
    ),
    "key_readable": (
        "Tệp khóa {path} đang cho người khác đọc. Chạy: chmod 600 {path}",
        "The key file {path} can be read by others. Run: chmod 600 {path}",
    ),
    "key_wrong": (
        "Khóa mã hóa không phải khóa của cơ sở dữ liệu này. Kiểm tra DISBURSE_KEY hoặc tệp khóa.",
        "The encryption key is not this database's key. Check DISBURSE_KEY or the key file.",
    ),
    "seal_broken": (
        "Một ô dữ liệu mã hóa của bảng {table} không mở được: dữ liệu đã bị sửa hoặc chuyển chỗ. Chạy: disburse doctor",
        "A sealed cell of table {table} cannot be opened: it was altered or moved. Run: disburse doctor",
    ),
    "database_behind": (
        "Cơ sở dữ liệu chưa được cập nhật. Chạy: disburse migrate",
        "The database is not up to date. Run: disburse migrate",
    ),
    "database_unreachable": (
        "Không mở được cơ sở dữ liệu ({reason}). Kiểm tra DISBURSE_DATABASE_URL và máy chủ.",
        "The database cannot be opened ({reason}). Check DISBURSE_DATABASE_URL and the server.",
    ),
    "disk_full": (
        "Hết chỗ trống trên đĩa; chưa ghi gì. Giải phóng dung lượng rồi làm lại.",
        "The disk is full; nothing was written. Free some space and try again.",
    ),
    "setting_invalid": (
        "Thiết lập {name} đang là “{value}”, không dùng được. Giá trị nhận được: {wanted}.",
        "The setting {name} is “{value}”, which cannot be used. It takes: {wanted}.",
    ),
    # jobs
    "job_lost": (
        "Tác vụ này đã được tiến trình khác tiếp quản; không ghi gì thêm ở đây.",
        "This job was taken over by another process; nothing more is written here.",
    ),
    "job_failed": (
        "Tác vụ dừng vì lỗi: {reason}",
        "The job stopped with an error: {reason}",
    ),
    # files and input
    "file_missing": (
        "Không tìm thấy tệp {path}.",
        "The file {path} was not found.",
    ),
    "file_exists": (
        "{path} đã có sẵn; chọn tên khác hoặc dời tệp cũ đi.",
        "{path} exists already; choose another name or move the old file away.",
    ),
    "database_in_the_way": (
        "Tại đây còn tệp của cơ sở dữ liệu cũ: {paths}. Dừng mọi tiến trình disburse, dời tất cả các tệp đó đi "
        "cùng nhau rồi khôi phục lại.",
        "Files of a former database stand here: {paths}. Stop every disburse process, move all of them away together, "
        "then restore again.",
    ),
    "copy_failed": (
        "Không ghi được {path} ({reason}); chưa có tệp nào được tạo. Kiểm tra chỗ trống và quyền ghi rồi làm lại.",
        "{path} cannot be written ({reason}); no file was made. Check the free space and the right to write, then try "
        "again.",
    ),
    "backup_unreadable": (
        "{path} không phải bản sao lưu nguyên vẹn.",
        "{path} is not a sound backup.",
    ),
    "tool_missing": (
        "Máy này chưa có chương trình {name}; cài gói khách PostgreSQL rồi làm lại.",
        "The program {name} is not installed; install PostgreSQL's client package and try again.",
    ),
    "tool_failed": (
        "{name} báo lỗi: {reason}",
        "{name} failed: {reason}",
    ),
    "period_invalid": (
        "Kỳ {value} không đúng; ghi theo dạng NĂM-THÁNG, ví dụ 2026-11.",
        "The period {value} is not valid; write YEAR-MONTH, for example 2026-11.",
    ),
    "period_to_come": (
        "Kỳ {value} chưa đến. Kiểm tra lại năm và tháng; kỳ chi trước hạn thì nạp khi tháng đó bắt đầu.",
        "The period {value} is still to come. Check year and month; send a period paid in advance once it has begun.",
    ),
    "date_invalid": (
        "Ngày {value} không đúng; ghi theo dạng NĂM-THÁNG-NGÀY, ví dụ 2026-11-22.",
        "The date {value} is not valid; write YEAR-MONTH-DAY, for example 2026-11-22.",
    ),
    "date_in_future": (
        "Ngày {value} chưa đến; chọn hôm nay hoặc một ngày đã qua.",
        "The day {value} has not come yet; choose today or a day that is past.",
    ),
    "month_not_over": (
        "Tháng {period} chưa hết nên chưa chốt được.",
        "The month {period} is not over and cannot be closed yet.",
    ),
    "month_closed": (
        "Tháng {period} đã chốt; số đã chốt không thay đổi.",
        "The month {period} is closed; its figures do not change any more.",
    ),
    "target_negative": (
        "Chỉ tiêu phải là số không âm, không phải {value}.",
        "A target cannot be below zero: {value}.",
    ),
    "target_value": (
        "Chỉ tiêu của {name} phải là một số nguyên không âm, không phải “{value}”.",
        "The target of {name} must be a whole number, zero or more, not “{value}”.",
    ),
    "target_percent": (
        "Tỷ lệ chung phải là số nguyên từ 1 đến 100, không phải “{value}”.",
        "The common rate must be a whole number from 1 to 100, not “{value}”.",
    ),
    "targets_nothing": (
        "Chưa có chỉ tiêu nào khác so với đang ghi. Đổi số của ít nhất một xã, hoặc điền một tỷ lệ chung.",
        "No target differs from what is kept. Change the number of at least one commune, or enter a common rate.",
    ),
    "target_reported": (
        "Tháng {period} đã chốt và đã báo cáo cùng chỉ tiêu của nó, nên chỉ tiêu đến tháng đó và các tháng trước "
        "không đổi nữa. Chọn một tháng sau.",
        "{period} is closed and was reported with its targets, so targets up to that month do not change any more. "
        "Choose a later month.",
    ),
    "targets_moved": (
        "Có người vừa đổi chỉ tiêu trong lúc anh/chị xem. Kiểm tra lại các số dưới đây rồi ghi.",
        "Somebody changed targets meanwhile. Check the numbers below and save again.",
    ),
    "month_moved": (
        "Số liệu của tháng vừa thay đổi trong lúc anh/chị xem. Kiểm tra lại các số dưới đây rồi chốt.",
        "The month's figures changed meanwhile. Check the numbers below and close again.",
    ),
    "month_empty": (
        "Tháng {period} chưa có ai trong hệ thống nên không có gì để chốt.",
        "Nobody was counted in {period}, so there is nothing to close.",
    ),
    "month_beyond": (
        "Chốt tháng là chốt cho mọi địa bàn và chính sách trong hệ thống; quyền của anh/chị chỉ gồm một phần. "
        "Nhờ người phụ trách toàn bộ.",
        "Closing a month closes it for every area and programme here, and your rights cover a part. Ask who holds all.",
    ),
    "stage_unknown": (
        "Không có giai đoạn {value}.",
        "There is no stage {value}.",
    ),
    "json_or_csv": (
        "Chọn một trong hai: --json hoặc --csv.",
        "Choose one of the two: --json or --csv.",
    ),
    "programme_unknown": (
        "Không có chính sách {code}; các chính sách: {known}.",
        "There is no programme {code}; known programmes: {known}.",
    ),
    "area_unknown": (
        "Không có địa bàn {code}. Ghi mã 2 số của tỉnh hoặc mã 5 số của xã.",
        "There is no area {code}. Give the 2-digit code of a province or the 5-digit code of a commune.",
    ),
    "bank_unknown": (
        "Không nhận ra ngân hàng {code}. Ghi mã VietQR, BIN hoặc tên thường dùng, ví dụ VBA, 970405, Agribank.",
        "The bank {code} is not known. Give its VietQR code, BIN or usual name, for example VBA, 970405, Agribank.",
    ),
    "anchors_unreadable": (
        "Tệp neo {path} không đúng dạng: mỗi dòng gồm số thứ tự, mã băm và thời điểm.",
        "The anchors file {path} is not in the right form: each line holds a number, a hash and a moment.",
    ),
    "demo_folder_taken": (
        "{path} không phải thư mục của một bản trình diễn trước; chọn thư mục trống: disburse demo --data THƯ_MỤC",
        "{path} is not the folder of a former demo; choose an empty one: disburse demo --data DIR",
    ),
    "port_taken": (
        "Cổng {port} đang được chương trình khác dùng; chọn cổng khác: disburse demo --port 8001",
        "Port {port} is in use by another program; choose another: disburse demo --port 8001",
    ),
    "past_in_demo_only": (
        "Chỉ bản trình diễn mới sống lại một tháng đã qua; máy chủ thật luôn dùng giờ hiện tại.",
        "Only the demonstration lives through a past month; a real server always uses the present time.",
    ),
    "engine_unknown": (
        "Không có cách chạy {value}; chọn local, dask, hoặc tcp://MÁY:CỔNG.",
        "There is no engine {value}; choose local, dask, or tcp://HOST:PORT.",
    ),
    "match_not_utf8": (
        "Tệp {name} không phải UTF-8. Lưu lại dạng CSV UTF-8 rồi ghép.",
        "{name} is not UTF-8. Save it as CSV UTF-8.",
    ),
    "match_empty": (
        "Tệp {name} trống.",
        "{name} is empty.",
    ),
    "match_broken": (
        "Tệp {name} có dòng không đọc được ({detail}). Kiểm tra số cột của các dòng.",
        "{name} has a line that cannot be read ({detail}). Look at the number of columns.",
    ),
    "match_open_quote": (
        "Tệp {name}, dòng {line}: dấu nháy kép mở mà không đóng, người ở các dòng sau sẽ bị mất. Xóa dấu nháy.",
        "{name}, line {line}: a quote is not closed; everybody after it would be lost. Take it out.",
    ),
    "match_no_column": (
        "Tệp {name} thiếu cột {column}.",
        "{name} lacks the column {column}.",
    ),
    "match_same_id": (
        "Tệp {name} có hai dòng cùng row_id. Mỗi dòng phải có một row_id riêng.",
        "{name} has two rows of one row_id. Each row needs its own.",
    ),
    "match_own_input": (
        "{name} là một trong hai tệp đang đọc. Ghi kết quả vào tệp khác.",
        "{name} is one of the two lists. Write the pairs to another file.",
    ),
    "match_no_folder": (
        "Không có thư mục {name} để ghi kết quả.",
        "There is no folder {name} for the result.",
    ),
    "match_no_file": (
        "{name} không phải tệp ghi được. Chọn tên tệp khác cho kết quả.",
        "{name} is no file that could be written. Choose another name for the result.",
    ),
    "match_input": (
        "Không ghép được hai tệp này: {reason}",
        "These two files cannot be matched: {reason}",
    ),
    "columns_missing": (
        "Tệp thiếu cột: {columns}. Dòng đầu phải là tiêu đề, trong CSV UTF-8 hay trang đầu của tệp Excel.",
        "The file lacks the columns: {columns}. Its first line must be the header, in CSV or an Excel's first sheet.",
    ),
    "csv_unreadable": (
        "Tệp {path} không phải CSV UTF-8 hay Excel có dòng tiêu đề.",
        "The file {path} is neither UTF-8 CSV nor Excel with a header line.",
    ),
}
