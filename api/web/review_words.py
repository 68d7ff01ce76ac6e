"""The words of the review screens: kinds of question, score bands, differences, fields, reasons, answers."""

from disburse.accounts.differences import RIVAL, STATED, THIN
from disburse.accounts.review_queue import SECOND, UNSURE
from disburse.accounts.verdicts import CHOOSE, SAME_PERSON, SHARED

KIND_WORDS = {
    SAME_PERSON: "Có phải một người?",
    CHOOSE: "Chọn tài khoản nhận",
    SHARED: "Nhiều người khớp một tài khoản",
    SECOND: "Cần người thứ hai đồng ý",
    UNSURE: "Người trước chưa chắc",
}
BAND_WORDS = {"high": "Điểm từ 0,9", "middle": "Điểm 0,6 đến 0,9", "low": "Điểm dưới 0,6"}
DIFFERS_WORDS = {
    "number": "Số căn cước",
    "birth": "Ngày sinh",
    "name": "Họ tên",
    "accents": "Dấu trong tên",
    "sex": "Giới tính",
    "phone": "Điện thoại",
    "place": "Địa chỉ",
    RIVAL: "Có người hoặc tài khoản khác cũng hợp",
    THIN: "Thiếu căn cứ",
    STATED: "Chỉ danh sách ghi tài khoản",
}
SCORE_SIGNS = {"low": "≥", "high": "≤"}
FACET_WORDS = {
    "kind": "Câu hỏi",
    "band": "Mức điểm",
    "differs": "Khác nhau ở",
    "commune": "Xã, phường",
    "programme": "Chính sách",
    "bank": "Ngân hàng",
}
FIELD_WORDS = {
    "name": "Họ và tên",
    "birth": "Ngày, năm sinh",
    "sex": "Giới tính",
    "citizen_id": "Số CCCD",
    "old_id": "CMND (9 số)",
    "phone": "Điện thoại",
    "address": "Địa chỉ",
    "hamlet": "Thôn, tổ",
    "commune": "Xã, phường",
    "bank": "Ngân hàng",
    "account": "Số tài khoản",
}
VERDICT_WORDS = {"equal": "trùng", "accents": "khác dấu", "differs": "khác", "missing": "thiếu"}
# In the order of the buttons; the first is what pressing n twice says.
REASON_WORDS = {
    "other_person": "Người khác",
    "wrong_account": "Sai tài khoản",
    "joint": "Tài khoản chung",
    "relative": "Tài khoản của người thân",
    "other_account": "Người nhận chọn tài khoản khác",
    "died": "Đã mất",
    "other": "Lý do khác (ghi rõ)",
}
SAID_WORDS = {
    "yes": "Đúng người",
    "no": "Không phải",
    "none": "Không có ai đúng",
    "unsure": "Chưa chắc",
    "waits": "Đúng người, chờ người thứ hai đồng ý",
    "proposed": "Đã đề nghị thay tài khoản đã xác nhận",
    "approved": "Hai người đã đồng ý thay tài khoản; chờ hỏi ngân hàng",
    "undone": "Đã hoàn tác; cặp này chờ trở lại",
}
STATE_WORDS = {
    "open": "đang chờ",
    "accepted": "đã ghép",
    "rejected": "đã loại",
    "unsure": "chưa chắc",
}
UNLINKABLE_WORDS = {
    "closed": "Tài khoản đã đóng",
    "locked": "Tài khoản bị khóa",
    "joint": "Tài khoản chung, không nhận chi trả được",
    "currency": "Tài khoản không phải tiền đồng",
}
