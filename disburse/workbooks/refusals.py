"""Why a file is refused: the code that scripts see, the reason behind it, and the sentence for the officer."""

from __future__ import annotations

from typing import Any, Literal, get_args

from disburse.errors import DisburseError

RejectCode = Literal[
    "wrong_type", "too_big", "encrypted", "damaged", "hostile", "charset",
    "no_header", "no_name_column", "ambiguous_columns", "province_needed", "no_rows",
]  # fmt: skip
REJECT_CODES: tuple[str, ...] = get_args(RejectCode)

# reject code, or "code:reason" where a reason has a sentence of its own → Vietnamese, English
SENTENCES: dict[str, tuple[str, str]] = {
    "wrong_type": (
        "Tệp này không phải bảng tính đọc được. Mở tệp bằng Excel hoặc LibreOffice, lưu thành .xlsx rồi tải lại.",
        "This file is not a workbook that can be read. Open it in Excel or LibreOffice, save it as .xlsx and "
        "upload it again.",
    ),
    "wrong_type:extension": (
        "Không nhận tệp đuôi “{extension}”. Chỉ nhận .xlsx, .xls, .ods, .csv: lưu lại theo một trong các dạng đó.",
        "Files ending in “{extension}” are not accepted. Save it as .xlsx, .xls, .ods or .csv.",
    ),
    "wrong_type:content": (
        "Tên tệp kết thúc bằng “{extension}” nhưng bên trong là {actual}. Mở tệp bằng Excel, chọn Lưu thành (Save "
        "As) .xlsx rồi tải tệp mới lên.",
        "The name ends in “{extension}” but the content is {actual}. Open it in Excel, choose Save As .xlsx and "
        "upload the new file.",
    ),
    "wrong_type:document": (
        "Đây là {actual}, không phải bảng tính. Xin bên gửi tệp Excel gốc; nếu bảng nằm trong văn bản, chép bảng "
        "sang Excel rồi lưu thành .xlsx.",
        "This is {actual}, not a workbook. Ask the sender for the original Excel file, or copy the table into "
        "Excel and save it as .xlsx.",
    ),
    "wrong_type:archive": (
        "Đây là {actual}. Giải nén rồi tải từng bảng tính lên.",
        "This is {actual}. Unpack it and upload each workbook by itself.",
    ),
    "too_big": (
        "Tệp vượt giới hạn. Tách thành nhiều tệp nhỏ hơn rồi tải từng tệp.",
        "The file is over a limit. Split it into smaller files and upload each.",
    ),
    "too_big:upload": (
        "Tệp nặng {found} MB, quá {limit} MB. Tách theo xã hoặc bỏ hình ảnh, rồi tải từng tệp.",
        "The file has {found} MB, over {limit} MB. Split it by commune or remove pictures, then upload each file.",
    ),
    "too_big:unpacked": (
        "Tệp bung ra hơn {limit} MB. Tách theo xã rồi tải từng tệp.",
        "The file unpacks to more than {limit} MB. Split it by commune and upload each file.",
    ),
    "too_big:entries": (
        "Tệp có hơn {limit} phần bên trong (quá nhiều trang tính hoặc hình). Chép các trang cần dùng sang tệp mới.",
        "The file has more than {limit} inner parts (too many sheets or pictures). Copy the sheets needed into a "
        "new file.",
    ),
    "too_big:box": (
        "Trang tính trải rộng tới ô {cell}, quá {limit} ô. Xóa các ô lạc ở xa bảng (chọn hàng, cột thừa → Xóa) rồi "
        "lưu lại.",
        "The sheet reaches as far as cell {cell}, over {limit} cells. Delete the stray cells far from the table "
        "and save again.",
    ),
    "too_big:columns": (
        "Trang tính có dữ liệu tới ô {cell}, quá {limit} cột. Xóa các cột thừa ở bên phải bảng rồi lưu lại.",
        "The sheet holds data as far as {cell}, over {limit} columns. Delete the surplus columns right of the table "
        "and save again.",
    ),
    "too_big:rows": (
        "Tệp có hơn {limit} dòng dữ liệu. Tách theo xã rồi tải từng tệp.",
        "The file has more than {limit} rows of data. Split it by commune and upload each file.",
    ),
    "too_big:field": (
        "Ô {cell} chứa hơn {limit} ký tự: tệp bị hỏng khi xuất hoặc dán nhầm. Xóa nội dung ô đó rồi lưu lại.",
        "Cell {cell} holds more than {limit} characters: a broken export or a wrong paste. Clear the cell and save "
        "again.",
    ),
    "encrypted": (
        "Tệp có mật khẩu. Mở bằng Excel, bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc) rồi lưu và tải lại.",
        "The file has a password. Open it in Excel, remove the password (File → Info → Protect Workbook), save and "
        "upload it again.",
    ),
    "damaged": (
        "Tệp bị hỏng, không đọc được. Mở bằng Excel rồi lưu lại thành .xlsx, hoặc xin bên gửi gửi lại.",
        "The file is damaged and cannot be read. Open it in Excel and save it as .xlsx, or ask for it again.",
    ),
    "damaged:empty": (
        "Tệp rỗng (0 byte): việc chép hoặc tải bị đứt. Chép lại rồi tải lên.",
        "The file is empty (0 bytes): copying or uploading broke off. Copy it again and upload it.",
    ),
    "damaged:quote": (
        "Dấu nháy kép mở ở dòng {line} không được đóng, nên không biết các dòng sau thuộc ô nào. Sửa dấu nháy ở "
        "dòng đó hoặc lưu từ Excel thành .xlsx.",
        "The quote opened in line {line} is never closed, so nobody can tell which cells follow. Mend that line or "
        "save the list from Excel as .xlsx.",
    ),
    "damaged:nul": (
        "Tệp chứa ký tự rỗng (NUL) nên không phải CSV lành lặn. Lưu lại từ Excel theo dạng “CSV UTF-8” hoặc .xlsx.",
        "The file holds NUL characters, so it is not a sound CSV. Save it from Excel as “CSV UTF-8” or .xlsx.",
    ),
    "hostile": (
        "Tệp có cấu trúc bất thường có thể gây hại nên không đọc. Chép phần bảng sang một tệp Excel mới rồi tải lên.",
        "The file's structure is abnormal and could do harm, so it was not read. Copy the table into a new Excel "
        "file and upload that.",
    ),
    "hostile:macro": (
        "Tệp chứa macro. Trong Excel chọn Lưu thành (Save As) “Excel Workbook (.xlsx)” rồi tải tệp mới lên.",
        "The file holds macros. In Excel choose Save As “Excel Workbook (.xlsx)” and upload the new file.",
    ),
    "hostile:time": (
        "Đọc tệp quá {seconds} giây nên đã dừng. Tách theo xã hoặc lưu lại thành .xlsx mới rồi tải lên.",
        "Reading took more than {seconds} seconds and was stopped. Split the file by commune or save it as a new "
        ".xlsx.",
    ),
    "hostile:memory": (
        "Đọc tệp cần quá nhiều bộ nhớ nên đã dừng. Tách theo xã hoặc chép bảng sang một tệp Excel mới.",
        "Reading the file needs too much memory and was stopped. Split it by commune or copy the table into a new "
        "Excel file.",
    ),
    "charset": (
        "Không nhận ra bảng mã của tệp. Lưu lại từ Excel theo dạng “CSV UTF-8” hoặc .xlsx (phông Unicode).",
        "The file's character set was not recognised. Save it from Excel as “CSV UTF-8” or .xlsx in a Unicode font.",
    ),
    "no_header": (
        "Không thấy dòng tiêu đề trong 30 dòng đầu. Thêm một dòng tiêu đề có “Họ và tên” ngay trên dữ liệu.",
        "No header was found in the first 30 lines. Put a header line with “Họ và tên” right above the data.",
    ),
    "no_name_column": (
        "Không thấy cột họ tên. Đặt tiêu đề “Họ và tên” cho cột đó rồi tải lại.",
        "No name column was found. Give that column the header “Họ và tên” and upload again.",
    ),
    "ambiguous_columns": (
        "Có hai cột cùng mang một nội dung nên không biết lấy cột nào. Đổi tên hoặc xóa một cột rồi tải lại.",
        "Two columns claim the same content, so nobody can tell which to take. Rename or delete one and upload again.",
    ),
    "ambiguous_columns:columns": (
        "Các cột {columns} cùng là “{field}” nên không biết lấy cột nào. Đổi tên hoặc xóa bớt rồi tải lại.",
        "Columns {columns} all claim “{field}”. Rename or delete all but one and upload again.",
    ),
    "province_needed": (
        "Chưa biết danh sách thuộc tỉnh nào. Chọn tỉnh khi tải lên (dòng lệnh: --province MÃ).",
        "The province of this list is not known. Choose it when uploading (command line: --province CODE).",
    ),
    "no_rows": (
        "Không có dòng nào nhập được. Xem lý do từng dòng, sửa rồi tải lại.",
        "No row could be imported. See the reason of each row, mend them and upload again.",
    ),
}


class Refusal(DisburseError):
    """A file that is not read at all. `reject_code` is one of REJECT_CODES; `reason` picks the sentence.

    Facts are plain JSON values; they never hold a cell's content.
    """

    def __init__(self, reject_code: str, reason: str | None = None, **facts: object) -> None:
        if reject_code not in REJECT_CODES:
            raise ValueError(f"not a reject code: {reject_code}")
        super().__init__(reject_code, **facts)
        self.reject_code = reject_code
        self.reason = reason

    def sentence(self, lang: str = "vi") -> str:
        """Return what is wrong and what to do, in Vietnamese (`vi`) or English (`en`)."""
        for key in (f"{self.reject_code}:{self.reason}", self.reject_code):
            if key in SENTENCES:
                try:
                    return SENTENCES[key][lang != "vi"].format(**_readable(self.facts, lang))
                except KeyError:  # a fact is missing: the plain sentence of the code needs none
                    continue
        return self.reject_code

    def __str__(self) -> str:
        return self.sentence("en")

    def as_json(self) -> dict[str, Any]:
        """Return the form in which a refusal leaves the reading child."""
        return {"code": self.reject_code, "reason": self.reason, "facts": self.facts}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Refusal:
        """Rebuild a refusal from `as_json`; anything else is a ValueError, KeyError or TypeError."""
        return cls(found["code"], found["reason"], **found["facts"])


def told(failure: dict[str, Any], lang: str) -> str | None:
    """Say the failure of a job as it was stored, a file's refusal or any other error; None for words since gone."""
    kind = Refusal if "reason" in failure else DisburseError
    try:
        return kind.from_json(failure).sentence(lang)
    except (KeyError, ValueError, TypeError):
        return None


# what a file is, in words: the fact `actual`
KINDS: dict[str, tuple[str, str]] = {
    "xlsx": ("tệp Excel .xlsx", "an Excel .xlsx file"),
    "xls": ("tệp Excel cũ .xls", "an old Excel .xls file"),
    "xlsm": ("tệp Excel có macro (.xlsm)", "an Excel file with macros (.xlsm)"),
    "xlsb": ("tệp Excel nhị phân (.xlsb)", "a binary Excel file (.xlsb)"),
    "ods": ("tệp LibreOffice .ods", "a LibreOffice .ods file"),
    "html": ("một trang web (HTML)", "a web page (HTML)"),
    "text": ("văn bản thường (CSV, TXT)", "plain text (CSV, TXT)"),
    "docx": ("văn bản Word", "a Word document"),
    "doc": ("văn bản Word cũ", "an old Word document"),
    "rtf": ("văn bản RTF", "an RTF document"),
    "odt": ("văn bản LibreOffice", "a LibreOffice document"),
    "pptx": ("bài trình chiếu", "a presentation"),
    "pdf": ("tệp PDF", "a PDF file"),
    "image": ("một hình ảnh", "a picture"),
    "zip": ("tệp nén .zip", "a .zip archive"),
    "archive": ("tệp nén", "a packed archive"),
    "xml": ("tệp XML", "an XML file"),
    "mhtml": ("trang web đóng gói (MHTML)", "a packed web page (MHTML)"),
    "biff": ("tệp Excel rất cũ", "a very old Excel file"),
    "ole": ("tệp Office cũ", "an old Office file"),
    "unknown": ("dữ liệu không rõ loại", "data of an unknown kind"),
}


def _readable(facts: dict[str, Any], lang: str) -> dict[str, Any]:
    named = dict(facts)
    if named.get("actual") in KINDS:
        named["actual"] = KINDS[named["actual"]][lang != "vi"]
    for key, value in named.items():
        if isinstance(value, int) and not isinstance(value, bool):
            named[key] = f"{value:,}".replace(",", ".") if lang == "vi" else f"{value:,}"
    return named
