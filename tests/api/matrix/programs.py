"""Who may open what: how the banks stand, and their programs."""

from tests.api.matrix.expect import READERS, Expect, Matrix

_SEE = frozenset({"admin", "province", "auditor"})
_ADMIN = frozenset({"admin"})
_PROVINCE = frozenset({"province"})
_REFUSED = frozenset({404, 422})


def _of_program(path: str, **more: object) -> Expect:
    # No person owns a program: nobody's is what a foreign one would be.
    own = path.format(client="{bank_client_id}")
    nobodys = own.replace("{bank_client_id}", "{nothing}")
    return Expect(_ADMIN, own, nobodys, nobodys, **more)  # type: ignore[arg-type]


PROGRAMS: Matrix = {
    ("GET", "/banks"): Expect(READERS, "/banks"),
    ("GET", "/banks/refusals"): Expect(READERS, "/banks/refusals?owner=commune"),
    ("GET", "/banks/{code}"): Expect(READERS, "/banks/VBA", "/banks/TCB", "/banks/XXX"),
    ("POST", "/banks/{code}/requests"): Expect(
        _PROVINCE, "/banks/VBA/requests", "/banks/TCB/requests", "/banks/XXX/requests", answers=frozenset({303})
    ),
    ("GET", "/banks/openings"): Expect(_PROVINCE, "/banks/openings"),
    ("POST", "/banks/openings"): Expect(
        _PROVINCE, "/banks/openings", form={"bank": "VBA", "seen": "none"}, answers=frozenset({409})
    ),
    ("GET", "/banks/{code}/workbooks"): Expect(
        _PROVINCE, "/banks/VBA/workbooks", "/banks/TCB/workbooks", "/banks/XXX/workbooks"
    ),
    ("POST", "/banks/{code}/workbooks/requests"): Expect(
        _PROVINCE, "/banks/VBA/workbooks/requests", "/banks/TCB/workbooks/requests", "/banks/XXX/workbooks/requests"
    ),
    ("POST", "/banks/{code}/workbooks/answers"): Expect(
        _PROVINCE,
        "/banks/VBA/workbooks/answers",
        "/banks/TCB/workbooks/answers",
        "/banks/XXX/workbooks/answers",
        answers=frozenset({422}),
    ),
    ("GET", "/banks/{code}/workbooks/{workbook_id}"): Expect(
        _PROVINCE,
        "/banks/VBA/workbooks/{workbook_id}",
        "/banks/VBA/workbooks/{foreign_workbook_id}",
        "/banks/VBA/workbooks/{nothing}",
    ),
    # What is taken must be what was seen.
    ("POST", "/banks/{code}/workbooks/{workbook_id}"): Expect(
        _PROVINCE,
        "/banks/VBA/workbooks/{workbook_id}",
        "/banks/VBA/workbooks/{foreign_workbook_id}",
        "/banks/VBA/workbooks/{nothing}",
        form={"what": "take", "seen": "none"},
        answers=frozenset({409}),
    ),
    ("GET", "/own-bank"): Expect(frozenset({"bank"}), "/own-bank", "/own-bank?bank=BIDV", "/own-bank?bank=XXX"),
    ("GET", "/programs"): Expect(_SEE, "/programs"),
    ("GET", "/programs/new"): Expect(_ADMIN, "/programs/new"),
    ("POST", "/programs/new"): Expect(_ADMIN, "/programs/new", form={"bank": "VBA", "name": " "}, answers=_REFUSED),
    ("GET", "/programs/{client_id}"): Expect(
        _SEE, "/programs/{bank_client_id}", "/programs/{nothing}", "/programs/{nothing}"
    ),
    ("POST", "/programs/{client_id}"): _of_program(
        "/programs/{client}", form={"per_minute": "0"}, answers=frozenset({422})
    ),
    ("POST", "/programs/{client_id}/secrets"): _of_program("/programs/{client}/secrets", answers=frozenset({409})),
    ("POST", "/programs/{client_id}/secrets/{secret_id}/revoke"): _of_program(
        "/programs/{client}/secrets/{{nothing}}/revoke", answers=frozenset({404})
    ),
    ("POST", "/programs/{client_id}/disable"): _of_program("/programs/{client}/disable", answers=frozenset({303})),
    ("POST", "/programs/{client_id}/messages/{delivery_id}/resend"): _of_program(
        "/programs/{client}/messages/{{nothing}}/resend", answers=frozenset({404})
    ),
    ("POST", "/programs/{client_id}/webhook"): _of_program(
        "/programs/{client}/webhook", form={"url": "http://127.0.0.1/"}, answers=frozenset({422})
    ),
    ("POST", "/programs/{client_id}/enable"): _of_program("/programs/{client}/enable", answers=frozenset({303})),
}
