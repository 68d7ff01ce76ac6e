"""Every page and state that a browser must find free of barriers. One file a subject, each with its `VISITS`."""

from tests.browser.addresses import access, accounts, banks, people, progress, rosters, rows
from tests.browser.addresses.visit import Visit

__all__ = ["VISITS", "Visit"]

VISITS: list[Visit] = [
    visit for subject in (progress, rosters, rows, people, accounts, banks, access) for visit in subject.VISITS
]
