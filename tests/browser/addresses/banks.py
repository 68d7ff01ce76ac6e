"""Addresses of banks, their programs, links, red flags and the review queue."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/banks", "Đối soát"),
    Visit("canbo.tinh", "/banks/VBA", "Đã gửi"),
    Visit("canbo.tinh", "/banks/openings?wish=all", "người cần tài khoản"),
    Visit("canbo.tinh", "/banks/ICB/workbooks", "Gửi yêu cầu"),
    Visit("canbo.tinh", "/banks/VBA/workbooks/{workbook_id}", "Xem trước"),
    Visit("canbo.tinh", "/banks/lists?bank=ICB", "Các danh sách đã nhận"),
    Visit("canbo.tinh", "/banks/lists/{list_id}", "Danh sách đã nhập"),
    Visit("canbo.tinh", "/banks/lists/{list_id}/lines", "Thiếu số tài khoản"),
    Visit("canbo.tinh", "/banks/refusals", "Tài khoản bị báo sai"),
    Visit("quantri", "/programs", "Chương trình"),
    Visit("quantri", "/programs/new", "Được làm gì"),
    Visit("quantri", "/programs/{bank_client_id}", "Nhật ký gọi"),
    Visit("canbo.tinh", "/links", "Tài khoản"),
    Visit("canbo.tinh", "/flags", "Dấu hiệu"),
    Visit("canbo.tinh", "/review/preview", "ngưỡng"),
    Visit("canbo.tinh", "/review?low=0,5", "Mức điểm"),
    Visit("canbo.tinh", "/review/bulk?band=middle", "Các đợt"),
    Visit("canbo.tinh", "/links/{link_id}", "Nhận qua tài khoản này"),
    Visit("canbo.tinh", "/flags/shared_account", "Dấu hiệu"),
    Visit("nganhang", "/own-bank", "Đang chờ trả lời"),
]
