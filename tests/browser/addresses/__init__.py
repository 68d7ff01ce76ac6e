"""Every page and state that a browser must find free of barriers. One file a subject, each with its `VISITS`."""

from tests.browser.addresses import access, accounts, banks, people, progress, rosters, rows
from tests.browser.addresses.visit import Visit

__all__ = ["SUBJECTS", "Visit"]

SUBJECTS: dict[str, list[Visit]] = {
    subject.__name__.rsplit(".", 1)[-1]: subject.VISITS
    for subject in (progress, rosters, rows, people, accounts, banks, access)
}
