"""What a header says by its parents: whose column it is, and what short leaves mean under which parent."""

from __future__ import annotations

_RECIPIENT = (
    "nguoi nhan thay|nguoi nhan ho|nguoi linh thay|nguoi linh ho|nguoi lanh thay|nguoi nhan tien|nguoi nhan|"
    "nguoi dai dien|nguoi giam ho|nguoi duoc uy quyen|nguoi nhan uy quyen|nguoi nuoi duong|nguoi cham soc|chu ho|"
    "cha me|cua me|cua cha|nguoi nhan cham soc|dai dien theo phap luat|nguoi linh tien|nhan thay|giam ho|duoc uy quyen"
)
ROLES = {
    phrase: role
    for role, phrases in (
        ("recipient", _RECIPIENT),
        ("holder", "chu tai khoan|chu tk|thong tin tai khoan"),
        ("martyr", "liet si|liet sy|nguoi co cong da mat"),
    )
    for phrase in phrases.split("|")
}
IN_ROLE = {
    ("recipient", "full_name"): "recipient_name",
    ("recipient", "citizen_id"): "recipient_citizen_id",
    ("recipient", "old_id"): "recipient_citizen_id",
    ("recipient", "birth_date"): "recipient_birth_date",
    ("recipient", "birth_year"): "recipient_birth_date",
    ("recipient", "phone"): "recipient_phone",
    ("recipient", "sex"): "recipient_sex",
    ("recipient", "address"): "recipient_address",
    ("recipient", "hamlet"): "recipient_address",
    ("recipient", "commune"): "recipient_address",
    ("holder", "full_name"): "account_holder",
    ("holder", "citizen_id"): "recipient_citizen_id",
    ("martyr", "full_name"): "martyr_name",
    ("martyr", "birth_date"): "sensitive",
    ("martyr", "citizen_id"): "sensitive",
}
_UNDER_TEXT = {
    "birth_date": "nam=birth_male;nu=birth_female;ngay=birth_day;thang=birth_month;ngay thang nam=birth_date",
    "sex": "nam=sex_male;nu=sex_female;nam x=sex_male;nu x=sex_female",
    "age": "nam=age;nu=age",
    "full_name": "ho dem=surname;ho=surname;ho va ten dem=surname;ho va dem=surname;ho lot=surname;ten=given;"
    "nam=full_name;nu=name_female",
    "citizen_id": "so=citizen_id;ma so=citizen_id;ngay=id_paper;noi=id_paper;ngay cap=id_paper;noi cap=id_paper",
    "old_id": "so=old_id;ngay cap=id_paper;noi cap=id_paper",
    "decision_number": "so=decision_number;ngay=decision_date;so qd=decision_number;ngay thang=decision_date;"
    "ngay thang nam=decision_date;ngay ky=decision_date",
    "account_number": "so=account_number;ngan hang=bank;nh=bank;chu tk=account_holder;ten=account_holder;"
    "ho ten=account_holder;ho va ten=account_holder;mo tai=bank;chi nhanh=branch",
    "bank": "ten=bank;ma=bank_code;chi nhanh=branch;so tk=account_number;so tai khoan=account_number",
    "address": "so nha=address;thon=hamlet;xa=commune;huyen=district;tinh=province",
    "arrears": "so thang=arrears_months;thang=arrears_months;so tien=arrears;tien=arrears;tu thang=arrears_months;"
    "den thang=arrears_months;thanh tien=arrears",
    "deduction": "so thang=arrears_months;so tien=deduction;tien=deduction;thanh tien=deduction",
    "carry_over": "so tien=carry_over;so thang=arrears_months",
    "amount": "he so=coefficient;hs=coefficient;muc chuan=base;muc=amount;so tien=amount;thanh tien=amount;tien=amount",
    "total": "so tien=total;tien=total;so nguoi=line_no",
    "benefit": "*=benefit_mark;ma=benefit_code;ten=benefit;he so=coefficient",
    "disability": "*=benefit_mark",
    "pay_way": "*=pay_mark;tm=pay_mark;ck=pay_mark;tien mat=pay_mark;atm=pay_mark;chuyen khoan=pay_mark",
    "recipient_paper_kind": "so=recipient_paper_number;ngay=recipient_paper_date;hieu luc den=recipient_paper_until",
    "recipient_name": "ho ten=recipient_name;ho va ten=recipient_name;ten=recipient_name;nam sinh=recipient_birth_date;"
    "ngay sinh=recipient_birth_date;quan he=recipient_relation",
}
UNDER = {
    (parent, pair.split("=")[0]): pair.split("=")[1]
    for parent, pairs in _UNDER_TEXT.items()
    for pair in pairs.split(";")
}
