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
    "role_missing": (
        "Chọn vai trò cho người dùng.",
        "Choose a role for the user.",
    ),
    "grant_needs_area": (
        "Chọn địa bàn: một tỉnh, hoặc cả nước.",
        "Choose the area: a province, or the whole country.",
    ),
    "own_grants": (
        "Không ai tự đổi quyền của mình. Nhờ một quản trị hệ thống khác.",
        "Nobody changes their own rights. Ask another administrator.",
    ),
    "own_account": (
        "Không ai tự khóa hoặc tự đặt lại tài khoản của mình ở đây. Nhờ một quản trị hệ thống khác; đổi mật khẩu thì "
        "vào trang Tài khoản của tôi.",
        "Nobody disables or resets their own account here. Ask another administrator; to change your password, open "
        "My account.",
    ),
    "last_administrator": (
        "Đây là quản trị hệ thống cuối cùng còn đăng nhập được. Cấp quyền cho một người khác trước.",
        "This is the last administrator who can sign in. Give the role to someone else first.",
    ),
    "user_disabled": (
        "Tài khoản này đang bị khóa. Mở lại trước khi gửi thư mời mới.",
        "This account is disabled. Enable it before you make a new invitation.",
    ),
    "grant_exists": (
        "Người dùng đã có đúng quyền này. Chọn vai trò, địa bàn hoặc chính sách khác.",
        "The user has exactly this right already. Choose another role, area or programme.",
    ),
    "grant_outside": (
        "Địa bàn này nằm ngoài phạm vi anh/chị quản trị. Nhờ quản trị hệ thống của cấp trên.",
        "This area lies outside the one you administer. Ask an administrator above.",
    ),
    "grant_needs_province": (
        "Chọn tỉnh trước khi ghi tên xã, phường.",
        "Choose the province before you name communes.",
    ),
    "commune_unknown": (
        "Không có xã, phường nào tên {name} trong tỉnh đã chọn. Kiểm tra cách viết, hoặc ghi mã 5 số.",
        "There is no commune {name} in the chosen province. Check the spelling, or write its 5-digit code.",
    ),
    "commune_former": (
        "{name} là tên trước 01/07/2025, nay thuộc {today}. Ghi tên mới.",
        "{name} is a name from before 2025-07-01; it is now part of {today}. Write the new name.",
    ),
    "commune_ambiguous": (
        "Tên {name} chỉ nhiều xã, phường: {choices}. Ghi mã 5 số của xã đúng.",
        "The name {name} fits several communes: {choices}. Write the 5-digit code of the right one.",
    ),
    "proposal_exists": (
        "Đề nghị này đã có và đang chờ quản trị hệ thống thứ hai.",
        "This was already proposed and waits for a second administrator.",
    ),
    "proposal_own": (
        "Người đề nghị không tự duyệt. Nhờ một quản trị hệ thống khác.",
        "Who proposed it cannot approve it. Ask another administrator.",
    ),
    "proposal_handed_out": (
        "Thư mời của người này do anh/chị đưa nên không tự duyệt quyền cho họ. Nhờ một quản trị hệ thống khác.",
        "You handed this person's invitation out and so cannot approve their rights. Ask another administrator.",
    ),
    "proposal_not_taken_up": (
        "Người này chưa nhận thư mời. Khi họ đã tự đặt mật khẩu, gặp hoặc gọi cho đúng người rồi hãy duyệt.",
        "This person has not taken the invitation up yet. When they have set a password, ask them, then approve.",
    ),
    "nothing_waits": (
        "Không có quyền nào của {name} đang chờ duyệt. Xem quyền đang có: disburse user list",
        "No right of {name} waits for approval. See what they hold: disburse user list",
    ),
    "proposal_decided": (
        "Đề nghị này đã có người quyết định. Tải lại trang để xem.",
        "Someone has already decided this. Reload the page to see.",
    ),
    "export_too_big": (
        "Nhiều hơn {most} việc. Thu hẹp số ngày rồi xuất lại.",
        "More than {most} acts. Choose fewer days and export again.",
    ),
    "job_ended": (
        "Tác vụ này đã xong hoặc đã dừng nên không hủy được nữa. Tải lại trang để xem.",
        "This job has ended already and cannot be cancelled. Reload the page to see.",
    ),
    "job_goes_on": (
        "Tác vụ này đang chờ, đang chạy hoặc đã xong nên không chạy lại. Tải lại trang để xem.",
        "This job waits, runs or is done, so it is not started again. Reload the page to see.",
    ),
    "password_wrong": (
        "Mật khẩu hiện tại không đúng. Nhập lại.",
        "The current password is not right. Enter it again.",
    ),
    "grant_needs_commune": (
        "Vai trò {role} cần xã, phường: ghi tên hoặc mã 5 số.",
        "The role {role} needs a commune: its name or 5-digit code.",
    ),
    "grant_needs_bank": (
        "Vai trò ngân hàng cần một ngân hàng. Chọn ngân hàng.",
        "The role bank needs a bank. Choose one.",
    ),
    "grant_needs_payer": (
        "Vai trò tổ chức chi trả cần tên tổ chức.",
        "The role payer needs the payer's name.",
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
    "kept_form_gone": (
        "Nội dung này không còn được giữ: chỉ giữ 30 phút, cho đúng người đã gõ, và xóa ngay khi gửi lại. Mở trang cũ "
        "và nhập lại.",
        "This is no longer kept: it is kept for 30 minutes, for the person who typed it, and erased once it is sent "
        "again. Open the page and type it anew.",
    ),
}
