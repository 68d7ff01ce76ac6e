"""The sample accounts of the demo: one for each way of looking. They exist nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from disburse.access import actions
from disburse.access.tables import Role
from disburse.audit.actor import By
from disburse.db import Database

PASSWORD = "Bình Sơn tháng 3"  # noqa: S105 - printed on the demo's sign-in page on purpose
MAKER = By(name="bản trình diễn", via="demo")


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """A user of the demo: who they are and what they may see."""

    name: str
    full_name: str
    role: Role
    area: str = ""
    programme: str = ""


ACCOUNTS = (
    SampleAccount("lanhdao", "Nguyễn Thị Hòa", Role.LEADER, "51"),
    SampleAccount("ncc", "Trần Văn Lộc", Role.PROVINCE, "51", "NCC"),
    SampleAccount("btxh", "Lê Thị Mận", Role.PROVINCE, "51", "BTXH"),
    SampleAccount("binhson", "Phạm Văn Thạch", Role.COMMUNE, "21040"),
    SampleAccount("giamsat", "Đỗ Thị Thu", Role.AUDITOR, "51"),
    SampleAccount("quantri", "Võ Minh Quân", Role.ADMIN),
    SampleAccount("quantri.hai", "Huỳnh Thị Sương", Role.ADMIN),
)


def add_accounts(database: Database) -> None:
    """Make the sample accounts, all with the one password that the demo prints."""
    for account in ACCOUNTS:
        with database.transaction() as session:
            user = actions.add_user(session, name=account.name, full_name=account.full_name, by=MAKER)
            actions.grant_role(
                session, user=user, role=account.role, area_code=account.area, programme=account.programme, by=MAKER
            )
            actions.set_password(session, user=user, password=PASSWORD, by=MAKER)
