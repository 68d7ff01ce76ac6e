"""Red flags: each rule finds what it is for and nothing else; what was looked at stays quiet until its facts change."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from disburse import clock
from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.accounts import actions, flags, life
from disburse.accounts.actions import Acceptance
from disburse.accounts.flags import FlagKind
from disburse.accounts.review_tables import Judgement, Said, Stage
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import AccountStatus, Link, RegistrationSource
from disburse.areas.tables import Area, AreaKind
from disburse.audit.actor import By
from disburse.errors import DisburseError
from disburse.people.tables import Enrolment, RecipientKind
from tests.disburse.accounts.test_life import also, change, confirmed
from tests.disburse.accounts.world import CHECKER, CLERK, COMMUNE, OTHER_COMMUNE, World

STAFF_ID, STAFF_PHONE = "051165000777", "0905123456"


def officer(area: str = "", programme: str = "") -> Actor:
    held = (Held(Role.PROVINCE, Scope(area, programme)),)
    return Actor(uuid4(), CHECKER.name, CHECKER.name, CHECKER, held)


def found(world: World, kind: FlagKind, actor: Actor | None = None) -> list[flags.Flag]:
    with world.database.reading() as session:
        return flags.flags(session, actor or officer(), kind)


def counts(world: World) -> Counter[FlagKind]:
    with world.database.reading() as session:
        return Counter({one.kind: one.waiting for one in flags.count_all(session, officer()) if one.waiting})


class TestRules:
    def test_a_quiet_commune_raises_nothing(self, world: World) -> None:
        """People with their own accounts, a mother who receives for her child: nothing to look at."""
        world.person("me", "Nguyễn Thị Mẹ")
        world.person("con", "Nguyễn Văn Con", "2020-01-01", recipient="me")
        confirmed(world, "me", world.account("1234567890201"))
        assert counts(world) == Counter()

    def test_three_payees_a_drift_and_a_lock_on_one_account(self, world: World) -> None:
        """One account, three reasons to look at it; each in its own list."""
        world.person("anh", "Nguyễn Văn Anh")
        for n in range(2):
            world.person(f"bac{n}", "Nguyễn Thị Bác", recipient="anh", kind=RecipientKind.AUTHORISED)
        confirmed(world, "anh", world.account("1234567890202", "NGUYEN VAN ANH", "1950-02-03"))
        world.account("1234567890202", "TRAN THI HOA", "1971-02-03", status=AccountStatus.LOCKED)
        assert counts(world) == Counter({FlagKind.MANY_PAYEES: 1, FlagKind.DRIFT: 1, FlagKind.UNUSABLE: 1})
        (payees,) = found(world, FlagKind.MANY_PAYEES)
        assert len(payees.people) == 3

    def test_a_closed_account_stays_on_the_list_until_another_comes(self, world: World) -> None:
        """The link has ended; the person still has nowhere to be paid."""
        world.person("tam", "Nguyễn Văn Tám")
        account = world.account("1234567890203")
        confirmed(world, "tam", account)
        world.account("1234567890203", status=AccountStatus.CLOSED)
        with world.database.transaction() as session:
            life.accounts_changed(session, account_ids=[account], by=CHECKER)  # who brought it links nobody anew
        assert counts(world) == Counter({FlagKind.UNUSABLE: 1})
        confirmed(world, "tam", world.account("1234567890204"))
        assert counts(world) == Counter()

    def test_one_account_stated_for_two(self, world: World) -> None:
        """The rosters write one account beside two names."""
        for key in ("tam", "giam"):
            world.person(key, f"Nguyễn Văn {key}")
            world.account("1234567890205", person=key, source=RegistrationSource.ROSTER)
        assert counts(world) == Counter({FlagKind.SHARED: 1})

    def test_staff_by_id_and_by_phone(self, world: World) -> None:
        """The holder has the ID, or the phone, of somebody on the list of staff; taken off it, the flag is gone."""
        world.person("nam", "Nguyễn Văn Nam", citizen_id=STAFF_ID)
        confirmed(world, "nam", world.account("1234567890206"))
        with world.database.transaction() as session:
            staff = flags.add_staff(
                session, name="Nam", citizen=STAFF_ID, telephone=STAFF_PHONE, area_code="51", by=CLERK
            )
        assert counts(world) == Counter({FlagKind.STAFF: 1})
        with world.database.transaction() as session:
            flags.remove_staff(session, officer(), staff_id=staff, by=CLERK)
        assert counts(world) == Counter()
        for citizen, telephone in (("12", ""), ("", "12"), ("", "")):
            with pytest.raises(DisburseError), world.database.transaction() as session:
                flags.add_staff(session, name="Nam", citizen=citizen, telephone=telephone, area_code="51", by=CLERK)

    def test_a_province_sees_the_staff_of_its_communes(self, world: World) -> None:
        """Entered by a commune, read and taken off the list by the province; another province sees nothing of it."""
        with world.database.transaction() as session:
            session.add(
                Area(
                    code=COMMUNE, valid_from=date(2025, 7, 1), kind=AreaKind.COMMUNE, name="Bình Sơn", type="xã",
                    name_fold="binh son", sort_key="", province_code="51",
                )
            )  # fmt: skip
            staff = flags.add_staff(session, name="Nam", citizen=STAFF_ID, telephone="", area_code=COMMUNE, by=CLERK)
            session.flush()
            seen = {area: len(flags.staff(session, officer(area))) for area in ("", "51", COMMUNE, OTHER_COMMUNE, "01")}
            flags.remove_staff(session, officer("51"), staff_id=staff, by=CLERK)
        assert seen == {"": 1, "51": 1, COMMUNE: 1, OTHER_COMMUNE: 0, "01": 0}

    def test_changed_and_changed_back(self, world: World) -> None:
        """Away and back within two months is a flag; after a year it is a change of mind."""
        world.person("tam", "Nguyễn Văn Tám")
        one, other = world.account("1234567890207"), world.account("1234567890208")
        for account in (one, other):
            close(world, accept(world, "tam", account, CLERK), CHECKER)
        assert found(world, FlagKind.CHANGED_BACK) == []
        accept(world, "tam", one, CLERK)
        assert [flag.found.about["version"] for flag in found(world, FlagKind.CHANGED_BACK)] == ["2"]
        with world.database.transaction() as session:
            session.execute(
                sa.update(Link).where(Link.version == 1, Link.account_id == one)  # type: ignore[arg-type]
                .values(since=date(2023, 1, 1), ended_on=clock.today() - timedelta(days=300))
            )  # fmt: skip
        assert found(world, FlagKind.CHANGED_BACK) == []

    def test_a_clerk_who_does_not_look(self, world: World) -> None:
        """Twelve times yes within a minute, a second clerk's yes among them; what a batch accepted is no haste."""
        now = clock.utc_now()
        world.person("tam", "Nguyễn Văn Tám")
        with world.database.transaction() as session:
            for n in range(36):
                name, stage = (("nhanh", Stage.FIRST), ("nhì", Stage.SECOND), ("lô", Stage.BULK))[n % 3]
                session.add(
                    Judgement(
                        candidate_id=uuid4(), person_id=world.persons["tam"], account_id=uuid4(), said=Said.YES,
                        stage=stage, user_id=uuid4(), user_name=name, at=now - timedelta(seconds=n),
                    )
                )  # fmt: skip
        assert {flag.found.clerk for flag in found(world, FlagKind.FAST_CLERK)} == {"nhanh", "nhì"}
        assert found(world, FlagKind.FAST_CLERK, officer("52")) == []

    def test_one_id_in_two_communes_and_under_two_programmes(self, world: World) -> None:
        """The second enrolment lies elsewhere: both rules speak."""
        world.person("tam", "Nguyễn Văn Tám", citizen_id="051150000123")
        also(world, "tam", "NCC")
        assert counts(world) == Counter({FlagKind.DOUBLE: 1})
        with world.database.transaction() as session:
            elsewhere = sa.update(Enrolment).where(Enrolment.programme == "NCC")  # type: ignore[arg-type]
            session.execute(elsewhere.values(commune_code=OTHER_COMMUNE))
        assert counts(world) == Counter({FlagKind.DOUBLE: 1, FlagKind.SAME_ID: 1})

    def test_fifteen_and_eighteen(self, world: World) -> None:
        """From fifteen a reminder, from eighteen the money waits."""
        world.person("me", "Nguyễn Thị Mẹ")
        world.person("con", "Nguyễn Văn Con", "2010-05-01", recipient="me", kind=RecipientKind.LEGAL_REP)
        assert counts(world) == Counter({FlagKind.FIFTEEN: 1})
        change(world, "con", paper_until=clock.today() - timedelta(days=1))
        with world.database.transaction() as session:
            life.turn_day(session, by=CLERK)
        assert counts(world) == Counter({FlagKind.FIFTEEN: 1, FlagKind.RECIPIENT_HELD: 1})


class TestReview:
    def test_looked_at_until_the_facts_change(self, world: World) -> None:
        """With a note it is quiet; another payee raises it again; a note about old facts is refused."""
        world.person("anh", "Nguyễn Văn Anh")
        for n in range(2):
            world.person(f"bac{n}", "Nguyễn Thị Bác", recipient="anh", kind=RecipientKind.AUTHORISED)
        confirmed(world, "anh", world.account("1234567890209"))
        (flag,) = found(world, FlagKind.MANY_PAYEES)
        look(world, flag, "giấy ủy quyền đủ")
        (seen,) = found(world, FlagKind.MANY_PAYEES)
        assert seen.reviewed is not None
        assert (seen.reviewed.note, counts(world)) == ("giấy ủy quyền đủ", Counter())
        world.person("bac9", "Nguyễn Thị Bác", recipient="anh", kind=RecipientKind.AUTHORISED)
        assert counts(world) == Counter({FlagKind.MANY_PAYEES: 1})
        for note, code in (("đã xem", "flag_changed"), (" ", "flag_changed")):
            with pytest.raises(DisburseError) as refused:
                look(world, flag, note)
            assert refused.value.code == code
        with pytest.raises(DisburseError) as empty:
            look(world, found(world, FlagKind.MANY_PAYEES)[0], " ")
        assert empty.value.code == "reason_needed"

    def test_only_inside_ones_scope(self, world: World) -> None:
        """Another commune's flag is not shown, and cannot be settled; a stranger among the people has no name."""
        world.person("anh", "Nguyễn Văn Anh")
        world.person("bac", "Nguyễn Thị Bác", recipient="anh", kind=RecipientKind.AUTHORISED)
        world.person("xa", "Trần Văn Xa", recipient="anh", kind=RecipientKind.AUTHORISED, commune=OTHER_COMMUNE)
        confirmed(world, "anh", world.account("1234567890210"))
        (ours,) = found(world, FlagKind.MANY_PAYEES, officer(COMMUNE))
        assert (len(ours.people), ours.others) == (2, 1)
        assert found(world, FlagKind.MANY_PAYEES, officer(COMMUNE, "NCC")) == []
        with pytest.raises(DisburseError) as refused:
            look(world, ours, "đã xem", officer("01"))
        assert refused.value.code == "flag_unknown"


def look(world: World, flag: flags.Flag, note: str, actor: Actor | None = None) -> None:
    with world.database.transaction() as session:
        flags.review(
            session, actor or officer(), kind=flag.kind, subject=flag.found.subject, facts=flag.facts, note=note,
            by=CHECKER,
        )  # fmt: skip


def accept(world: World, person: str, account: object, by: By) -> object:
    with world.database.transaction() as session:
        acceptance = Acceptance(
            person_id=world.persons[person],
            account_id=account,
            how=How.CLERK,
            since=clock.today(),  # type: ignore[arg-type]
        )
        return actions.accept(session, acceptance=acceptance, by=by)


def close(world: World, made: object, by: By) -> None:
    with world.database.transaction() as session:
        actions.close(session, link_id=made, reason=CloseReason.WITHDRAWN, by=by)  # type: ignore[arg-type]
