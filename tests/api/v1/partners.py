"""Programs of banks that call the shared, filled site in other systems' words."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from disburse.audit.actor import COMMAND
from disburse.banks import actions
from disburse.banks.actions import ClientChange
from disburse.banks.scopes import EVERYTHING, Scope
from tests.api.conftest import Site
from tests.api.v1.conftest import PLENTY, Partner

__all__ = ["Employ", "Partner", "employ", "lite_employ"]

Employ = Callable[..., Partner]


@pytest.fixture
def employ(site: Site) -> Employ:
    """Make a program of a bank on each database and sign it in."""
    return _employer(site)


@pytest.fixture
def lite_employ(lite_site: Site) -> Employ:
    """The same on SQLite alone."""
    return _employer(lite_site)


def _employer(site: Site) -> Employ:
    def make(bank_code: str = "VBA", scopes: frozenset[Scope] = EVERYTHING) -> Partner:
        with site.database.transaction() as session:
            made = actions.add_client(session, bank_code=bank_code, name=f"test {uuid4()}", scopes=scopes, by=COMMAND)
            wanted = ClientChange(per_minute=PLENTY, per_day=PLENTY)
            actions.change_client(session, client_id=made.client_id, change=wanted, by=COMMAND)
        partner = Partner(bank_code, made, site.anonymous())
        assert partner.sign_in().status_code == 200
        return partner

    return make
