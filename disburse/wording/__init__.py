"""Every error code's sentence, Vietnamese and English: what is wrong and what to do. One file a subject, no logic."""

from disburse.wording.access import ACCESS
from disburse.wording.banks import BANKS
from disburse.wording.links import LINKS
from disburse.wording.people import PEOPLE
from disburse.wording.rosters import ROSTERS
from disburse.wording.rows import ROWS
from disburse.wording.store import STORE


def merged(*subjects: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the sentences of all subjects. Raises ValueError for a code in two: one would be told as the other."""
    found: dict[str, tuple[str, str]] = {}
    for subject in subjects:
        if twice := found.keys() & subject.keys():
            raise ValueError(f"error codes in two subjects: {sorted(twice)}")
        found |= subject
    return found


ERRORS = merged(STORE, ACCESS, PEOPLE, ROSTERS, ROWS, LINKS, BANKS)
