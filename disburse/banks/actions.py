"""Changes to banks: bringing the packaged list into the database."""

from dataclasses import dataclass

from sqlmodel import Session, select

from disburse.audit import actions as audit
from disburse.audit.actor import By
from disburse.banks.directory import packaged
from disburse.banks.tables import Bank
from disburse.db import upsert


@dataclass(slots=True, frozen=True)
class Loaded:
    """How many banks a load added and put right."""

    added: int
    changed: int


def load(session: Session, *, by: By) -> Loaded:
    """Bring the packaged banks into the database. Loading again changes nothing; other banks are left alone."""
    here = {bank.code: bank for bank in session.exec(select(Bank))}
    rows = [
        {
            "code": bank.code,
            "bin": bank.bin,
            "bic": bank.bic,
            "short_name": bank.short_name,
            "name": bank.name,
            "sbv_code": bank.sbv_code,
            "kind": bank.kind,
        }
        for bank in packaged().banks()
    ]
    added = [row for row in rows if row["code"] not in here]
    changed = [row for row in rows if row["code"] in here and here[row["code"]].model_dump(include=set(row)) != row]
    upsert(session, Bank, added + changed, key=["code"])
    session.expire_all()
    if added or changed:
        audit.record(
            session, action="banks.load", object_type="bank", object_id="packaged", by=by,
            added=len(added), changed=len(changed),
        )  # fmt: skip
    return Loaded(len(added), len(changed))
