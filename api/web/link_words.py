"""The words of links and red flags on screen; messages of the catalogues."""

from disburse.accounts.flag_kinds import FlagKind

LINK_WORDS = {
    "accepted": "Đã ghép",
    "requested": "Đã gửi ngân hàng",
    "received": "Ngân hàng đã nhận",
    "confirmed": "Ngân hàng xác nhận đúng",
    "refused": "Ngân hàng báo sai",
    "closed": "Ngừng sử dụng",
    "proposed": "Đề nghị thay tài khoản",
    "approved": "Đã duyệt thay",
}
TONES = {"confirmed": "good", "refused": "bad", "closed": "none", "proposed": "warn"}

EVENT_WORDS = {
    "link.accepted": "Ghép với tài khoản",
    "link.requested": "Gửi ngân hàng xác nhận",
    "link.received": "Ngân hàng đã nhận yêu cầu",
    "link.confirmed": "Ngân hàng xác nhận đúng",
    "link.refused": "Ngân hàng báo sai",
    "link.closed": "Ngừng sử dụng",
    "link.proposed": "Đề nghị thay tài khoản",
    "link.approved": "Duyệt thay tài khoản",
    "link.asked_anew": "Chờ ngân hàng xác nhận lại",
    "link.number_known": "Ngân hàng đã nêu số định danh này",
    "link.notice_read": "Cơ quan khác đã đọc thông báo",
}

HOW_WORDS = {
    "rule": "quy tắc so khớp",
    "clerk": "cán bộ quyết định",
    "stated": "danh sách đối tượng ghi tài khoản",
}

CLOSE_WORDS = {
    "died": "Người nhận đã mất",
    "ended": "Không còn nhận cho chế độ nào",
    "moved": "Chuyển đi nơi khác",
    "expired": "Giấy tờ của người nhận hết hạn",
    "of_age": "Người được nhận thay đã đủ 18 tuổi",
    "merged": "Gộp hai hồ sơ",
    "replaced": "Đã thay bằng tài khoản khác",
    "withdrawn": "Không dùng tài khoản này nữa",
    "account_closed": "Ngân hàng báo tài khoản đã đóng",
    "clerk_no": "Cán bộ xác định không phải người này",
    "clerk_unsure": "Cán bộ chưa chắc",
    "clerk_choice": "Cán bộ chọn tài khoản khác",
    "margin_lost": "Có người khác cũng giống",
    "mistake": "Ghép nhầm",
    "not_approved": "Không được duyệt",
    "holder_changed": "Thông tin người giữ tài khoản đã sửa, hỏi lại ngân hàng",
}
CLOSING = ("withdrawn", "mistake", "moved")  # what an officer may say; the rest comes from acts elsewhere

SOURCE_WORDS = {
    "bank_list": "danh sách của ngân hàng",
    "bank_reply": "trả lời của ngân hàng",
    "roster": "danh sách đối tượng",
    "signed_form": "giấy đề nghị có ký",
    "vneid": "danh sách VNeID",
    "payer": "tổ chức chi trả",
    "opening_day": "ngày mở tài khoản tập trung",
}

# Title, and why it matters.
FLAG_WORDS: dict[FlagKind, tuple[str, str]] = {
    FlagKind.RECIPIENT_HELD: (
        "Người nhận tạm giữ",
        "Giấy tờ đã hết hạn, hoặc người được nhận thay đã đủ 18 tuổi. Chưa chi vào tài khoản cho đến khi cán bộ xem.",
    ),
    FlagKind.TAKEN_BACK: (
        "Ngân hàng rút lại xác nhận",
        "Ngân hàng đã xác nhận tài khoản rồi lại báo sai. Tài khoản không được chi nữa; kiểm tra các khoản đã chi "
        "trước đó.",
    ),
    FlagKind.UNUSABLE: (
        "Tài khoản không nhận tiền được",
        "Ngân hàng báo tài khoản đã đóng, đang khóa, đồng sở hữu hoặc không phải bằng đồng.",
    ),
    FlagKind.SHARED: (
        "Một tài khoản của nhiều người",
        "Một tài khoản được ghi hoặc được ghép cho hơn một người.",
    ),
    FlagKind.MANY_PAYEES: (
        "Từ ba người nhận qua một tài khoản",
        "Kiểm tra giấy ủy quyền, giám hộ của từng người được nhận thay.",
    ),
    FlagKind.DRIFT: (
        "Chủ tài khoản thay đổi",
        "Lần sau ngân hàng ghi chủ tài khoản khác lần trước.",
    ),
    FlagKind.MARGIN_LOST: (
        "Xuất hiện người giống chủ tài khoản",
        "Liên kết đã được ngân hàng xác nhận, nhưng nay có người khác cũng giống như vậy.",
    ),
    FlagKind.STAFF: (
        "Tài khoản của cán bộ",
        "Chủ tài khoản trùng số căn cước hoặc điện thoại với cán bộ trong danh sách.",
    ),
    FlagKind.CHANGED_BACK: (
        "Đổi tài khoản rồi đổi lại quanh kỳ chi trả",
        "Trong 62 ngày, người nhận đổi sang tài khoản khác rồi quay về tài khoản cũ.",
    ),
    FlagKind.FAST_CLERK: (
        "Cán bộ chấp nhận quá nhanh",
        "Từ 12 cặp được chấp nhận trong một phút: không kịp xem từng cặp.",
    ),
    FlagKind.SAME_ID: (
        "Cùng số căn cước ở hai xã",
        "Một số căn cước hưởng ở hai xã, hoặc hai người ở hai xã có cùng số CMND.",
    ),
    FlagKind.DOUBLE: (
        "Hưởng trùng",
        "Một người đang hưởng theo hai chính sách. Kiểm tra quy định về hưởng trùng.",
    ),
    FlagKind.FIFTEEN: (
        "Người được nhận thay đã đủ 15 tuổi",
        "Từ 15 tuổi có thể mở tài khoản của chính mình.",
    ),
}
