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


SCREENS: tuple[Screen, ...] = (
    Screen("sign-in", "", "/sign-in"),
    Screen("board", LEADER, "/progress?as_of=2024-03-31"),
    Screen("names", OFFICER, "/progress?as_of=2024-03-31", ("main td a[href*='/progress/names']",)),
    Screen("rosters", OFFICER, "/rosters"),
    Screen("upload", OFFICER, "/rosters/new", whole=True),
    Screen("roster", OFFICER, "/rosters", ("main tbody a[href^='/rosters/']",)),
    Screen("accounts", OFFICER, "/accounts"),
    Screen("banks", OFFICER, "/banks"),
    Screen("bank", OFFICER, "/banks/VBA", whole=True),
    Screen("refusals", OFFICER, "/banks/refusals"),
    Screen("programs", ADMIN, "/programs"),
    Screen("program-new", ADMIN, "/programs/new", whole=True),
    Screen("jobs", OFFICER, "/jobs"),
    Screen("users", ADMIN, "/users"),
)
