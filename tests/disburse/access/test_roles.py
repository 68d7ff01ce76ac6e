"""Roles and scopes: what each may, where it holds, and which two nobody may hold together."""

from __future__ import annotations

from itertools import combinations
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse.access import actions, queries
from disburse.access.actor import Actor, Held, Scope
from disburse.access.roles import PERMISSION_WORDS, PERMISSIONS_OF, ROLE_WORDS, TOXIC, Permission, toxic_pair
from disburse.access.tables import Role
from disburse.areas.tables import Area, AreaKind
from disburse.audit.actor import COMMAND, By
from disburse.db import Database
from disburse.errors import Conflict, Denied, Invalid


def actor(*held: Held) -> Actor:
    return Actor(uuid4(), "ai", "Ai", By("ai"), held)


class TestRoles:
    def test_every_role_and_permission_has_words(self) -> None:
        """Screens can name every role and permission in both languages."""
        assert PERMISSIONS_OF.keys() == ROLE_WORDS.keys() == set(Role)
        assert PERMISSION_WORDS.keys() == set(Permission)

    @pytest.mark.parametrize(
        ("role", "never"),
        [
            (Role.ADMIN, {Permission.ROSTER_READ, Permission.NAMES_READ, Permission.ACCOUNT_READ}),
            (Role.LEADER, {Permission.NAMES_READ, Permission.PERSON_READ, Permission.ISSUE_READ}),
            (Role.APPROVER, {Permission.ISSUE_READ}),
            (Role.BANK, set(Permission) - {Permission.BANK_OWN, Permission.OWN_SESSION}),
        ],
    )
    def test_what_a_role_never_may(self, role: Role, never: set[Permission]) -> None:
        """Administrators touch no lists, leaders see no names, banks see their own requests alone."""
        assert not PERMISSIONS_OF[role] & never


class TestToxicPairs:
    def test_nobody_is_maker_and_approver(self) -> None:
        """Whoever uploads or links never approves."""
        for maker in (Role.PROVINCE, Role.COMMUNE):
            assert toxic_pair({maker, Role.APPROVER}) is not None

    def test_an_administrator_holds_no_role_of_the_work(self) -> None:
        """Users are managed by someone who cannot touch rosters or money."""
        work = set(Role) - {Role.ADMIN, Role.LEADER}
        assert all(toxic_pair({Role.ADMIN, role}) for role in work)

    def test_every_set_of_roles_with_a_toxic_pair_is_found(self) -> None:
        """Over all sets of three roles, a set is refused exactly if two of it are toxic."""
        for roles in combinations(Role, 3):
            bad = any(frozenset(pair) in TOXIC for pair in combinations(roles, 2))
            assert (toxic_pair(set(roles)) is not None) == bad


class TestWithin:
    @pytest.mark.parametrize(
        ("held", "expected"),
        [
            # grants                                            communes of 51 | of 01 | one commune
            ([], (0, 0)),
            ([Held(Role.PROVINCE, Scope("51"))], (96, 0)),
            ([Held(Role.COMMUNE, Scope("21040"))], (1, 0)),
            ([Held(Role.COMMUNE, Scope("21040")), Held(Role.COMMUNE, Scope("21061"))], (2, 0)),
            ([Held(Role.AUDITOR, Scope(""))], (96, 126)),
            ([Held(Role.LEADER, Scope("51"))], (0, 0)),  # leaders read no names
        ],
    )
    def test_rows_inside_the_grants(self, stocked: Database, held: list[Held], expected: tuple[int, int]) -> None:
        """A list holds the rows of the actor's areas, by commune column alone, and no others."""
        with stocked.reading() as session:
            seen = within_communes(session, actor(*held))
        assert (seen.get("51", 0), seen.get("01", 0)) == expected

    def test_a_programme_narrows(self, stocked: Database) -> None:
        """A grant for one programme shows no row of another."""
        ours = actor(Held(Role.PROVINCE, Scope("51", "NCC")))
        with stocked.reading() as session:
            for programme, count in (("NCC", 1), ("BTXH", 0)):
                condition = queries.within(
                    ours, Permission.NAMES_READ, commune=sa.literal("21040"), programme=sa.literal(programme)
                )
                assert (
                    session.execute(
                        sa.select(sa.func.count()).select_from(sa.select(1).where(condition).subquery())
                    ).scalar_one()
                    == count
                )

    def test_covers_agrees(self) -> None:
        """The check of one row says the same as the condition on many."""
        ours = actor(Held(Role.PROVINCE, Scope("51", "NCC")), Held(Role.COMMUNE, Scope("00004")))
        table = [
            # province, commune, programme, covered
            ("51", "21040", "NCC", True),
            ("51", "21040", "BTXH", False),
            ("01", "00004", "BTXH", True),
            ("01", "00008", "NCC", False),
        ]
        for province, commune, programme, covered in table:
            assert covered is ours.covers(
                Permission.NAMES_READ, province_code=province, commune_code=commune, programme=programme
            )


def within_communes(session: sa.orm.Session, who: Actor) -> dict[str, int]:
    condition = queries.within(who, Permission.NAMES_READ, commune=col(Area.code))
    today = select(Area).where(Area.kind == AreaKind.COMMUNE, col(Area.valid_to).is_(None), condition)
    counts: dict[str, int] = {}
    for row in session.execute(today).scalars():
        counts[row.province_code] = counts.get(row.province_code, 0) + 1
    return counts


class TestGrantRole:
    def test_a_toxic_second_role_is_refused(self, database: Database) -> None:
        """A commune officer cannot become an approver too."""
        with database.transaction() as session:
            user = actions.add_user(session, name="xa.binhson", by=COMMAND)
            actions.grant_role(session, user=user, role=Role.COMMUNE, area_code="21040", by=COMMAND)
            with pytest.raises(Denied, match="One person may not be"):
                actions.grant_role(session, user=user, role=Role.APPROVER, area_code="51", by=COMMAND)

    @pytest.mark.parametrize(
        ("role", "code"),
        [(Role.COMMUNE, "grant_needs_commune"), (Role.BANK, "grant_needs_bank"), (Role.PAYER, "grant_needs_payer")],
    )
    def test_a_role_without_its_scope_is_refused(self, database: Database, role: Role, code: str) -> None:
        """A commune officer needs a commune, a bank its bank, a payer its name."""
        with database.transaction() as session:
            user = actions.add_user(session, name="khong.pham.vi", by=COMMAND)
            with pytest.raises(Invalid) as refused:
                actions.grant_role(session, user=user, role=role, area_code="51", by=COMMAND)
        assert refused.value.code == code

    def test_a_name_is_taken_once(self, database: Database) -> None:
        """Two users cannot sign in by one name, whatever the capitals."""
        with database.transaction() as session:
            actions.add_user(session, name="canbo", by=COMMAND)
            with pytest.raises(Conflict):
                actions.add_user(session, name="CanBo", by=COMMAND)

    @pytest.mark.parametrize("name", ["", "ab", "có dấu", "a b c", "x" * 61, "-abc", "a\nb"])
    def test_odd_names_are_refused(self, database: Database, name: str) -> None:
        """A sign-in name is plain: typed on any keyboard, read aloud on the telephone."""
        with database.transaction() as session, pytest.raises(Invalid):
            actions.add_user(session, name=name, by=COMMAND)
