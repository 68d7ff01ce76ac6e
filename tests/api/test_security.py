"""What stands in front of the routes: headers, origins, form secrets, body limits, cookies, errors."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from httpx2 import Response
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.app import create_app
from api.limits import FORM
from api.security import CSP
from disburse import clock
from disburse.access.actions import SEEN_EVERY
from disburse.access.tables import UserSession
from disburse.config import Settings
from tests.api.conftest import HOST, Site
from tests.api.seeding import PASSWORD
from tests.api.test_authorisation import MATRIX, address
from tests.conftest import TEST_KEY


class TestHeaders:
    def test_on_every_answer(self, lite_site: Site) -> None:
        """Pages, JSON, files, redirects and errors all carry the same protection."""
        client = lite_site.client("canbo.tinh")
        paths = [address(lite_site, expect.own) for (method, _), expect in MATRIX.items() if method == "GET"]
        paths += ["/nope", "/healthz", "/sign-in", "/static/app.js", "/api/v1/openapi.json", "/users", "/rosters/x"]
        for path in paths:
            headers = client.get(path).headers
            assert headers["content-security-policy"] == CSP, path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] == "no-referrer", path
            assert headers["cross-origin-opener-policy"] == "same-origin", path
            assert headers["strict-transport-security"] == "max-age=31536000", path
            assert headers["cache-control"].startswith("no-store") or path.startswith("/static"), path
            assert "server" not in headers, path

    def test_a_demo_promises_no_https(self, lite_site: Site) -> None:
        """Over plain HTTP there is no HSTS, and the cookie has its plain name."""
        app = create_app(lite_site.database, Settings(key=TEST_KEY, demo=True))
        with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
            answer = client.post("/sign-in", data={"name": "lanhdao", "password": PASSWORD})
        assert "strict-transport-security" not in answer.headers
        assert answer.headers["set-cookie"].startswith("sid=")
        assert "secure" not in answer.headers["set-cookie"].lower()

    def test_static_files_stay_while_their_content_does(self, lite_site: Site) -> None:
        """An address with the content's hash may be kept for ever, one without may not."""
        client = lite_site.anonymous()
        assert "immutable" in client.get("/static/app.js?v=1").headers["cache-control"]
        assert client.get("/static/app.js").headers["cache-control"] == "no-cache"

    def test_no_inline_style_or_script(self, lite_site: Site) -> None:
        """No page holds a style attribute, a style or script element of its own, or a handler attribute."""
        client = lite_site.client("canbo.tinh")
        for (method, path), expect in MATRIX.items():
            if method == "GET" and not path.startswith("/api/"):
                text = client.get(address(lite_site, expect.own)).text
                assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=|javascript:", text), path


class TestCookies:
    def test_the_session_cookie(self, lite_site: Site) -> None:
        """The session's cookie is bound to this host and HTTPS, and no script reads it."""
        client = lite_site.anonymous()
        answer = client.post("/sign-in", data={"name": "lanhdao", "password": PASSWORD}, headers={"origin": HOST})
        cookie = answer.headers["set-cookie"].lower()
        assert answer.status_code == 303
        assert cookie.startswith("__host-sid=")
        for part in ("httponly", "secure", "samesite=lax", "path=/"):
            assert part in cookie
        assert "domain" not in cookie

    def test_a_token_from_outside_is_not_taken_over(self, lite_site: Site) -> None:
        """A cookie planted before the sign-in is replaced by a new token."""
        client = lite_site.anonymous()
        client.cookies.set("__Host-sid", "planted")
        answer = client.post("/sign-in", data={"name": "lanhdao", "password": PASSWORD})
        assert "planted" not in answer.headers["set-cookie"]


class TestOrigin:
    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"origin": HOST}, 303),
            ({"origin": HOST, "sec-fetch-site": "same-origin"}, 303),
            ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),  # a form of ours under no-referrer
            ({}, 303),  # no browser; the form's secret decides
            ({"origin": "https://evil.test"}, 403),
            ({"origin": HOST + ".evil.test"}, 403),
            ({"origin": "http://disburse.test"}, 403),
            ({"origin": "null"}, 403),
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"sec-fetch-site": "same-site"}, 403),
        ],
    )
    def test_where_a_change_comes_from(self, lite_site: Site, headers: dict[str, str], status: int) -> None:
        """Another site's page changes nothing, whatever cookie the browser sends along."""
        client = lite_site.client("canbo.tinh")
        assert client.post("/sign-out", headers=headers).status_code == status

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "text/html"])
    def test_what_a_body_may_be(self, lite_site: Site, kind: str) -> None:
        """Bodies that a form of another site could send as plain text are refused."""
        client = lite_site.client("canbo.tinh")
        assert client.post("/sign-out", content=b"csrf=1", headers={"content-type": kind}).status_code == 415


class TestCsrf:
    def test_without_the_secret(self, lite_site: Site) -> None:
        """A change without the form's secret, or with another's, is refused and nothing happens."""
        client = lite_site.client("canbo.tinh")
        right = client.headers.pop("x-csrf-token")
        for wrong in ({}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": right[:-1]}):
            assert client.post("/sign-out", data=wrong).status_code == 403
        assert client.get("/welcome").status_code == 200
        assert client.post("/sign-out", data={"csrf": right}).status_code == 303


class TestBodyLimit:
    def test_announced(self, lite_site: Site) -> None:
        """A body that says it is too big is not read."""
        answer = lite_site.anonymous().post("/sign-in", content=b"a" * (FORM + 1))
        assert answer.status_code == 413

    def test_growing(self, lite_site: Site) -> None:
        """A body that does not say how big it is is cut off, with 413 and not 400."""

        def endless() -> Iterator[bytes]:
            yield b"name="
            for _ in range(100):
                yield b"a" * 65_536

        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert lite_site.anonymous().post("/sign-in", content=endless(), headers=kind).status_code == 413

    def test_nonsense(self, lite_site: Site) -> None:
        """A length that is no number is refused."""
        assert lite_site.anonymous().post("/sign-in", headers={"content-length": "-1"}).status_code == 413


class TestErrors:
    def test_an_unknown_address(self, lite_site: Site) -> None:
        """Who is signed in stays in the frame; a program gets its problem."""
        client = lite_site.client("canbo.tinh")
        page, problem = client.get("/nope"), client.get("/api/v1/nope")
        assert (page.status_code, problem.status_code) == (404, 404)
        assert "Không tìm thấy" in page.text and "Đăng xuất" in page.text
        assert problem.json()["code"] == "not_found"

    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            ("/api/v1/progress?as_of=hom-qua", 422, "request_invalid"),
            ("/api/v1/progress?as_of=2999-01-01", 422, "date_in_future"),
            ("/api/v1/progress?programme=XYZ", 404, "programme_unknown"),
            ("/api/v1/areas?limit=0", 422, "request_invalid"),
            ("/api/v1/areas?cursor=%C4%90", 422, "cursor_invalid"),
            ("/api/v1/areas?kind=village", 422, "request_invalid"),
            ("/api/v1/areas?cursor=AA==", 422, "cursor_invalid"),
        ],
    )
    def test_codes(self, site: Site, path: str, status: int, code: str) -> None:
        """A wrong value is answered with a stable code, in the language asked for."""
        client = site.client("canbo.tinh")
        answer = client.get(path, headers={"accept-language": "en"})
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_a_text_no_database_takes(self, site: Site) -> None:
        """A NUL in a field is the sender's mistake, also where only PostgreSQL refuses it."""
        answer = site.anonymous().post("/sign-in", data={"name": "a\x00b", "password": "x" * 12})
        assert answer.status_code == 422

    def test_a_method_that_is_not_taken(self, lite_site: Site) -> None:
        """405 keeps its Allow header."""
        answer = lite_site.client("canbo.tinh").delete("/api/v1/progress")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]

    def test_what_nobody_foresaw(self, lite_site: Site) -> None:
        """An unforeseen error says a reference and no detail, and still carries the headers."""
        app = create_app(lite_site.database, Settings(key=TEST_KEY))

        def breaks() -> None:
            raise RuntimeError("051000000001 is in here")

        app.add_api_route("/breaks", breaks)
        answer = TestClient(app, base_url=HOST).get("/breaks")
        assert answer.status_code == 500
        assert "051000000001" not in answer.text and "Traceback" not in answer.text
        assert re.search(r"<code>[0-9a-f]{12}</code>", answer.text)
        assert answer.headers["content-security-policy"] == CSP


class TestHealth:
    def test_alive_and_ready(self, site: Site) -> None:
        """Both answer without a session; readiness names the database."""
        client = site.anonymous()
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").json()["ready"] is True

    def test_metrics_stay_inside(self, lite_site: Site) -> None:
        """Counters are for the network's own scraper: from outside there is nothing."""
        direct = "http://10.0.0.5:8000"
        for caller, status in (("127.0.0.1", 200), ("10.1.2.3", 200), ("8.8.8.8", 404), ("testclient", 404)):
            answer = _counters(lite_site, Settings(key=TEST_KEY, host="0.0.0.0"), direct, caller)
            assert answer.status_code == status, caller
            assert ("disburse_requests_total" in answer.text) == (status == 200)

    @pytest.mark.parametrize(
        ("settings", "url", "headers"),
        [
            ({}, "http://10.0.0.5:8000", {"X-Forwarded-For": "127.0.0.1"}),
            ({}, "http://10.0.0.5:8000", {"Forwarded": "for=127.0.0.1"}),
            ({}, "http://10.0.0.5:8000", {"X-Real-IP": "8.8.8.8"}),
            ({}, "http://10.0.0.5:8000", {"Via": "1.1 gate"}),
            ({"public_url": HOST}, "http://10.0.0.5:8000", {}),  # TLS, so something stands before it
            ({"public_url": HOST, "trusted_proxies": "10.0.0.9"}, "http://10.0.0.5:8000", {"X-Forwarded-For": "::1"}),
            ({"public_url": HOST, "trusted_proxies": "10.0.0.9"}, HOST, {}),  # that tells nothing but the name
        ],
    )
    def test_a_proxy_that_nobody_declared_is_no_neighbour(
        self, lite_site: Site, settings: dict[str, str], url: str, headers: dict[str, str]
    ) -> None:
        """It calls from the machine itself on behalf of anybody in the world."""
        assert _counters(lite_site, Settings(key=TEST_KEY, **settings), url, "127.0.0.1", headers).status_code == 404

    def test_a_declared_proxy_speaks_for_whom_it_names(self, lite_site: Site) -> None:
        """A neighbour through it reads the counters, the world does not, and who comes without it reads them too."""
        settings = Settings(key=TEST_KEY, public_url=HOST, trusted_proxies="127.0.0.1")
        for named, status in (("10.1.2.3", 200), ("8.8.8.8", 404), ("127.0.0.1, 8.8.8.8", 404)):
            answer = _counters(lite_site, settings, HOST, "127.0.0.1", {"X-Forwarded-For": named})
            assert answer.status_code == status, named
        assert _counters(lite_site, settings, "http://127.0.0.1:8000", "127.0.0.1").status_code == 200


def _counters(site: Site, settings: Settings, url: str, caller: str, headers: dict[str, str] | None = None) -> Response:
    """Ask for the counters as `python -m api` is asked: uvicorn believes the proxies that the settings name."""
    app = ProxyHeadersMiddleware(create_app(site.database, settings), settings.trusted_proxies)  # type: ignore[arg-type]
    return TestClient(app, base_url=url, client=(caller, 50_000)).get("/metrics", headers=headers)


class TestSignInPages:
    def test_where_one_wanted_to_go(self, lite_site: Site) -> None:
        """After the sign-in one is where one wanted to be, if that is here."""
        table = [
            # asked for                  sent to
            ("/progress?programme=NCC", "/progress?programme=NCC"),
            ("//evil.test/", "/"),
            ("https://evil.test/", "/"),
            ("/\\evil.test", "/"),
            ("/sign-in", "/"),
            ("", "/"),
        ]
        for asked, sent in table:
            answer = lite_site.anonymous().post(
                "/sign-in", data={"name": "lanhdao", "password": PASSWORD, "next": asked}
            )
            assert answer.headers["location"] == sent

    def test_a_wrong_password_keeps_the_name(self, lite_site: Site) -> None:
        """The form comes back with the name, without the password, with the message on top."""
        answer = lite_site.anonymous().post("/sign-in", data={"name": "khong.co", "password": "sai mat khau roi"})
        assert answer.status_code == 422
        assert 'value="khong.co"' in answer.text and "sai mat khau roi" not in answer.text
        assert "<title>Lỗi:" in answer.text

    def test_everyone_but_leaders_is_asked_for_a_code(self, lite_site: Site) -> None:
        """An officer's password alone leads to the code, not inside."""
        client = lite_site.anonymous()
        answer = client.post("/sign-in", data={"name": "pheduyet", "password": PASSWORD})
        assert answer.headers["location"] == "/sign-in/code"
        assert "__Host-sid" not in answer.headers["set-cookie"]
        assert "data:image/svg+xml" in client.get("/sign-in/code").text

    def test_the_language_stays(self, lite_site: Site) -> None:
        """English is kept by the cookie, and nonsense is Vietnamese."""
        client = lite_site.anonymous()
        client.post("/language", data={"lang": "en", "back": "/sign-in"})
        assert "<h1>Sign in</h1>" in client.get("/sign-in").text
        client.post("/language", data={"lang": "xx", "back": "/sign-in"})
        assert "<h1>Đăng nhập</h1>" in client.get("/sign-in").text


class TestWriting:
    def test_a_session_seen_long_ago_does_not_wait_for_itself(self, lite_site: Site) -> None:
        """Noting that a session was seen comes before the writer's turn: on SQLite the same request would hold the
        lock that it waits for, and every other writer would wait with it."""
        client = lite_site.client("canbo.tinh")
        with lite_site.database.transaction() as session:
            long_ago = clock.utc_now() - 2 * SEEN_EVERY
            session.execute(sa.update(UserSession).values(seen_at=long_ago, created_at=long_ago))
        answers: list[int] = []
        path = f"/rosters/{lite_site.seeded.roster_id}/issues"
        asking = threading.Thread(target=lambda: answers.append(client.get(path).status_code), daemon=True)
        asking.start()
        asking.join(timeout=20)
        assert answers == [200]
