"""Addresses of the board and of the names behind its figures."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/progress", "Tiến độ chuyển chi trả"),
    Visit("canbo.tinh", "/progress?as_of=2024-03-31&programme=BTXH", "Số liệu đến ngày 31/03/2024"),
    Visit("canbo.tinh", "/progress?as_of=2020-01-01", "Chưa có đối tượng nào"),
    Visit("canbo.tinh", "/progress/names?stage=not_registered", "Họ và tên"),
    Visit("canbo.tinh", "/progress/names?stage=unexplained", "Không có ai trong mục này"),
    Visit("canbo.tinh", "/progress/waiting", "Dòng chờ sửa"),
    Visit("canbo.tinh", "/progress/plan?programme=NCC", "Đặt chỉ tiêu cho các xã, phường"),
    Visit("canbo.tinh", "/progress/months", "chỉ người phụ trách toàn bộ mới chốt được"),
    Visit("lanhdao", "/progress/names?stage=not_registered", "số liệu tổng hợp"),
    Visit("quantri", "/progress", "Không có quyền"),
    Visit("canbo.tinh", "/nope", "Không tìm thấy"),
]
