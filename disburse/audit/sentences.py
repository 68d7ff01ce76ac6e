"""The sentence of each audited act, in Vietnamese and English. Words only; telling.py puts them together.

`{who}` is who did it, `{whom}` what it was done to; other braces are facts of the event. A new action adds its line.
"""

from __future__ import annotations

# What an act that has no sentence yet is called: true of every act.
UNKNOWN = ("{who} làm việc “{action}” với {whom}", "{who} did “{action}” to {whom}")

SENTENCES: dict[str, tuple[str, str]] = {
    # users
    "user.added": ("{who} thêm người dùng {whom}", "{who} added the user {whom}"),
    "user.signed_in": ("{whom} đăng nhập", "{whom} signed in"),
    "user.signed_out": ("{whom} đăng xuất", "{whom} signed out"),
    "user.sign_in_failed": (
        "Có người đăng nhập bằng tên {whom} không thành công",
        "Someone failed to sign in as {whom}",
    ),
    "user.password_set": ("{whom} có mật khẩu mới, do {who} đặt", "{whom} has a new password, set by {who}"),
    "user.second_factor_set": ("{whom} cài mã xác thực", "{whom} set up the second factor"),
    "user.recovery_codes_made": ("{whom} lấy mã dự phòng mới", "{whom} made new recovery codes"),
    "user.recovery_code_used": (
        "{whom} dùng một mã dự phòng, còn {left} mã",
        "{whom} used a recovery code, {left} are left",
    ),
    "user.disabled": ("{who} khóa tài khoản {whom}", "{who} disabled the account {whom}"),
    "user.enabled": ("{who} mở lại tài khoản {whom}", "{who} enabled the account {whom}"),
    "user.unlocked": ("{who} mở khóa nhập sai cho {whom}", "{who} opened {whom} after wrong tries"),
    "user.reset": ("{who} đặt lại mật khẩu của {whom}", "{who} reset the password of {whom}"),
    "user.session_ended": ("{who} kết thúc một phiên của mình", "{who} ended a session of their own"),
    "user.shortcuts_set": ("{whom} đổi cài đặt phím tắt", "{whom} changed the keyboard shortcuts"),
    "form.kept": (
        "Phiên của {who} đã hết: hệ thống giữ {fields} ô đã nhập để gửi lại",
        "The session of {who} was over: {fields} typed fields were kept to be sent again",
    ),
    "form.sent_again": (
        "{who} gửi lại nội dung đã nhập trước khi đăng nhập lại",
        "{who} sent again what had been typed before the new sign-in",
    ),
    "form.put_aside": (
        "{who} bỏ nội dung đã nhập trước khi đăng nhập lại",
        "{who} put aside what had been typed before the new sign-in",
    ),
    "invitation.made": ("{who} tạo thư mời cho {whom}", "{who} made an invitation for {whom}"),
    "invitation.used": ("Thư mời của {whom} được dùng", "The invitation of {whom} was used"),
    "grant.given": ("{who} giao vai trò {role} cho {whom}", "{who} gave the role {role} to {whom}"),
    "grant.revoked": ("{who} thu hồi vai trò {role} của {whom}", "{who} took the role {role} back from {whom}"),
    "grant.proposed": ("{who} đề nghị giao vai trò {role} cho {whom}", "{who} proposed the role {role} for {whom}"),
    "grant.approved": (
        "{who} duyệt đề nghị giao vai trò {role} cho {whom}",
        "{who} approved the role {role} for {whom}",
    ),
    "grant.refused": (
        "{who} không duyệt đề nghị giao vai trò {role} cho {whom}",
        "{who} turned down the role {role} for {whom}",
    ),
    # the log and jobs
    "audit.exported": ("{who} xuất nhật ký ra tệp, {events} việc", "{who} exported the log, {events} acts"),
    "job.retried": ("{who} cho chạy lại tác vụ {whom}", "{who} started the job {whom} again"),
    "job.cancelled": ("{who} hủy tác vụ {whom}", "{who} cancelled the job {whom}"),
    # reference data
    "areas.load": ("{who} nạp danh mục địa bàn", "{who} loaded the list of areas"),
    "banks.load": ("{who} nạp danh mục ngân hàng", "{who} loaded the list of banks"),
    "programmes.load": ("{who} nạp chính sách và mức trợ cấp", "{who} loaded programmes and rates"),
    # rosters
    "roster.received": ("{who} gửi danh sách {whom}, kỳ {period}", "{who} sent the roster {whom} for {period}"),
    "roster.refused": ("Danh sách {whom} không được nhận", "The roster {whom} was refused"),
    "roster.corrected": (
        "{who} chỉnh cách đọc danh sách {whom}",
        "{who} corrected how the roster {whom} is read",
    ),
    "roster.ordered": (
        "{who} cho nhập {rows} dòng của danh sách {whom}",
        "{who} ordered {rows} rows of the roster {whom} to be imported",
    ),
    "roster.turned_down": (
        "{who} từ chối danh sách {whom}: {reason}",
        "{who} refused the roster {whom}: {reason}",
    ),
    "roster.imported": ("{who} nhập danh sách {whom}, kỳ {period}", "{who} imported the roster {whom} for {period}"),
    "roster.undone": ("{who} hoàn tác danh sách {whom}", "{who} undid the roster {whom}"),
    "roster.issues_opened": (
        "{who} mở các dòng lỗi của danh sách {whom}, kể cả giá trị gốc",
        "{who} opened the row issues of the roster {whom} with their raw values",
    ),
    "row.opened": ("{who} mở một dòng chờ sửa để xem giá trị gốc", "{who} opened a waiting row with its raw values"),
    "row.fixed": ("{who} sửa dòng {line}", "{who} put line {line} right"),
    "row.dropped": ("{who} bỏ dòng {line}", "{who} dropped line {line}"),
    "row.restored": ("{who} lấy lại dòng {line} đã bỏ", "{who} took line {line} back"),
    "rows.repaired": ("{who} sửa hàng loạt các dòng giống nhau", "{who} put many rows alike right"),
    "rows.repair_undone": ("{who} hoàn tác một lần sửa hàng loạt", "{who} undid a repair of many rows"),
    "rows.merged": (
        "{who} gửi lại tệp lỗi đã sửa của danh sách {whom}",
        "{who} sent the corrected errors of the roster {whom}",
    ),
    "roster.errors_exported": (
        "{who} tải các dòng lỗi của danh sách {whom}",
        "{who} downloaded the row issues of the roster {whom}",
    ),
    "roster.given_back": (
        "{who} tải lại tệp của mình đã điền, danh sách {whom}",
        "{who} got their own workbook back filled in, roster {whom}",
    ),
    "question.answered": ("{who} trả lời một câu hỏi của danh sách", "{who} answered a question of a roster"),
    "decisions.imported": ("{who} nhập tệp quyết định, {answers} câu", "{who} imported decisions, {answers} answers"),
    # people
    "person.added": ("{who} thêm hồ sơ {whom}", "{who} added {whom}"),
    "person.changed": ("{who} sửa hồ sơ {whom}", "{who} changed {whom}"),
    "person.merge_proposed": ("{who} đề nghị gộp hồ sơ {whom}", "{who} proposed to merge {whom}"),
    "person.merge_refused": ("{who} không duyệt gộp hồ sơ {whom}", "{who} turned down the merge of {whom}"),
    "person.merged": ("{who} gộp trùng hồ sơ {whom}", "{who} merged records of {whom}"),
    "person.parted": ("{who} tách lại hồ sơ {whom} đã gộp", "{who} undid the merge of {whom}"),
    "person.parting_proposed": (
        "{who} đề nghị tách lại hồ sơ {whom} đã gộp",
        "{who} proposed to undo the merge of {whom}",
    ),
    "person.parting_refused": (
        "{who} không tách lại hồ sơ {whom} đã gộp",
        "{who} turned down undoing the merge of {whom}",
    ),
    "person.not_same": ("{who} ghi {whom} không phải một người với hồ sơ khác", "{who} told {whom} from another"),
    "note.added": ("{who} ghi chú vào hồ sơ {whom}", "{who} wrote a note about {whom}"),
    "hamlet.added": ("{who} thêm một thôn, tổ dân phố", "{who} added a hamlet"),
    "hamlet.alias_added": ("{who} thêm tên gọi khác của thôn, tổ dân phố", "{who} added an alias of a hamlet"),
    "hamlet.merged": ("{who} nhập hai thôn, tổ dân phố làm một", "{who} merged two hamlets"),
    "preset.stored": ("{who} lưu bộ trọng số ghép mới", "{who} stored new weights for the matching"),
    "people.verified": (
        "{who} ghi kết quả rà soát dân cư của {people} người",
        "{who} recorded population data of {people} people",
    ),
    "number.revealed": ("{who} xem số đầy đủ của {whom}", "{who} saw a number of {whom} whole"),
    "enrolments.begun": ("{who} thêm {count} chế độ mới", "{who} began {count} enrolments"),
    "enrolment.ended": (
        "{who} ghi {whom} thôi hưởng từ sau ngày {last_day}",
        "{who} recorded the end of an entitlement of {whom} after {last_day}",
    ),
    "enrolment.came": ("{who} ghi {whom} chuyển đến", "{who} recorded that {whom} moved in"),
    "enrolment.suspended": ("{who} tạm dừng chế độ của {whom}", "{who} suspended an entitlement of {whom}"),
    "enrolment.resumed": ("{who} cho {whom} hưởng tiếp", "{who} resumed an entitlement of {whom}"),
    "enrolment.reopened": (
        "{who} mở lại chế độ của {whom} đã ghi nhầm là thôi hưởng",
        "{who} reopened an entitlement of {whom} that was ended by mistake",
    ),
    "enrolments.over": ("{count} chế độ hết hạn", "{count} enrolments ran out"),
    "recipient.set": ("{who} đổi người nhận của {whom}", "{who} changed who receives for {whom}"),
    "recipient.proposed": (
        "{who} đề nghị đổi người nhận của {whom}",
        "{who} proposed to change who receives for {whom}",
    ),
    "recipient.approved": (
        "{who} duyệt đổi người nhận của {whom}",
        "{who} approved a change of who receives for {whom}",
    ),
    "recipient.turned_down": (
        "{who} không duyệt đổi người nhận của {whom}",
        "{who} turned down a change of who receives for {whom}",
    ),
    "recipient.wish": ("{who} ghi nguyện vọng nhận tiền của {whom}", "{who} recorded how {whom} wants to be paid"),
    "recipient.link_named": (
        "{who} chọn tài khoản nhận cho chế độ của {whom}",
        "{who} chose the account for an entitlement of {whom}",
    ),
    "recipient.exception": (
        "{who} cho phép ngoại lệ về số người nhận thay, với {whom}",
        "{who} allowed an exception to the number of wards, for {whom}",
    ),
    "scan.added": ("{who} thêm bản chụp giấy tờ của {whom}", "{who} added a scan of a paper of {whom}"),
    "scan.opened": ("{who} mở bản chụp giấy tờ của {whom}", "{who} opened a scan of a paper of {whom}"),
    "flag.reviewed": ("{who} xem xét một cảnh báo", "{who} reviewed a warning"),
    "staff.added": (
        "{who} thêm một cán bộ vào danh sách đối chiếu",
        "{who} added an officer to the list payees are compared with",
    ),
    "staff.removed": ("{who} bỏ một cán bộ khỏi danh sách đối chiếu", "{who} took an officer off that list"),
    "recipient.held": ("{who} tạm giữ chi trả cho {whom}", "{who} held payment for {whom}"),
    "recipient.kept": ("{who} giữ nguyên người nhận của {whom}", "{who} kept the recipient of {whom}"),
    # accounts, links, banks
    "accounts.stated": ("{who} ghi nhận {statements} tài khoản được kê khai", "{who} took in {statements} accounts"),
    "account.status": ("{who} đổi trạng thái một tài khoản", "{who} changed the state of an account"),
    "registrations.received": ("{who} gửi danh sách tài khoản", "{who} sent a list of accounts"),
    "registrations.checked": (
        "Danh sách tài khoản đã đọc xong, chờ cán bộ xem",
        "A list of accounts was read and waits for an officer",
    ),
    "registrations.ordered": ("{who} cho nhập một danh sách tài khoản", "{who} had a list of accounts taken in"),
    "registrations.put_aside": (
        "{who} để một danh sách tài khoản sang một bên",
        "{who} put a list of accounts aside",
    ),
    "registrations.lines_opened": (
        "{who} xem các dòng chờ sửa của một danh sách tài khoản",
        "{who} opened the waiting lines of a list of accounts",
    ),
    "registrations.accounts_opened": (
        "{who} xem chủ tài khoản trong một danh sách của ngân hàng",
        "{who} opened the holders of a bank's list",
    ),
    "registrations.imported": ("{who} nhập danh sách tài khoản", "{who} imported a list of accounts"),
    "registrations.refused": ("Một danh sách tài khoản không được nhận", "A list of accounts was refused"),
    "registrations.erased": (
        "{who} xóa đăng ký không ghép được sau {days} ngày",
        "{who} erased unmatched registrations after {days} days",
    ),
    "candidates.answered": ("{who} trả lời các cặp đề xuất", "{who} answered proposed pairs"),
    "candidates.rejected": ("{who} loại các cặp đề xuất", "{who} rejected proposed pairs"),
    "candidate.judged": ("{who} quyết định một cặp đề xuất", "{who} judged a proposed pair"),
    "candidate.judgement_undone": ("{who} hoàn tác một quyết định ghép", "{who} undid a judgement"),
    "review_batch.accepted": ("{who} nhận cả nhóm cặp đề xuất", "{who} accepted a batch of pairs"),
    "review_batch.undone": ("{who} hoàn tác một nhóm cặp", "{who} undid a batch of pairs"),
    "review_sample.drawn": ("{who} lấy mẫu kiểm tra việc ghép", "{who} drew a sample to check the matching"),
    "link.accepted": ("{who} ghép {whom} với tài khoản {account}", "{who} linked {whom} to the account {account}"),
    "link.requested": ("{who} gửi ngân hàng xác nhận tài khoản {account}", "{who} asked the bank about {account}"),
    "link.received": ("Ngân hàng đã nhận yêu cầu về tài khoản {account}", "The bank took the request for {account}"),
    "link.confirmed": (
        "Ngân hàng xác nhận đúng tài khoản {account} của {whom}",
        "The bank confirmed the account {account} of {whom}",
    ),
    "link.refused": (
        "Ngân hàng báo sai tài khoản {account} của {whom}",
        "The bank refused the account {account} of {whom}",
    ),
    "link.closed": ("{who} ngừng sử dụng tài khoản {account} của {whom}", "{who} closed {account} of {whom}"),
    "link.rejected": ("{who} loại tài khoản {account} của {whom}", "{who} rejected {account} for {whom}"),
    "link.proposed": ("{who} đề nghị thay tài khoản {account} của {whom}", "{who} proposed {account} for {whom}"),
    "link.approved": ("{who} duyệt thay tài khoản {account} của {whom}", "{who} approved {account} for {whom}"),
    "link.asked_anew": (
        "Tài khoản {account} của {whom} chờ ngân hàng xác nhận lại",
        "The account {account} of {whom} waits for the bank to confirm it anew",
    ),
    "link.number_known": (
        "Danh sách của ngân hàng đã nêu số định danh của {whom}",
        "The bank's own list names the ID number of {whom}",
    ),
    "link.notice_read": ("{who} xem thông báo về một liên kết", "{who} read a notice about a link"),
    "requests.made": ("{who} lập {requests} yêu cầu gửi ngân hàng", "{who} made {requests} requests to the bank"),
    "requests.exported": (
        "{who} tải {requests} yêu cầu ra tệp để gửi ngân hàng, kèm số đầy đủ",
        "{who} downloaded {requests} requests as a file for the bank, with whole numbers",
    ),
    "bank_workbook.received": (
        "{who} nạp tệp trả lời của ngân hàng, {lines} dòng",
        "{who} brought a file of answers of the bank, {lines} lines",
    ),
    "bank_workbook.put_aside": (
        "{who} để một tệp trả lời của ngân hàng sang một bên",
        "{who} put a file of answers of the bank aside",
    ),
    "requests.pulled": ("Ngân hàng lấy yêu cầu xác nhận", "The bank fetched requests"),
    "results.taken": ("{who} ghi {answers} câu trả lời của ngân hàng", "{who} took {answers} answers of the bank"),
    "bank.client_added": ("{who} thêm kết nối của ngân hàng {bank}", "{who} added a client of the bank {bank}"),
    "bank.client_changed": ("{who} sửa kết nối của ngân hàng {bank}", "{who} changed a client of {bank}"),
    "bank.client_disabled": ("{who} khóa kết nối của ngân hàng {bank}", "{who} disabled a client of {bank}"),
    "bank.client_enabled": ("{who} mở lại kết nối của ngân hàng {bank}", "{who} enabled a client of {bank}"),
    "bank.secret_added": ("{who} cấp khóa mới cho ngân hàng {bank}", "{who} made a new secret for {bank}"),
    "bank.secret_revoked": ("{who} thu hồi một khóa của ngân hàng {bank}", "{who} revoked a secret of {bank}"),
    "bank.events_heard": ("Ngân hàng báo thay đổi tài khoản", "The bank told of changes of accounts"),
    "bank.webhook_resent": ("{who} gửi lại một tin báo cho ngân hàng", "{who} sent a message to a bank again"),
    "bank.webhook_set": ("{who} đặt địa chỉ báo tin cho ngân hàng", "{who} set the address the bank is told at"),
    # money and progress
    "payer.added": ("{who} thêm tổ chức chi trả {name}", "{who} added the payer {name}"),
    "paid.imported": ("{who} nhập báo cáo đã chi", "{who} imported a report of payments"),
    "paid.undone": ("{who} hủy báo cáo đã chi", "{who} undid a report of payments"),
    "progress.month_closed": ("{who} chốt tháng {whom}", "{who} closed the month {whom}"),
    "progress.target_removed": ("{who} bỏ chỉ tiêu của {whom}", "{who} took back the target of {whom}"),
    "progress.target_set": ("{who} đặt chỉ tiêu {value} cho {whom}", "{who} set the target {value} for {whom}"),
}

# What an object is called when its own name is not known, or not for the reader.
OBJECTS: dict[str, tuple[str, str]] = {
    "user": ("một người dùng", "a user"),
    "form": ("nội dung đã nhập", "what was typed"),
    "person": ("một đối tượng", "a person"),
    "enrolment": ("một đối tượng", "a person"),
    "recipient": ("một đối tượng", "a person"),
    "link": ("một đối tượng", "a person"),
    "roster": ("đã xóa tên", "without a name"),
    "roster_row": ("một dòng", "a row"),
    "roster_question": ("một câu hỏi", "a question"),
    "registration_list": ("một danh sách tài khoản", "a list of accounts"),
    "candidate": ("một cặp đề xuất", "a proposed pair"),
    "bank": ("một ngân hàng", "a bank"),
    "bank_client": ("một kết nối ngân hàng", "a bank's client"),
    "job": ("chạy nền", "in the background"),
}
ANYTHING = ("một mục", "something")

# The subjects of acts, for the filter: what stands before the dot, in the words of the screens.
SUBJECTS: dict[str, tuple[str, str]] = {
    "user": ("người dùng: đăng nhập, khóa, đặt lại", "users: sign-in, disabling, resets"),
    "grant": ("quyền", "rights"),
    "invitation": ("thư mời", "invitations"),
    "roster": ("danh sách đối tượng", "rosters"),
    "row": ("dòng chờ sửa", "waiting rows"),
    "question": ("câu hỏi của danh sách", "questions of rosters"),
    "person": ("hồ sơ đối tượng", "people"),
    "number": ("xem số đầy đủ", "numbers shown whole"),
    "note": ("ghi chú ở hồ sơ", "notes about people"),
    "enrolment": ("chế độ đang hưởng", "enrolments"),
    "recipient": ("người nhận", "recipients"),
    "candidate": ("cặp đề xuất", "proposed pairs"),
    "link": ("liên kết tài khoản", "links to accounts"),
    "registrations": ("danh sách tài khoản", "lists of accounts"),
    "bank": ("kết nối ngân hàng", "clients of banks"),
    "results": ("kết quả của ngân hàng", "answers of banks"),
    "paid": ("báo cáo đã chi", "reports of payments"),
    "progress": ("chốt tháng, chỉ tiêu", "months and targets"),
    "job": ("tác vụ", "jobs"),
    "audit": ("xuất nhật ký", "exports of the log"),
}
