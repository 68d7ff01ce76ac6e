"""Tables of banks: reference data. A bank's machine clients join with the bank API."""

from sqlmodel import Field, SQLModel


class Bank(SQLModel, table=True):
    """A bank or wallet, keyed by its VietQR code."""

    __tablename__ = "bank"

    code: str = Field(max_length=20, primary_key=True)
    bin: str = Field(max_length=6, unique=True)
    bic: str = Field(default="", max_length=11)
    short_name: str = Field(max_length=60)
    name: str = Field(max_length=200)
    sbv_code: str = Field(default="", max_length=3)
    kind: str = Field(default="bank", max_length=20)
