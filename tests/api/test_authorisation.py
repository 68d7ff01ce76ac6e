"""Who may open what: every route, every role, for what is theirs, another's, or nobody's."""

from __future__ import annotations

import re
from dataclasses import asdict
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from starlette.testclient import TestClient

from api.deps import PUBLIC, routes_of
from tests.api.conftest import Site
from tests.api.matrix import MATRIX, USERS, Expect
from tests.api.seeding_people import CANARY_ACCOUNT, CANARY_ID

# One's own account stands beside the menu; the page of who may open nothing yet has none.
OUTSIDE_THE_MENU = {"/account", "/account/second-factor", "/account/recovery-codes", "/welcome", "/welcome/"}


def is_page(answer: Response) -> bool:
    return (
        answer.status_code == 200 and answer.headers["content-type"].startswith("text/html") and "<main" in answer.text
    )


def marks_where_one_is(page: str) -> bool:
    """Say whether the menu has an entry marked as the one whose screens this page belongs to."""
    menu = re.search(r'<nav class="menu menu-wide".*?</nav>', page, re.S)
    return menu is not None and 'aria-current="page"' in menu[0]


def ask(client: TestClient, site: Site, method: str, expect: Expect, template: str) -> Response:
    return client.request(method, address(site, template), data=dict(expect.form) or None)


def address(site: Site, template: str) -> str:
    return template.format(**asdict(site.seeded), nothing=uuid4())


class TestRoutes:
    def test_every_route_is_listed(self, lite_site: Site) -> None:
        """A new route without a row in the matrix fails here."""
        routes = {
            (method, route.path)
            for route in routes_of(lite_site.app)
            for method in route.methods
            if route.path not in PUBLIC
        }
        assert routes == MATRIX.keys()

    def test_every_route_asks_for_a_permission(self, lite_site: Site) -> None:
        """Nothing but the named public routes answers without asking who it is."""
        unguarded = {route.path for route in routes_of(lite_site.app) if route.permission is None}
        assert unguarded == PUBLIC

    def test_nothing_else_is_mounted_but_files(self, lite_site: Site) -> None:
        """What is no route of ours is the OpenAPI document or a static file."""
        ours = {route.path for route in routes_of(lite_site.app)}
        others = {context.path for context in iter_route_contexts(lite_site.app.routes)} - ours
        assert others == {"/api/v1/openapi.json", "/static"}


@pytest.mark.parametrize("role", USERS)
class TestMatrix:
    def test_own(self, site: Site, role: str) -> None:
        """Who may, gets it; who may not is told so; nothing shows a whole number."""
        client = site.client(USERS[role])
        for (method, path), expect in MATRIX.items():
            if path == "/sign-out":
                continue
            answer = ask(client, site, method, expect, expect.own)
            wanted = expect.answers if role in expect.may else {expect.refusal}
            assert answer.status_code in wanted, (method, path)
            assert not whole_numbers(answer.text), (method, path)
            if method == "GET" and role in expect.may and is_page(answer):
                assert marks_where_one_is(answer.text) == (path not in OUTSIDE_THE_MENU), (method, path)

    def test_foreign_and_none_look_alike(self, site: Site, role: str) -> None:
        """Another province's object and one that does not exist answer 404 with the same body."""
        client = site.client(USERS[role])
        for (method, path), expect in MATRIX.items():
            if not expect.none or role not in expect.may:
                continue
            nothing = ask(client, site, method, expect, expect.none)
            assert nothing.status_code == 404, (method, path)
            if not expect.foreign or role in expect.sees_all:
                continue
            foreign = ask(client, site, method, expect, expect.foreign)
            assert foreign.status_code == 404, (method, path)
            if expect.same_body:
                assert without_reference(foreign.text) == without_reference(nothing.text), (method, path)

    def test_signing_out(self, site: Site, role: str) -> None:
        """After signing out the same cookie opens nothing."""
        client = site.client(USERS[role])
        token = client.cookies["__Host-sid"]
        assert client.post("/sign-out").status_code == 303
        client.cookies.set("__Host-sid", token)
        assert client.get("/").headers["location"] == "/sign-in"


class TestAnonymous:
    def test_pages_lead_to_the_sign_in(self, site: Site) -> None:
        """Without a session a page sends to the sign-in and remembers where one wanted to go."""
        client = site.anonymous()
        for (method, path), expect in MATRIX.items():
            if path.startswith("/api/") or method != "GET":
                continue
            answer = client.get(address(site, expect.own))
            assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in"), path

    def test_the_json_says_401(self, site: Site) -> None:
        """Without a session the JSON answers with a problem and its code."""
        for path in ("/api/v1/progress", "/api/v1/areas"):
            answer = site.anonymous().get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
            assert answer.headers["content-type"] == "application/problem+json"


class TestScope:
    def test_a_commune_sees_its_own_people_only(self, site: Site) -> None:
        """A commune officer's board has one commune, and other communes are not found."""
        client = site.client("canbo.xa")
        document = client.get("/api/v1/progress").json()
        assert {area["code"] for area in document["areas"]} == {site.seeded.commune}
        assert client.get(f"/progress/names?area={site.seeded.other_commune}").status_code == 404

    def test_a_leader_sees_no_names(self, site: Site) -> None:
        """The leader's page behind a figure holds the figures and no table of names."""
        page = site.client("lanhdao").get(f"/progress/names?area={site.seeded.commune}").text
        assert "Họ và tên" not in page
        assert "số liệu tổng hợp" in page

    def test_an_officer_sees_names_with_masked_ids(self, site: Site) -> None:
        """The officer's page holds names; of an ID only four digits."""
        page = site.client("canbo.xa").get(f"/progress/names?area={site.seeded.commune}").text
        assert "Họ và tên" in page
        assert re.search(r"•••• \d{4}", page)


def whole_numbers(text: str) -> list[str]:
    """Return the seeded citizen IDs and account numbers that stand whole in a text."""
    return re.findall(rf"{CANARY_ID}[ .]?\d{{4}}[ .]?\d{{4}}|{CANARY_ACCOUNT}\d{{6}}", text)


def without_reference(text: str) -> str:
    return re.sub(r'<code>[0-9a-f]{12}</code>|value="[^"]*"|"instance":"\w+"', "", text)
