"""Addresses of sign-in, one's own account, users and jobs."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("", "/sign-in", "Đăng nhập"),
    Visit("chitra", "/", "chưa có màn hình"),
    Visit("nganhang", "/", "Đang chờ trả lời"),
    Visit("nganhang", "/account", "Phiên đang mở"),
    Visit("canbo.tinh", "/jobs", "Đang chạy"),
    Visit("kiemtra", "/audit", "Ai đã làm gì"),
    Visit("quantri", "/audit?until=2020-01-01", "Không có việc nào"),
    Visit("quantri", "/users", "Người dùng không bao giờ bị xóa"),
    Visit("quantri", "/users?state=disabled", "Không có người dùng nào như vậy"),
    Visit("quantri", "/users/roles", "Bảng quyền theo vai trò"),
    Visit("quantri", "/users/new", "Sau khi lưu"),
    Visit("quantri", "/users/{user_id}", "Giao thêm việc"),
]
