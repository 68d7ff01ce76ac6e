"""Every route with who may open it; a route that is not here fails the build. One file a subject."""

from tests.api.matrix.access import ACCESS
from tests.api.matrix.accounts import ACCOUNTS
from tests.api.matrix.bank_lists import BANK_LISTS
from tests.api.matrix.banks import BANKS
from tests.api.matrix.expect import USERS, Expect, Matrix
from tests.api.matrix.links import LINKS
from tests.api.matrix.partners import PARTNERS
from tests.api.matrix.people import PEOPLE
from tests.api.matrix.programs import PROGRAMS
from tests.api.matrix.progress import PROGRESS
from tests.api.matrix.review import REVIEW
from tests.api.matrix.rosters import ROSTERS
from tests.api.matrix.rows import ROWS
from tests.api.matrix.uploads import UPLOADS

__all__ = ["MATRIX", "USERS", "Expect", "Matrix"]

MATRIX: Matrix = {
    **REVIEW,
    **ACCESS,
    **PROGRESS,
    **ROSTERS,
    **ROWS,
    **UPLOADS,
    **PEOPLE,
    **PARTNERS,
    **ACCOUNTS,
    **LINKS,
    **BANKS,
    **BANK_LISTS,
    **PROGRAMS,
}
