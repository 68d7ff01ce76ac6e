"""The register of hamlets: two former communes with a hamlet of one name, spellings, what was taken in by what."""

from __future__ import annotations

import pytest

from disburse.audit.actor import COMMAND
from disburse.errors import Conflict, Invalid, NotFound
from disburse.people import hamlets
from tests.disburse.rosters.desk import Desk
from tests.drawn import BINH_THANH, CHAU_O


class TestRegister:
    def test_two_communes_may_each_have_a_hamlet_of_one_name(self, desk: Desk) -> None:
        """The same name twice in one former commune is refused, in two it is two hamlets."""
        with desk.database.transaction() as session:
            made = [
                hamlets.add_hamlet(
                    session, commune_code=today, origin_code=code, origin_valid_from=since, name=" Thôn  1 ", by=COMMAND
                )
                for code, since, today in (BINH_THANH, CHAU_O)
            ]
            hamlets.add_alias(session, hamlet_id=made[0], spelling="T.1", by=COMMAND)
            hamlets.add_alias(session, hamlet_id=made[0], spelling="T.1", by=COMMAND)
        with desk.database.reading() as session:
            found = {
                (origin.area.code, one.hamlet.name, tuple(one.spellings))
                for origin in hamlets.register_of(session, "21040")
                for one in origin.hamlets
            }
        assert found == {(BINH_THANH[0], "Thôn 1", ("T.1",)), (CHAU_O[0], "Thôn 1", ())}
        code, since, today = CHAU_O
        again = {"commune_code": today, "origin_code": code, "origin_valid_from": since, "by": COMMAND}
        for name, kind in (("Thôn 1", Conflict), (" ", Invalid)):
            with pytest.raises(kind), desk.database.transaction() as session:
                hamlets.add_hamlet(session, name=name, **again)  # type: ignore[arg-type]
        with pytest.raises(NotFound), desk.database.transaction() as session:
            hamlets.add_hamlet(session, name="Thôn 2", **(again | {"origin_code": "00001"}))  # type: ignore[arg-type]

    def test_what_was_taken_in_is_found_with_what_took_it(self, desk: Desk) -> None:
        """Looking for a hamlet finds its aliases and those it took in; undone, it stands alone again."""
        code, since, today = CHAU_O
        with desk.database.transaction() as session:
            big, small = (
                hamlets.add_hamlet(
                    session, commune_code=today, origin_code=code, origin_valid_from=since, name=name, by=COMMAND
                )
                for name in ("An Điềm", "An Điềm 2")
            )
            hamlets.add_alias(session, hamlet_id=small, spelling="Điềm 2", by=COMMAND)
            hamlets.merge_hamlet(session, hamlet_id=small, into_id=big, by=COMMAND)
            assert hamlets.spellings(session, today, "An Điềm") == ("An Điềm", "An Điềm 2", "Điềm 2")
            assert hamlets.spellings(session, today, "Lạ") == ("Lạ",)
            with pytest.raises(Invalid):
                hamlets.merge_hamlet(session, hamlet_id=big, into_id=small, by=COMMAND)
            hamlets.merge_hamlet(session, hamlet_id=small, into_id=None, by=COMMAND)
            assert hamlets.spellings(session, today, "An Điềm") == ("An Điềm",)
