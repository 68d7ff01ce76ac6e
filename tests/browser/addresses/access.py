"""Addresses of sign-in, one's own account, users and jobs."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("", "/sign-in", "Đăng nhập"),
    Visit("nganhang", "/", "chưa có màn hình"),
    Visit("nganhang", "/account", "Phím tắt"),
    Visit("canbo.tinh", "/jobs", "Đang chạy"),
    Visit("quantri", "/users", "Vai trò được làm gì"),
]
