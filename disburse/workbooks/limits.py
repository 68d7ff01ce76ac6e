"""The limits of any uploaded workbook, in one place. Numbers only; guard.py and the readers enforce them."""

from __future__ import annotations

MIB = 1024 * 1024

UPLOAD_BYTES = 25 * MIB
UNPACKED_BYTES = 200 * MIB  # counted while inflating: the sizes in a zip header may lie
RATIO = 100  # unpacked : packed, of the whole file; rosters lie between 5 and 15
ENTRIES = 200
ENTRY_HEADER_BYTES = 1024  # of the zip's directory, a name of 978 bytes included
BOX_CELLS = 5_000_000  # of one sheet, from A1 to the last cell that holds a value
COLUMNS = 512
ROWS = 200_000  # lines with a value, over all visible sheets
CELL_CHARS = 32_767  # Excel's own limit; a longer cell is left out with a warning …
FIELD_CHARS = MIB  # … and one longer than this refuses the file
PART_BYTES = 16 * MIB  # of an XML part read as a whole (workbook, relations, styles, comments)
WINDOW_BYTES = 2 * MIB  # inflated and searched at a time: keeps the guard's memory flat
