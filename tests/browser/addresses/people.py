"""Addresses of people: finding them, one of them, and the lists of work around them."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/people/{person_id}", "Diễn biến"),
    Visit("canbo.tinh", "/people?q=dao", "Đào"),
    Visit("canbo.tinh", "/people/{person_id}/edit", "Lý do"),
    Visit("canbo.tinh", "/people/{person_id}/reveal", "Lý do"),
    Visit("canbo.tinh", "/questions", "Câu hỏi"),
    Visit("canbo.tinh", "/duplicates", "Gộp trùng"),
    Visit("canbo.tinh", "/papers", "Giấy tờ"),
    Visit("canbo.tinh", "/ages", "Tuổi"),
    Visit("canbo.tinh", "/hamlets", "Thôn"),
]
