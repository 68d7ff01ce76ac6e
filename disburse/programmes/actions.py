"""Changes to programmes and rates: bringing the packaged table into the database."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from disburse.audit import actions as audit
from disburse.audit.actor import By
from disburse.db import upsert
from disburse.programmes.rates import BASE, PROGRAMMES, Rate, packaged
from disburse.programmes.tables import BenefitRate, BenefitType, Programme


@dataclass(slots=True, frozen=True)
class Loaded:
    """How many rows a load added."""

    added: int


def load(session: Session, *, by: By) -> Loaded:
    """Bring the packaged programmes, types and dated rates into the database.

    Only what is missing is added: an owner or a rate that an administrator has put right stays. Loading again
    changes nothing.
    """
    programmes = set(session.exec(select(Programme.code)))
    types = set(session.exec(select(BenefitType.code)))
    rates = set(session.exec(select(BenefitRate.type_code, col(BenefitRate.valid_from))))
    new_programmes = [
        {"code": p.code, "name": p.name, "owner": p.owner, "position": position}
        for position, p in enumerate(PROGRAMMES, start=1)
        if p.code not in programmes
    ]
    upsert(session, Programme, new_programmes, key=["code"])
    new_types = [row for row in _type_rows() if row["code"] not in types]
    upsert(session, BenefitType, new_types, key=["code"])
    new_rates = [row for row in _rate_rows() if (row["type_code"], row["valid_from"]) not in rates]
    upsert(session, BenefitRate, new_rates, key=["type_code", "valid_from"])
    session.expire_all()
    done = Loaded(len(new_programmes) + len(new_types) + len(new_rates))
    if done.added:
        audit.record(
            session, action="programmes.load", object_type="programme", object_id="packaged", by=by, added=done.added
        )
    return done


def _type_rows() -> list[dict[str, object]]:
    table = packaged()
    rows: list[dict[str, object]] = [
        {
            "code": kind.code,
            "programme": kind.programme,
            "name": kind.name,
            "legal_basis": kind.rates[-1].legal_basis,
            "regular": kind.regular,
        }
        for kind in table.types()
    ]
    for programme, rates in table.bases().items():
        name = "Mức trợ cấp hưu trí xã hội" if programme == "HTXH" else "Mức chuẩn"
        rows.append(
            {
                "code": BASE + programme,
                "programme": programme,
                "name": name,
                "legal_basis": rates[-1].legal_basis,
                "regular": False,
            }
        )
    return rows


def _rate_rows() -> list[dict[str, object]]:
    table = packaged()
    dated: list[tuple[str, Rate]] = [(kind.code, rate) for kind in table.types() for rate in kind.rates]
    dated += [(BASE + programme, rate) for programme, rates in table.bases().items() for rate in rates]
    return [
        {
            "type_code": code,
            "valid_from": rate.valid_from,
            "amount": rate.amount,
            "coefficient": rate.coefficient,
            "legal_basis": rate.legal_basis,
        }
        for code, rate in dated
    ]
