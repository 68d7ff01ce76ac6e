"""A small province for tests of the screens: invented people in real communes, users of every role, a roster, jobs.

`python -m tests.api.seeding DIR [SCALE]` makes an installation to look at; the tests use `fill`.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock, reference
from disburse.access import actions as access
from disburse.access.tables import Role, User
from disburse.accounts.tables import (
    Link,
    RegistrationList,
    RegistrationSource,
)
from disburse.audit.actor import COMMAND, By
from disburse.banks import actions as bank_actions
from disburse.clock import Period
from disburse.config import Settings
from disburse.confirmations import exchange, workbook
from disburse.db import Database
from disburse.duplicates.tables import DuplicatePair, Likeness, MergeState, PersonMerge
from disburse.installation import prepare_installation
from disburse.jobs.tables import Job, JobState
from disburse.people import hamlets, papers
from disburse.people.tables import Enrolment, Person, Recipient
from disburse.progress import actions as progress
from disburse.rosters.tables import (
    QuestionKind,
    RepairBatch,
    Roster,
    RosterQuestion,
    RosterRow,
    RowState,
)
from tests.api import review_seeding
from tests.api.seeding_bank_lists import add_list
from tests.api.seeding_lists import add_roster
from tests.api.seeding_people import (
    CANARY_ACCOUNT,
    HAMLETS,
    OTHER_PROVINCE,
    PROVINCE,
    Place,
    add_people,
    link_of,
    places_of,
)
from tests.api.seeding_uploads import add_uploads

PASSWORD = "mot cau ngan de nho"


@dataclass(frozen=True)
class Seeded:
    """What the tests need to name: communes, the roster, one person of ours and one of another province."""

    commune: str
    other_commune: str
    foreign_commune: str
    roster_id: UUID
    foreign_roster_id: UUID
    person_id: UUID
    foreign_person_id: UUID
    link_id: UUID
    foreign_link_id: UUID
    parked_row_id: int
    foreign_row_id: int
    batch_id: UUID
    user_id: UUID
    bank_client_id: UUID
    foreign_user_id: UUID
    job_id: UUID
    foreign_job_id: UUID
    question_id: UUID
    foreign_question_id: UUID
    recipient_id: UUID
    foreign_recipient_id: UUID
    scan_id: UUID
    foreign_scan_id: UUID
    candidate_id: UUID
    foreign_candidate_id: UUID
    review_batch_id: UUID
    foreign_review_batch_id: UUID
    waiting_id: UUID
    finished_id: UUID
    foreign_waiting_id: UUID
    foreign_finished_id: UUID
    low_id: UUID
    high_id: UUID
    foreign_low_id: UUID
    foreign_high_id: UUID
    merge_id: UUID
    foreign_merge_id: UUID
    hamlet_id: UUID
    foreign_hamlet_id: UUID
    workbook_id: UUID
    foreign_workbook_id: UUID
    list_id: UUID
    foreign_list_id: UUID


def fill(database: Database, *, per_cell: int = 12, seed: int = 7) -> Seeded:
    """Fill a database that has its reference data; `per_cell` people for each commune of then and programme."""
    dice = random.Random(seed)
    with database.transaction() as session:
        origins = places_of(session, PROVINCE, limit=22)
        foreign = places_of(session, OTHER_PROVINCE, limit=1)
        for places, province in ((origins, PROVINCE), (foreign, OTHER_PROVINCE)):
            for place in places:
                add_people(session, dice, place, province, per_cell)
        rosters = [add_roster(session, PROVINCE, origins), add_roster(session, OTHER_PROVINCE, foreign)]
        uploads = add_uploads(session, PROVINCE, origins[0].today)
        foreign_uploads = add_uploads(session, OTHER_PROVINCE, foreign[0].today)
        _users(session, origins[0].today)
        jobs = _jobs(session)
        _bank_list(session)
        brought = [
            add_list(session, user, area) for user, area in (("canbo.tinh", PROVINCE), ("canbo.ngoai", OTHER_PROVINCE))
        ]
        client_id = _bank_client(session)
    with database.transaction() as session:
        communes = list(dict.fromkeys(place.today for place in origins))
        pairs = review_seeding.add_pairs(session, dice, communes, 60, CANARY_ACCOUNT)
        pairs.append(*review_seeding.add_pairs(session, dice, [foreign[0].today], 1, CANARY_ACCOUNT))
        officer = user_named(session, "canbo.tinh")
        old_batches = [
            review_seeding.add_old_batch(session, one, officer.id, officer.name) for one in (pairs[0], pairs[-1])
        ]
    with database.transaction() as session:
        for place in origins:  # one target that is reached, one nearly, one far away
            for programme, value in (("NCC", 1), ("BTXH", 4 + len(place.name)), ("HTXH", 2)):
                progress.set_target(
                    session,
                    area_code=place.today,
                    programme=programme,
                    by_date=date(2026, 6, 30),
                    value=value * per_cell // 4,
                    by=COMMAND,
                )
    with database.transaction() as session:
        progress.close_month(session, period=Period(2024, 3), by=COMMAND)
    communes = sorted({place.today for place in origins})
    with database.reading() as session:
        people = [_somebody(session, code) for code in (origins[0].today, foreign[0].today)]
        waiting = [_waiting(session, code) for code in (origins[0].today, foreign[0].today)]
        batch = session.exec(select(RepairBatch.id).where(RepairBatch.roster_id == rosters[0])).one()
        users = [user_named(session, name).id for name in ("canbo.xa", "canbo.ngoai")]
    with database.transaction() as session:
        links = [link_of(session, dice, person) for person in people]
        questions = [
            _question(session, roster, code, person)
            for roster, code, person in zip(rosters, (origins[0].today, foreign[0].today), people, strict=True)
        ]
        scans = [_scan(session, person) for person in people]
        twins = [_twins(session, code) for code in (origins[0].today, foreign[0].today)]
        register = [_hamlet(session, place) for place in (origins[0], foreign[0])]
        answered = [
            _answered(session, user, area) for user, area in (("canbo.tinh", PROVINCE), ("canbo.ngoai", OTHER_PROVINCE))
        ]
    with database.reading() as session:
        ours = review_seeding.first_in(session, origins[0].today)
    return Seeded(
        origins[0].today,
        communes[-1],
        foreign[0].today,
        *rosters,
        *people,
        *links,
        parked_row_id=waiting[0],
        foreign_row_id=waiting[1],
        batch_id=batch,
        user_id=users[0],
        foreign_user_id=users[1],
        job_id=jobs[0],
        foreign_job_id=jobs[1],
        question_id=questions[0],
        foreign_question_id=questions[1],
        bank_client_id=client_id,
        recipient_id=scans[0][0],
        foreign_recipient_id=scans[1][0],
        scan_id=scans[0][1],
        foreign_scan_id=scans[1][1],
        candidate_id=ours,
        foreign_candidate_id=pairs[-1],
        review_batch_id=old_batches[0],
        foreign_review_batch_id=old_batches[1],
        waiting_id=uploads[0],
        finished_id=uploads[1],
        foreign_waiting_id=foreign_uploads[0],
        foreign_finished_id=foreign_uploads[1],
        low_id=twins[0][0],
        high_id=twins[0][1],
        merge_id=twins[0][2],
        foreign_low_id=twins[1][0],
        foreign_high_id=twins[1][1],
        foreign_merge_id=twins[1][2],
        hamlet_id=register[0],
        foreign_hamlet_id=register[1],
        workbook_id=answered[0],
        foreign_workbook_id=answered[1],
        list_id=brought[0],
        foreign_list_id=brought[1],
    )


def _bank_client(session: Session) -> UUID:
    # Two secrets, so that a third is refused; a name that no test gives.
    made = bank_actions.add_client(session, bank_code="VBA", name="trung tâm", contact="Tổ đối soát", by=COMMAND)
    bank_actions.add_secret(session, client_id=made.client_id, by=COMMAND)
    return made.client_id


def _answered(session: Session, user: str, area: str) -> UUID:
    """Keep a bank's answer about an account that nobody asked about."""
    content = b"request_id,bank_code,account_number,status\n,VBA,9704050000001,succ\n,VBA,,\n"
    read, by = workbook.read(content, "VBA_tra_loi.csv"), By(name=user)
    return exchange.keep(session, bank_code="VBA", content=content, read=read, area_code=area, by=by)


def _waiting(session: Session, commune: str) -> int:
    rows = select(RosterRow.id).where(RosterRow.commune_code == commune, RosterRow.state == RowState.PARKED)
    return session.exec(rows.order_by(col(RosterRow.id))).first() or 0


def _hamlet(session: Session, place: Place) -> UUID:
    return hamlets.add_hamlet(
        session,
        commune_code=place.today,
        origin_code=place.code,
        origin_valid_from=place.valid_from,
        name=HAMLETS[0],
        by=COMMAND,
    )


def _twins(session: Session, commune: str) -> tuple[UUID, UUID, UUID]:
    """Ask of two people whether they are one, and remember that a merge of them was refused once."""
    here = select(Enrolment.person_id).where(Enrolment.commune_code == commune).order_by(col(Enrolment.id).desc())
    low, high = sorted(session.exec(here.limit(2)))
    now = clock.utc_now()
    session.add(DuplicatePair(low_id=low, high_id=high, why=Likeness.SAME_PLACE, found_at=now))
    merge = PersonMerge(
        kept_id=low, gone_id=high, state=MergeState.REFUSED, reason="cùng CCCD", proposed_by="canbo.xa", proposed_at=now
    )
    session.add(merge)
    session.flush()
    return low, high, merge.id


def _scan(session: Session, person_id: UUID) -> tuple[UUID, UUID]:
    """Keep a scan of a paper with who receives for a person."""
    of_person = select(Enrolment.id).where(Enrolment.person_id == person_id)
    recipient = session.exec(select(Recipient).where(col(Recipient.enrolment_id).in_(of_person))).first()
    assert recipient is not None
    content = b"%PDF-1.4 invented %%EOF"
    return recipient.id, papers.add_scan(session, recipient=recipient, content=content, name="giay.pdf", by=COMMAND)


def _question(session: Session, roster_id: UUID, commune: str, person_id: UUID) -> UUID:
    """Ask of one row whether it is somebody we know, and of an enrolment where it went."""
    roster = session.get_one(Roster, roster_id)
    of_commune = (RosterRow.roster_id == roster_id, RosterRow.commune_code == commune)
    row = session.exec(select(RosterRow).where(*of_commune).order_by(col(RosterRow.line))).first()
    assert row is not None
    asked = RosterQuestion(
        roster_id=roster_id, sheet=row.sheet, line=row.line, kind=QuestionKind.WHICH_PERSON,
        person_ids=[str(person_id)],
    )  # fmt: skip
    session.add(asked)
    gone = select(Enrolment).where(Enrolment.commune_code == commune, Enrolment.programme == roster.programme)
    for enrolment in session.exec(gone.limit(3)):
        session.add(
            RosterQuestion(
                roster_id=roster_id, kind=QuestionKind.GONE, enrolment_id=enrolment.id,
                person_ids=[str(enrolment.person_id)],
            )
        )  # fmt: skip
    session.flush()
    return asked.id


def _somebody(session: Session, commune: str) -> UUID:
    # Someone with an account, where there is one: the page of a person has most to show then.
    with_link = select(Person.id).join(Link, col(Link.person_id) == Person.id).where(Person.commune_code == commune)
    anyone = select(Person.id).where(Person.commune_code == commune)
    return session.exec(with_link).first() or session.exec(anyone.limit(1)).one()


# Name, role, area ("" = the commune under test) and programme of every sample user.
USERS: tuple[tuple[str, str, Role, str], ...] = (
    ("quantri", "Lê Thị Quản Trị", Role.ADMIN, ""),
    ("canbo.tinh", "Phạm Văn Tỉnh", Role.PROVINCE, PROVINCE),
    ("canbo.xa", "Võ Thị Xã", Role.COMMUNE, "commune"),
    ("pheduyet", "Trần Văn Duyệt", Role.APPROVER, PROVINCE),
    ("congtac", "Bùi Thị Cộng Tác", Role.COLLABORATOR, "commune"),
    ("lanhdao", "Nguyễn Hữu Lãnh", Role.LEADER, PROVINCE),
    ("kiemtra", "Đỗ Văn Kiểm", Role.AUDITOR, PROVINCE),
    ("nganhang", "Đặng Thị Ngân", Role.BANK, ""),
    ("chitra", "Huỳnh Văn Chi", Role.PAYER, ""),
    ("quantri.hai", "Ưng Thị Quản Trị", Role.ADMIN, ""),
    ("canbo.ngoai", "Trần Thị Ngoài", Role.PROVINCE, OTHER_PROVINCE),
)


def _users(session: Session, commune: str) -> None:
    for name, full_name, role, area in USERS:
        user = access.add_user(session, name=name, full_name=full_name, by=COMMAND)
        access.grant_role(
            session,
            user=user,
            role=role,
            area_code=commune if area == "commune" else area,
            bank_code="VBA" if role is Role.BANK else "",
            payer_name="Bưu điện" if role is Role.PAYER else "",
            by=COMMAND,
        )
        access.set_password(session, user=user, password=PASSWORD, by=COMMAND)


def _jobs(session: Session) -> list[UUID]:
    """Make jobs in every state; return a finished one of the commune's officer and one of another province's."""
    now = clock.utc_now()
    ended = [
        Job(kind="rosters.import", state=JobState.DONE, created_by=name, attempt=1, created_at=now, ended_at=now)
        for name in ("canbo.xa", "canbo.ngoai")
    ]
    session.add_all(ended)
    for kind, state, done, total in (
        ("rosters.import", JobState.DONE, 1212, 1212),
        ("accounts.import", JobState.FAILED, 310, 4_000),
        ("accounts.link", JobState.RUNNING, 7_300, 18_024),
        ("rosters.import", JobState.QUEUED, 0, 0),
    ):
        session.add(
            Job(
                kind=kind, state=state, done=done, total=total, created_by="canbo.tinh", attempt=int(done > 0),
                created_at=now - timedelta(minutes=4), worker="may-chu:42", lease_until=now + timedelta(hours=1),
                ended_at=now if state in (JobState.DONE, JobState.FAILED) else None,
                error="Tệp không mở được: sai định dạng." if state is JobState.FAILED else "",
                message="so khớp xã Bình Sơn" if state is JobState.RUNNING else "",
            )
        )  # fmt: skip
    return [job.id for job in ended]


def _bank_list(session: Session) -> None:
    now = clock.utc_now()
    session.add(
        RegistrationList(
            bank_code="VBA", source=RegistrationSource.BANK_LIST, basis="Công văn phối hợp", file_name="VBA.xlsx",
            sha256="cd" * 32, rows_read=4000, rows_ok=3988, created_by="canbo.tinh", created_at=now, imported_at=now,
        )
    )  # fmt: skip


def user_named(session: Session, name: str) -> User:
    """Return a sample user."""
    return session.exec(select(User).where(User.name == name)).one()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    scale = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    made = prepare_installation(Settings(data_dir=folder, demo=True))
    reference.load(made)
    fill(made, per_cell=scale)
    sys.stdout.write(f"{folder}\n")
