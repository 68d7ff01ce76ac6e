"""Every screen of the demo: who opens it, where it is, and the links to follow from there."""

from __future__ import annotations

from dataclasses import dataclass

LEADER, OFFICER, COMMUNE, AUDITOR, ADMIN = "lanhdao", "btxh", "binhson", "giamsat", "quantri"


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture. `follow` are selectors to click one after the other; `whole` = what lies below the fold too.

    `undecided`: taken in the demo's month before its clerks decide, when the review queue is full.
    """

    name: str
    user: str
    address: str
    follow: tuple[str, ...] = ()
    whole: bool = False
    undecided: bool = False


ROSTER = "main tbody a[href^='/rosters/']"
PERSON = "main a[href^='/people/']"

SCREENS: tuple[Screen, ...] = (
    Screen("sign-in", "", "/sign-in"),
    Screen("board", LEADER, "/progress?as_of=2024-03-31"),
    Screen("names", OFFICER, "/progress?as_of=2024-03-31", ("main td a[href*='/progress/names']",)),
    Screen("rosters", OFFICER, "/rosters"),
    Screen("roster", OFFICER, "/rosters", (ROSTER,)),
    Screen("upload", OFFICER, "/rosters/new", whole=True),
    Screen("issues", OFFICER, "/rosters", (ROSTER, "main a[href*='/issues']")),
    Screen("repairs", OFFICER, "/rosters", (ROSTER, "main a[href*='/issues']", "main a[href*='/repairs']")),
    Screen("workbooks", OFFICER, "/rosters", (ROSTER, "main a[href*='/workbooks']")),
    Screen("people", OFFICER, "/people?q=dao"),
    Screen("person", OFFICER, "/people?q=dao", (PERSON,), whole=True),
    Screen("recipient", OFFICER, "/people?q=dao", (PERSON, "main a[href*='/recipient']"), whole=True),
    Screen("questions", OFFICER, "/questions"),
    Screen("duplicates", OFFICER, "/duplicates"),
    Screen("papers", OFFICER, "/papers"),
    Screen("ages", OFFICER, "/ages"),
    Screen("hamlets", OFFICER, "/hamlets"),
    Screen("review", OFFICER, "/review", undecided=True),
    Screen("card", OFFICER, "/review/next", whole=True, undecided=True),
    Screen("bulk", OFFICER, "/review/bulk", undecided=True),
    Screen("preview", OFFICER, "/review/preview", undecided=True),
    Screen("accounts", OFFICER, "/accounts"),
    Screen("links", OFFICER, "/links"),
    Screen("flags", OFFICER, "/flags"),
    Screen("banks", OFFICER, "/banks"),
    Screen("bank", OFFICER, "/banks/VBA", whole=True),
    Screen("refusals", OFFICER, "/banks/refusals"),
    Screen("programs", ADMIN, "/programs"),
    Screen("program-new", ADMIN, "/programs/new", whole=True),
    Screen("jobs", OFFICER, "/jobs"),
    Screen("users", ADMIN, "/users"),
    Screen("roles", ADMIN, "/users/roles", whole=True),
    Screen("audit", AUDITOR, "/audit"),
    Screen("account", OFFICER, "/account", whole=True),
    Screen("commune", COMMUNE, "/progress?as_of=2024-03-31"),
)
