"""The communes an administrator typed for a grant: names or codes of today, inside one province."""

from __future__ import annotations

import re

from disburse.areas.places import packaged
from disburse.errors import Invalid


def area_codes(province: str, typed: str) -> list[str]:
    """Return the codes of the communes named in `typed` (by commas, semicolons or lines), each once.

    Nothing typed means the province itself, and without a province the nation (""). A name that is unknown, or fits
    several communes, raises Invalid and says which.
    """
    names = [name.strip() for name in re.split(r"[,;\n]", typed) if name.strip()]
    if not names:
        return [province]
    if not province:
        raise Invalid("grant_needs_province")
    return list(dict.fromkeys(_code(province, name) for name in names))


def _code(province: str, name: str) -> str:
    found = packaged().resolve_exactly(name, province=province, units="new")
    if found.area is not None and not found.other_list:
        return found.area.code
    if found.other_list and found.readings:
        today = ", ".join(dict.fromkeys(f"{one.today.name} ({one.today.code})" for one in found.readings[:4]))
        raise Invalid("commune_former", name=name, today=today)
    if len(found.readings) > 1:
        choices = ", ".join(f"{one.today.name} ({one.today.code})" for one in found.readings[:4])
        raise Invalid("commune_ambiguous", name=name, choices=choices)
    raise Invalid("commune_unknown", name=name)
