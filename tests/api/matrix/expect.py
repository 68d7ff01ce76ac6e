"""How a row of the authorisation matrix is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The sample users by role, in the order of the table's columns.
USERS = {
    "admin": "quantri",
    "province": "canbo.tinh",
    "commune": "canbo.xa",
    "approver": "pheduyet",
    "collaborator": "congtac",
    "leader": "lanhdao",
    "auditor": "kiemtra",
    "bank": "nganhang",
    "payer": "chitra",
}
EVERYONE = frozenset(USERS)
OFFICERS = frozenset({"province", "commune"})
READERS = OFFICERS | {"approver", "auditor"}


@dataclass(frozen=True)
class Expect:
    """A route: who may open it, and its address for one's own, another's and nobody's object.

    The site is shared by all tests, so a change is asked for with a `form` that cannot succeed: who may is told what is
    wrong with it (`answers`), who may not never gets that far.
    """

    may: frozenset[str]
    own: str
    foreign: str = ""
    none: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    answers: frozenset[int] = frozenset({200})
    refusal: int = 403  # to a user who may not; 401 where users count for nothing and only programs of banks come in
    scope: str = ""  # the scope a program of a bank needs
    same_body: bool = True  # another's and nobody's object are answered with the same words
    sees_all: frozenset[str] = frozenset()  # roles whose area is the whole country: nothing is foreign to them


Matrix = dict[tuple[str, str], Expect]
