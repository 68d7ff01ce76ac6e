"""The district of the sample: communes, name pools, benefit kinds, published figures. No people, no files."""

from __future__ import annotations

from dataclasses import dataclass

SEED = 20240304
PERIOD = "2024-03"
PROVINCE = "51"
DISTRICT = "Bình Sơn"

# Published by the district in March 2024: total and registered per programme.
TOTAL = {"NCC": 5965, "BTXH": 12059}
REGISTERED = {"NCC": 472, "BTXH": 3180}
# How the registered ones split is ours: of them, received through another person's account.
REGISTERED_OTHER = {"NCC": 38, "BTXH": 1020}
# True accounts that the bank turns down, so that they leave "registered" again.
REFUSED = {"NCC": 14, "BTXH": 66}
# Registered in both programmes at once, through one citizen ID.
IN_BOTH = 150

BASE = {"BTXH": 360_000, "NCC": 2_055_000}  # đồng a month, Decrees 20/2021 and 55/2023


@dataclass(frozen=True)
class Commune:
    """A commune as it was in March 2024; weights are invented shares of the district's totals."""

    code: str
    name: str  # without the type word
    kind: str  # Xã | Thị trấn
    ncc: int
    btxh: int
    rate: float  # how eagerly its people opened accounts, relative

    @property
    def full(self) -> str:
        """The name with its type word, as "Xã Bình Châu"."""
        return f"{self.kind} {self.name}"


COMMUNES = (
    Commune("21040", "Châu Ổ", "Thị trấn", 30, 46, 2.6),
    Commune("21043", "Bình Thuận", "Xã", 34, 55, 1.3),
    Commune("21046", "Bình Thạnh", "Xã", 30, 58, 0.8),
    Commune("21049", "Bình Đông", "Xã", 32, 60, 1.1),
    Commune("21052", "Bình Chánh", "Xã", 33, 62, 0.9),
    Commune("21055", "Bình Nguyên", "Xã", 38, 64, 1.2),
    Commune("21058", "Bình Khương", "Xã", 24, 38, 0.5),
    Commune("21061", "Bình Trị", "Xã", 27, 48, 1.6),
    Commune("21064", "Bình An", "Xã", 12, 26, 0.3),
    Commune("21067", "Bình Hải", "Xã", 36, 66, 0.8),
    Commune("21070", "Bình Dương", "Xã", 34, 54, 1.1),
    Commune("21073", "Bình Phước", "Xã", 41, 62, 1.0),
    Commune("21079", "Bình Hòa", "Xã", 40, 58, 0.7),
    Commune("21082", "Bình Trung", "Xã", 33, 56, 1.5),
    Commune("21085", "Bình Minh", "Xã", 35, 61, 0.6),
    Commune("21088", "Bình Long", "Xã", 30, 52, 1.7),
    Commune("21091", "Bình Thanh", "Xã", 32, 57, 0.9),
    Commune("21100", "Bình Chương", "Xã", 37, 60, 0.7),
    Commune("21103", "Bình Hiệp", "Xã", 33, 56, 1.2),
    Commune("21106", "Bình Mỹ", "Xã", 33, 57, 0.6),
    Commune("21109", "Bình Tân Phú", "Xã", 39, 74, 0.9),
    Commune("21112", "Bình Châu", "Xã", 44, 92, 0.8),
)
BY_CODE = {c.code: c for c in COMMUNES}
VAN_TUONG = {"21043", "21049", "21061", "21067", "21073", "21079"}  # the commune of today they were merged into

HAMLET_FIRST = ("Phú", "An", "Mỹ", "Long", "Tân", "Vĩnh", "Phước", "Đông", "Nam", "Thạch", "Lộc", "Trung")
HAMLET_LAST = ("Lộc", "Điềm", "Thuận", "Hòa", "Bình", "Yên", "Thạnh", "Mỹ", "Xuân", "Tây", "Sơn", "Hương")

# --- names: pools only; whoever bears the same name in life is not meant -------------------------------


def _pool(words: str) -> list[str]:
    return words.split()


FAMILIES = _pool(
    "Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Lê Lê Lê Trần Trần Trần Phạm Phạm Phạm Võ Võ Huỳnh Huỳnh "
    "Đặng Bùi Đỗ Ngô Phan Trương Dương Hồ Tạ Lý Cao Mai Đoàn Lương Tiêu Từ Kiều Châu Thới Ung"
)
HIGHLAND_FAMILIES = ("Đinh", "Phạm", "Hồ")  # Hrê and Cor people carry few family names
MIDDLE_MALE = _pool(
    "Văn Văn Văn Văn Hữu Đình Quang Minh Ngọc Thanh Xuân Công Đức Tấn Trọng Quốc Viết Duy Bá Thế Hồng Tiến"
)
MIDDLE_FEMALE = _pool("Thị Thị Thị Thị Thị Thị Ngọc Kim Thanh Thu Xuân Hồng Mỹ Bích Diệu Minh Như Phương")
SECOND_FEMALE = _pool("Thu Kim Ngọc Mỹ Thanh Hồng Bích Minh Xuân Lệ Tuyết Cẩm Diễm Thùy Mộng")
GIVEN_MALE = _pool(
    "An Ba Bảy Bình Bốn Cảnh Châu Chín Chung Cường Danh Dũng Duy Đạt Điền Định Đông Đức Giang Hai Hải Hào Hiền "
    "Hiệp Hiếu Hòa Hoàng Hùng Hưng Huy Khánh Khoa Khương Kiên Lâm Lân Lộc Long Lực Lưu Mạnh Mười Nam Năm Nghĩa "
    "Nguyên Nhân Nhất Ninh Phong Phú Phúc Phước Quân Quang Quý Quyền Sáu Sang Sinh Sơn Sự Tài Tám Tâm Tân Tấn "
    "Thắng Thạch Thái Thanh Thành Thạo Thiện Thịnh Thọ Thông Thuận Tiến Tín Tình Toàn Trí Triều Trung Trường Tú "
    "Tuấn Tùng Tường Út Vinh Vĩnh Vũ Vương Xuân Xanh Yên"
)
GIVEN_FEMALE = _pool(
    "An Ánh Ba Bảy Bé Bích Bình Bông Cúc Chanh Châu Chín Dung Duyên Đào Điệp Giang Hà Hai Hạnh Hằng Hiền Hiệp Hoa "
    "Hòa Hoài Hồng Huệ Hương Hường Huyền Kiều Lài Lan Lành Lập Lê Lệ Liên Liễu Loan Lộc Lựu Lý Mai Mận Mến Minh "
    "Mười Mỹ Nên Nga Ngân Nghĩa Ngọc Nguyệt Nhàn Nhạn Nhung Oanh Phấn Phúc Phụng Phương Quế Quy Quyên Sáu Sen "
    "Sương Tâm Tám Thảo Thanh Thắm Thành Thơ Thoa Thơm Thu Thuận Thúy Thủy Thương Tiên Trà Trang Trinh Trúc Tươi "
    "Tuyết Út Vân Vàng Việt Xí Xoan Xuân Yên Yến"
)
HIGHLAND_GIVEN = _pool("Rói Nhéo Trút Grâu Vá Drắt Lía Xơ Riu Nhút Ghè Drin Vế Liếp Grêng Ré Thút Lút Đé Xít")

CLERKS = ("Trịnh Thị Mỹ Duyên", "Phùng Quốc Bảo", "Lâm Thị Hoài Thu")  # invented; they sign decisions.csv


@dataclass(frozen=True)
class Kind:
    """A kind of benefit: our code, the ways a district writes it, its monthly amount and who draws it."""

    code: str
    texts: tuple[str, ...]
    coefficient: float  # of the base; 0 where the decree names an amount
    amount: int  # đồng a month in March 2024
    share: int
    sexes: str
    born: tuple[int, int]


def _share_of_base(amount_2024: int) -> int:
    """Decree 55/2023 amounts stand to those of Decree 77/2024 as the bases do, rounded to thousands."""
    return int(round(amount_2024 * 2_055 / 2_789, -3))


NCC_KINDS = (
    Kind("NCC-3.1", ("Thân nhân của 01 liệt sĩ", "Thân nhân 1 liệt sĩ"), 0, 2_055_000, 34, "MFFF", (1928, 1964)),
    Kind("NCC-3.2", ("Thân nhân của 02 liệt sĩ",), 0, 4_110_000, 2, "FFM", (1926, 1950)),
    Kind("NCC-4", ("Bà mẹ Việt Nam anh hùng",), 0, 6_165_000, 1, "F", (1922, 1938)),
    Kind("NCC-TB-21", ("Thương binh 21%",), 0, _share_of_base(1_878_000), 14, "MMMF", (1938, 1965)),
    Kind("NCC-TB-31", ("Thương binh 31%",), 0, _share_of_base(2_773_000), 9, "MMMF", (1938, 1965)),
    Kind("NCC-TB-41", ("Thương binh 41%",), 0, _share_of_base(3_667_000), 6, "MMMF", (1938, 1962)),
    Kind("NCC-TB-61", ("Thương binh 61%",), 0, _share_of_base(5_450_000), 3, "MMMF", (1938, 1960)),
    Kind("NCC-7.1-2", ("Bệnh binh 51% - 60%",), 0, _share_of_base(3_627_000), 3, "MMMF", (1940, 1966)),
    Kind("NCC-8.1-1", ("Chất độc hóa học 21% - 40%",), 0, _share_of_base(2_120_000), 8, "MMF", (1940, 1964)),
    Kind("NCC-8.1-2", ("Chất độc hóa học 41% - 60%",), 0, _share_of_base(3_542_000), 4, "MMF", (1940, 1964)),
    Kind("NCC-9", ("Địch bắt tù đày", "Tù đày"), 0, _share_of_base(1_673_000), 9, "MMF", (1930, 1955)),
    Kind("NCC-10.2", ("Huân chương Kháng chiến",), 0, _share_of_base(1_639_000), 6, "MMF", (1926, 1946)),
)
MOTHER_ALLOWANCE = Kind("NCC-4-PC", ("Phụ cấp Bà mẹ VNAH",), 0, _share_of_base(2_337_000), 0, "F", (0, 0))

BTXH_KINDS = (
    Kind("BTXH-5C", ("Người cao tuổi từ đủ 80 tuổi", "NCT từ 80 tuổi trở lên"), 1.0, 0, 47, "MFF", (1921, 1943)),
    Kind("BTXH-6B", ("Người khuyết tật nặng",), 1.5, 0, 19, "MF", (1965, 2007)),
    Kind("BTXH-6B+", ("Người cao tuổi khuyết tật nặng",), 2.0, 0, 11, "MFF", (1932, 1963)),
    Kind("BTXH-6A", ("Người khuyết tật đặc biệt nặng",), 2.0, 0, 6, "MF", (1965, 2007)),
    Kind("BTXH-6A+", ("Trẻ em khuyết tật đặc biệt nặng",), 2.5, 0, 3, "MF", (2009, 2021)),
    Kind("BTXH-6A+", ("Người cao tuổi khuyết tật đặc biệt nặng",), 2.5, 0, 3, "MF", (1930, 1963)),
    Kind("BTXH-1B", ("Trẻ em mồ côi, không có nguồn nuôi dưỡng",), 1.5, 0, 3, "MF", (2009, 2019)),
    Kind("BTXH-4", ("Người đơn thân nghèo đang nuôi con",), 1.0, 0, 4, "MFFFF", (1972, 1999)),
    Kind("BTXH-5A1", ("Người cao tuổi hộ nghèo 60 - 80 tuổi",), 1.5, 0, 3, "MF", (1945, 1963)),
)
CARE = Kind("BTXH-CS-2C", ("Hộ gia đình chăm sóc người khuyết tật đặc biệt nặng",), 1.0, 0, 0, "MF", (0, 0))
KINDS = {"NCC": NCC_KINDS, "BTXH": BTXH_KINDS}


@dataclass(frozen=True)
class Bank:
    """A bank that sends a list: VietQR code, the file, and how its account numbers look."""

    code: str
    file: str
    share: int
    prefix: str
    digits: int
    results: str


BANKS = (
    Bank("VBA", "agribank-binh-son.xlsx", 58, "4599", 13, "results-agribank.csv"),
    Bank("BIDV", "bidv-dung-quat.csv", 25, "56590", 14, "results-bidv.csv"),
    Bank("LPB", "lpbank-binh-son.xls", 17, "9", 12, "results-lpbank.csv"),
)

# Which workbook holds which communes: one commune and programme stand in exactly one of them.
ROSTERS = {
    "ncc-ven-bien.xlsx": ("NCC", ["21043", "21049", "21061", "21067", "21079", "21073", "21112", "21046"]),
    "ncc-phia-bac.xls": ("NCC", ["21070", "21055", "21082", "21052"]),
    "ncc-phia-nam.xlsx": ("NCC", ["21085", "21088", "21091", "21100", "21103", "21106", "21109", "21058", "21064"]),
    "ncc-chau-o.ods": ("NCC", ["21040"]),
    "btxh-chau-o.xlsx": ("BTXH", ["21040"]),
    "btxh-phia-dong.xlsx": ("BTXH", ["21043", "21049", "21061", "21067", "21112"]),
    "btxh-phia-bac.csv": ("BTXH", ["21070", "21055", "21082", "21088"]),
    "btxh-trung-tam.xlsx": ("BTXH", ["21052", "21046", "21091", "21079", "21073"]),
    "btxh-phia-tay.xlsx": ("BTXH", ["21058", "21064", "21085", "21100", "21106", "21103", "21109"]),
}


PAPERS = "giay-to-nguoi-nhan-btxh.xlsx"
WITH_PHONE = {"ncc-chau-o.ods", "btxh-phia-bac.csv", "btxh-trung-tam.xlsx"}
WITH_RECIPIENT = {"ncc-phia-nam.xlsx", "btxh-trung-tam.xlsx", "btxh-phia-tay.xlsx"}
ON_PAPER = {"btxh-chau-o.xlsx", "btxh-phia-dong.xlsx", "btxh-phia-bac.csv"}  # recipients come in PAPERS


def roster_of(programme: str, code: str) -> str:
    """The workbook that lists a commune's people of a programme."""
    return next(file for file, (p, codes) in ROSTERS.items() if p == programme and code in codes)


# The closed list of reasons a bank gives: code → (name_match, id_match, account_status)
REFUSALS = {
    "rjct.fa.not_found": ("", "none", ""),
    "rjct.name.mismatch": ("no", "citizen_id", "open"),
    "rjct.id.mismatch": ("yes", "none", "open"),
    "rjct.account.closed": ("yes", "citizen_id", "closed"),
    "rjct.account.locked": ("yes", "citizen_id", "locked"),
}
