"""The exchange with a bank by Excel in a real browser: download, the bank fills it in, preview, confirm."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, Site

pytestmark = pytest.mark.browser


class TestExchange:
    def test_there_and_back(self, visit: Opener, demo_site: Site, tmp_path: Path) -> None:
        """From the bank's page to answers taken, each next step being the button in red."""
        page = visit(demo_site)
        page.sign_in("canbo.tinh")
        page.open("/banks/ICB")
        page.page.click("a.btn-main")
        with page.page.expect_download() as download:
            page.page.click("button.btn-main")
        path = tmp_path / "ICB.xlsx"
        download.value.save_as(path)
        book = openpyxl.load_workbook(path)
        sheet = book["requests"]
        status = next(cell.column for cell in sheet[1] if cell.value == "status")
        sheet.cell(2, status).value, sheet.cell(3, status).value = "succ", "tốt"
        book.save(path)
        page.page.reload()
        page.page.set_input_files("#file", path)
        page.page.click("button.btn-main")
        expect(page.page.locator(".left-out li")).to_contain_text("Dòng 3")
        page.fits_everywhere()
        page.page.click("button.btn-main")
        expect(page.page.locator("[role=status]")).to_contain_text("Đã nhận 1 câu trả lời")
