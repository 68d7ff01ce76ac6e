"""A small province for tests of the screens: invented people in real communes, users of every role, a roster, jobs.

`python -m tests.api.seeding DIR [SCALE]` makes an installation to look at; the tests use `fill`.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock, reference
from disburse.access import actions as access
from disburse.access.tables import Role, User
from disburse.accounts.stages import restate_holders
from disburse.accounts.tables import (
    ACCOUNT_NUMBER,
    Account,
    AccountStatus,
    Link,
    LinkState,
    RegistrationList,
    RegistrationSource,
)
from disburse.areas.tables import Area, AreaChange
from disburse.audit.actor import COMMAND
from disburse.banks import actions as bank_actions
from disburse.clock import Period
from disburse.config import Settings
from disburse.db import Database, new_id
from disburse.duplicates.tables import DuplicatePair, Likeness, MergeState, PersonMerge
from disburse.funnel import actions as funnel
from disburse.funnel.stages import Entry
from disburse.installation import prepare_installation
from disburse.jobs.tables import Job, JobState
from disburse.people import entries, hamlets, papers
from disburse.people.entries import NewEnrolment, NewLine, NewPerson, NewRecipient
from disburse.people.tables import Enrolment, LineKind, Person, Precision, Recipient, RecipientKind, Sex
from disburse.progress import actions as progress
from disburse.rosters import staging
from disburse.rosters.tables import (
    REPAIR_CELLS,
    QuestionKind,
    RepairBatch,
    Roster,
    RosterQuestion,
    RosterRow,
    RosterState,
    RowState,
    Scope,
)
from tests.api import review_seeding
from tests.api.seeding_uploads import add_uploads

PASSWORD = "mot cau ngan de nho"
# Numbers that must never leave whole: every citizen ID and account made here begins so.
CANARY_ID = "0510"
CANARY_ACCOUNT = "99887766"
PROVINCE, OTHER_PROVINCE = "51", "01"
SINCE = date(2024, 1, 1)
BEFORE_MERGER = date(2025, 6, 30)

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Đỗ", "Bùi", "Đặng", "Huỳnh", "Ưng")
MIDDLE = {"Nam": ("Văn", "Hữu", "Đình", "Quang"), "Nữ": ("Thị", "Thị Kim", "Ngọc", "Thị Ánh")}
GIVEN = {
    "Nam": ("An", "Bình", "Dũng", "Đạt", "Hùng", "Lộc", "Phúc", "Tâm", "Tuấn", "Vinh"),
    "Nữ": ("Ánh", "Đào", "Hoa", "Hồng", "Lan", "Liên", "Mỹ", "Nga", "Ưỡn", "Yến"),
}
HAMLETS = ("Phú Lộc", "An Điềm", "Thượng Hòa", "Mỹ Yên", "Đông Yên", "Long Vĩnh")


_serial = count(1)  # times a prime: numbers that look random and never repeat


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


def fill(database: Database, *, per_cell: int = 12, seed: int = 7) -> Seeded:
    """Fill a database that has its reference data; `per_cell` people for each commune of then and programme."""
    dice = random.Random(seed)
    with database.transaction() as session:
        origins = _origins(session, PROVINCE, limit=22)
        foreign = _origins(session, OTHER_PROVINCE, limit=1)
        for places, province in ((origins, PROVINCE), (foreign, OTHER_PROVINCE)):
            for place in places:
                _people(session, dice, place, province, per_cell)
        rosters = [_roster(session, PROVINCE, origins), _roster(session, OTHER_PROVINCE, foreign)]
        uploads = add_uploads(session, PROVINCE, origins[0].today)
        foreign_uploads = add_uploads(session, OTHER_PROVINCE, foreign[0].today)
        _users(session, origins[0].today)
        jobs = _jobs(session)
        _bank_list(session)
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
        links = [_link_of(session, dice, person) for person in people]
        questions = [
            _question(session, roster, code, person)
            for roster, code, person in zip(rosters, (origins[0].today, foreign[0].today), people, strict=True)
        ]
        scans = [_scan(session, person) for person in people]
        twins = [_twins(session, code) for code in (origins[0].today, foreign[0].today)]
        register = [_hamlet(session, place) for place in (origins[0], foreign[0])]
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
    )


def _bank_client(session: Session) -> UUID:
    # Two secrets, so that a third is refused; a name that no test gives.
    made = bank_actions.add_client(session, bank_code="VBA", name="trung tâm", contact="Tổ đối soát", by=COMMAND)
    bank_actions.add_secret(session, client_id=made.client_id, by=COMMAND)
    return made.client_id


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


@dataclass(frozen=True)
class Place:
    """A commune of before the merger and the one it became."""

    code: str
    valid_from: date
    name: str
    today: str
    weight: float


def _origins(session: Session, province: str, limit: int) -> list[Place]:
    rows = session.exec(
        select(Area, AreaChange)
        .where(
            AreaChange.old_code == Area.code,
            AreaChange.old_valid_from == Area.valid_from,
            Area.province_code == province,
            AreaChange.split == False,  # noqa: E712
            Area.district == ("Huyện Bình Sơn" if province == PROVINCE else Area.district),
        )
        .order_by(Area.code)
        .limit(limit)
    ).all()
    return [
        Place(area.code, area.valid_from, area.name, change.new_code, 0.3 + (index * 7 % 11) / 5)
        for index, (area, change) in enumerate(rows)
    ]


def _people(session: Session, dice: random.Random, place: Place, province: str, per_cell: int) -> None:
    for programme, share, reach in (("NCC", 0.5, 0.08), ("BTXH", 1.0, 0.27), ("HTXH", 0.4, 0.55)):
        count = max(1, int(per_cell * share * place.weight))
        reach = min(0.95, reach * (0.5 + place.weight))
        people = [_person(dice, place, province) for _ in range(count)]
        entries.add_people(session, people)
        since = SINCE if programme != "HTXH" else date(2024, 7, 1)
        enrolments = [
            NewEnrolment(new_id(), one.id, programme, place.today, place.code, place.valid_from, province, since)
            for one in people
        ]
        entries.add_enrolments(session, enrolments)
        entries.begin_lines(
            session,
            [
                NewLine(e.id, LineKind.MONTHLY, None, dice.choice((360, 540, 720, 1624)) * 1000, None, since)
                for e in enrolments
            ],
        )
        entries.add_recipients(
            session, [NewRecipient(new_id(), e.id, RecipientKind.OWN, e.person_id, since) for e in enrolments]
        )
        stages = [_stage(dice, e, one, reach) for e, one in zip(enrolments, people, strict=True)]
        for entry, enrolment in zip(stages, enrolments, strict=True):
            if entry.registered_own:
                _link(session, dice, enrolment.person_id, confirmed=bool(entry.confirmed))
        funnel.enter(session, stages)


def _person(dice: random.Random, place: Place, province: str) -> NewPerson:
    sex = dice.choice(("Nam", "Nữ"))
    name = f"{dice.choice(FAMILY)} {dice.choice(MIDDLE[sex])} {dice.choice(GIVEN[sex])}"
    year_only = dice.random() < 0.3
    born = date(
        dice.randint(1931, 1960), 1 if year_only else dice.randint(1, 12), 1 if year_only else dice.randint(1, 28)
    )
    valid = dice.random() < 0.9
    return NewPerson(
        id=new_id(),
        name=name,
        birth_date=born,
        birth_precision=Precision.YEAR if year_only else Precision.DAY,
        sex=Sex(sex),
        citizen_id=f"{CANARY_ID}{next(_serial) * 7919 % 10**8:08d}" if valid else None,
        id_valid=valid,
        phone=f"09{dice.randrange(10**8):08d}",
        commune_code=place.today,
        hamlet=dice.choice(HAMLETS),
        origin_province=province,
    )


def _stage(dice: random.Random, enrolment: NewEnrolment, person: NewPerson, reach: float) -> Entry:
    registered = dice.random() < reach
    return Entry(
        enrolment.id,
        enrolment.commune_code,
        enrolment.programme,
        id_valid=int(person.id_valid),
        verified=int(person.id_valid and dice.random() < 0.7),
        registered_own=int(registered),
        confirmed=int(registered and dice.random() < 0.8),
        wish_cash=int(not registered and dice.random() < 0.1),
        lines=1,
        amount_total=360_000,
    )


def _link(session: Session, dice: random.Random, person_id: UUID, *, confirmed: bool) -> None:
    account_id, number = new_id(), f"{CANARY_ACCOUNT}{dice.randrange(10**6):06d}"
    session.add(
        Account(
            id=account_id,
            bank_code=dice.choice(("VBA", "VBA", "BIDV", "ICB")),
            number_sealed=ACCOUNT_NUMBER.seal(account_id, number),
            number_index=ACCOUNT_NUMBER.index(f"{number}{account_id}"),
            number_tail=number[-4:],
            status=AccountStatus.OPEN,
            created_at=clock.utc_now(),
        )
    )
    session.flush()
    session.add(
        Link(
            person_id=person_id,
            account_id=account_id,
            state=LinkState.CONFIRMED if confirmed else LinkState.ACCEPTED,
            decided_by="quy tắc",
            decided_how="rule",
            decided_on=SINCE,
            since=date(2024, 2, 1),
            confirmed_on=date(2024, 3, 1) if confirmed else None,
        )
    )


def _link_of(session: Session, dice: random.Random, person_id: UUID) -> UUID:
    of_person = select(Link.id).where(Link.person_id == person_id)
    if session.exec(of_person).first() is None:
        _link(session, dice, person_id, confirmed=True)
        session.flush()
        restate_holders(session, [person_id])
    return session.exec(of_person).one()


def _roster(session: Session, province: str, places: list[Place]) -> UUID:
    roster = Roster(
        programme="BTXH",
        period="2024-03",
        scope=Scope.FULL,
        units="old",
        province_code=province,
        areas=[[place.code, place.valid_from.isoformat()] for place in places],
        file_name=f"DS_BTXH_thang03_2024_{province}.xlsx",
        sha256="ab" * 32,
        file_key=f"{province}-seed",
        state=RosterState.IMPORTED,
        rows_read=1212, rows_ok=1197, rows_parked=6, rows_warned=41, rows_skipped=9,
        rows_new=1197,
        report={"columns": [
            {"sheet": "BTXH 3.2024", "column": letter, "header": header, "field": field}
            for letter, header, field in (
                ("A", "STT", "line_no"), ("B", "Họ và tên", "full_name"), ("C", "Xã", "commune"),
                ("D", "Ngày sinh", "birth_date"), ("E", "Số CCCD", "citizen_id"), ("F", "Mức hưởng", "amount"),
            )
        ]},
        created_by="canbo.xa",
        created_at=datetime(2024, 3, 4, 2, 11, tzinfo=UTC),
        imported_at=datetime(2024, 3, 4, 2, 12, tzinfo=UTC),
    )  # fmt: skip
    session.add(roster)
    session.flush()
    for line in range(9, 9 + 60):
        place = places[line % len(places)]
        staging.stage(session, roster.id, [_row(line, place.today)])
    session.add(_undone_batch(roster.id))
    return roster.id


def _undone_batch(roster_id: UUID) -> RepairBatch:
    batch_id, at = new_id(), datetime(2024, 3, 4, 3, 0, tzinfo=UTC)
    said = REPAIR_CELLS.seal(batch_id, '{"raw": "", "value": ""}')
    return RepairBatch(
        id=batch_id, roster_id=roster_id, code="birth_impossible_day", rule="year_only", cells_sealed=said, rows=12,
        settled=12, made_by="canbo.xa", made_at=at, applied_at=at, undone_by="canbo.xa", undone_at=at,
    )  # fmt: skip


def _row(line: int, commune: str) -> dict[str, object]:
    issue = [
        {"column": "E", "severity": "warning", "code": "id_missing", "value": "", "facts": {}},
        {"column": "E", "severity": "info", "code": "id_restored", "value": "51051000123",
         "facts": {"before": "51051000123", "after": f"{CANARY_ID}51000123"}},
        {"column": "B", "severity": "error", "code": "name_missing", "value": "", "facts": {}},
        {"column": "D", "severity": "warning", "code": "birth_impossible_day", "value": "31/6/1950",
         "facts": {"found": "31/6/1950", "kept": "1950"}},
        {"column": "E", "severity": "info", "code": "id_repaired", "value": f"{CANARY_ID} 5100 0456",
         "facts": {"before": f"{CANARY_ID} 5100 0456", "after": f"{CANARY_ID}51000456"}},
    ][line % 5]  # fmt: skip
    return {
        "sheet": "BTXH 3.2024", "line": line, "state": "parked" if issue["severity"] == "error" else "ok",
        "values": {"commune_code": commune}, "issues": [issue],
        "raw": [line - 8, "", "Xã Bình Thạnh", "31/6/1950", "", 360_000],
    }  # fmt: skip


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
