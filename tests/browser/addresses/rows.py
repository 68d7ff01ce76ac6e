"""Addresses of rows of a roster: their issues, the form of one."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/rosters/{roster_id}/issues", "Vấn đề và cách sửa"),
    Visit("canbo.xa", "/rosters/{roster_id}/rows/{parked_row_id}", "Bỏ dòng này"),
    Visit("canbo.tinh", "/rosters/{roster_id}/repairs?code=birth_impossible_day", "Xem trước"),
    Visit("canbo.xa", "/rosters/{roster_id}/workbooks", "Tải dòng lỗi về"),
]
