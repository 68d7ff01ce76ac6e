"""Accounts and links: numbers that open, pairs that stand on something, dates that fit, decisions that explain
themselves."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.accounts.asked import ASKED_ABOUT
from disburse.accounts.asked_tables import AskedHolder
from disburse.accounts.tables import (
    ACCOUNT_NUMBER,
    Account,
    Candidate,
    CandidateState,
    Link,
    LinkState,
    RecipientLink,
    Registration,
)
from disburse.doctor.findings import Finding
from disburse.errors import DisburseError
from disburse.people.tables import Person, Recipient


def account_numbers_open(session: Session) -> Iterator[Finding]:
    """Every account number opens beside its row, and its index and tail recompute."""
    for account in session.execute(sa.select(Account).execution_options(yield_per=1000)).scalars():
        where = f"account {account.id}"
        try:
            number = ACCOUNT_NUMBER.open(account.id, account.number_sealed)
        except DisburseError:
            yield Finding("sealed", where, "its number does not open: altered or moved")
        else:
            if ACCOUNT_NUMBER.index(number) != account.number_index or not number.endswith(account.number_tail):
                yield Finding("sealed", where, "its index or tail is another number's")
        session.expunge(account)


def links_have_their_dates(session: Session) -> Iterator[Finding]:
    """A confirmed link says since when, an ended one until when, and each is of one person or body."""
    for link in session.exec(select(Link)):
        where, ended = f"link {link.id}", link.state in (LinkState.REFUSED, LinkState.CLOSED)
        if ended != (link.ended_on is not None):
            yield Finding("links", where, f"{link.state}, but ended_on is {link.ended_on}")
        if link.state == LinkState.CONFIRMED and link.confirmed_on is None:
            yield Finding("links", where, "confirmed, but nobody said when")
        if (link.person_id is None) == (link.organisation_id is None):
            yield Finding("links", where, "of nobody, or of two")


def pairs_and_links_stand_on_something(session: Session) -> Iterator[Finding]:
    """Every pair stands on a statement about its own account, every link on an account, both are somebody's.

    Triggers see to it instead of foreign keys (docs/adr/0016), and triggers can be switched off.
    """
    stated = (
        select(Candidate.id)
        .outerjoin(
            Registration,
            sa.and_(
                col(Registration.id) == col(Candidate.registration_id),
                col(Registration.account_id) == col(Candidate.account_id),
            ),
        )
        .where(col(Registration.id).is_(None))
    )
    for candidate_id in session.exec(stated):
        yield Finding("statements", f"candidate {candidate_id}", "its statement is missing or about another account")
    held = select(Link.id).outerjoin(Account, col(Account.id) == col(Link.account_id)).where(col(Account.id).is_(None))
    for link_id in session.exec(held):
        yield Finding("links", f"link {link_id}", "its account is missing")
    for table, what, where in ((Candidate, "candidate", "statements"), (Link, "link", "links")):
        nobody = select(table.id).outerjoin(Person, col(Person.id) == col(table.person_id))
        for id_ in session.exec(nobody.where(col(table.person_id).is_not(None), col(Person.id).is_(None))):
            yield Finding(where, f"{what} {id_}", "its person is missing")


def banks_were_asked_about_somebody(session: Session) -> Iterator[Finding]:
    """Of every link that a bank was asked about, it is written down whom: without that nobody is paid."""
    unknown = (
        select(Link.id)
        .outerjoin(AskedHolder, col(AskedHolder.link_id) == col(Link.id))
        .where(col(Link.state).in_(ASKED_ABOUT), col(AskedHolder.link_id).is_(None))
    )
    for link_id in session.exec(unknown):
        yield Finding("links", f"link {link_id}", "the bank was asked about it, but nobody wrote down whom")


def others_receive_by_the_holder(session: Session) -> Iterator[Finding]:
    """A recipient that names a link names one of its own person or organisation."""
    wrong = (
        select(RecipientLink.recipient_id)
        .join(Recipient, col(Recipient.id) == col(RecipientLink.recipient_id))
        .join(Link, col(Link.id) == col(RecipientLink.link_id))
        .where(
            sa.func.coalesce(Recipient.person_id, Recipient.organisation_id)
            != sa.func.coalesce(Link.person_id, Link.organisation_id)
        )
    )
    for recipient_id in session.exec(wrong):
        yield Finding("links", f"recipient {recipient_id}", "receives through somebody else's link")


def decisions_are_signed(session: Session) -> Iterator[Finding]:
    """Every decided candidate says by whom or by which preset, and every link how it was decided."""
    decided = [CandidateState.ACCEPTED, CandidateState.REJECTED]
    unsigned = select(Candidate.id).where(col(Candidate.state).in_(decided), Candidate.decided_by == "")
    for candidate_id in session.exec(unsigned):
        yield Finding("decisions", f"candidate {candidate_id}", "decided by nobody")
    for link_id in session.exec(select(Link.id).where(sa.or_(col(Link.decided_by) == "", col(Link.decided_how) == ""))):
        yield Finding("decisions", f"link {link_id}", "decided by nobody")
