"""The sentences about people, their recipients and hamlets. No logic."""

PEOPLE: dict[str, tuple[str, str]] = {
    "number_unknown": (
        "Không có loại số “{value}”. Hãy chọn lại trên hồ sơ.",
        "There is no number “{value}”. Choose again on the person's page.",
    ),
    "number_missing": (
        "Hồ sơ này chưa có số đó.",
        "This person has no such number.",
    ),
    "case_number_needed": (
        "Hãy ghi số vụ việc kiểm tra, giám sát mà vì đó cần xem số.",
        "Give the number of the case for which the number is needed.",
    ),
    "reveals_spent": (
        "Trong giờ này đã xem đủ {most} số. Hãy chờ, hoặc làm việc với bốn số cuối.",
        "You have seen {most} numbers within this hour. Wait, or work with the last four digits.",
    ),
}
