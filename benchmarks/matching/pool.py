"""Names an invented Vietnamese population is drawn from, with rough shares. Nothing here is a real person."""

from __future__ import annotations

KINH_FAMILY = """Nguyễn 31 Trần 10 Lê 9 Phạm 8 Huỳnh 5 Hoàng 1.5 Phan 4 Võ 5 Vũ 1 Đặng 2.5 Bùi 3 Đỗ 2.5 Hồ 2 Ngô 1.8
Dương 1.5 Lý 0.7 Đinh 1.5 Trương 2.5 Đoàn 1.2 Mai 0.9 Đào 0.7 Lâm 0.9 Lương 0.8 Cao 0.9 Hà 0.6 Châu 0.5 Tạ 0.5
Phùng 0.5
Tô 0.4 Thái 0.4 Từ 0.3 Quách 0.1 Kiều 0.2 La 0.1 Lưu 0.4 Nghiêm 0.1 Tống 0.1 Triệu 0.1 Vương 0.2 Văn 0.1
Ông 0.05 Thân 0.1
Tôn 0.1 Tăng 0.2 Trịnh 0.9 Chu 0.2 Bạch 0.2 Thạch 0.1 Ung 0.05 Tiêu 0.1 Khương 0.05 Cù 0.1 Đồng 0.1 Mạc 0.05
Doãn 0.05"""
MALE_MIDDLE = """Văn 38 Đức 4 Hữu 4 Ngọc 5 Minh 5 Quang 5 Công 4 Đình 4 Xuân 4 Thanh 5 Quốc 4 Tấn 4 Hoàng 3
Anh 2 Duy 2
Trọng 2 Thành 3 Viết 1 Bá 1 Thế 1 Gia 1 Nhật 1 Tiến 1 Hồng 1 Trung 1 Phước 1 Kim 0.5 Như 0.3"""
FEMALE_MIDDLE = """Thị 68 Ngọc 2 Thị_Thanh 2 Thị_Kim 2.5 Thị_Ngọc 2.5 Thị_Thu 2.5 Thị_Hồng 2 Thị_Mỹ 2
Thị_Bích 1.5 Thị_Minh 1
Thị_Xuân 1 Thị_Thúy 1 Thị_Phương 1 Kim 1 Thu 1 Thanh 1 Hồng 1 Mỹ 1 Thị_Như 0.5 Thị_Hoài 0.5 Thị_Lệ 0.8 Thị_Cẩm 0.5"""
MALE_GIVEN_OLD = """Tám 2 Ba 2 Tư 2 Năm 2 Sáu 2 Bảy 2 Chín 1.2 Mười 1 Hai 1.2 Một 0.3 Út 0.5 Hùng 2 Dũng 2
Thành 2 Minh 1.5 Sơn 2
Hòa 1.5 Bình 1.6 Lợi 1 Phước 1 Thọ 1 Phúc 0.8 Lộc 1 Tài 0.8 Đức 1 Hiền 1 Quang 1.1 Vinh 1 Xuân 1 Thu 0.5
Đông 0.7 Nam 1 Bắc 0.4
Long 1 Phụng 0.3 Lân 0.4 Quý 0.8 Châu 0.6 Ngọc 1 Cẩn 0.3 Cường 1 Mạnh 0.7 Khanh 0.5 Khánh 0.7 Trung 1 Chánh 0.5
Chính 0.6
Thanh 1.2 Tâm 1 Tấn 0.7 Thắng 1 Thiện 0.6 Tịnh 0.3 Toàn 0.6 Trí 0.5 Tuấn 1 Tùng 0.6 Việt 0.6 Vũ 0.5 Xê 0.2
Ân 0.4 Ảnh 0.2 Ánh 0.3
Bông 0.2 Cang 0.2 Diêm 0.1 Điểu 0.1 Giỏi 0.2 Hạnh 0.4 Hiệp 0.6 Hiếu 0.5 Hoàng 0.7 Huệ 0.2 Kế 0.2 Khôi 0.2 Kỳ 0.3
Lang 0.2 Lành 0.3
Liêm 0.3 Luận 0.2 Mẫn 0.2 Nghĩa 0.7 Nhơn 0.4 Nhựt 0.2 Phú 0.5 Phong 0.6 Rê 0.05 Sang 0.6 Sinh 0.7 Sĩ 0.3 Sỹ 0.3
Tạo 0.2 Thân 0.3
Thạnh 0.4 Thuận 0.5 Thương 0.3 Tiên 0.3 Tín 0.3 Tính 0.3 Trà 0.1 Triều 0.3 Trọng 0.3 Trực 0.2 Tỵ 0.2 Vân 0.3
Vạn 0.2 Xí 0.1"""
FEMALE_GIVEN_OLD = """Ba 2 Tư 2 Năm 2 Sáu 2 Bảy 2 Tám 2 Chín 1.3 Mười 1.2 Hai 1.2 Út 0.7 Hoa 2 Lan 2 Huệ 1.5
Cúc 1.2 Mai 1.4 Đào 1
Hồng 1.5 Hạnh 1.2 Phượng 0.9 Nga 1 Hà 1 Hương 1.3 Loan 1 Liên 1.4 Lý 0.8 Thu 1 Xuân 1 Đông 0.3 Thanh 1 Thủy 1.2
Tuyết 1 Vân 1 Yến 0.6
Anh 0.8 Ánh 0.8 Bé 0.5 Bích 0.5 Bông 0.6 Chi 0.4 Chanh 0.2 Cảnh 0.3 Diệu 0.4 Dung 0.9 Em 0.3 Gái 0.4 Giang 0.3
Hiền 1 Hiệp 0.3 Hoàng 0.3
Hòa 0.8 Hường 0.6 Khương 0.1 Kiều 0.3 Kim 0.5 Lài 0.4 Lệ 0.8 Lê 0.4 Lộc 0.3 Lợi 0.4 Luận 0.1 Lụa 0.4 Mận 0.5
Miên 0.2 Minh 0.5 Mỹ 0.5
Nguyệt 0.7 Nhung 0.5 Nhàn 0.4 Nở 0.4 Oanh 0.4 Phấn 0.2 Phận 0.2 Phương 0.7 Quý 0.4 Quyên 0.2 Sen 0.6 Sương 0.7
Tâm 0.7 Tân 0.2
Thảo 0.4 Thơ 0.3 Thơm 0.5 Thân 0.2 Thắm 0.2 Thương 0.4 Thúy 0.5 Tình 0.3 Tính 0.2 Trang 0.3 Trinh 0.3 Trúc 0.2
Tuyến 0.1 Tý 0.3 Vinh 0.2
Xê 0.1 Xí 0.1 Xinh 0.2 Ẩn 0.05 Ngọt 0.1 Nhạn 0.1 Điệp 0.3 Đài 0.1 Ảnh 0.1 Cầm 0.1 Chín 0.3 Dần 0.1 Giỏi 0.1
Hợi 0.1 Lựu 0.3 Mùi 0.1"""
MALE_GIVEN_NEW = """Huy 2 Khoa 1 Khang 1.2 Bảo 1.2 Phát 1 Đạt 1.4 Nam 1.2 Anh 1.5 Long 1 Hiếu 1.4 Hoàng 1.2
Phúc 1.2 Thịnh 1 Kiệt 1
Quân 1 Tuấn 1.5 Tú 0.8 Vũ 0.8 Việt 0.7 Trung 0.8 Thiện 0.6 Tân 0.5 Sang 0.6 Quyền 0.3 Nhật 0.5 Nguyên 0.7
Minh 1.3 Linh 0.5 Lâm 0.6
Khôi 0.6 Kha 0.3 Hưng 0.9 Hùng 0.8 Hậu 0.6 Hải 0.9 Duy 1 Dũng 0.6 Đức 0.8 Cường 0.8 Công 0.3 Chiến 0.4 Bình 0.5
An 0.6 Ân 0.3 Ý 0.2
Tín 0.5 Tiến 0.7 Thắng 0.8 Thành 0.7 Tài 0.8 Sơn 0.6 Phong 0.6 Nghĩa 0.6 Luân 0.4 Lợi 0.3 Lộc 0.5 Khánh 0.6
Hòa 0.3 Đông 0.3"""
FEMALE_GIVEN_NEW = """Trang 1.3 Linh 1.5 Thảo 1.3 Vy 1.2 Nhi 1.2 Ngân 1 My 1 Trâm 1 Anh 1.4 Hân 0.8 Hà 0.7
Hằng 0.9 Hạnh 0.7 Hiền 1
Hoa 0.5 Hồng 0.5 Huyền 0.9 Hương 0.9 Khánh 0.3 Lan 0.6 Ly 0.6 Mai 0.6 Nga 0.5 Ngọc 0.9 Nguyên 0.5 Nhung 0.6
Như 0.8 Oanh 0.5
Phương 1.1 Quyên 0.7 Quỳnh 0.9 Tâm 0.5 Thanh 0.5 Thư 0.8 Thương 0.7 Thúy 0.7 Thủy 0.7 Tiên 0.7 Trinh 0.7
Trúc 0.6 Tú 0.3 Tuyết 0.5
Uyên 0.6 Vân 0.6 Yến 0.8 Ý 0.2 Duyên 0.6 Dung 0.6 Diễm 0.4 Diệu 0.3 Châu 0.4 Chi 0.5 Bích 0.2 Ánh 0.4 An 0.3"""

HRE_FAMILY = "Phạm 60 Đinh 34 Hồ 4 Nguyễn 2"
HRE_MIDDLE_M = "Văn 92 Thanh 4 Minh 4"
HRE_MIDDLE_F = "Thị 97 Thị_Kim 3"
HRE_GIVEN = """Rế 2 Ôi 1.5 Khước 1 Nghía 1 Rua 1 Trói 1 Y 1 Biếc 1 Đố 1 Néo 1 Nhớt 1 Treo 1 Xiết 1 Bút 1 Dong 1
Én 1 Ghếch 0.5 Hênh 1
Lía 1 Mớt 0.7 Nớ 0.8 Ngút 0.6 Rút 1 Sây 0.8 Tem 1 Tía 0.8 Út 1 Vếch 0.6 Viếc 0.6 Xanh 1 Hoa 1 Lan 1 Thanh 1
Hùng 1 Nam 1 Ba 1 Năm 1"""
COR_FAMILY = "Hồ 88 Đinh 9 Trần 3"
EDE_FAMILY = "Niê 20 Ksor 12 Mlô 10 Ayun 8 Kpă 8 Nay 8 Rcom 6 Siu 8 Êban 6 Byă 4 Rmah 5 Hđơk 3 Kbuôr 3"
EDE_GIVEN_F = "Bia 3 Blech 1 Hương 1 Loan 1 Nga 1 Mơ 1 Yam 1 Rin 1 Djuên 1 Nhan 1 Lan 1 Thuyên 1 Chi 1 Wen 1 Dim 1"
EDE_GIVEN_M = "Blơ 1 Thun 1 Khem 1 Ngun 1 Wem 1 Bhiu 1 Dhăm 1 Nuel 1 Suên 1 Phi 1 Tôn 1 Guih 1 Jut 1"
MONG_FAMILY = "Giàng 25 Vàng 18 Sùng 16 Thào 14 Lầu 8 Hầu 6 Mùa 5 Lý 5 Cứ 3"
MONG_GIVEN_M = "Páo 2 Dua 1 Chứ 1.5 Tủa 1 Sình 1.5 Lử 1 Vừ 1 Súa 1 Chu 1 Dế 1 Sào 1 Khua 1 Nhìa 1"
MONG_GIVEN_F = "Mỷ 2 Dợ 1 Sua 1 Chở 1 Máy 1.5 Dở 1 Súa 1 Mai 1 Pàng 1 La 1 Say 1 Chía 1"


def weighted(table: str) -> tuple[list[str], list[float]]:
    """A table "Name share Name share …" as names and shares summing to one; `_` stands for a blank."""
    words = table.split()
    names = [w.replace("_", " ") for w in words[0::2]]
    shares = [float(w) for w in words[1::2]]
    total = sum(shares)
    return names, [s / total for s in shares]
