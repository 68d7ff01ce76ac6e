"""A measurement is worth what it stands on: a filled province is as consistent as one that grew by hand."""

import sqlalchemy as sa

from benchmarks import population
from disburse.accounts.tables import Registration
from disburse.db import Database
from disburse.doctor.commands import examine
from disburse.people.tables import Person
from disburse.rosters.tables import RowIssue


class TestFill:
    def test_a_filled_province_has_nothing_the_doctor_minds(self, stocked: Database) -> None:
        """Cells, stages, sealed numbers, rosters and the chain of events agree, and the truth names real pairs."""
        made = population.fill(stocked, people=300, registrations=900, issues=100)
        with stocked.reading() as session:
            assert [str(found) for found in examine(session)] == []
            assert session.scalar(sa.select(sa.func.count()).select_from(RowIssue)) == 100
            assert session.scalar(sa.select(sa.func.count()).select_from(Registration)) == 900
            assert len(made.truth) > 100
            first = made.truth.iloc[0]
            person = session.get_one(Person, made.people[first.roster_row])
            holder = session.get_one(Registration, made.registrations[first.registration_row])
            assert person.name_fold.split()[0] == holder.holder_fold.split()[0]
