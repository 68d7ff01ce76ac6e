"""Addresses of rosters and their rows."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/rosters", "DS_BTXH"),
    Visit("canbo.tinh", "/rosters?programme=NCC", "Chưa có danh sách nào"),
    Visit("canbo.tinh", "/rosters/{roster_id}", "Dòng đã đọc"),
]
