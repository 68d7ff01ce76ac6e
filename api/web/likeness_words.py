"""The words of two records beside each other: the facts compared, and why two may be one person. Words only."""

from disburse.duplicates.tables import Likeness

FACT_WORDS = {
    "name": "Họ và tên",
    "birth": "Ngày, năm sinh",
    "sex": "Giới tính",
    "citizen_id": "Số CCCD",
    "old_id": "CMND (9 số)",
    "phone": "Điện thoại",
    "hamlet": "Thôn, tổ dân phố",
    "address": "Địa chỉ",
}

WHY_WORDS: dict[str, str] = {
    Likeness.OLD_ID: "Cùng số CMND và tên gọi",
    Likeness.SAME_PLACE: "Cùng họ tên và năm sinh trong một xã",
    Likeness.SAME_BIRTHDAY: "Cùng họ tên và ngày sinh, khác xã",
}
