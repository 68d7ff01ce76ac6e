"""Settings read from the environment: what looks on is on, and what says nothing is refused."""

from __future__ import annotations

import pytest

from disburse import config
from disburse.errors import Invalid

SWITCHES = {"DISBURSE_DEMO": "demo", "DISBURSE_WEBHOOKS_PRIVATE": "webhooks_private", "DISBURSE_DEBUG": "debug"}


@pytest.mark.parametrize(("variable", "field"), SWITCHES.items())
class TestSwitches:
    def test_on_and_off(self, variable: str, field: str) -> None:
        """In the words people write, capitals or not; empty is off."""
        for text in ("1", "true", "YES", "On"):
            assert getattr(config.load({variable: text}), field) is True
        for text in ("", "0", "false", "No", "off"):
            assert getattr(config.load({variable: text}), field) is False

    def test_any_other_word_is_refused(self, variable: str, field: str) -> None:
        """With its name, what stands there and what may."""
        with pytest.raises(Invalid) as refused:
            config.load({variable: "bật"})
        sentence = refused.value.sentence()
        assert variable in sentence and "bật" in sentence and "true" in sentence
