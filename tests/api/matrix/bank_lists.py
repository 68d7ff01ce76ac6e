"""Who may open what: lists of accounts that officers bring."""

from tests.api.matrix.expect import Expect, Matrix

_PROVINCE = frozenset({"province"})


def _of(rest: str = "", **more: object) -> Expect:
    addresses = (f"/banks/lists/{{{name}}}{rest}" for name in ("list_id", "foreign_list_id", "nothing"))
    return Expect(_PROVINCE, *addresses, **more)  # type: ignore[arg-type]


BANK_LISTS: Matrix = {
    ("GET", "/banks/lists"): Expect(_PROVINCE, "/banks/lists?bank=VBA&only=SHB"),
    ("POST", "/banks/lists"): Expect(_PROVINCE, "/banks/lists", form={"bank": "VBA"}, answers=frozenset({422})),
    ("GET", "/banks/lists/{list_id}"): _of(),
    # It was taken in before: what would be done with it now is refused.
    ("POST", "/banks/lists/{list_id}"): _of(form={"what": "take"}, answers=frozenset({409})),
    ("GET", "/banks/lists/{list_id}/progress"): _of("/progress", answers=frozenset({204})),
    ("GET", "/banks/lists/{list_id}/lines"): _of("/lines"),
    ("GET", "/banks/lists/{list_id}/accounts"): _of("/accounts?stand=nobody"),
}
