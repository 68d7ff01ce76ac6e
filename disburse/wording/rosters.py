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
