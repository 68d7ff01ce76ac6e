"""Messages to banks: signed, tried again, written down, and never sent into our own network."""

from __future__ import annotations

import base64
import hmac
import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select

from disburse import clock, worker
from disburse.audit.actor import COMMAND
from disburse.banks import actions, outgoing, webhooks
from disburse.banks.tables import BankClient, DeliveryState, WebhookDelivery, WebhookTry
from disburse.config import Settings
from disburse.db import Database
from disburse.errors import Conflict, Invalid, NotFound
from disburse.ids import new_id
from disburse.jobs.tables import Job
from tests.disburse.accounts.world import World


class Listener:
    """A bank's server that keeps what it hears and answers as told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 204)
                self.send_header("location", f"{outer.url}/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setenv("DISBURSE_WEBHOOKS_PRIVATE", "1")
    monkeypatch.setattr(worker, "ROUNDS", {})
    listening = Listener()
    yield listening
    listening.stop()


def client(database: Database, url: str) -> tuple[UUID, str]:
    World(database).reference()
    with database.transaction() as session:
        made = actions.add_client(session, bank_code="VBA", name="core", by=COMMAND)
        target = outgoing.checked(url, allow_private=True)
        secret = webhooks.set_webhook(session, client_id=made.client_id, url=target, by=COMMAND)
    return made.client_id, secret


def announce(database: Database) -> None:
    with database.transaction() as session:
        facts = {"new": 3}
        assert webhooks.announce(session, bank_code="VBA", kind="requests.waiting", facts=facts, by=COMMAND) == 1
        assert webhooks.announce(session, bank_code="BIDV", kind="requests.waiting", facts=facts, by=COMMAND) == 0


def work(database: Database) -> None:
    worker.work(database, Settings(), stop=threading.Event(), once=True)


def stored(database: Database) -> tuple[WebhookDelivery, list[WebhookTry]]:
    with database.reading() as session:
        return session.exec(select(WebhookDelivery)).one(), list(session.exec(select(WebhookTry)))


class TestDelivery:
    def test_it_is_signed_as_the_standard_says(self, database: Database, listener: Listener) -> None:
        """webhook-id, webhook-timestamp, `v1,` and HMAC-SHA256 over both and the body; how much waits, not for whom."""
        _, secret = client(database, listener.url)
        announce(database)
        work(database)
        ((headers, body),) = listener.heard
        assert json.loads(body)["type"] == "requests.waiting" and json.loads(body)["data"] == {"new": 3}
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mac = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, "sha256")
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
        assert abs(int(headers["webhook-timestamp"]) - clock.utc_now().timestamp()) < 60
        delivery, tries = stored(database)
        assert (delivery.state, [one.status for one in tries]) == (DeliveryState.DELIVERED, [204])

    def test_a_failure_is_tried_again_after_a_pause(self, database: Database, listener: Listener) -> None:
        """Errors and redirects are failures; each try is written down; the message keeps its id."""
        client(database, listener.url)
        listener.answers = [500, 302, 200]
        announce(database)
        for tries in (1, 2, 3):
            work(database)
            assert len(listener.heard) == tries
            work(database)  # not yet
            assert len(listener.heard) == tries
            self.let_time_pass(database)
        assert len({headers["webhook-id"] for headers, _ in listener.heard}) == 1
        delivery, written = stored(database)
        assert delivery.state == DeliveryState.DELIVERED
        assert [one.status for one in written] == [500, 302, 200]

    def test_it_is_given_up_in_the_end(self, database: Database, listener: Listener) -> None:
        """After the last pause, or at once when the bank says 410."""
        client(database, "http://127.0.0.1:9/nobody-listens")
        announce(database)
        for _ in range(len(webhooks.PAUSES) + 1):
            work(database)
            self.let_time_pass(database)
        delivery, written = stored(database)
        assert (delivery.state, len(written)) == (DeliveryState.GIVEN_UP, len(webhooks.PAUSES) + 1)
        assert {one.error for one in written} == {"ConnectionRefusedError"}

    def test_what_was_given_up_is_sent_again_by_hand(self, database: Database, listener: Listener) -> None:
        """One try more, at once, with the same id; what has arrived is not sent again, nor another client's."""
        client_id, _ = client(database, listener.url)
        listener.answers = [410, 500, 204]
        announce(database)
        work(database)
        delivery, _ = stored(database)
        assert delivery.state == DeliveryState.GIVEN_UP
        for expected in (DeliveryState.WAITING, DeliveryState.DELIVERED):  # the second time it does not wait its turn
            with database.transaction() as session:
                webhooks.resend(session, client_id=client_id, delivery_id=delivery.id, by=COMMAND)
            work(database)
            with database.reading() as session:
                (sent,) = webhooks.deliveries(session, client_id=client_id)
            assert (sent.delivery.state, sent.next_at is not None) == (expected, expected == DeliveryState.WAITING)
        assert [one.status for one in sent.tries] == [410, 500, 204]
        assert len({headers["webhook-id"] for headers, _ in listener.heard}) == 1
        with pytest.raises(Conflict), database.transaction() as session:
            webhooks.resend(session, client_id=client_id, delivery_id=delivery.id, by=COMMAND)
        with pytest.raises(NotFound), database.transaction() as session:
            webhooks.resend(session, client_id=new_id(), delivery_id=delivery.id, by=COMMAND)

    def test_410_ends_it(self, sqlite_database: Database, listener: Listener) -> None:
        """Gone means gone."""
        client(sqlite_database, listener.url)
        listener.answers = [410]
        announce(sqlite_database)
        work(sqlite_database)
        assert stored(sqlite_database)[0].state == DeliveryState.GIVEN_UP

    def test_a_bank_that_was_shut_out_hears_nothing(self, sqlite_database: Database, listener: Listener) -> None:
        """What was waiting for it is given up."""
        client_id, _ = client(sqlite_database, listener.url)
        announce(sqlite_database)
        with sqlite_database.transaction() as session:
            actions.disable_client(session, client_id=client_id, by=COMMAND)
        work(sqlite_database)
        assert listener.heard == []

    def let_time_pass(self, database: Database) -> None:
        with database.transaction() as session:
            session.execute(sa.update(Job).values(run_after=clock.utc_now() - timedelta(seconds=1)))


class TestDeadline:
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_who_answers_byte_by_byte_holds_nobody_up(self, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every byte comes in time, the answer never: the call ends all the same, in the middle of a handshake too."""
        monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
            slow = pool.submit(drip, server)
            url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/hook"
            outcome = outgoing.post(url, b"{}", {}, allow_private=True)
            assert (outcome.status, outcome.error) == (None, "TimeoutError")
            assert outcome.milliseconds < 4_500
            assert slow.result()

    def test_an_answer_in_time_counts(self, listener: Listener) -> None:
        """The deadline of one call cuts no other."""
        assert outgoing.post(listener.url, b"{}", {}, allow_private=True).status == 204


def drip(server: socket.socket) -> bool:
    """Answer one caller with a byte every 50 ms for 5 s, as what its first byte asks for: TLS or HTTP."""
    caller, _ = server.accept()
    with caller:
        tls = caller.recv(65_536)[:1] == b"\x16"
        for byte in (b"\x16\x03\x03\x40\x00\x02" if tls else b"HTTP/1.1 200 OK\r\nX: ") + b"a" * 100:
            try:
                caller.sendall(bytes([byte]))
            except OSError:
                return True
            time.sleep(0.05)
    return False


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/", "ftp://example.com/", "https://", "https:///x", "https://user:x@example.com/",
            "https://127.0.0.1/", "https://10.0.0.1/", "https://192.168.1.1/", "https://172.16.0.1/",
            "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/",
            "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/", "https://224.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://127.1/",
            "https://localhost/", "https://no-such-host.invalid/", "https://example.com:0/", "https://exa mple.com/",
            "https://example.com/#x", "https://example.com:99999/", "https://" + "a" * 500 + ".com/",
        ],
    )  # fmt: skip
    def test_what_may_not_be_posted_to(self, url: str) -> None:
        """No plain HTTP, no user names, and no way into a private network, however it is written."""
        with pytest.raises(Invalid) as refused:
            outgoing.checked(url, allow_private=False)
        assert refused.value.code == "webhook_refused"

    def test_it_is_checked_again_at_every_delivery(self, listener: Listener) -> None:
        """An address that has become private is not posted to."""
        outcome = outgoing.post(listener.url.replace("http:", "https:"), b"{}", {}, allow_private=False)
        assert (outcome.status, outcome.error, listener.heard) == (None, "refused: private address", [])

    def test_a_public_address_may(self) -> None:
        """A public address written as a number needs no name to be looked up."""
        outgoing.checked("https://8.8.8.8/hook?x=1", allow_private=False)

    def test_the_secret_is_sealed(self, sqlite_database: Database) -> None:
        """The database holds no readable key; setting the address anew makes another."""
        client_id, first = client(sqlite_database, "http://127.0.0.1:9/")
        with sqlite_database.transaction() as session:
            target = outgoing.checked("http://127.0.0.1:9/", allow_private=True)
            second = webhooks.set_webhook(session, client_id=client_id, url=target, by=COMMAND)
        assert first != second
        with sqlite_database.reading() as session:
            kept = session.get_one(BankClient, client_id)
        assert second.encode() not in (kept.webhook_secret_sealed or b"")
