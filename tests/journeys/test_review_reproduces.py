"""The sample's clerks at the screens: the same answers, posted card by card, lead to the same table as their file."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.app import create_app
from disburse import clock, reference
from disburse.access import actions as access
from disburse.access.tables import Role, User
from disburse.accounts import answers
from disburse.accounts.statements import find_accounts
from disburse.accounts.tables import Candidate, CandidateState, Link
from disburse.audit.actor import COMMAND, By
from disburse.config import Settings
from disburse.db import Database
from disburse.demo.steps import Step, read_steps, sample_folder, take
from disburse.installation import prepare_installation
from disburse.people.tables import Enrolment, Recipient
from disburse.progress.queries import EVERYWHERE, table
from disburse.rosters.tables import Roster, RosterRow
from tests.api.conftest import HOST
from tests.conftest import TEST_KEY

TAKEN_ON = date(2024, 3, 13)
Line = dict[str, str]


def lines() -> list[Line]:
    """Return the clerks' decisions as their file holds them."""
    with (sample_folder() / "decisions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lived_until_the_decisions(folder: Path, choose: Callable[[Step], Step | None]) -> Database:
    """Live through the sample's month up to the day the clerks sat down."""
    database = prepare_installation(Settings(data_dir=folder, key=TEST_KEY))
    reference.load(database)
    for step in read_steps(sample_folder()):
        if step.kind == "decisions":
            break
        chosen = choose(step)
        if chosen is not None:
            with clock.living_on(step.on):
                take(database, chosen)
    return database


def twins(database: Database, folder: Path) -> tuple[Database, Database]:
    """Return two copies of an installation as it stands."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    source = Path(str(database.engine.url.database))
    database.close()
    paths = [folder / "file.db", folder / "screens.db"]
    for path in paths:
        shutil.copy(source, path)
    return Database(f"sqlite:///{paths[0]}"), Database(f"sqlite:///{paths[1]}")


def by_file(database: Database, chosen: list[Line], folder: Path) -> None:
    """The decisions as a file, the pairs it leaves out turned down."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(chosen[0]))
    writer.writeheader()
    writer.writerows(chosen)
    path = folder / "decisions.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    with clock.living_on(TAKEN_ON):
        take(database, Step(TAKEN_ON, "decisions", path, {"unlisted": "no"}))


class Desk:
    """Two officers of the province at the screens, who answer card by card."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.app = create_app(database, Settings(key=TEST_KEY, public_url=HOST))
        self.posted = self.seconded = 0
        with database.transaction() as session:
            for name in ("mot", "hai"):
                user = access.add_user(session, name=name, full_name=name, by=COMMAND)
                access.grant_role(session, user=user, role=Role.PROVINCE, area_code="51", by=COMMAND)

    def client(self, name: str) -> TestClient:
        """Return a signed-in browser of this day."""
        with self.database.transaction() as session:
            user = session.exec(select(User).where(User.name == name)).one()
            token, begun = access.begin_session(session, user=user, by=By(name=name))
        client = TestClient(self.app, base_url=HOST, follow_redirects=False)
        client.cookies.set("__Host-sid", token)
        client.headers["x-csrf-token"] = begun.csrf
        return client

    def answer(self, chosen: list[Line]) -> None:
        """Answer every pair the lines name, day by day, refusals first as a careful clerk would."""
        pairs = list(self._pairs(chosen))
        for day, of_day in groupby(sorted(pairs, key=itemgetter(0)), key=itemgetter(0)):
            with clock.living_on(date.fromisoformat(day)):
                first, second = self.client("mot"), self.client("hai")
                for _, _, line, candidate_id in of_day:
                    self._post(first, second, line, candidate_id)

    def _post(self, first: TestClient, second: TestClient, line: Line, candidate_id: UUID) -> None:
        say = "no:other" if line["decision"] == "no" else line["decision"]
        form = {"say": say, "note": line["reason"]}
        told = first.post(f"/review/cards/{candidate_id}", data=form)
        assert told.status_code in (303, 409), told.text
        self.posted += 1
        if "said=waits" in told.headers.get("location", ""):
            assert second.post(f"/review/cards/{candidate_id}", data=form).status_code == 303
            self.seconded += 1

    def _pairs(self, chosen: list[Line]) -> Iterator[tuple[str, bool, Line, UUID]]:
        """Find the pair each line means; a line about a pair that nobody asked has no card."""
        with self.database.reading() as session:
            rows = select(Roster.file_name, RosterRow.sheet, RosterRow.line, Enrolment.person_id, Recipient.person_id)
            rows = rows.join(Roster, col(Roster.id) == RosterRow.roster_id)
            rows = rows.join(Enrolment, col(Enrolment.id) == RosterRow.enrolment_id)
            rows = rows.join(Recipient, col(Recipient.enrolment_id) == Enrolment.id)
            people = {
                (name, place, str(number), party): person
                for name, sheet, number, own, receiver in session.exec(rows.where(col(Recipient.ended_on).is_(None)))
                for place in (sheet, "")  # a file of one sheet may be named without it
                for party, person in (("beneficiary", own), ("recipient", receiver))
            }
            known = find_accounts(session, {(line["bank_code"], line["account_number"]) for line in chosen})
            pairs = {
                (one.person_id, one.account_id): one.id
                for one in session.exec(select(Candidate).where(Candidate.state != CandidateState.SUPERSEDED))
            }
        for line in sorted(chosen, key=lambda one: one["decision"] == "yes"):
            person = people.get((line["file"], line["sheet"], line["line"], line["party"]))
            account = known.get((line["bank_code"], line["account_number"]))
            found = pairs.get((person, account.id)) if person and account else None  # type: ignore[arg-type]
            if found is not None:
                yield line["decided_on"], line["decision"] == "yes", line, found


def state_of(database: Database) -> dict[str, Any]:
    """Return what must be equal: the table, who is linked to what since when, and what became of each pair."""
    with database.reading() as session:
        links = select(Link.person_id, Link.account_id, Link.state, Link.since)
        pairs = select(Candidate.person_id, Candidate.account_id, Candidate.state, Candidate.reason)
        return {
            "table": json.loads(json.dumps(table(session, EVERYWHERE, as_of=date(2024, 3, 31)).as_json())),
            "links": sorted(map(repr, session.exec(links))),
            "pairs": sorted(re.sub("'yes'", "''", repr(row)) for row in session.exec(pairs)),
        }


def check(database: Database, chosen: list[Line], folder: Path) -> Desk:
    """Answer by file and by screens, and compare."""
    filed, screened = twins(database, folder)
    by_file(filed, chosen, folder)
    desk = Desk(screened)
    desk.answer(chosen)
    with clock.living_on(TAKEN_ON), screened.transaction() as session:
        answers.reject_open(session, decided_on=TAKEN_ON, by=COMMAND)
    with clock.living_on(date(2024, 4, 1)):
        one, other = state_of(filed), state_of(screened)
    assert one["table"] == other["table"]
    assert one["links"] == other["links"]
    assert one["pairs"] == other["pairs"]
    return desk


class TestReproduction:
    def test_one_commune_and_one_bank(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two rosters and the answers about BIDV's accounts, with a matcher that decides nothing by itself."""
        monkeypatch.setenv("DISBURSE_MATCH_ACCEPT", "1")
        rosters = ("btxh-chau-o.xlsx", "ncc-chau-o.ods")
        chosen = [one for one in lines() if one["file"] in rosters and one["bank_code"] == "BIDV"]

        def choose(step: Step) -> Step | None:
            if step.kind == "link" or step.file.name in rosters:
                return step
            if step.kind == "registrations" and step.options["bank"] == "BIDV":
                return Step(step.on, step.kind, sliced(step.file, chosen, tmp_path), step.options)
            return None

        database = lived_until_the_decisions(tmp_path / "data", choose)
        desk = check(database, chosen, tmp_path)
        assert desk.posted >= 50

    @pytest.mark.campaign
    def test_the_whole_sample(self, tmp_path: Path) -> None:
        """All 18,000 people, three banks, and every decision whose pair was asked."""
        database = lived_until_the_decisions(tmp_path / "data", lambda step: step)
        desk = check(database, lines(), tmp_path)
        assert desk.posted >= 3_000
        assert desk.seconded > 0


def sliced(file: Path, chosen: list[Line], folder: Path) -> Path:
    """Return a bank's list cut down to the accounts that are asked about, and every fiftieth other one."""
    wanted = {one["account_number"] for one in chosen}
    head, *rest = file.read_text("utf-8").splitlines()
    kept = [row for number, row in enumerate(rest) if row.split(",")[0] in wanted or number % 50 == 0]
    path = folder / file.name
    path.write_text("\n".join([head, *kept]) + "\n", "utf-8")
    return path
