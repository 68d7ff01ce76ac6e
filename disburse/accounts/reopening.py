"""Links whose holder is not, or not any more, whom the bank was asked about: the question goes to it anew (ADR 15).

The old version ends with its reason and the next one waits for the bank, in the same place: nobody loses an account by
a correction, and nobody is paid by a yes to somebody else. What the bank's own list says of the holder's number is its
word already. A holder whose number is not known any more is nobody the bank could be asked about: matcher and clerks
decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import actions, asked, life, queries
from disburse.accounts.asked_tables import AskedHolder
from disburse.accounts.queries import LINK_TABLE, HeldLink
from disburse.accounts.states import CloseReason, Step
from disburse.accounts.tables import (
    HOLDER_CITIZEN_ID,
    Account,
    Link,
    LinkCover,
    LinkState,
    RecipientLink,
    Registration,
    RegistrationSource,
)
from disburse.audit.actions import Act, record_all
from disburse.audit.actor import By
from disburse.audit.tables import AuditEvent
from disburse.db import among, bulk_insert, bulk_update
from disburse.ids import new_ids
from disburse.people.tables import CITIZEN_ID, Person

_CHANGES = ("person.changed", "person.merged", "person.parted")
_FACTS = ("name_fold", "citizen_id_index", "old_id_index", "birth_date", "birth_precision")


def reopen(session: Session, *, by: By, bank_code: str | None = None, persons: Iterable[UUID] | None = None) -> int:
    """Look for links whose holder has changed: of all, of one bank's accounts, or of these people. Returns how many
    were asked anew or ended."""
    session.flush()
    changed = sa.select(LINK_TABLE.c.id).select_from(asked.HOLDERS)
    changed = changed.where(LINK_TABLE.c.state.in_(asked.ASKED_ABOUT), asked.CHANGED)
    if bank_code is not None:
        ours = sa.select(col(Account.id)).where(col(Account.bank_code) == bank_code)
        changed = changed.where(LINK_TABLE.c.account_id.in_(ours))
    found = session.execute(changed) if persons is None else among(session, changed, LINK_TABLE.c.person_id, persons)
    locked = {link.id for link in queries.held_links(session, {row[0] for row in found})}
    others = asked.changed_among(session, locked)  # again, behind the locks
    others -= _known_by_the_bank(session, others, by)
    return ask_anew(session, link_ids=others, by=by)


def ask_anew(session: Session, *, link_ids: Iterable[UUID], by: By) -> int:
    """Let the banks be asked anew about links whose holder has changed since. Returns how many have moved."""
    held = [link for link in queries.held_links(session, set(link_ids)) if link.state in asked.ASKED_ABOUT]
    gone = _those(session, [link.id for link in held], asked.NUMBER_IS_GONE)
    ended = {link.id: CloseReason.HOLDER_CHANGED for link in held if link.id in gone}
    pairs = {(link.person_id, link.account_id): ended[link.id] for link in held if link.id in gone and link.person_id}
    life.end_links(session, ended, pairs, by)
    _make_next_versions(session, [link for link in held if link.id not in gone], by)
    _name_who_changed(session, held)
    return len(held)


def _name_who_changed(session: Session, held: Sequence[HeldLink]) -> None:
    """Let each version have ended by whoever changed its holder last: they do not link that holder anew alone."""
    acts = (
        sa.select(col(AuditEvent.object_id), col(AuditEvent.actor_name))
        .where(col(AuditEvent.object_type) == "person", col(AuditEvent.action).in_(_CHANGES))
        .order_by(col(AuditEvent.seq))
    )
    persons = {str(link.person_id) for link in held if link.person_id}
    last: dict[str, str] = {row[0]: row[1] for row in among(session, acts, col(AuditEvent.object_id), persons)}
    rows = [(link.id, last[str(link.person_id)]) for link in held if str(link.person_id) in last]
    bulk_update(session, Link, "id", ("ended_by",), rows)


def _those(session: Session, ids: Sequence[UUID], condition: sa.ColumnElement[bool]) -> set[UUID]:
    statement = sa.select(LINK_TABLE.c.id).select_from(asked.HOLDERS).where(condition)
    return {row[0] for row in among(session, statement, LINK_TABLE.c.id, ids)}


def _known_by_the_bank(session: Session, ids: Iterable[UUID], by: By) -> set[UUID]:
    """Return the links whose holder's new citizen ID the bank itself has named for this account; they stand."""
    statement = (
        sa.select(
            LINK_TABLE.c.id,
            LINK_TABLE.c.account_id,
            LINK_TABLE.c.person_id,
            *(col(getattr(Person, name)) for name in _FACTS),
        )
        .select_from(asked.HOLDERS)
        .where(asked.NUMBER_IS_NEW)
    )
    rows: list[Any] = list(among(session, statement, LINK_TABLE.c.id, ids))
    said = _said_by_banks(session, {row.account_id for row in rows})
    stand = [row for row in rows if said.get(row.account_id) == row.citizen_id_index]
    bulk_update(session, AskedHolder, "link_id", _FACTS, [(row.id, *row[3:]) for row in stand])
    acts = [Act("link.number_known", row.id, {"holder": str(row.person_id)}) for row in stand]
    record_all(session, object_type="link", acts=acts, by=by)
    return {row.id for row in stand}


def _said_by_banks(session: Session, accounts: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return by account the citizen ID that its bank's newest list names, as the index of a person's."""
    statement = (
        sa.select(col(Registration.account_id), col(Registration.id), col(Registration.holder_citizen_id_sealed))
        .where(
            col(Registration.source) == RegistrationSource.BANK_LIST,
            col(Registration.holder_citizen_id_sealed).is_not(None),
        )
        .order_by(col(Registration.stated_on), col(Registration.id))
    )
    newest = {row[0]: row for row in among(session, statement, col(Registration.account_id), accounts)}
    return {id_: CITIZEN_ID.index(HOLDER_CITIZEN_ID.open(row[1], row[2])) for id_, row in newest.items()}


def _make_next_versions(session: Session, held: Sequence[HeldLink], by: By) -> None:
    if not held:
        return
    today, ids = clock.today(), [link.id for link in held]
    steps = [Step(id_, LinkState.CLOSED, today, CloseReason.HOLDER_CHANGED) for id_ in ids]
    rows: list[Any] = list(among(session, sa.select(LINK_TABLE), LINK_TABLE.c.id, ids))
    actions.move(session, steps=steps, by=by, held=held)
    versions = queries.newest_versions(session, {link.account_id for link in held})
    next_of = dict(zip([row.id for row in rows], new_ids(len(rows)), strict=True))
    made = [_next(row, next_of, versions) for row in rows]
    bulk_insert(session, Link, tuple(made[0]), [tuple(one.values()) for one in made])
    _follow(session, next_of)
    shown = {link.id: link.account for link in held}
    acts = [
        Act(
            "link.asked_anew",
            next_of[row.id],
            {
                "to": str(one["state"]), "version": one["version"], "since": today.isoformat(),
                "before": str(row.id), "account": shown[row.id], "holder": str(row.person_id or row.organisation_id),
            },
        )
        for row, one in zip(rows, made, strict=True)
    ]  # fmt: skip
    record_all(session, object_type="link", acts=acts, by=by)
    actions.restate_holders(
        session, {x.person_id for x in held if x.person_id}, {x.organisation_id for x in held if x.organisation_id}
    )


def _next(row: Any, next_of: Mapping[UUID, UUID], versions: Mapping[UUID, int]) -> dict[str, Any]:
    """Return the row of a link's next version: decided by whom the last was, waiting for the bank.

    A replacement that the bank has not said yes to stays one, agreed to by the same two people.
    """
    today = clock.today()
    fresh = {
        "id": next_of[row.id], "version": versions[row.account_id] + 1, "state": LinkState.ACCEPTED,
        "decided_on": today, "since": today, "confirmed_on": None, "ended_on": None, "ended_by": "", "reason": "",
    }  # fmt: skip
    if row.replaces is not None and row.state != LinkState.CONFIRMED:
        fresh |= {"state": LinkState.APPROVED, "replaces": next_of.get(row.replaces, row.replaces)}
    else:
        fresh |= {"replaces": None, "approved_by": "", "approved_on": None, "beside": False}
    return dict(row._mapping) | fresh


def _follow(session: Session, next_of: Mapping[UUID, UUID]) -> None:
    """Let whatever speaks of the old versions speak of the next: recipients, what a change covers, replacements."""
    of_link = sa.select(col(RecipientLink.recipient_id), col(RecipientLink.link_id))
    named: list[Any] = list(among(session, of_link, col(RecipientLink.link_id), next_of))
    bulk_update(session, RecipientLink, "recipient_id", ("link_id",), [(row[0], next_of[row[1]]) for row in named])
    of_cover = sa.select(col(LinkCover.link_id), col(LinkCover.enrolment_id))
    covers: list[Any] = list(among(session, of_cover, col(LinkCover.link_id), next_of))
    bulk_insert(session, LinkCover, ("link_id", "enrolment_id"), [(next_of[row[0]], row[1]) for row in covers])
    replacing = queries.open_replacements(session, next_of)
    bulk_update(session, Link, "id", ("replaces",), [(id_, next_of[old]) for id_, old in replacing])
    session.expire_all()
