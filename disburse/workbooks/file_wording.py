"""The sentences about a file as a whole: per code what an officer should know. Rows: wording.py. No logic."""

from __future__ import annotations

FILE_WARNINGS: dict[str, tuple[str, str]] = {
    "areas_differ": (
        "Địa bàn của danh sách khác một phần với danh sách trước, nên không xét ai vắng mặt. Nhập lại đúng địa "
        "bàn, hoặc tách theo xã.",
        "The list's areas differ in part from an earlier list, so nobody was called missing. Import it for the "
        "same areas, or one commune at a time.",
    ),
    "column_missing": (
        "Không có cột {columns}. Dữ liệu này để trống cho mọi dòng.",
        "There is no column {columns}. It stays empty in every row.",
    ),
    "programme_differs": (
        "Tệp này giống danh sách {found} hơn là {expected}: tên tệp, tiêu đề có “{words}”; {count} dòng có loại trợ "
        "cấp của {found}. Xem lại chính sách đã chọn trước khi nhập.",
        "This file looks like a list of {found} rather than {expected}: file name and titles say “{words}”; {count} "
        "rows have a benefit of {found}. Check the programme before importing.",
    ),
    "hidden_sheet": (
        "Trang tính ẩn không được đọc. Bỏ ẩn nếu cần.",
        "A hidden sheet was not read. Unhide it if it is needed.",
    ),
    "hidden_rows": (
        "{count} dòng bị ẩn hoặc bị lọc vẫn được đọc. Kiểm tra các dòng này.",
        "{count} hidden or filtered lines were read too. Check them.",
    ),
    "hidden_columns": ("Cột ẩn vẫn được đọc: {columns}.", "Hidden columns were read too: {columns}."),
    "formula_cells": (
        "{count} ô là công thức; lấy kết quả lưu trong tệp. Kiểm tra các ô này.",
        "{count} cells are formulas; their stored results were used. Check them.",
    ),
    "empty_formulas": (
        "{count} ô công thức không có kết quả lưu trong tệp nên đọc là trống. Mở bằng Excel, lưu lại rồi tải lên.",
        "{count} formula cells were saved without a result and read as empty. Open the file, save it and upload it "
        "again.",
    ),
    "struck_rows": (
        "{count} dòng bị gạch ngang vẫn được đọc. Xác nhận các dòng này còn hưởng không.",
        "{count} struck-through lines were read too. Confirm whether they still count.",
    ),
    "coloured_rows": (
        "{count} dòng được tô màu hoặc chữ màu. Xác nhận ý nghĩa màu; dữ liệu vẫn được nhập.",
        "{count} lines are coloured. Confirm what the colour means; the rows are imported.",
    ),
    "comments": (
        "{count} ô có chú thích (comment) không được đọc. Xem lại trong Excel.",
        "{count} cell comments were not read. Look at them in the workbook.",
    ),
    "control_total_mismatch": (
        "Dòng {line} ghi tổng {printed} nhưng cộng các dòng là {summed}. Kiểm tra số tiền hoặc dòng bị thiếu.",
        "Line {line} prints a total of {printed}, but the rows add up to {summed}. Look for wrong or missing rows.",
    ),
    "unknown_columns": (
        "Cột chưa nhận ra, giữ nguyên không dùng: {columns}.",
        "Columns not recognised, kept as they are: {columns}.",
    ),
    "sensitive_columns": (
        "Cột nhạy cảm được niêm phong hoặc bỏ qua: {columns}.",
        "Sensitive columns were sealed or left out: {columns}.",
    ),
    "balance_dropped": (
        "Cột số dư không được lưu: {columns}. Xóa cột này trước khi gửi.",
        "Balances are not stored: {columns}. Delete this column before sending.",
    ),
    "card_column": (
        "Cột số thẻ không phải số tài khoản, không dùng: {columns}.",
        "Card numbers are not account numbers and were not used: {columns}.",
    ),
    "month_sheets": (
        "Nhiều trang tính theo tháng; chỉ đọc {chosen}, không đọc {left}. Chọn kỳ khác nếu cần.",
        "Several sheets named by month; only {chosen} was read, not {left}. Choose another period if needed.",
    ),
    "month_columns": (
        "Nhiều cột số tiền theo tháng; chỉ lấy {chosen}.",
        "Several amount columns named by month; only {chosen} was used.",
    ),
    "sheet_without_table": (
        "Trang tính có {count} dòng nhưng không có bảng họ tên nên không đọc.",
        "The sheet has {count} lines but no table with names; it was not read.",
    ),
    "summary_sheet": (
        "Trang này lặp lại {count} dòng của các trang khác nên không đọc.",
        "This sheet repeats {count} rows of other sheets; it was not read.",
    ),
    "summary_rest": (
        "{count} người chỉ có ở trang này nên đã đọc (dòng {lines}); {repeated} dòng còn lại lặp lại các trang khác "
        "nên không đọc.",
        "{count} people stand on this sheet alone and were read (lines {lines}); its other {repeated} rows repeat "
        "other sheets and were not read.",
    ),
    "changes_in_file": (
        "Tệp có phần tăng, giảm ({found}): đây là biến động, không phải toàn bộ danh sách. Chọn đúng loại danh "
        "sách khi nhập.",
        "The file has sections of additions or removals ({found}): changes, not the whole list. Choose the right "
        "kind at import.",
    ),
    "unit_applied": (
        "Số tiền tính theo đơn vị {unit}; đã nhân {factor}.",
        "Amounts are in units of {unit}; they were multiplied by {factor}.",
    ),
    "charset_converted": (
        "{count} ô đã chuyển từ bảng mã {charset} sang Unicode.",
        "{count} cells were converted from {charset} to Unicode.",
    ),
    "dates_swapped": (
        "Cột {columns} bị Excel đảo ngày và tháng ở {count} ô; chỉ giữ năm.",
        "In column {columns} the spreadsheet swapped day and month in {count} cells; only the year was kept.",
    ),
    "side_by_side": (
        "Hai bảng đặt cạnh nhau trên một trang; đã đọc cả hai.",
        "Two tables stand side by side on one sheet; both were read.",
    ),
    "several_tables": (
        "Trang tính có {count} bảng khác tiêu đề; đã đọc tất cả.",
        "The sheet holds {count} tables with different headers; all were read.",
    ),
    "cells_outside": (
        "{count} dòng chỉ có ô nằm ngoài bảng nên không đọc.",
        "{count} lines hold only cells outside the table; they were not read.",
    ),
    "perhaps_people": (
        "{count} dòng không đọc vì giống dòng cộng, ký tên hoặc ghi chú, nhưng có thể là đối tượng: dòng {lines}. Nếu "
        "là đối tượng, ghi số thứ tự và số CCCD cho dòng đó rồi tải lên lại.",
        "{count} lines taken for totals, signatures or remarks may be people and were not read: lines {lines}. If they "
        "are, give them a line number and a citizen ID and upload again.",
    ),
    "period_differs": (
        "Tiêu đề ghi kỳ {found}, khác kỳ đã chọn {expected}.",
        "The title says period {found}, not the chosen {expected}.",
    ),
}  # fmt: skip
