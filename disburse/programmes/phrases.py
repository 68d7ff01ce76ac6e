"""The words rosters use for benefit types, folded, from special to general. Data only; the reading is categories.py.

Every phrase is a regular expression over the text without accents, with signs spelt out: `%` is "phan tram", `+` is
"tro len", `-` is "den", `/` is "gach". The first that fits decides.
"""

from __future__ import annotations

_DISABLED = r"(?:nkt|n kt|khuyet tat|tan tat|nguoi kt|\bkt)"
_VERY = r"(?:dac biet nang|dbn|db nang|d b n|dac biet)"
_SEVERE = r"(?:nang|\bn\b)"
_CHILD = r"(?:tre em|\bte\b|tre|duoi 16|chau)"
_OLD = r"(?:nguoi cao tuoi|cao tuoi|\bnct\b|nguoi gia|gia yeu)"
_HOME = r"(?:ho|gia dinh|nguoi|kinh phi|tien|ho tro|\bkp\b|\bhgd\b)"
_CHILD_OR_OLD = rf"(?:{_CHILD}|{_OLD})"
_MOTHER = r"(?:(?:ba )?me (?:viet nam anh hung|vnah|vn anh hung)|\bbmvnah\b|\bmvnah\b)"
_MARTYR = r"(?:liet s[iy]|\bls\b)"
_ALONE = r"(?:co don|neo don|khong (?:co )?nguoi|phung duong)"
_KIN = r"(?:than nhan|\btn|tuat|bo|cha|me|vo|chong|con|nguoi nuoi|nuoi duong|tho cung)"
_MARRIED_AGAIN = r"(?:tai gia|lay (?:chong|vo) khac)"
_POISON = r"(?:chat doc|cdhh|cd hh|da cam|dioxin|hoa hoc)"

_CHILDREN = ("BTXH-1A", "BTXH-1B")
_OLD_ALONE = ("BTXH-5A1", "BTXH-5A2")
_OLD_ANY = (*_OLD_ALONE, "BTXH-5B", "BTXH-5C", "BTXH-5D")

# (programme, pattern, types it can mean)
PHRASES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # One-off and emergency
    ("BTXH", r"mai tang.*(?:khan cap|thien tai|tai nan)|khan cap.*mai tang", ("BTXH-KC-MT",)),
    ("BTXH", r"mai tang|\bmtp\b", ("BTXH-MT",)),
    ("BTXH", r"bi thuong nang", ("BTXH-KC-TN",)),
    # Care: a second line beside the benefit itself
    ("BTXH", rf"{_DISABLED}.*mang thai.*\bva\b.*nuoi|{_DISABLED}.*nuoi (?:tu )?hai con", ("BTXH-CS-2A2",)),
    ("BTXH", rf"{_DISABLED}.*(?:mang thai|nuoi (?:mot )?con)", ("BTXH-CS-2A1",)),
    ("BTXH", rf"nhan (?:cham soc|nuoi).*{_CHILD}.*{_DISABLED}", ("BTXH-CS-2D2",)),
    ("BTXH", rf"nhan (?:cham soc|nuoi).*{_DISABLED}", ("BTXH-CS-2D1",)),
    ("BTXH", rf"nhan (?:cham soc|nuoi).*{_CHILD}", ("BTXH-CS-1A", "BTXH-CS-1B")),
    ("BTXH", rf"nhan (?:cham soc|nuoi).*{_OLD}", ("BTXH-CS-1B",)),
    ("BTXH", rf"{_HOME} .*(?:cham soc|nuoi duong|\bcs\b).*{_DISABLED}", ("BTXH-CS-2C",)),
    ("BTXH", rf"(?:cham soc|\bcs\b).*{_DISABLED}.*{_VERY}", ("BTXH-CS-2C",)),
    # Disability; with a word for child or old person the higher coefficient
    ("BTXH", rf"{_CHILD_OR_OLD}.*{_DISABLED}.*{_VERY}|{_DISABLED}.*{_VERY}.*{_CHILD_OR_OLD}", ("BTXH-6A+",)),
    ("BTXH", rf"{_CHILD_OR_OLD}.*{_DISABLED}.*{_SEVERE}|{_DISABLED}.*{_SEVERE}.*{_CHILD_OR_OLD}", ("BTXH-6B+",)),
    ("BTXH", rf"{_DISABLED}.*{_VERY}|\bnktdbn\b|\bktdbn\b|\bdbn\b", ("BTXH-6A", "BTXH-6A+")),
    ("BTXH", rf"{_DISABLED}.*{_SEVERE}|\bnktn\b|\bktn\b", ("BTXH-6B", "BTXH-6B+")),
    ("BTXH", r"tam than.*dac biet nang", ("BTXH-6A", "BTXH-6A+")),
    ("BTXH", rf"{_DISABLED}|tam than", ("BTXH-6A", "BTXH-6A+", "BTXH-6B", "BTXH-6B+")),
    # HIV
    ("BTXH", rf"{_CHILD}.*(?:hiv|aids)|(?:hiv|aids).*{_CHILD}", ("BTXH-3A", "BTXH-3B")),
    ("BTXH", r"hiv|aids", ("BTXH-8", "BTXH-3A", "BTXH-3B")),
    # Single parents, children
    ("BTXH", r"don than|nuoi con (?:mot|1) minh|me goa nuoi con", ("BTXH-4",)),
    ("BTXH", r"(?:te|tre em|tre)? ?duoi 0?3 tuoi|duoi 36 thang", ("BTXH-7",)),
    ("BTXH", r"(?:mo coi|khong nguon nuoi duong|\bmncnd\b|bo roi).*duoi 0?4 tuoi|duoi 0?4 tuoi.*mo coi", ("BTXH-1A",)),
    ("BTXH", r"16 (?:den|gach) 22|tu (?:du )?16 den 22|16 tuoi.*dang hoc", ("BTXH-2",)),
    ("BTXH", r"mo coi|bo roi|(?:khong|mat) (?:co )?nguon nuoi|khong co nguoi nuoi|mat nguon nuoi", _CHILDREN),
    # Old people. Social pension first: its lists speak of the same ages.
    ("HTXH", r"70.*(?:75|74)|(?:can )?ngheo", ("HTXH-70",)),
    ("HTXH", r"75|80|du tuoi|\bhtxh\b|huu tri xa hoi", ("HTXH-75",)),
    ("BTXH", rf"{_OLD}.*nhan nuoi duong|du dieu kien vao co so", ("BTXH-5D",)),
    ("BTXH", rf"{_OLD}.*60 (?:tuoi )?(?:den|toi) (?:duoi )?80|60 (?:den|toi) (?:duoi )?80", ("BTXH-5A1",)),
    ("BTXH", rf"{_OLD}.*{_ALONE}.*80", ("BTXH-5A2",)),
    ("BTXH", rf"{_OLD}.*{_ALONE}|(?:co don|neo don).*ngheo|ngheo.*(?:co don|neo don)", _OLD_ALONE),
    ("BTXH", rf"75 (?:tuoi )?(?:den|toi) (?:duoi )?80|{_OLD}.*75", ("BTXH-5B",)),
    ("BTXH", rf"{_OLD}.*ngheo.*80|{_OLD}.*80.*ho ngheo", ("BTXH-5A2", "BTXH-5C")),
    ("BTXH", rf"{_OLD}.*80|80 (?:tuoi )?tro len|(?:tu|du) (?:du )?80|\bnct ?80|tren 80", ("BTXH-5C",)),
    ("BTXH", rf"{_OLD}", _OLD_ANY),
    # People with merit: families of the dead before the persons themselves
    ("NCC", rf"{_MARTYR}.*{_MARRIED_AGAIN}|{_MARRIED_AGAIN}.*{_MARTYR}", ("NCC-3.5",)),
    ("NCC", rf"(?:nuoi duong|\bnd\b|co don|mo coi).*{_MARTYR}|{_MARTYR}.*(?:nuoi duong|co don|mo coi)", ("NCC-3.4",)),
    ("NCC", rf"(?:03|3|ba) (?:tro len )?{_MARTYR}", ("NCC-3.3",)),
    ("NCC", rf"(?:02|2|hai) {_MARTYR}", ("NCC-3.2",)),
    ("NCC", r"phuc vu.*(?:ba me|me) (?:viet nam|vnah|vn)", ("NCC-4-2",)),
    ("NCC", rf"^(?!.*tro cap).*(?:phu cap.*{_MOTHER}|{_MOTHER}.*phu cap)", ("NCC-4-PC",)),
    ("NCC", _MOTHER, ("NCC-4",)),
    ("NCC", rf"{_KIN}.*{_MARTYR}|\btnls\b|{_MARTYR}", ("NCC-3.1",)),
    ("NCC", r"phuc vu.*(?:thuong binh|\btb\b).*dac biet", ("NCC-6.1-4",)),
    ("NCC", r"phuc vu.*(?:thuong binh|\btb\b)", ("NCC-6.1-3",)),
    ("NCC", r"phuc vu.*(?:benh binh|\bbb\b).*dac biet", ("NCC-7.1-10",)),
    ("NCC", r"phuc vu.*(?:benh binh|\bbb\b)", ("NCC-7.1-9",)),
    ("NCC", rf"phuc vu.*{_POISON}", ("NCC-8.1-7",)),
    ("NCC", r"(?:tuat|than nhan).*nuoi duong.*(?:thuong binh|\btb\b)", ("NCC-6.2-2",)),
    ("NCC", r"(?:tuat|than nhan).*(?:thuong binh|\btb\b)", ("NCC-6.2-1",)),
    ("NCC", r"(?:tuat|than nhan).*nuoi duong.*(?:benh binh|\bbb\b)", ("NCC-7.2-2",)),
    ("NCC", r"(?:tuat|than nhan).*(?:benh binh|\bbb\b)", ("NCC-7.2-1",)),
    ("NCC", rf"(?:tuat|than nhan).*nuoi duong.*{_POISON}", ("NCC-8.2-2",)),
    ("NCC", rf"(?:tuat|than nhan).*{_POISON}", ("NCC-8.2-1",)),
    ("NCC", rf"con (?:de )?.*{_POISON}|{_POISON}.*con de", ("NCC-8.2-3", "NCC-8.2-4")),
    ("NCC", r"(?:tuat|than nhan).*nuoi duong.*(?:tien khoi nghia|\btkn\b|khoi nghia)", ("NCC-2.2-2",)),
    ("NCC", r"(?:tuat|than nhan).*(?:tien khoi nghia|\btkn\b|khoi nghia)", ("NCC-2.2-1",)),
    ("NCC", r"(?:tuat|than nhan).*nuoi duong.*(?:lao thanh|ltcm|truoc .*1945)", ("NCC-1.2-2",)),
    ("NCC", r"(?:tuat|than nhan).*(?:lao thanh|ltcm|truoc .*1945)", ("NCC-1.2-1",)),
    # … and the persons
    ("NCC", r"tien khoi nghia|\btkn\b|den ngay khoi nghia", ("NCC-2.1",)),
    ("NCC", r"(?:lao thanh|ltcm|truoc .*1945).*khong thoat ly", ("NCC-1.1-2",)),
    ("NCC", r"(?:lao thanh|ltcm|truoc .*1945).*thoat ly", ("NCC-1.1-1",)),
    ("NCC", r"lao thanh|\bltcm\b|truoc .*1945", ("NCC-1.1-1", "NCC-1.1-2")),
    ("NCC", r"anh hung (?:luc luong|llvt|lao dong)|\bahllvt|\bahld", ("NCC-5",)),
    ("NCC", r"tu day|bi dich bat|\bbdbtd\b|\bhdkc bi bat", ("NCC-9",)),
    ("NCC", r"to quoc ghi cong|bang co cong|co cong voi nuoc", ("NCC-10.1",)),
    ("NCC", r"huan chuong|huy chuong khang chien|\bhckc\b", ("NCC-10.2",)),
    ("NCC", r"(?:co cong )?giup do cach mang|gdcm|\bccgdcm\b|\bccvcm\b", ("NCC-10.1", "NCC-10.2")),
)  # fmt: skip

# Who has a percentage, as folded text says it. Families, helpers and carers of such people are phrases above.
_NOT_THE_PERSON = r"^(?!.*(?:phuc vu|than nhan|tuat|\bcon\b|\bvo\b|liet s[iy]))"
PUBLIC_NAMES: tuple[tuple[str, str], ...] = (
    ("TBB", _NOT_THE_PERSON + r".*(?:thuong binh (?:loai )?b\b|\btbb\b|\btb (?:loai )?b\b)"),
    ("TB", _NOT_THE_PERSON + r".*(?:thuong binh|\btb\b|\btb(?=\d)|\bcstb\b|\btbnb\b|chinh sach nhu thuong)"),
    ("BB", _NOT_THE_PERSON + r".*(?:benh binh|\bbb\b|\bbb(?=\d))"),
    ("CD", _NOT_THE_PERSON + rf".*{_POISON}"),
)

# (first percent, last percent) → type
INVALIDITY: dict[str, tuple[tuple[tuple[int, int], str], ...]] = {
    "TB": tuple(((percent, percent), f"NCC-TB-{percent}") for percent in range(21, 101)),
    "TBB": tuple(((percent, percent), f"NCC-TBB-{percent}") for percent in range(21, 101)),
    "BB": (
        ((41, 50), "NCC-7.1-1"), ((51, 60), "NCC-7.1-2"), ((61, 70), "NCC-7.1-3"),
        ((71, 80), "NCC-7.1-4"), ((81, 90), "NCC-7.1-5"), ((91, 100), "NCC-7.1-6"),
    ),
    "CD": (((21, 40), "NCC-8.1-1"), ((41, 60), "NCC-8.1-2"), ((61, 80), "NCC-8.1-3"), ((81, 100), "NCC-8.1-4")),
}  # fmt: skip

# Ranks in use before percentages: war invalids 1/4 … 4/4, sick soldiers 1/3 … 3/3. (is a sick soldier, rank, of) → span
DISABILITY_RANKS: dict[tuple[bool, str, str], tuple[int, int]] = {
    (False, "1", "4"): (81, 100), (False, "2", "4"): (61, 80), (False, "3", "4"): (41, 60), (False, "4", "4"): (21, 40),
    (True, "1", "3"): (81, 100), (True, "2", "3"): (61, 80), (True, "3", "3"): (41, 60),
}  # fmt: skip

# Clause and point of article 5, Decree 20/2021/NĐ-CP, with the points by which article 6 divides them.
ARTICLE_5: dict[str, tuple[str, ...]] = {
    "1": _CHILDREN, "2": ("BTXH-2",), "3": ("BTXH-3A", "BTXH-3B"), "4": ("BTXH-4",),
    "5": _OLD_ANY, "5a": _OLD_ALONE, "5b": ("BTXH-5B",), "5c": ("BTXH-5C",), "5d": ("BTXH-5D",),
    "6": ("BTXH-6A", "BTXH-6A+", "BTXH-6B", "BTXH-6B+"), "6a": ("BTXH-6A", "BTXH-6A+"), "6b": ("BTXH-6B", "BTXH-6B+"),
    "7": ("BTXH-7",), "8": ("BTXH-8",),
}  # fmt: skip

# Points of article 6, clause 1, by the clause of article 5 each pays for.
ARTICLE_6: dict[str, tuple[str, ...]] = {
    "a": ARTICLE_5["1"], "b": ARTICLE_5["2"], "c": ARTICLE_5["3"], "d": ARTICLE_5["4"], "đ": ARTICLE_5["5"],
    "e": ARTICLE_5["6"], "g": (*ARTICLE_5["7"], *ARTICLE_5["8"]),
}  # fmt: skip

# The ages in whole years a type is for. Grown people are 16 to 59: below is a child, from 60 on an old person.
AGES: dict[str, tuple[range, ...]] = {
    "BTXH-1A": (range(4),), "BTXH-1B": (range(4, 16),), "BTXH-2": (range(16, 23),),
    "BTXH-3A": (range(4),), "BTXH-3B": (range(4, 16),), "BTXH-8": (range(16, 131),), "BTXH-7": (range(3),),
    "BTXH-5A1": (range(60, 80),), "BTXH-5A2": (range(80, 131),), "BTXH-5B": (range(75, 80),),
    "BTXH-5C": (range(80, 131),), "BTXH-5D": (range(60, 131),),
    "BTXH-6A": (range(16, 60),), "BTXH-6A+": (range(16), range(60, 131)),
    "BTXH-6B": (range(16, 60),), "BTXH-6B+": (range(16), range(60, 131)),
    "HTXH-70": (range(70, 75),), "HTXH-75": (range(75, 131),),
    "BTXH-CS-1A": (range(4),), "BTXH-CS-1B": (range(4, 131),),
}  # fmt: skip
