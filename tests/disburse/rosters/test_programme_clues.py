"""A list of one programme sent as another's: what speaks for it, and that nobody imports it without noticing."""

from __future__ import annotations

import pytest

from disburse.db import Database
from disburse.errors import Invalid
from disburse.rosters import ordering
from disburse.rosters.programme_clues import Clues, look
from disburse.rosters.tables import RosterState
from tests.disburse.rosters.test_on_screen import OFFICER, counts, send, work
from tests.disburse.rosters.test_on_screen import look as roster

NCC = """DANH SÁCH CHI TRẢ TRỢ CẤP ƯU ĐÃI NGƯỜI CÓ CÔNG THÁNG 5/2026
STT,Họ và tên,Năm sinh,Xã,Đối tượng,Mức hưởng
1,Trần Văn Bảy,1947,Xã Bình Sơn,Thương binh 45%,3000000
2,Lê Thị Lan,1950,Xã Bình Sơn,Thân nhân liệt sĩ,2789000
3,Võ Thị Sáu,1948,Xã Bình Sơn,Bệnh binh 61%,3500000
4,Đỗ Văn Tư,1951,Xã Bình Sơn,Người khuyết tật nặng,750000
"""


class TestLook:
    @pytest.mark.parametrize(
        ("stated", "texts", "unknown", "programme"),
        [
            ("BTXH", ["ds.xlsx", "DANH SÁCH NGƯỜI CÓ CÔNG"], {}, "NCC"),
            ("BTXH", ["DS_NCC_thang11.xlsx"], {}, "NCC"),
            ("HTXH", ["Chi trả bảo trợ xã hội"], {}, "BTXH"),
            ("BTXH", ["Trợ cấp hưu trí xã hội"], {}, "HTXH"),
            ("BTXH", ["ds.xlsx"], {"Thương binh 45%": 3}, "NCC"),
            ("BTXH", ["DS BTXH"], {"Thương binh 45%": 300}, "NCC"),
            ("NCC", ["NCC và BTXH.xlsx"], {}, None),
            ("NCC", ["Sở Lao động - Thương binh và Xã hội", "Tổng hợp trợ cấp xã hội"], {}, None),
            ("BTXH", ["ds.xlsx"], {"Thương binh 45%": 2}, None),
            ("BTXH", [], {"Diện riêng của huyện": 200}, None),
            (None, ["DANH SÁCH NGƯỜI CÓ CÔNG"], {}, None),
        ],
    )  # fmt: skip
    def test_words_and_kinds(
        self, stated: str | None, texts: list[str], unknown: dict[str, int], programme: str | None
    ) -> None:
        """One other programme in title, tab or name; or more rows of another's benefits than of its own."""
        found = look(stated, texts, {}, unknown)
        assert (found.programme if found else None) == programme

    def test_benefits_that_fit_outweigh_a_title(self) -> None:
        """A title copied from another list says nothing against rows that fit."""
        assert look("BTXH", ["NGƯỜI CÓ CÔNG"], {"BTXH-6A": 12}, {"Thương binh 45%": 3}) is None


class TestImport:
    def test_a_list_of_another_programme_needs_a_word(self, real: Database) -> None:
        """The evidence stands with the roster; without the programme's name nothing is imported; corrected, it goes."""
        roster_id = send(real, NCC, "2026-05", name="danh sach.csv")
        read = roster(real, roster_id)
        clues = Clues.from_json(read.report["clues"])
        assert clues is not None
        assert (clues.programme, clues.words, clues.rows, clues.fitting) == ("NCC", ("người có công",), 3, 1)
        assert all(rows == 1 for _, rows in clues.benefits)
        assert [one["code"] for one in read.report["file_warnings"]].count("programme_differs") == 1
        rows = counts(read).entered
        for said in ("", "NCC"):
            with pytest.raises(Invalid) as refused, real.transaction() as session:
                ordering.order_import(session, roster_id=roster_id, rows=rows, programme=said, by=OFFICER)
            assert refused.value.code == "roster_programme_unconfirmed"
        with real.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=rows, programme="BTXH", by=OFFICER)
        work(real)
        assert roster(real, roster_id).state == RosterState.IMPORTED
