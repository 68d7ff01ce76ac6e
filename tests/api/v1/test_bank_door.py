"""The door of the bank API: secrets, tokens, scopes, addresses, budgets, keys of repeated calls."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute, iter_route_contexts
from sqlmodel import select

from api.clients import ScopeGuard
from api.idempotency import Poster
from disburse import clock
from disburse.audit.actor import COMMAND
from disburse.banks import actions, calls, repeats
from disburse.banks.actions import ClientChange
from disburse.banks.scopes import Scope
from disburse.banks.tables import IdempotencyKey
from tests.api.matrix.banks import BANKS
from tests.api.v1.conftest import YES, Partner, Wire


def change(wire: Wire, partner: Partner, **wanted: Any) -> None:
    with wire.database.transaction() as session:
        actions.change_client(session, client_id=partner.client_id, change=ClientChange(**wanted), by=COMMAND)


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


class TestToken:
    def test_by_basic_or_in_the_form(self, wire: Wire) -> None:
        """Ten minutes, all scopes of the client unless fewer are asked for."""
        partner = wire.employ()
        basic = partner.sign_in().json()
        assert (basic["token_type"], basic["expires_in"]) == ("Bearer", 600)
        assert set(basic["scope"].split()) == set(Scope)
        form = {"grant_type": "client_credentials", "client_id": str(partner.client_id),
                "client_secret": partner.made.secret, "scope": "stats.read"}  # fmt: skip
        fewer = wire.http().post("/oauth/token", data=form).json()
        assert fewer["scope"] == "stats.read"
        partner.headers["authorization"] = f"Bearer {fewer['access_token']}"
        assert partner.get("stats").status_code == 200
        assert problem(partner.get("requests")) == (403, "scope_missing")

    def test_what_is_refused_is_refused_alike(self, wire: Wire) -> None:
        """A wrong secret, another's, an unknown client, a disabled one: one answer in the words of OAuth too."""
        partner, other = wire.employ(), wire.employ("BIDV")
        disabled = wire.employ()
        with wire.database.transaction() as session:
            actions.disable_client(session, client_id=disabled.client_id, by=COMMAND)
        tries = [
            (partner.client_id, "x"), (partner.client_id, ""), (partner.client_id, other.made.secret),
            (uuid4(), partner.made.secret), ("nobody", "x"), (disabled.client_id, disabled.made.secret),
        ]  # fmt: skip
        bodies = set()
        for name, secret in tries:
            answer = wire.http().post(
                "/oauth/token", data={"grant_type": "client_credentials"}, auth=(str(name), secret)
            )
            assert problem(answer) == (401, "client_refused")
            assert answer.headers["www-authenticate"].startswith("Basic")
            bodies.add(answer.text.replace(answer.json()["instance"], ""))
        assert len(bodies) == 1 and '"error":"invalid_client"' in bodies.pop()

    @pytest.mark.parametrize(
        ("form", "code"),
        [
            ({}, "grant_unsupported"),
            ({"grant_type": "password"}, "grant_unsupported"),
            ({"grant_type": "client_credentials", "client_id": "x"}, "credentials_twice"),
            ({"grant_type": "client_credentials", "scope": "admin"}, "scope_refused"),
        ],
    )
    def test_what_is_no_request_of_ours(self, lite_wire: Wire, form: dict[str, str], code: str) -> None:
        """400 with a code that says what."""
        partner = lite_wire.employ()
        answer = partner.http.post("/oauth/token", data=form, auth=(str(partner.client_id), partner.made.secret))
        assert problem(answer) == (400, code)

    def test_the_secret_is_nowhere(self, wire: Wire) -> None:
        """Of a secret the database holds a digest; the audit log its last four characters."""
        partner = wire.employ()
        with wire.database.engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
            everything = [str(list(connection.exec_driver_sql(f'SELECT * FROM "{name}"'))) for name in names]
        assert partner.made.secret not in " ".join(everything)
        assert len(wire.acts("bank.client_added")) == 1


class TestRotation:
    def test_two_secrets_live_until_the_old_one_is_revoked(self, wire: Wire) -> None:
        """Both open tokens; revoking one ends its tokens at once and leaves the other's."""
        partner = wire.employ()
        with wire.database.transaction() as session:
            second = actions.add_secret(session, client_id=partner.client_id, by=COMMAND)
        with pytest.raises(Exception, match="two live secrets"), wire.database.transaction() as session:
            actions.add_secret(session, client_id=partner.client_id, by=COMMAND)
        old = dict(partner.headers)
        assert partner.sign_in(second.secret).status_code == 200
        with wire.database.transaction() as session:
            actions.revoke_secret(session, client_id=partner.client_id, secret_id=partner.made.secret_id, by=COMMAND)
        assert partner.get("stats").status_code == 200
        partner.headers = old
        assert problem(partner.get("stats")) == (401, "token_invalid")
        assert partner.sign_in().status_code == 401


class TestGuard:
    def test_every_route_asks_for_its_scope(self, wire: Wire) -> None:
        """With every scope but its own, a route answers 403; with its own, it comes as far as the call itself."""
        for (method, path), expect in BANKS.items():
            address = expect.own.format(nothing=uuid4())
            for scopes, refused in ((frozenset(Scope) - {expect.scope}, True), (frozenset({expect.scope}), False)):
                partner = wire.employ(scopes=frozenset(map(Scope, scopes)))
                answer = partner.http.request(method, address, headers=partner.headers)
                assert (answer.status_code == 403) == refused, path
                assert answer.status_code != 401, path

    def test_without_a_token_there_is_nothing(self, lite_wire: Wire) -> None:
        """401 on every route, before any body is read; a session's cookie counts for nothing."""
        for method, path in BANKS:
            http = lite_wire.http()
            for headers in ({}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer "}):
                answer = http.request(method, path.format(job_id=uuid4()), headers=headers)
                assert problem(answer) == (401, "token_missing"), path
            answer = http.request(method, path.format(job_id=uuid4()), headers={"authorization": "Bearer abc"})
            assert problem(answer) == (401, "token_invalid"), path
            assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_rights_of_this_moment(self, wire: Wire) -> None:
        """A scope taken away, a client disabled: the token in hand opens nothing more."""
        partner = wire.employ()
        change(wire, partner, scopes=frozenset({Scope.STATS_READ}))
        assert problem(partner.get("requests")) == (403, "scope_missing")
        with wire.database.transaction() as session:
            actions.disable_client(session, client_id=partner.client_id, by=COMMAND)
        assert problem(partner.get("stats")) == (401, "token_invalid")
        with wire.database.transaction() as session:
            actions.enable_client(session, client_id=partner.client_id, by=COMMAND)
        assert partner.get("stats").status_code == 200

    def test_addresses(self, lite_wire: Wire) -> None:
        """Only from where the client may call; the token route says no more than of a wrong secret."""
        partner = lite_wire.employ()
        change(lite_wire, partner, allowed_ips=["198.51.100.0/24", "2001:db8::/32"])
        for address, status in (("198.51.100.7", 200), ("::ffff:198.51.100.7", 200), ("2001:db8::1", 200),
                                ("198.51.101.7", 403), ("127.0.0.1", 403)):  # fmt: skip
            partner.http = lite_wire.http(address)
            assert partner.get("stats").status_code == status, address
            assert partner.sign_in().status_code == (200 if status == 200 else 401), address

    def test_budgets(self, wire: Wire) -> None:
        """So many calls a minute, and when to come again; the day's budget too. Another client is not touched."""
        partner, other = wire.employ(), wire.employ()
        for wanted in ({"per_minute": 3}, {"per_minute": 1_000, "per_day": 3}):
            change(wire, partner, **wanted)
            statuses = [partner.get("stats").status_code for _ in range(5)]
            assert statuses[-1] == 429 and statuses.count(200) <= 3
        answer = partner.get("stats")
        assert problem(answer) == (429, "budget_spent")
        assert 1 <= int(answer.headers["retry-after"]) <= 86_400
        assert other.get("stats").status_code == 200

    def test_a_post_counts_once_whatever_becomes_of_it(self, wire: Wire) -> None:
        """Taken, refused for its body, for its key, sent again: each is one call of the minute's five."""
        if (second := clock.utc_now().second) > 45:  # the minute must not turn between the calls
            time.sleep(60 - second)
        partner = wire.employ(per_minute=5)
        item = {"request_id": str(uuid4())}
        each = [partner.post("requests/ack", sent, key=key).status_code
                for sent, key in (([item], "a"), (b"{}", "b"), ([item], " "), ([item, item], "a"), ([item], "a"),
                                  ([item], "c"))]  # fmt: skip
        assert each == [200, 422, 400, 422, 200, 429]
        assert problem(partner.get("stats")) == (429, "budget_spent")

    def test_what_is_counted_with_its_key_has_one(self, lite_wire: Wire) -> None:
        """A guard that leaves the counting to the key stands before a reader of keys, and nowhere else."""
        seen = 0
        for context in iter_route_contexts(lite_wire.app.routes):
            if isinstance(context.original_route, APIRoute):
                asked = [one.call for one in context.dependant.dependencies]
                left = any(isinstance(one, ScopeGuard) and one.with_key for one in asked)
                assert left == any(isinstance(one, Poster) for one in asked), context.path
                seen += left
        assert seen == 4

    def test_tokens_have_a_budget_of_their_address(self, lite_wire: Wire) -> None:
        """Guessing secrets ends after sixty tries a minute."""
        http = lite_wire.http("203.0.113.9")
        form = {"grant_type": "client_credentials", "client_id": str(uuid4()), "client_secret": "x"}
        statuses = [http.post("/oauth/token", data=form).status_code for _ in range(2 * calls.TOKENS_PER_MINUTE + 1)]
        assert statuses[0] == 401 and statuses[-1] == 429


class TestIdempotency:
    def test_the_stored_answer(self, wire: Wire) -> None:
        """The same call again: the same bytes, said to be replayed, and one effect."""
        (asked,) = wire.ask()
        partner = wire.employ()
        items = [{"request_id": str(asked)} | YES]
        first, second = (partner.post("results", items, key="once") for _ in range(2))
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
        assert len(wire.results()) == len(wire.acts("results.taken")) == 1

    def test_another_content_under_the_same_key(self, wire: Wire) -> None:
        """422, also at another address; another client's same key is another key."""
        partner, other = wire.employ(), wire.employ("BIDV")
        item = {"request_id": str(uuid4())}
        assert partner.post("requests/ack", [item], key="k").status_code == 200
        assert problem(partner.post("requests/ack", [item, item], key="k")) == (422, "idempotency_reused")
        assert problem(partner.post("results", [item], key="k")) == (422, "idempotency_reused")
        assert other.post("results", [item], key="k").status_code == 200

    @pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
    def test_a_key_that_is_none(self, lite_wire: Wire, key: str) -> None:
        """400 without a key, with an empty one, with one that is too long or not plain."""
        partner = lite_wire.employ()
        headers = partner.headers | {"content-type": "application/json"}
        given = {} if not key else {"idempotency-key": key.encode("latin-1")}
        answer = partner.http.post("/api/v1/bank/results", content=b'{"items": [1]}', headers=headers | given)  # type: ignore[operator]
        assert problem(answer) == (400, "idempotency_missing")

    def test_two_keys_are_none(self, lite_wire: Wire) -> None:
        """A header that stands twice is not chosen from."""
        partner = lite_wire.employ()
        headers = [*partner.headers.items(), ("idempotency-key", "a"), ("idempotency-key", "b")]
        answer = partner.http.post("/api/v1/bank/results", json={"items": [1]}, headers=headers)
        assert problem(answer) == (400, "idempotency_missing")

    def test_while_it_runs(self, wire: Wire) -> None:
        """409 with when to come again; after the lease of one that died, the call is done anew and once."""
        (asked,) = wire.ask()
        partner = wire.employ()
        items = [{"request_id": str(asked)} | YES]
        partner.post("results", items, key="slow")
        with wire.database.transaction() as session:  # as if the process had died before it could keep its answer
            session.execute(sa.update(IdempotencyKey).values(status=None, answer=b""))
        answer = partner.post("results", items, key="slow")
        assert problem(answer) == (409, "idempotency_running")
        assert int(answer.headers["retry-after"]) >= 1
        with wire.database.transaction() as session:
            session.execute(sa.update(IdempotencyKey).values(lease_until=clock.utc_now() - timedelta(seconds=1)))
        again = partner.post("results", items, key="slow").json()
        assert again["results"][0]["status"] == "same"

    def test_a_first_try_that_was_given_up_cannot_come_late(self, wire: Wire) -> None:
        """Its effect is undone when it finds that another has taken the call over."""
        partner = wire.employ()
        begun = repeats.begin(wire.database, client_id=partner.client_id, key="late", digest="d")
        with wire.database.transaction() as session:
            session.execute(sa.update(IdempotencyKey).values(lease_until=clock.utc_now() - timedelta(seconds=1)))
        second = repeats.begin(wire.database, client_id=partner.client_id, key="late", digest="d")
        with pytest.raises(Exception, match="is running"), wire.database.transaction() as session:
            actions.disable_client(session, client_id=partner.client_id, by=COMMAND)
            repeats.finish(session, begun=begun, status=200, answer=b"{}")
        assert partner.get("stats").status_code == 200  # the first one's change was undone
        with wire.database.transaction() as session:
            repeats.finish(session, begun=second, status=200, answer=b"{}")

    def test_seven_days(self, wire: Wire) -> None:
        """The stored answer goes after a week, and not before."""
        partner = wire.employ()
        partner.post("results", [{}], key="old")
        for days, left in ((6, 1), (8, 0)):
            with wire.database.transaction() as session:
                begun = clock.utc_now() - timedelta(days=days)
                session.execute(sa.update(IdempotencyKey).values(begun_at=begun))
                calls.forget_old(session)
                assert len(session.exec(select(IdempotencyKey)).all()) == left
