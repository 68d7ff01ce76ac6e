"""The words of a person's page: who receives, what happened, which fact changed, how a payment went."""

from disburse.people.tables import EndReason, RecipientKind

RECIPIENT_WORDS = {
    RecipientKind.OWN: "chính chủ",
    RecipientKind.LEGAL_REP: "đại diện theo pháp luật (cha, mẹ)",
    RecipientKind.GUARDIAN: "người giám hộ",
    RecipientKind.AUTHORISED: "người được ủy quyền",
    RecipientKind.CARER: "người nhận chăm sóc, nuôi dưỡng",
    RecipientKind.ORGANISATION: "tổ chức, cơ sở nuôi dưỡng",
}

END_WORDS = {
    EndReason.DIED: "đã mất",
    EndReason.MOVED: "chuyển đi",
    EndReason.STOPPED: "thôi hưởng",
    EndReason.MISTAKE: "nhập nhầm",
    EndReason.CHANGED_PROGRAMME: "chuyển chính sách",
    EndReason.UNDONE: "danh sách đã hoàn tác",
}

STATUS_WORDS = {
    "active": ("đang hưởng", "good"),
    "suspended": ("tạm dừng", "warn"),
    "stopped": ("thôi hưởng", "none"),
    "dead": ("đã mất", "none"),
    "moved": ("chuyển đi", "none"),
}

KIND_WORDS = {"roster": "danh sách", "account": "tài khoản", "payment": "chi trả", "edit": "sửa đổi"}

# What happened, by the codes of disburse.cases.history and of the audit events of a person.
WHAT_WORDS = {
    "row_new": "Có tên lần đầu trong danh sách",
    "row_changed": "Danh sách sửa thông tin",
    "row_gone": "Không còn trong danh sách",
    "enrolment_began": "Bắt đầu hưởng",
    "ended_died": "Ngày hưởng cuối cùng: đã mất",
    "ended_moved": "Ngày hưởng cuối cùng: chuyển đi",
    "ended_stopped": "Ngày hưởng cuối cùng: thôi hưởng",
    "ended_mistake": "Chế độ nhập nhầm",
    "ended_changed_programme": "Chuyển sang chính sách khác",
    "ended_undone": "Danh sách đã hoàn tác",
    "receives_began": "Bắt đầu nhận thay",
    "recipient_began": "Có người nhận thay",
    "linked": "Ghép với tài khoản",
    "confirmed": "Ngân hàng xác nhận đúng",
    "link_ended": "Tài khoản ngừng hoặc bị báo sai",
    "pay_paid": "Đã chi trả",
    "pay_unpaid": "Chưa chi trả",
    "pay_returned": "Tiền bị trả lại",
    "verified_match": "Dữ liệu dân cư: khớp",
    "verified_mismatch": "Dữ liệu dân cư: không khớp",
    "verified_not_found": "Dữ liệu dân cư: không tìm thấy",
    "person.added": "Lập hồ sơ",
    "person.changed": "Sửa hồ sơ",
    "person.merged": "Gộp với hồ sơ trùng",
    "person.merge_proposed": "Đề nghị gộp, chờ người thứ hai",
    "person.merge_refused": "Không đồng ý gộp",
    "person.not_same": "Ghi nhận không phải một người",
    "person.parted": "Hoàn tác việc gộp",
    "enrolment.came": "Chuyển đến",
    "enrolment.reopened": "Mở lại chế độ đã kết thúc",
    "enrolment.suspended": "Tạm dừng",
    "enrolment.resumed": "Hết tạm dừng",
    "recipient.set": "Đổi người nhận",
    "recipient.wish": "Cách nhận mong muốn",
    "recipient.link_named": "Chọn tài khoản nhận",
    "recipient.exception": "Ngoại lệ về số người được nhận thay",
    "scan.added": "Thêm bản chụp giấy tờ",
    "scan.opened": "Xem bản chụp giấy tờ",
}

FIELD_WORDS = {
    "name": "họ tên",
    "birth_date": "ngày sinh",
    "sex": "giới tính",
    "citizen_id": "số CCCD",
    "old_id": "CMND",
    "phone": "điện thoại",
    "commune_code": "xã, phường",
    "commune": "xã, phường",
    "home_commune_code": "xã nơi ở",
    "origin_code": "đơn vị cũ",
    "hamlet": "thôn, tổ",
    "address": "địa chỉ",
    "file_number": "số hồ sơ",
    "decision_number": "số quyết định",
    "decision_date": "ngày quyết định",
    "unexplained_since": "vắng trong danh sách từ",
    "programme": "chính sách",
    "amount": "mức trợ cấp",
    "wish": "cách nhận",
    "recipient_wish": "cách nhận",
    "recipient_link_named": "tài khoản",
    "receives": "người nhận",
    "paper": "giấy tờ",
    "kind": "tư cách người nhận",
    "last_day": "ngày hưởng cuối cùng",
}

PAID_WORDS = {
    "paid": ("đã chi", "good"),
    "unpaid": ("chưa chi", "warn"),
    "returned": ("bị trả lại", "bad"),
}
CHANNEL_WORDS = {"account": "qua tài khoản", "cash": "tiền mặt", "home": "chi trả tại nhà"}
NUMBER_WORDS = {"citizen_id": "Số CCCD", "old_id": "CMND (9 số)", "phone": "Điện thoại"}
LINE_WORDS = {
    "monthly": "hằng tháng",
    "arrears": "truy lĩnh",
    "deduction": "truy thu",
    "carry_over": "kỳ trước chuyển sang",
    "one_off": "một lần",
}
