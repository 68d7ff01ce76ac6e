"""How dirty the lists are: one frozen set of rates per profile. Rates are shares of rows unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

TUNING_SEEDS = tuple(range(1, 9))
REPORT_SEEDS = (9501, 9502, 9503, 9504, 9505)
REPORT_DRAWN = (301, 302, 303, 304, 305)  # `drawn` profiles; tuning saw 1–8, 21–60 and, for choosing, 61–96


@dataclass(frozen=True)
class Profile:
    """Rates of every planted fault. The defaults are the district described in docs/benchmarks-matching.md."""

    name: str = "district"
    has_account: float = 0.72
    second_account: float = 0.12
    repeats: float = 0.015
    twins: float = 0.008
    homonyms: float = 0.015  # same name, birth year and commune, another person
    full_homonyms: float = 0.0008  # same name and full birth date, another person
    wards: float = 0.06
    ward_has_guardian_id: float = 0.5
    near_id: float = 0.008  # a stranger whose ID is one digit off; half of those rows bear the stranger's number
    minority: float = 0.06
    # roster
    id_missing: float = 0.23
    id_old: float = 0.14
    id_damaged: float = 0.03
    id_wrong_digit: float = 0.02
    id_copied_down: float = 0.003
    id_zero_lost: float = 0.08
    birth_missing: float = 0.05
    birth_year_only: float = 0.20
    birth_placeholder: float = 0.13
    birth_wrong: float = 0.03
    phone_missing: float = 0.60
    phone_family: float = 0.15
    roster_name_noise: float = 0.05
    sex_missing: float = 0.04
    sex_wrong: float = 0.006
    commune_wrong: float = 0.01
    # bank list
    bank_id_missing: float = 0.05
    bank_id_old: float = 0.12
    bank_id_wrong: float = 0.01
    bank_birth_missing: float = 0.04
    bank_birth_wrong: float = 0.015
    bank_sex_missing: float = 0.10
    bank_phone_missing: float = 0.25
    bank_name_noise: float = 0.06
    bank_address_missing: float = 0.10
    bank_address_elsewhere: float = 0.07
    bank_old_commune: float = 0.55
    bank_hamlet_other: float = 0.08  # hamlets are merged and renumbered, people move inside the commune
    bank_accents: float = 0.03
    stranger_local: float = 0.6  # strangers living in the roster's communes


DISTRICT = Profile()
PROFILES = {
    p.name: p
    for p in [
        DISTRICT,
        replace(
            DISTRICT, name="careful", id_missing=0.08, id_old=0.05, id_damaged=0.005, birth_missing=0.02,
            birth_year_only=0.10, birth_placeholder=0.08, roster_name_noise=0.02, bank_name_noise=0.03,
        ),
        replace(
            DISTRICT, name="dirty", homonyms=0.03, full_homonyms=0.0015, id_missing=0.35, id_old=0.18,
            id_damaged=0.06, id_wrong_digit=0.03,
            id_copied_down=0.006, birth_wrong=0.05, roster_name_noise=0.09, bank_name_noise=0.10,
            bank_birth_wrong=0.03, bank_id_old=0.2, bank_hamlet_other=0.12,
        ),
        # highland: only ever reported on; adversarial and, since November 28, sparse_bank have been looked at
        replace(
            DISTRICT, name="sparse_bank", bank_address_missing=1.0, bank_sex_missing=0.6, bank_phone_missing=0.7,
            bank_id_old=0.22, bank_id_missing=0.10,
        ),
        replace(
            DISTRICT, name="highland", minority=0.65, homonyms=0.06, twins=0.01, id_missing=0.28,
            birth_placeholder=0.22, roster_name_noise=0.08,
        ),
        replace(
            DISTRICT, name="adversarial", minority=0.35, homonyms=0.15, full_homonyms=0.01, twins=0.04, wards=0.10,
            near_id=0.02, id_missing=0.33, id_old=0.18, id_wrong_digit=0.04, id_copied_down=0.015,
            birth_year_only=0.30, birth_placeholder=0.20, birth_wrong=0.05, birth_missing=0.08, phone_missing=0.75,
            phone_family=0.35, roster_name_noise=0.10, bank_name_noise=0.10, bank_id_old=0.22,
            bank_address_elsewhere=0.20, bank_address_missing=0.25, commune_wrong=0.03, bank_hamlet_other=0.15,
        ),
    ]
}  # fmt: skip


def drawn(number: int, widest: float = 2.0) -> Profile:
    """A profile nobody chose: each rate of the district multiplied by between 1/widest and widest, by lot.

    A threshold must survive a change of the error mix; these are changes that no tuning has seen.
    """
    rng = np.random.default_rng(number * 104_729 + 7)
    rates = {
        f.name: min(0.9, float(getattr(DISTRICT, f.name)) * float(np.exp(rng.uniform(-1, 1) * np.log(widest))))
        for f in fields(DISTRICT)
        if f.name not in ("name", "has_account", "stranger_local")
    }
    return Profile(name=f"drawn {number}", **rates)
