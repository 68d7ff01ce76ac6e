"""Addresses of people: finding them, one of them, and the lists of work around them."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/people/{person_id}", "Diễn biến"),
    Visit("canbo.tinh", "/people?q=dao", "Đào"),
    Visit("canbo.tinh", "/people/{person_id}/edit", "Lý do"),
    Visit("canbo.tinh", "/people/{person_id}/reveal", "Lý do"),
    Visit("canbo.tinh", "/people/{person_id}/recipient", "Ai nhận"),
    Visit("canbo.tinh", "/people/{person_id}/act/end", "Vì sao kết thúc"),
    Visit("canbo.tinh", "/people/{person_id}/act/move", "Chuyển đến xã, phường"),
    Visit("canbo.tinh", "/people/{person_id}/act/suspend", "Tạm dừng từ ngày"),
    Visit("canbo.tinh", "/people/{low_id}", "Có thể là cùng một người"),
    Visit("canbo.tinh", "/questions", "Câu hỏi"),
    Visit("canbo.tinh", "/duplicates", "Gộp trùng"),
    Visit("canbo.tinh", "/papers", "Giấy tờ"),
    Visit("canbo.tinh", "/ages", "Tuổi"),
    Visit("canbo.tinh", "/questions?kind=gone", "Trả lời cho các dòng"),
    Visit("canbo.tinh", "/hamlets", "Cách viết"),
    Visit("canbo.xa", "/hamlets?part=listed", "Trong danh mục"),
]
