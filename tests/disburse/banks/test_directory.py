"""What rosters and bank lists write in the bank column, drawn as a table, each with the bank it means."""

from __future__ import annotations

import pytest

from disburse.banks.directory import Directory, packaged


@pytest.fixture(scope="module")
def directory() -> Directory:
    return packaged()


class TestPackaged:
    def test_counts(self, directory: Directory) -> None:
        """66 institutions with unique codes and BINs: 62 banks, 3 wallets, 1 finance company."""
        banks = directory.banks()
        assert len(banks) == len({b.code for b in banks}) == len({b.bin for b in banks}) == 66
        assert sum(b.kind == "wallet" for b in banks) == 3
        assert sum(b.kind == "finance" for b in banks) == 1

    def test_every_bank_by_everything_it_has(self, directory: Directory) -> None:
        """Code, short name, full name, BIN and BIC lead back to the bank, in capitals and small letters too."""
        for bank in directory.banks():
            for text in (bank.code, bank.short_name, bank.name, bank.bin, bank.bic):
                if text:
                    assert directory.resolve(text).code == bank.code, text
                    assert directory.resolve(text.lower()).code == bank.code, text
                    assert directory.resolve(text.upper()).code == bank.code, text


class TestResolve:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            # Agribank has the most spellings and most of the accounts of a rural district
            ("VBA", "VBA"), (970405, "VBA"), ("970405.0", "VBA"), ("VBAAVNVX", "VBA"), ("VBAAVNVXXXX", "VBA"),
            ("Agribank Bình Sơn", "VBA"), ("AGRIBANK-BINH SON", "VBA"), ("Agribank CN KCN Dung Quất", "VBA"),
            ("NHNo&PTNT CN huyện Bình Sơn", "VBA"), ("NHNo & PTNT", "VBA"), ("NHNoPTNT", "VBA"), ("NN&PTNT", "VBA"),
            ("NH No&PTNT", "VBA"), ("Agri", "VBA"), ("VBARD", "VBA"), ("Nông nghiệp", "VBA"), ("nh nong nghiep", "VBA"),
            ("Ngân hàng Nông nghiệp và PTNT chi nhánh Bình Sơn", "VBA"), ("NN", "VBA"), ("Nông nghiệp Sài Gòn", "VBA"),
            ("4506205012345 Agribank Bình Sơn", "VBA"), ("Agribank An Bình", "VBA"), ("CN An Bình Agribank", "VBA"),
            ("CTG", "ICB"), ("Vietin", "ICB"), ("Vietin Bank", "ICB"), ("NH TMCP Công Thương VN", "ICB"),
            ("VietinBank CN Dung Quất", "ICB"), ("VCB", "VCB"), ("Ngoại thương", "VCB"), ("VCB - CN Quảng Ngãi", "VCB"),
            ("BIDV Đầu tư", "BIDV"), ("Đầu tư & Phát triển", "BIDV"), ("NHCSXH huyện Bình Sơn", "VBSP"),
            ("Ngân hàng Chính sách xã hội", "VBSP"), ("BĐLV", "LPB"), ("Bưu điện Liên Việt", "LPB"),
            ("LienVietPostBank", "LPB"), ("LienViet", "LPB"), ("MB", "MB"), ("MB Quân đội", "MB"), ("MBBank", "MB"),
            ("Sacombank PGD Bình Sơn", "STB"), ("Sài Gòn Thương Tín", "STB"), ("VP bank", "VPB"),
            ("Ngân hàng TMCP Việt Nam Thịnh Vượng", "VPB"), ("Thịnh vượng và Phát triển", "PGB"), ("Techcom", "TCB"),
            ("Đông Nam Á", "SEAB"), ("Nam Á", "NAB"), ("Đông Á", "Vikki"), ("DongA Bank", "Vikki"),
            ("OceanBank", "MBV"),
            ("Sài Gòn - Hà Nội", "SHB"), ("Sài Gòn Công Thương", "SGICB"), ("SCB", "SCB"), ("BVBank", "VCCB"),
            ("BVB", "BVB"), ("Co-opbank", "COOPBANK"), ("Viettel Money", "VTLMONEY"), ("HD Bank", "HDB"),
        ],
    )  # fmt: skip
    def test_one(self, directory: Directory, text: str | int, code: str) -> None:
        """Codes, abbreviations, old names, branch words and missing accents lead to the bank."""
        found = directory.resolve(text)
        assert (found.status, found.code) == ("one", code)

    @pytest.mark.parametrize(
        ("text", "codes"), [("Agribank/BIDV", {"VBA", "BIDV"}), ("Ngân hàng Sài Gòn", {"SCB", "STB", "SGICB"})]
    )
    def test_several(self, directory: Directory, text: str, codes: set[str]) -> None:
        """Two brands in one cell, or a name that several bear, are not guessed."""
        found = directory.resolve(text)
        assert (found.status, found.code, set(found.codes)) == ("several", None, codes)

    @pytest.mark.parametrize(
        "text", ["", None, "Bình Sơn", "tiền mặt", "TM", "CK", "ATM", "bưu điện", "NH", "Ngân hàng",
                 "Ngân hàng Nhà nước", "Kho bạc", "Quỹ tín dụng", "chi nhánh Bình Sơn", "123456", 0, "x"]
    )  # fmt: skip
    def test_none(self, directory: Directory, text: str | int | None) -> None:
        """Words that name no bank give none, also the post office and the treasury."""
        assert directory.resolve(text).status == "none"
