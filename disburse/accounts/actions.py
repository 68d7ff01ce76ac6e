"""Writes of links: every move of DESIGN's link life, single and in bulk, each with its audit event.

How links are made stands in accepting.py, legal moves in states.py, statements about accounts in statements.py, what
clerks answer in answers.py, what time and other acts do to links in life.py, whom a change of account concerns in
coverage.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from disburse import clock
from disburse.accounts import asked, coverage, queries, stages
from disburse.accounts.accepting import Acceptance, accept, accept_all, accept_free, masked, new_links, races
from disburse.accounts.queries import HeldLink
from disburse.accounts.stages import restate, restate_holders
from disburse.accounts.statements import Stated, Statement, state_accounts
from disburse.accounts.states import CloseReason, How, Standing, Step, check_move, is_live, not_linkable
from disburse.accounts.tables import Link, LinkState, RecipientLink
from disburse.audit.actions import Act, record, record_all
from disburse.audit.actor import By
from disburse.db import bulk_update
from disburse.errors import Conflict, Denied, Invalid, NotFound
from disburse.ids import new_id
from disburse.people.stated import read_reason
from disburse.people.tables import Recipient

__all__ = [
    "Acceptance",
    "Stated",
    "Statement",
    "Step",
    "accept",
    "accept_all",
    "accept_free",
    "approve_replacement",
    "close",
    "confirm",
    "mark_received",
    "mark_requested",
    "masked",
    "move",
    "name_link",
    "propose_replacement",
    "refuse",
    "restate",
    "restate_holders",
    "state_accounts",
    "turn_down_replacement",
]

# Why a link ends so that what was to replace it is still needed, or has come already.
_WITH_SUCCESSOR = (CloseReason.ACCOUNT_CLOSED, CloseReason.REPLACED, CloseReason.HOLDER_CHANGED)

_MOVED = ("confirmed_on", "ended_on", "ended_by", "approved_by", "approved_on")


def mark_requested(session: Session, *, link_ids: Iterable[UUID], by: By, on: date | None = None) -> None:
    """The bank is asked about these links (accepted, or approved replacements)."""
    move(session, steps=[Step(i, LinkState.REQUESTED, on or clock.today()) for i in link_ids], by=by)


def mark_received(session: Session, *, link_ids: Iterable[UUID], by: By, on: date | None = None) -> None:
    """The bank has the requests and works on them."""
    move(session, steps=[Step(i, LinkState.RECEIVED, on or clock.today()) for i in link_ids], by=by)


def confirm(session: Session, *, link_id: UUID, version: int, on: date, by: By) -> None:
    """The bank said yes to this version; a replacement closes the link it replaces at the same moment."""
    move(session, steps=[Step(link_id, LinkState.CONFIRMED, on, version=version)], by=by)


def refuse(session: Session, *, link_id: UUID, version: int, code: str, on: date, by: By) -> None:
    """The bank said no, with a reason code of confirmations.reasons."""
    move(session, steps=[Step(link_id, LinkState.REFUSED, on, code, version)], by=by)


def close(session: Session, *, link_id: UUID, reason: CloseReason, by: By, on: date | None = None) -> None:
    """End a link; what was paid through it stays in its history."""
    move(session, steps=[Step(link_id, LinkState.CLOSED, on or clock.today(), reason)], by=by)


def move(session: Session, *, steps: Sequence[Step], by: By, held: Iterable[HeldLink] | None = None) -> None:
    """Take links along their life, in the order given, all or none; several steps may move one link.

    `held` are the links of the steps, where the caller has read and locked them in this transaction already.
    Raises Conflict("link_illegal_move") or ("link_changed"), NotFound("link_unknown"). `approved` has its own
    action, because it needs a second person.
    """
    if not steps:
        return
    links = {link.id: link for link in held or queries.held_links(session, {step.link_id for step in steps})}
    moves = [(links.get(step.link_id), step) for step in steps]
    replacing = [link for link, step in moves if link and link.replaces and step.to == LinkState.CONFIRMED]
    if replaced := {link.replaces for link in replacing if link.replaces} - links.keys():
        links |= {link.id: link for link in queries.held_links(session, replaced)}
    acts: list[Act] = []
    for link, step in moves:
        if link is None:
            raise NotFound("link_unknown")
        if step.to in (LinkState.ACCEPTED, LinkState.PROPOSED, LinkState.APPROVED):
            raise Conflict("link_illegal_move", now=str(link.state), to=str(step.to))
        _take_step(links, link, step, by, acts)
    record_all(session, object_type="link", acts=acts, by=by)
    _write(session, links.values())
    asked.remember(session, [step.link_id for step in steps if step.to == LinkState.REQUESTED])
    coverage.hand_over(session, replacing)
    _end_replacements(session, steps, by)


def _end_replacements(session: Session, steps: Sequence[Step], by: By) -> None:
    """Close what was to replace links that ended; where the bank ended one, its replacement is needed all the more."""
    ended = [step for step in steps if step.to == LinkState.CLOSED and step.reason not in _WITH_SUCCESSOR]
    reasons = {step.link_id: step.reason for step in ended}
    under_way = queries.open_replacements(session, reasons)
    move(session, steps=[Step(id_, LinkState.CLOSED, clock.today(), reasons[old]) for id_, old in under_way], by=by)


def _take_step(links: Mapping[UUID, HeldLink], link: HeldLink, step: Step, by: By, acts: list[Act]) -> None:
    if step.version not in (None, link.version) or step.was not in (None, link.state):
        raise Conflict("link_changed")
    check_move(link.state, step.to)
    before = link.state
    link.state, link.reason = step.to, step.reason
    if step.to == LinkState.CONFIRMED:
        link.confirmed_on = step.on
        old = links.get(link.replaces) if link.replaces else None
        if old is not None and not link.beside and is_live(old.state, old.replaces):
            _take_step(links, old, Step(old.id, LinkState.CLOSED, step.on, CloseReason.REPLACED), by, acts)
    if step.to in (LinkState.REFUSED, LinkState.CLOSED):
        link.ended_on, link.ended_by = step.on, by.name
    link.moved = True
    facts: dict[str, Any] = {
        "from": before, "to": step.to, "version": link.version, "on": step.on.isoformat(), "account": link.account,
        "holder": str(link.person_id or link.organisation_id),
    }  # fmt: skip
    if step.reason:
        facts["reason"] = step.reason
    acts.append(Act(f"link.{step.to}", link.id, facts))


def _write(session: Session, links: Iterable[HeldLink]) -> None:
    moved = [link for link in links if link.moved]
    # What none of them has, none of them has lost: most calls move links to one state and write three columns.
    columns = ["state", "reason", *(name for name in _MOVED if any(getattr(link, name) for link in moved))]
    values = attrgetter("id", *columns)
    # First those that stop being live: a replacement takes its place in the unique index only then.
    for live in (False, True):
        rows = [values(link) for link in moved if is_live(link.state, link.replaces) == live]
        with races():
            bulk_update(session, Link, "id", columns, rows)
    persons = {m.person_id for m in moved if m.person_id}
    restate_holders(session, persons, {m.organisation_id for m in moved if m.organisation_id})


def propose_replacement(
    session: Session,
    *,
    link_id: UUID,
    account_id: UUID,
    reason: str,
    by: By,
    enrolments: Iterable[UUID] | None = None,
    programmes: Iterable[str] | None = None,
    made_by: str = "",
) -> UUID:
    """Propose another account in place of a confirmed one. Nothing changes until a second person approves and
    the bank says yes.

    `enrolments` are those that the new account is for; None = all that use the old one, which ends then. With fewer,
    both stand side by side. `programmes` are the maker's own (None = all): the officers of the others are told.
    `made_by` is whose wish it is, where another than the actor's: whoever approves must be neither.
    Raises Conflict: `link_not_confirmed`, `replacement_open`, `account_not_linkable`, `account_taken`;
    Invalid: `reason_needed`, `text_number`, `cover_needed`.
    """
    why = read_reason(reason)[:100]
    held = queries.held_links(session, {link_id})
    if not held:
        raise NotFound("link_unknown")
    old, account = held[0], _free_account(session, held[0], account_id)
    using = coverage.using(session, old)
    covered = {u.enrolment_id for u in using} if enrolments is None else set(enrolments)
    if using and (not covered or not covered <= {u.enrolment_id for u in using}):
        raise Invalid("cover_needed")
    beside = len(covered) < len(using)
    holder = old.person_id or old.organisation_id
    version = queries.newest_versions(session, {account_id}).get(account_id, 0) + 1
    proposed = Acceptance(
        account_id=account_id,
        how=How.CLERK,
        since=clock.today(),
        person_id=old.person_id,
        organisation_id=old.organisation_id,
        primary=old.is_primary and not beside,
        decided_by=made_by,
    )
    row = {name: values[0] for name, values in new_links([proposed], [new_id()], [version], by).items()}
    row |= {"state": LinkState.PROPOSED, "replaces": link_id, "reason": why, "beside": beside}
    session.execute(sa.insert(queries.LINK_TABLE), [row])
    id_: UUID = row["id"]
    told = coverage.remember(session, id_, using, covered, programmes, by)
    facts = {"to": "proposed", "replaces": str(link_id), "enrolments": len(covered), "of": len(using), "told": told}
    _tell(session, "link.proposed", id_, masked(account), holder, by, facts)
    return id_


def _free_account(session: Session, old: HeldLink, account_id: UUID) -> Standing:
    account = queries.accounts(session, {account_id}).get(account_id)
    if account is None:
        raise NotFound("account_unknown")
    if old.state != LinkState.CONFIRMED:
        raise Conflict("link_not_confirmed")
    if queries.open_replacement(session, old.id):
        raise Conflict("replacement_open")
    if why := not_linkable(account):
        raise Conflict("account_not_linkable", account=masked(account), why=why)
    if queries.live_links(session, accounts={account_id}):
        raise Conflict("account_taken", account=masked(account))
    return account


def approve_replacement(session: Session, *, link_id: UUID, by: By) -> None:
    """A second person agrees to a proposed replacement. Raises Denied("same_person_approves")."""
    held = queries.held_links(session, {link_id})
    if not held:
        raise NotFound("link_unknown")
    link = held[0]
    check_move(link.state, LinkState.APPROVED)
    if by.name == link.decided_by:
        raise Denied("same_person_approves")
    link.state, link.moved = LinkState.APPROVED, True
    link.approved_by, link.approved_on = by.name, clock.today()
    facts = {"from": "proposed", "to": "approved", "proposed_by": link.decided_by, "approved_by": by.name}
    _tell(session, "link.approved", link.id, link.account, link.person_id or link.organisation_id, by, facts)
    _write(session, [link])


def turn_down_replacement(session: Session, *, link_id: UUID, by: By) -> None:
    """Say no to a proposed or approved replacement that the bank was not asked about; its maker takes it back so."""
    held = queries.held_links(session, {link_id})
    if not held:
        raise NotFound("link_unknown")
    if held[0].state not in (LinkState.PROPOSED, LinkState.APPROVED):
        raise Conflict("link_illegal_move", now=str(held[0].state), to=str(LinkState.CLOSED))
    own = by.name == held[0].decided_by
    close(session, link_id=link_id, reason=CloseReason.WITHDRAWN if own else CloseReason.NOT_APPROVED, by=by)


def name_link(session: Session, *, recipient_id: UUID, link_id: UUID | None, by: By) -> None:
    """Let a recipient use this live link of its holder instead of the primary one; None = the primary again."""
    recipient = session.get(Recipient, recipient_id)
    if recipient is None:
        raise NotFound("recipient_unknown")
    named = session.get(RecipientLink, recipient_id)
    if link_id is not None:
        held = queries.held_links(session, {link_id})
        if not held or not is_live(held[0].state, held[0].replaces):
            raise Conflict("link_not_live")
        if (held[0].person_id, held[0].organisation_id) != (recipient.person_id, recipient.organisation_id):
            raise Conflict("link_of_another")
        session.merge(RecipientLink(recipient_id=recipient_id, link_id=link_id))
    elif named is not None:
        session.delete(named)
    before = str(named.link_id) if named else None
    facts = {"before": before, "after": str(link_id) if link_id else None}
    record(session, action="recipient.link_named", object_type="recipient", object_id=recipient_id, by=by, **facts)
    stages.restate(session, [recipient.enrolment_id])


def _tell(
    session: Session, action: str, id_: UUID, account: str, holder: UUID | None, by: By, facts: dict[str, Any]
) -> None:
    facts |= {"account": account, "holder": str(holder)}
    record(session, action=action, object_type="link", object_id=id_, by=by, **facts)
