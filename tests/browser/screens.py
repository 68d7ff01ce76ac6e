"""Every screen: who opens it, where it is, and the steps from there to the state that the picture shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LEADER, OFFICER, COMMUNE, AUDITOR, ADMIN = "lanhdao", "btxh", "binhson", "giamsat", "quantri"
# Users of the tests' small province.
CLERK, REVIEWER, BANK, PAYER, CHIEF = "canbo.tinh", "canbo.xa", "nganhang", "chitra", "quantri"

EXPIRE = "an hour goes by and the session is over"
# A step: a selector to click, a field with what to type ("" is the user's password), or `EXPIRE`.
Step = str | tuple[str, str]


class Station(StrEnum):
    """In which installation a picture is taken."""

    WHOLE = "whole"  # the demo after its month
    UNDECIDED = "undecided"  # the demo before its clerks decide, when the review queue is full
    SMALL = "small"  # the tests' province, for what the demo's month leaves no trace of


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture. `whole` = with what lies below the fold; `status` = what the address answers."""

    name: str
    user: str
    address: str
    follow: tuple[Step, ...] = ()
    whole: bool = False
    station: Station = Station.WHOLE
    widths: tuple[int, ...] = (1366, 390)
    status: int = 200


BOARD = "/progress?as_of=2024-03-31"
ROSTER = "main tbody a[href^='/rosters/']"
ISSUES = (ROSTER, "main a[href*='/issues']")
PERSON = "main a[href^='/people/']"
ACT = "main a[href*='/act/{}']"
LINK = (PERSON, "main a[href^='/links/']")

DEMO = (
    Screen("sign-in", "", "/sign-in"),
    Screen("sign-in-refused", "", "/sign-in", (("#name", "ai.do"), ("#password", "sai"), "main button[type=submit]")),
    Screen("board", LEADER, BOARD),
    Screen("board-menu", OFFICER, BOARD, (".menu-small summary",), widths=(390,)),
    Screen("board-programme", LEADER, BOARD + "&programme=BTXH", whole=True),
    Screen("plan", OFFICER, "/progress/plan?programme=BTXH", whole=True),
    Screen(
        "plan-look", OFFICER, "/progress/plan?programme=BTXH", (("#percent", "80"), "button[value=look]"), whole=True
    ),
    Screen(
        "plan-wrong", OFFICER, "/progress/plan?programme=BTXH", (("#percent", "800"), "button[value=look]"), whole=True
    ),
    Screen("months", OFFICER, "/progress/months", whole=True),
    Screen("names", OFFICER, BOARD, (".board tbody td a",)),
    Screen("rosters", OFFICER, "/rosters"),
    Screen("roster", OFFICER, "/rosters", (ROSTER,)),
    Screen("upload", OFFICER, "/rosters/new", whole=True),
    Screen("work-none", OFFICER, "/rosters/work"),
    Screen("issues", OFFICER, "/rosters", ISSUES),
    # At a desk the form opens in the list; clicking on it waits for it.
    Screen("row", OFFICER, "/rosters", (*ISSUES, "main a[href*='/rows/']", "#row-form"), whole=True),
    Screen("repairs", OFFICER, "/rosters", (*ISSUES, "main a[href*='/repairs']")),
    Screen("workbooks", OFFICER, "/rosters", (ROSTER, "main a[href*='/workbooks']")),
    Screen("people", OFFICER, "/people?q=dao"),
    Screen("people-first", OFFICER, "/people"),
    Screen("people-none", OFFICER, "/people?q=khong+co+ai"),
    Screen("person", OFFICER, "/people?q=dao", (PERSON,), whole=True),
    Screen("person-edit", OFFICER, "/people?q=dao", (PERSON, "main a[href$='/edit']"), whole=True),
    Screen("person-reveal", OFFICER, "/people?q=dao", (PERSON, "main a[href*='/reveal']")),
    Screen("person-end", OFFICER, "/people?q=dao", (PERSON, ACT.format("end")), whole=True),
    Screen("person-move", OFFICER, "/people?q=dao", (PERSON, ACT.format("move")), whole=True),
    Screen("person-suspend", OFFICER, "/people?q=dao", (PERSON, ACT.format("suspend")), whole=True),
    Screen("recipient", OFFICER, "/people?q=dao", (PERSON, "main a[href*='/recipient']"), whole=True),
    Screen("questions", OFFICER, "/questions"),
    Screen("duplicates", OFFICER, "/duplicates"),
    Screen("papers", OFFICER, "/papers"),
    Screen("ages", OFFICER, "/ages"),
    Screen("hamlets", OFFICER, "/hamlets"),
    Screen("review-done", OFFICER, "/review", whole=True),
    Screen("review", OFFICER, "/review", whole=True, station=Station.UNDECIDED),
    Screen("card", OFFICER, "/review/next", whole=True, station=Station.UNDECIDED),
    Screen("bulk", OFFICER, "/review/bulk", station=Station.UNDECIDED),
    Screen("bulk-filtered", OFFICER, "/review/bulk?band=high", whole=True, station=Station.UNDECIDED),
    Screen("preview", OFFICER, "/review/preview", whole=True, station=Station.UNDECIDED),
    Screen("accounts", OFFICER, "/accounts"),
    Screen("links", OFFICER, "/links"),
    Screen("link", OFFICER, "/people?stage=registered", LINK, whole=True),
    Screen("flags", OFFICER, "/flags"),
    Screen("flag", OFFICER, "/flags", ("main tbody a[href^='/flags/']",)),
    Screen("staff", OFFICER, "/staff"),
    Screen("banks", OFFICER, "/banks"),
    Screen("bank", OFFICER, "/banks/VBA", whole=True),
    Screen("refusals", OFFICER, "/banks/refusals"),
    Screen("programs-none", ADMIN, "/programs"),
    Screen("program-new", ADMIN, "/programs/new", whole=True),
    Screen("jobs", OFFICER, "/jobs"),
    Screen("users", ADMIN, "/users"),
    Screen("user", ADMIN, "/users", ("main tbody a[href^='/users/']",), whole=True),
    Screen("user-new", ADMIN, "/users/new", whole=True),
    Screen("roles", ADMIN, "/users/roles", whole=True),
    Screen("audit", AUDITOR, "/audit"),
    Screen("audit-none", AUDITOR, "/audit?until=2020-01-01"),
    Screen("account", OFFICER, "/account", whole=True),
    Screen("commune", COMMUNE, BOARD),
    Screen("forbidden", ADMIN, "/progress", status=403),
    Screen("missing", OFFICER, "/nope", status=404),
)


def _small(name: str, user: str, address: str, *follow: Step) -> Screen:
    return Screen(name, user, address, follow, whole=True, station=Station.SMALL)


SMALL = (
    _small("plan-none", CLERK, "/progress/plan?programme=HTXH"),
    _small("plan-closed", CLERK, "/progress/plan?programme=NCC&month=2024-03"),
    _small("work", CLERK, "/rosters/work"),
    _small("step-file", CLERK, "/rosters/{waiting_id}/file"),
    _small("step-sheet", CLERK, "/rosters/{waiting_id}/sheet"),
    _small("step-columns", CLERK, "/rosters/{waiting_id}/columns"),
    _small("step-values", CLERK, "/rosters/{waiting_id}/values"),
    _small("step-check", CLERK, "/rosters/{waiting_id}/check"),
    _small("step-done", CLERK, "/rosters/{finished_id}/done"),
    _small("undo", CLERK, "/rosters/{finished_id}/undo"),
    _small("repairs-preview", CLERK, "/rosters/{roster_id}/repairs?code=birth_impossible_day"),
    _small("row-parked", REVIEWER, "/rosters/{roster_id}/rows/{parked_row_id}"),
    _small("rosters-none", CLERK, "/rosters?programme=NCC"),
    _small("questions-gone", CLERK, "/questions?kind=gone"),
    _small("twins", CLERK, "/duplicates"),
    _small("person-twin", CLERK, "/people/{low_id}"),
    _small("person-refused", CLERK, "/people/{person_id}/edit", "main form button[type=submit]"),
    _small("hamlets-listed", REVIEWER, "/hamlets?part=listed"),
    _small("jobs-running", CLERK, "/jobs"),
    _small("link-small", CLERK, "/links/{link_id}"),
    _small("program", CHIEF, "/programs/{bank_client_id}"),
    _small("programs", CHIEF, "/programs"),
    _small("bank-openings", CLERK, "/banks/openings?bank=ICB&wish=all"),
    _small("bank-excel", CLERK, "/banks/ICB/workbooks"),
    _small("bank-answers", CLERK, "/banks/VBA/workbooks/{workbook_id}"),
    _small("bank-lists", CLERK, "/banks/lists"),
    _small("bank-list", CLERK, "/banks/lists/{list_id}"),
    _small("user-small", CHIEF, "/users/{user_id}"),
    _small("own-bank", BANK, "/own-bank"),
    _small("welcome", PAYER, "/"),
    _small(
        "kept", CLERK, "/people/{person_id}/edit", ("#reason", "Sửa theo căn cước"), EXPIRE,
        "main form button[type=submit]", ("#name", CLERK), ("#password", ""),
        "form[action='/sign-in'] button[type=submit]",
    ),
    # The last of its user: what it leaves is nobody's session.
    _small("expired", CLERK, "/people/{person_id}/edit", EXPIRE, "main form button[type=submit]"),
)  # fmt: skip

SCREENS: tuple[Screen, ...] = (*DEMO, *SMALL)
