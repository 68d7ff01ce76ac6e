"""Addresses of rosters and their rows."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/rosters", "DS_BTXH"),
    Visit("canbo.tinh", "/rosters?programme=NCC", "Chưa có danh sách nào"),
    Visit("canbo.tinh", "/rosters/{roster_id}", "Dòng đã đọc"),
    Visit("canbo.xa", "/rosters/new", "Tải danh sách lên"),
    Visit("canbo.tinh", "/rosters/work", "Việc đang làm"),
    Visit("canbo.tinh", "/rosters/{waiting_id}/file", "Tệp này là gì"),
    Visit("canbo.tinh", "/rosters/{waiting_id}/sheet", "Đánh dấu trang cần đọc"),
    Visit("canbo.tinh", "/rosters/{waiting_id}/columns", "đã dùng cách ghép cột ngày"),
    Visit("canbo.tinh", "/rosters/{waiting_id}/values", "Giá trị máy chưa hiểu"),
    Visit("canbo.tinh", "/rosters/{waiting_id}/check", "Nhập 5 dòng"),
    Visit("canbo.tinh", "/rosters/{finished_id}/done", "Việc tiếp theo"),
    Visit("canbo.tinh", "/rosters/{finished_id}/undo", "Hoàn tác 211 dòng"),
]
