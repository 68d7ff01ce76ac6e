"""Reading any workbook safely: guard, child process, sheets, headers. Knows no roster and no bank."""
