"""What tests of areas share: the packaged tables, read once."""

from __future__ import annotations

import pytest

from disburse.areas.places import Places, packaged


@pytest.fixture(scope="module")
def places() -> Places:
    """The resolver over every unit, then and now."""
    return packaged()
