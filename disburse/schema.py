"""Every table of the project, for migrations and tests. Import it where all of `SQLModel.metadata` is needed."""

from sqlmodel import SQLModel

from disburse.access import tables as access
from disburse.accounts import asked_tables as asked
from disburse.accounts import match_tables as matches
from disburse.accounts import review_tables as reviews
from disburse.accounts import tables as accounts
from disburse.areas import tables as areas
from disburse.audit import tables as audit
from disburse.banks import tables as banks
from disburse.cases import tables as cases
from disburse.confirmations import tables as confirmations
from disburse.duplicates import tables as duplicates
from disburse.funnel import tables as funnel
from disburse.jobs import tables as jobs
from disburse.payments import tables as payments
from disburse.people import tables as people
from disburse.programmes import tables as programmes
from disburse.progress import tables as progress
from disburse.rosters import tables as rosters
from disburse.workbooks import tables as workbooks

__all__ = [
    "access", "accounts", "areas", "asked", "audit", "banks", "cases", "confirmations", "duplicates", "funnel",
    "jobs", "matches", "payments", "people", "programmes", "progress", "reviews", "rosters", "workbooks",
]  # fmt: skip

metadata = SQLModel.metadata
