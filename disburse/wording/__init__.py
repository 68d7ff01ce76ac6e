"""Every error code's sentence, Vietnamese and English: what is wrong and what to do. One file a subject, no logic."""

from disburse.wording.access import ACCESS
from disburse.wording.banks import BANKS
from disburse.wording.links import LINKS
from disburse.wording.people import PEOPLE
from disburse.wording.rosters import ROSTERS
from disburse.wording.rows import ROWS
from disburse.wording.store import STORE

ERRORS: dict[str, tuple[str, str]] = {**STORE, **ACCESS, **PEOPLE, **ROSTERS, **ROWS, **LINKS, **BANKS}
