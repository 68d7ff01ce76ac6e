"""Every error code's sentence, Vietnamese and English: what is wrong and what to do. No logic."""

from __future__ import annotations

from disburse.wording_links import LINKS

ERRORS: dict[str, tuple[str, str]] = {
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
        "Thiết lập {name} không dùng được: {value}. {wanted}",
        "The setting {name} cannot be used: {value}. {wanted}",
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
    "engine_unknown": (
        "Không có cách chạy {value}; chọn local, dask, hoặc tcp://MÁY:CỔNG.",
        "There is no engine {value}; choose local, dask, or tcp://HOST:PORT.",
    ),
    "match_input": (
        "Không ghép được hai tệp này: {reason}",
        "These two files cannot be matched: {reason}",
    ),
    "columns_missing": (
        "Tệp thiếu cột: {columns}. Tệp phải là CSV UTF-8 có dòng tiêu đề.",
        "The file lacks the columns: {columns}. It must be UTF-8 CSV with a header line.",
    ),
    "csv_unreadable": (
        "Tệp {path} không phải CSV UTF-8 có dòng tiêu đề.",
        "The file {path} is not UTF-8 CSV with a header line.",
    ),
    # access
    "sign_in_refused": (
        "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra lại, chú ý phím Caps Lock và bộ gõ tiếng Việt.",
        "The user name or the password is not right. Check both, and the Caps Lock key.",
    ),
    "sign_in_locked": (
        "Đã nhập sai quá nhiều lần. Thử lại sau {time}, hoặc nhờ quản trị hệ thống.",
        "Too many wrong tries. Try again after {time}, or ask an administrator.",
    ),
    "sign_in_busy": (
        "Nhiều người đang đăng nhập cùng lúc. Thử lại sau ít giây.",
        "Many people are signing in at this moment. Try again in a few seconds.",
    ),
    "sign_in_expired": (
        "Bước đăng nhập này đã quá 5 phút. Đăng nhập lại từ đầu.",
        "This step of the sign-in is older than 5 minutes. Start again.",
    ),
    "code_refused": (
        "Mã xác thực không đúng hoặc đã dùng. Nhập mã 6 số đang hiện trong ứng dụng.",
        "The code is not right or was used before. Enter the 6 digits the app shows now.",
    ),
    "second_factor_exists": (
        "Người dùng này đã có mã xác thực; chỉ quản trị hệ thống mới đặt lại được.",
        "This user already has a second factor; only an administrator can reset it.",
    ),
    "password_short": (
        "Mật khẩu cần ít nhất {least} ký tự; một câu ngắn dễ nhớ là tốt nhất.",
        "The password needs at least {least} characters; a short sentence is best.",
    ),
    "password_long": (
        "Mật khẩu dài quá {most} ký tự. Chọn mật khẩu ngắn hơn.",
        "The password is longer than {most} characters. Choose a shorter one.",
    ),
    "password_guessable": (
        "Mật khẩu quá dễ đoán. Không lặp một ký tự và không chứa tên đăng nhập.",
        "The password is too easy to guess. Do not repeat one character or include the user name.",
    ),
    "passwords_differ": (
        "Hai lần nhập mật khẩu không giống nhau. Nhập lại cả hai.",
        "The two passwords are not the same. Enter both again.",
    ),
    "invitation_gone": (
        "Thư mời này đã dùng hoặc đã quá 24 giờ. Xin quản trị hệ thống thư mời mới.",
        "This invitation was used or is older than 24 hours. Ask an administrator for a new one.",
    ),
    "user_name_invalid": (
        "Tên đăng nhập {name} không dùng được: từ 3 đến 60 ký tự a–z, số, dấu chấm, gạch nối.",
        "The user name {name} cannot be used: 3 to 60 characters a–z, digits, dot, hyphen.",
    ),
    "user_exists": (
        "Đã có người dùng {name}. Chọn tên khác.",
        "There is already a user {name}. Choose another name.",
    ),
    "user_unknown": (
        "Không có người dùng {name}. Xem danh sách: disburse user list",
        "There is no user {name}. See: disburse user list",
    ),
    "roles_toxic": (
        "Một người không được vừa là {first} vừa là {second}. Dùng hai tài khoản của hai người.",
        "One person may not be {first} and {second}. Use two accounts of two people.",
    ),
    "grant_needs_commune": (
        "Vai trò {role} cần mã xã 5 số (--area).",
        "The role {role} needs a commune's 5-digit code (--area).",
    ),
    "grant_needs_bank": (
        "Vai trò ngân hàng cần mã ngân hàng (--bank).",
        "The role bank needs the bank's code (--bank).",
    ),
    "grant_needs_payer": (
        "Vai trò tổ chức chi trả cần tên tổ chức (--payer).",
        "The role payer needs the payer's name (--payer).",
    ),
    # web
    "not_signed_in": (
        "Chưa đăng nhập, hoặc phiên làm việc đã hết. Đăng nhập rồi làm tiếp.",
        "You are not signed in, or your session has ended. Sign in and go on.",
    ),
    "no_permission": (
        "Tài khoản này không có quyền xem trang này. Nếu cần, nhờ quản trị hệ thống cấp quyền.",
        "This account may not see this page. Ask an administrator if you need it.",
    ),
    "not_found": (
        "Không tìm thấy. Có thể địa chỉ sai, hoặc dữ liệu nằm ngoài địa bàn, chính sách được giao.",
        "Not found. The address may be wrong, or the data lies outside the areas and programmes you were given.",
    ),
    "page_expired": (
        "Trang này mở đã lâu hoặc được gửi từ nơi khác. Tải lại trang rồi làm lại.",
        "This page is old or was sent from elsewhere. Reload it and try again.",
    ),
    "foreign_origin": (
        "Yêu cầu này không đến từ trang của Disburse nên không được nhận.",
        "This request did not come from a page of Disburse and was not taken.",
    ),
    "body_too_big": (
        "Nội dung gửi lên vượt quá {most}. Chia nhỏ rồi gửi lại.",
        "What was sent is larger than {most}. Send it in smaller parts.",
    ),
    "body_kind": (
        "Chỉ nhận biểu mẫu hoặc JSON.",
        "Only forms or JSON are taken.",
    ),
    "method_not_allowed": (
        "Địa chỉ này không nhận cách gọi đó.",
        "This address does not take that method.",
    ),
    "request_invalid": (
        "Giá trị của {field} không dùng được. Kiểm tra lại rồi gửi.",
        "The value of {field} cannot be used. Check it and send again.",
    ),
    "cursor_invalid": (
        "Con trỏ trang không đúng. Bắt đầu lại từ trang đầu.",
        "The page cursor is not valid. Start again from the first page.",
    ),
    "went_wrong": (
        "Hệ thống gặp lỗi và chưa ghi gì. Thử lại; nếu còn lỗi, báo mã {reference} cho quản trị hệ thống.",
        "Something went wrong and nothing was written. Try again; if it stays, give the code {reference} to an "
        "administrator.",
    ),
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

ERRORS |= LINKS
