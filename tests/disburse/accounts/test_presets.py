"""Refitting the matcher's weights: shown before and after, stored when asked to, used only where it is named."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from disburse.accounts.tables import MatchPreset
from disburse.audit.tables import AuditEvent
from matching.settings import LATEST
from tests.disburse.accounts.world import World, disburse, use_on_the_command_line

NAMES = ("Nguyễn Văn Tám", "Đinh Thị Buôi", "Phạm Hữu Giám", "Hồ Thị Lệ", "Võ Quốc Bảo", "Trần Thu Hà", "Lê Quý Đôn")


@pytest.fixture
def crowded(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Twenty-one people whom a bank's list knows, and as many whom it does not."""
    for n in range(42):
        name, born = f"{NAMES[n % 7]}", f"19{40 + n}-0{1 + n % 9}-1{n % 10}"
        world.person(f"p{n}", name, born, citizen_id=f"0510{40 + n}0000{n:02d}")
        if n % 2:
            world.account(f"12345678905{n:02d}", name.upper(), born, f"0510{40 + n}0000{n:02d}")
    use_on_the_command_line(world.database, monkeypatch)
    return world


class TestRefit:
    def test_a_preview_keeps_nothing(self, crowded: World, capsys: pytest.CaptureFixture[str]) -> None:
        """Before and after by three numbers each; the database is as it was."""
        code, out, _ = disburse(capsys, "link", "refit", "--preview", "--json")
        shown = json.loads(out)
        assert (code, shown["stored"], shown["source"]) == (0, False, "em")
        for when in ("before", "after"):
            assert shown[when].keys() == {"automatic", "review", "estimated_wrong"}
            assert shown[when]["automatic"] + shown[when]["review"] > 0
        with crowded.database.reading() as session:
            assert list(session.exec(select(MatchPreset))) == []

    def test_stored_is_not_used_until_it_is_named(
        self, crowded: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Stored once a day with its event; the next run takes the old weights, one that names it the new ones."""
        code, out, _ = disburse(capsys, "link", "refit", "--json")
        name = json.loads(out)["preset"]
        assert (code, disburse(capsys, "link", "refit")[0]) == (0, 1)
        assert disburse(capsys, "link", "--json")[0] == 0
        with crowded.database.reading() as session:
            assert session.exec(select(AuditEvent).where(AuditEvent.action == "preset.stored")).one().object_id == name
            assert presets_used(crowded) == {LATEST}
        crowded.person("new", "Mai Thị Cúc", "1951-03-12", citizen_id="051151000099")
        crowded.account("1234567890599", "MAI THI CUC", "1951-03-12", "051151000099")
        monkeypatch.setenv("DISBURSE_MATCH_PRESET", name)
        assert disburse(capsys, "link", "--json")[0] == 0
        assert presets_used(crowded) == {LATEST, name}  # what was accepted says what it was accepted with
        monkeypatch.setenv("DISBURSE_MATCH_PRESET", "none-such")
        code, _, said = disburse(capsys, "link")
        assert (code, "none-such" in said) == (1, True)

    def test_nothing_to_learn_from(
        self, world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without people or registrations it says so."""
        use_on_the_command_line(world.database, monkeypatch)
        code, _, said = disburse(capsys, "link", "refit", "--preview")
        assert (code, "học lại" in said) == (1, True)


def presets_used(world: World) -> set[str]:
    """Return what the open and accepted pairs were decided with."""
    from disburse.accounts.tables import Candidate

    with world.database.reading() as session:
        return set(session.exec(select(Candidate.preset)))
