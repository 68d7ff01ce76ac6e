"""The demo's steps: each file of the sample through the same function as its command. Nothing here knows the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from disburse.accounts import commands as accounts
from disburse.audit.actor import COMMAND
from disburse.confirmations import actions as asking
from disburse.confirmations import commands as confirmations
from disburse.db import Database
from disburse.errors import Invalid
from disburse.payments import commands as payments
from disburse.people import commands as people
from disburse.rosters import decision_commands as decisions
from disburse.rosters.actions import Upload
from disburse.rosters.import_file import import_upload
from disburse.rosters.tables import Scope

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the sample's manifest: on which day, what kind of file, which file, with which options."""

    on: date
    kind: str
    file: Path
    options: Options

    @property
    def title(self) -> str:
        """Return what the step is called while it runs."""
        if self.file.suffix:
            return self.file.name
        return f"hỏi {self.options['bank']}" if "bank" in self.options else "ghép người với tài khoản"


def sample_folder() -> Path:
    """Return where the sample lies: beside the package when installed, else in the checkout."""
    here = Path(__file__).parents[1]
    for folder in (here / "sample", here.parent / "sample"):
        if (folder / "manifest.json").exists():
            return folder
    raise Invalid("file_missing", path=here / "sample" / "manifest.json")


def read_steps(sample: Path) -> list[Step]:
    """Read the manifest: the order in which the district's files came."""
    lines = json.loads((sample / "manifest.json").read_text(encoding="utf-8"))
    return [
        Step(date.fromisoformat(line["on"]), line["kind"], sample / (line["file"] or ""), line["options"])
        for line in lines
    ]


def take(database: Database, step: Step) -> dict[str, Any]:
    """Take one step; returns the document its command would print."""
    return _TAKERS[step.kind](database, step.file, step.options)


def _roster(database: Database, file: Path, options: Options) -> dict[str, Any]:
    upload = Upload(
        content=file.read_bytes(),
        name=file.name,
        programme=options["programme"],
        period=options["period"],
        scope=Scope(options["scope"]),
        units=options.get("units", ""),
        province_code=options.get("province", ""),
        commune_code=options.get("commune", ""),
    )
    return import_upload(database, upload)


def _registrations(database: Database, file: Path, options: Options) -> dict[str, Any]:
    source = accounts.resolve_source(options["source"])
    return accounts.import_file(database, file, options["bank"], source, options["basis"])


def _link(database: Database, _file: Path, _options: Options) -> dict[str, Any]:
    return accounts.link_here(database)


def _decisions(database: Database, file: Path, options: Options) -> dict[str, Any]:
    return decisions.import_file(database, file, reject_unlisted=options["unlisted"] == "no")


def _requests(database: Database, _file: Path, options: Options) -> dict[str, Any]:
    with database.transaction() as session:
        return {"made": asking.ask(session, bank_code=options["bank"], by=COMMAND)}


def _results(database: Database, file: Path, _options: Options) -> dict[str, Any]:
    return confirmations.import_file(database, file)


def _verified(database: Database, file: Path, _options: Options) -> dict[str, Any]:
    return people.import_file(database, file)


def _paid(database: Database, file: Path, options: Options) -> dict[str, Any]:
    return payments.import_file(database, file, options["programme"], options["period"], options["payer"])


_TAKERS: Mapping[str, Callable[[Database, Path, Options], dict[str, Any]]] = {
    "roster": _roster,
    "registrations": _registrations,
    "link": _link,
    "decisions": _decisions,
    "requests": _requests,
    "results": _results,
    "verified": _verified,
    "paid": _paid,
}
