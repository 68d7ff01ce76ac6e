"""Every layout of officers' files that needs no question: words.md §5, one class each, tables drawn in the test."""

from __future__ import annotations

from tests.disburse.rosters.drawn_sheets import HEAD, A, B, C, draw, names


class TestHeadings:
    def test_twelve_lines_of_heading(self) -> None:
        """1: agency, quốc hiệu, title, decision and unit stand above the header."""
        rows = [
            ["UBND HUYỆN BÌNH SƠN", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["PHÒNG LĐTBXH", "", "", "Độc lập - Tự do - Hạnh phúc"],  # noqa: E501
            [], ["DANH SÁCH"], ["Chi trả trợ cấp xã hội tháng 11 năm 2026"], ["Xã Bình Thạnh"],
            ["(Kèm theo Quyết định số 123/QĐ-UBND ngày 1/11/2026)"], [], [], ["", "", "", "ĐVT: đồng"], [], [],
            HEAD, [1, *A, 500000],
        ]  # fmt: skip
        outcome = draw(rows, commune=None)
        assert names(outcome) == ["Phạm Văn Anh"]
        assert outcome.report["period_in_title"] == "2026-11"
        assert outcome.value("commune_code") == "21040"
        assert outcome.report["rows_read"] == 1

    def test_unit_of_thousands(self) -> None:
        """Amounts are multiplied by the unit above the table, with a file warning."""
        rows = [["Đơn vị tính: nghìn đồng"], HEAD, [1, *A, 500], [2, *B, "1.500"], [3, *C, "750,5"]]
        outcome = draw(rows)
        assert [v["amount"] for v in outcome.values] == [500_000, 1_500_000, 750_500]
        assert "unit_applied" in outcome.warnings

    def test_unit_in_the_header_cell(self) -> None:
        """A unit in the column's own header counts for that column."""
        rows = [["STT", "Họ và tên", "Năm sinh", "Mức hưởng (1.000đ)"], [1, "Phạm Văn Anh", 1951, 500]]
        assert draw(rows).value("amount") == 500_000

    def test_number_row_under_the_header(self) -> None:
        """6: (1)(2)(3), A B 1 2 and "(5)=(3)x(4)" belong to the header."""
        for numbering in (
            ["(1)", "(2)", "(3)", "(4)", "(5)=(3)x(4)"],
            ["A", "B", 1, 2, 3],
            [1, 2, 3, 4, 5],
            ["A", "B", "C", "1", "2"],
        ):
            outcome = draw([HEAD, numbering, [1, *A, 500000]])
            assert names(outcome) == ["Phạm Văn Anh"]
            assert outcome.report["rows_read"] == 1


class TestMergedHeaders:
    def test_two_lines(self) -> None:
        """2: leaves under merged parents; single headers merged downwards."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh", "", "Số CCCD", "Trợ cấp", ""],
            ["", "", "Nam", "Nữ", "", "Hệ số", "Mức"],
            [1, "Phạm Văn Anh", 1951, "", "051051000001", 1.5, 750000],
            [2, "Đinh Thị Bình", "", "12/3/1948", "051148000002", 1, 500000],
        ]
        merges = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4), (1, 5, 1, 6)]
        outcome = draw(rows, merges=merges)
        assert [(v["sex"], v["birth_date"]) for v in outcome.values] == [("Nam", "1951"), ("Nữ", "1948-03-12")]
        assert [v["amount"] for v in outcome.values] == [750000, 500000]
        assert outcome.value("coefficient") == "1.5"

    def test_two_lines_without_merges(self) -> None:
        """The same in a CSV, where nothing is merged."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh", "", "Số CCCD"],
            ["", "", "Nam", "Nữ", ""],
            ["1", "Phạm Văn Anh", "1951", "", "051051000001"],
            ["2", "Đinh Thị Bình", "", "12/3/1948", "051148000002"],
        ]
        outcome = draw(rows, text=True)
        assert [(v["sex"], v["birth_date"]) for v in outcome.values] == [("Nam", "1951"), ("Nữ", "1948-03-12")]

    def test_women_before_men(self) -> None:
        """Nữ | Nam is as common as Nam | Nữ."""
        rows = [["STT", "Họ và tên", "Ngày sinh", ""], ["", "", "Nữ", "Nam"], [1, "Đinh Thị Bình", "12/3/1948", ""]]
        outcome = draw(rows, merges=[(1, 2, 1, 3), (1, 0, 2, 0), (1, 1, 2, 1)])
        assert (outcome.value("sex"), outcome.value("birth_date")) == ("Nữ", "1948-03-12")

    def test_sex_parent(self) -> None:
        """Giới tính over Nam | Nữ holds marks."""
        rows = [
            ["STT", "Họ và tên", "Giới tính", "", "Năm sinh"],
            ["", "", "Nam", "Nữ", ""],
            [1, "Phạm Văn Anh", "x", "", 1951],
            [2, "Đinh Thị Bình", "", "X", 1948],
        ]
        outcome = draw(rows, merges=[(1, 2, 1, 3), (1, 0, 2, 0), (1, 1, 2, 1), (1, 4, 2, 4)])
        assert [v["sex"] for v in outcome.values] == ["Nam", "Nữ"]

    def test_both_sexes_filled(self) -> None:
        """Both cells filled: a warning, no guess."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh nam", "Năm sinh nữ"],
            [1, "Phạm Văn Anh", 1951, 1952],
            [2, "Lê Văn B", 1950, ""],
        ]
        outcome = draw(rows)
        assert "birth_both" in outcome.codes(0)
        assert outcome.value("sex") is None
        assert outcome.value("birth_date") is None

    def test_three_lines(self) -> None:
        """Three-line headers."""
        rows = [
            ["STT", "Đối tượng", "", "", "Người nhận thay", ""],
            ["", "Họ và tên", "Năm sinh", "", "Họ và tên", "Quan hệ"],
            ["", "", "Nam", "Nữ", "", ""],
            [1, "Phạm Văn Anh", 1951, "", "Phạm Thị Mai", "con"],
        ]
        merges = [(1, 0, 3, 0), (1, 1, 1, 3), (1, 4, 1, 5), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 3, 4), (2, 5, 3, 5)]
        outcome = draw(rows, merges=merges)
        assert outcome.value("birth_date") == "1951"
        assert outcome.value("recipient_name") == "Phạm Thị Mai"
        assert outcome.value("full_name") == "Phạm Văn Anh"

    def test_name_merged_over_two_columns(self) -> None:
        """3: one merged header over surname and given name: joined."""
        rows = [["STT", "Họ và tên", "", "Năm sinh"], [1, "Phạm Văn", "Anh", 1951]]
        outcome = draw(rows, merges=[(1, 1, 1, 2)])
        assert outcome.value("full_name") == "Phạm Văn Anh"

    def test_split_name(self) -> None:
        """3: Họ đệm | Tên."""
        rows = [["STT", "Họ đệm", "Tên", "Năm sinh"], [1, "Phạm Văn", "Anh", 1951]]
        assert draw(rows).value("full_name") == "Phạm Văn Anh"

    def test_birth_date_in_three_columns(self) -> None:
        """Ngày | Tháng | Năm under Ngày sinh."""
        rows = [
            ["STT", "Họ và tên", "Ngày tháng năm sinh", "", ""],
            ["", "", "Ngày", "Tháng", "Năm"],
            [1, "Phạm Văn Anh", 12, 3, 1951],
        ]
        outcome = draw(rows, merges=[(1, 2, 1, 4), (1, 0, 2, 0), (1, 1, 2, 1)])
        assert outcome.value("birth_date") == "1951-03-12"


class TestTwoPeopleInOneRow:
    def test_by_parent(self) -> None:
        """4: Đối tượng | Người nhận thay side by side under parents."""
        rows = [
            ["STT", "Đối tượng", "", "", "Người nhận thay", "", "", ""],
            ["", "Họ tên", "NS", "CCCD", "Họ tên", "Quan hệ", "CCCD", "Số TK"],
            [1, "Phạm Bé Na", 2015, "051315000001", "Đinh Thị Bình", "mẹ", "051188000002", "4506201001234"],
        ]
        outcome = draw(rows, merges=[(1, 0, 2, 0), (1, 1, 1, 3), (1, 4, 1, 7)])
        v = outcome.values[0]
        assert (v["full_name"], v["citizen_id"]) == ("Phạm Bé Na", "051315000001")
        assert (v["recipient_name"], v["recipient_citizen_id"], v["recipient_kind"]) == (
            "Đinh Thị Bình",
            "051188000002",
            "legal_rep",
        )
        assert v["account_number"] == "4506201001234"

    def test_by_order_and_neighbours(self) -> None:
        """4: the same header twice; the second belongs to the one with a relation."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Họ và tên", "Quan hệ", "Số CCCD"],
            [1, "Phạm Văn Anh", 1951, "051051000001", "Phạm Thị Mai", "con", "051180000009"],
        ]
        v = draw(rows).values[0]
        assert (v["full_name"], v["recipient_name"]) == ("Phạm Văn Anh", "Phạm Thị Mai")
        assert (v["citizen_id"], v["recipient_citizen_id"]) == ("051051000001", "051180000009")
        assert v["recipient_kind"] == "authorised"

    def test_holder_beside_the_account(self) -> None:
        """4: a second name beside the account columns is its holder."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Số tài khoản", "Họ và tên", "Ngân hàng"],
            [1, "Phạm Văn Anh", 1951, "051051000001", "4506201001234", "PHAM THI MAI", "Agribank"],
        ]
        assert draw(rows).value("account_holder") == "PHAM THI MAI"

    def test_martyr_and_kin(self) -> None:
        """5: liệt sĩ | thân nhân: the living one receives."""
        rows = [
            ["STT", "Họ tên liệt sĩ", "Họ tên thân nhân", "Năm sinh", "Quan hệ"],
            [1, "Phạm Văn Bảy", "Lê Thị Tư", 1931, "vợ"],
        ]
        assert names(draw(rows)) == ["Lê Thị Tư"]


class TestSeveralLinesOfOnePerson:
    def test_merged_number_and_name(self) -> None:
        """8: STT and name merged over two lines: a second benefit line."""
        head = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Chế độ", "Mức hưởng"]
        rows = [
            head,
            [1, *A, "Thương binh 21%", 1878000],
            ["", "", "", "", "Bệnh binh 41%", 2911000],
            [2, *B, "Thương binh 21%", 1878000],
        ]
        merges = [(2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 3, 3)]
        outcome = draw(rows, merges=merges)
        assert names(outcome) == ["Phạm Văn Anh", "Phạm Văn Anh", "Đinh Thị Bình"]
        assert outcome.value("second_line_of", 1) == 2
        assert outcome.value("citizen_id", 1) == "051051000001"
        assert "id_shared" not in outcome.codes(0) + outcome.codes(1)

    def test_blank_name_and_id_below(self) -> None:
        """8: blank name and ID under a person: a second benefit line."""
        head = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Chế độ", "Mức hưởng"]
        rows = [head, [1, *A, "Thương binh 21%", 1878000], ["", "", "", "", "Bệnh binh 41%", 2911000]]
        outcome = draw(rows)
        assert outcome.value("second_line_of", 1) == 2
        assert outcome.value("full_name", 1) == "Phạm Văn Anh"
        assert [r["state"] for r in outcome.rows] == ["ok", "ok"]

    def test_same_id_and_name_other_benefit(self) -> None:
        """The same ID and name again with another benefit: a second line of the same enrolment."""
        head = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Chế độ"]
        rows = [head, [1, *A, "Thương binh 21%"], [2, *B, "Thương binh 21%"], [3, *A, "Bệnh binh 41%"]]
        outcome = draw(rows)
        assert outcome.value("second_line_of", 2) == 2
        assert [r["state"] for r in outcome.rows] == ["ok", "ok", "ok"]

    def test_mothers_id_on_her_children(self) -> None:
        """9: one ID on three children's rows is the recipient's."""
        head = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Người nhận thay", "Quan hệ"]
        rows = [
            head,
            [1, "Phạm Bé Na", 2015, "051188000002", "Đinh Thị Bình", "mẹ"],
            [2, "Phạm Bé Hai", 2017, "051188000002", "Đinh Thị Bình", "mẹ"],
        ]
        outcome = draw(rows)
        for row in (0, 1):
            assert outcome.value("citizen_id", row) is None
            assert outcome.value("id_ok", row) is False
            assert outcome.value("recipient_citizen_id", row) == "051188000002"
            assert {"id_shared", "id_of_recipient"} <= set(outcome.codes(row))
        assert [r["state"] for r in outcome.rows] == ["ok", "ok"]


class TestCategoriesAsColumns:
    def test_marks(self) -> None:
        """15: an x under the category."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh", "NKT nặng", "NKT ĐBN", "NCT", "Mức hưởng"],
            [1, "Phạm Văn Anh", 1981, "x", "", "", 750000],
            [2, "Đinh Thị Bình", 1988, "", "X", "", 1000000],
        ]
        outcome = draw(rows, programme="BTXH")
        assert [v.get("benefit_type") for v in outcome.values] == ["BTXH-6B", "BTXH-6A"]

    def test_amounts(self) -> None:
        """15: the amount itself under the category."""
        rows = [
            ["STT", "Họ và tên", "Năm sinh", "NKT nặng", "NKT ĐBN", "Đơn thân"],
            [1, "Phạm Văn Anh", 1981, 810000, "", ""],
            [2, "Đinh Thị Bình", 1988, "", 1080000, ""],
        ]
        outcome = draw(rows, programme="BTXH")
        assert [v.get("amount") for v in outcome.values] == [810000, 1080000]
        assert "column_missing" in outcome.warnings


class TestTwoFactsInOneCell:
    def test_both_ids(self) -> None:
        """16: "051… / 212345678"."""
        v = draw([HEAD, [1, "Phạm Văn Anh", 1951, "051051000001 / 212345678", 500000]]).values[0]
        assert (v["citizen_id"], v["old_id"]) == ("051051000001", "212345678")

    def test_id_with_date_of_issue(self) -> None:
        """16: "051… cấp ngày …"."""
        outcome = draw([HEAD, [1, "Phạm Văn Anh", 1951, "051051000001 cấp ngày 1/2/2021", 500000]])
        assert outcome.value("citizen_id") == "051051000001"
        assert "id_extra_text" in outcome.codes()

    def test_account_with_bank(self) -> None:
        """16: "4506… Agribank Bình Sơn"."""
        v = draw(
            [
                ["STT", "Họ và tên", "Năm sinh", "Số tài khoản"],
                [1, "Phạm Văn Anh", 1951, "4506201001234 Agribank Bình Sơn"],
            ]
        ).values[0]
        assert (v["account_number"], v["bank_code"]) == ("4506201001234", "VBA")

    def test_name_with_remark(self) -> None:
        """16: "Nguyễn Thị A (chết 5/2026)": shown, never acted on."""
        outcome = draw([HEAD, [1, "Nguyễn Thị Ánh (chết 5/2026)", 1951, "", 500000]])
        assert outcome.value("full_name") == "Nguyễn Thị Ánh"
        assert outcome.value("note") == "chết 5/2026"
        assert (outcome.rows[0]["state"], "remark_in_name" in outcome.codes()) == ("ok", True)

    def test_name_with_kin(self) -> None:
        """16: "A - con B"."""
        assert (
            draw([HEAD, [1, "Nguyễn Thị Ánh - con Lê Văn Ba", 1951, "", 500000]]).value("full_name") == "Nguyễn Thị Ánh"
        )


class TestSeveralTables:
    def test_below_each_other_with_another_header(self) -> None:
        """22: a second header with other columns begins another table."""
        rows = [
            HEAD,
            [1, *A, 500000],
            [],
            ["Họ và tên", "Số CCCD", "Ngày sinh", "Số tiền"],
            ["Đinh Thị Bình", "051148000002", "12/3/1948", 360000],
        ]
        outcome = draw(rows)
        assert [v["birth_date"] for v in outcome.values] == ["1951", "1948-03-12"]
        assert outcome.value("amount", 1) == 360000

    def test_side_by_side(self) -> None:
        """22: equal headers side by side are two tables."""
        rows = [[*HEAD, "", *HEAD], [1, *A, 500000, "", 2, *B, 360000], [3, *C, 750000]]
        outcome = draw(rows)
        assert sorted(names(outcome)) == sorted([A[0], B[0], C[0]])
        assert "side_by_side" in outcome.warnings
        assert len({(r["sheet"], r["line"]) for r in outcome.rows}) == 3
