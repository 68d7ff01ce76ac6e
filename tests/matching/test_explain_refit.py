"""Words for one pair; proposals of new weights."""

from __future__ import annotations

import pandas as pd
import pytest

from matching import Settings, explain, link, refit
from matching.decide import VETOES
from matching.evaluate import labels
from matching.explain import read_reasons
from matching.explain_words import CONFLICTS, FIELD_NAMES, SENTENCES
from matching.levels import FIELDS
from tests.matching.drawn import PLACES
from tests.matching.test_link import small

ROW = {"full_name": "Nguyễn Thị Đào", "date_of_birth": "1951", "gender": "Nữ", "citizen_id": "51151000123", "phone": "",
       "address": "", "commune_code": "21112"}  # fmt: skip
ACCOUNT = {"holder_name": "NGUYEN THI DAO", "date_of_birth": "12/03/1951", "gender": "Nữ", "citizen_id": "051151000123",
           "phone": "", "address": "Xã Đông Sơn, Quảng Ngãi"}  # fmt: skip


class TestExplain:
    def test_in_vietnamese(self) -> None:
        """Fields, levels and weights, heaviest first."""
        found = explain(ROW, ACCOUNT, places=PLACES)
        assert {(line.field, line.level) for line in found.lines[:2]} == {("number", "equal"), ("name", "exact")}
        assert "Số định danh: trùng CCCD" in found.text()
        assert found.conflicts == () and found.log_odds > 5
        assert sorted((abs(line.weight) for line in found.lines), reverse=True) == [
            abs(line.weight) for line in found.lines
        ]

    def test_in_english_with_a_conflict(self) -> None:
        """What forbids an automatic match is said."""
        found = explain(ROW, {**ACCOUNT, "citizen_id": "051151777888"}, lang="en", places=PLACES)
        assert found.conflicts == ("Different ID numbers: no automatic match",)
        assert "  !  Different ID numbers" in found.text()

    def test_every_level_has_words(self) -> None:
        """No code without a sentence, in both languages."""
        for lang in ("vi", "en"):
            assert set(FIELD_NAMES[lang]) == set(FIELDS)
            assert {f: tuple(words) for f, words in SENTENCES[lang].items()} == FIELDS
            assert set(CONFLICTS[lang]) == {*VETOES, "rival", "weak", "holder"}

    def test_reasons_column(self) -> None:
        """The codes of a result read as sentences."""
        said = read_reasons("name:exact birth:year veto:number rival", "en")
        assert said == ["Name: equal", "Birth date: same year, one side without a day",
        "Different ID numbers: no automatic match",
                        "Another person or account fits as well"]  # fmt: skip
        lists = small()
        pairs = link(lists.roster, lists.registrations, places=lists.places).pairs
        assert all(read_reasons(r) for r in pairs["reasons"].unique())


class TestRefit:
    def test_em_proposes_little_for_lists_like_the_presets_own(self) -> None:
        """Without labels: a proposal near the preset, never further than one step, conflicts no milder."""
        lists = small()
        found = refit(lists.roster, lists.registrations, places=lists.places, name="here")
        assert found.source == "em" and found.proposal.name == "here"
        assert all(abs(new - now) <= 1.0 + 1e-9 for _, now, new in found.moves)
        assert found.proposal.weights["number.differs"] <= Settings.preset().weights["number.differs"]
        assert abs(found.would_match - found.matches_now) <= 0.05 * found.matches_now

    def test_decisions_teach(self) -> None:
        """With clerks' answers: the proposal still links people who are the same."""
        lists = small()
        pairs = link(lists.roster, lists.registrations, places=lists.places).pairs
        answers = pairs[["roster_row_id", "registration_row_id"]].assign(
            decision=["yes" if right else "no" for right in labels(pairs, lists.truth)]
        )
        found = refit(lists.roster, lists.registrations, places=lists.places, decisions=answers)
        assert found.source == "decisions"
        again = link(lists.roster, lists.registrations, found.proposal, lists.places)
        # the climate was seen among the pairs that the present weights keep, so a pair at the threshold may change
        assert abs(len(again.matches) - found.would_match) <= 1
        assert (~labels(again.matches, lists.truth)).sum() <= 2

    def test_nothing_is_changed_silently(self) -> None:
        """The packaged preset stays; a preset without shares, or answers about nobody, is refused."""
        lists = small()
        bare = Settings(name="bare", date="", weights=Settings.preset().weights)
        with pytest.raises(ValueError, match="shares"):
            refit(lists.roster, lists.registrations, bare, lists.places)
        nobody = pd.DataFrame({"roster_row_id": ["x"], "registration_row_id": ["y"], "decision": ["yes"]})
        with pytest.raises(ValueError, match="candidate"):
            refit(lists.roster, lists.registrations, places=lists.places, decisions=nobody)


class TestSettings:
    def test_round_trip(self) -> None:
        """A preset stored beside decisions can be read again."""
        preset = Settings.preset()
        assert Settings.from_json(preset.to_json()) == preset

    @pytest.mark.parametrize("wrong", [{"accept": 0.5}, {"accept": 1.1}, {"review": 0.0}, {"review": 0.999}])
    def test_thresholds_are_checked(self, wrong: dict[str, float]) -> None:
        """Below one half two rivals could both be accepted."""
        with pytest.raises(ValueError, match="must lie"):
            Settings(name="t", date="", **wrong)  # type: ignore[arg-type]

    def test_unknown_preset(self) -> None:
        """A name nobody packaged."""
        with pytest.raises(KeyError):
            Settings.preset("vn-1999")
