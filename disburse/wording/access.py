"""The sentences about who may do what: sign-in, users, the web. No logic."""

ACCESS: dict[str, tuple[str, str]] = {
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
}
