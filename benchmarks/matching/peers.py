"""Other ways to link the same two files, each from reading the CSVs to writing scored pairs.

Run one as `python -m benchmarks.matching.peers ENGINE DIR OUT.csv`; needs the extra `bench` for Splink, `make peers`
for all.
All of them get the same cleaned columns (folded names, parsed dates, padded IDs, communes through the crosswalk).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matching.columns import text_values
from matching.identity import citizen_id, clean_number, old_id, pad_citizen_id, parse_date, phone
from matching.places import gazetteer, place_numbers, read_addresses
from matching.text import fold, honorifics


def load(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both files with comparable text columns."""
    read = {"dtype": str, "keep_default_na": False}
    roster, bank = pd.read_csv(folder / "roster.csv", **read), pd.read_csv(folder / "registrations.csv", **read)
    table = gazetteer(pd.read_csv(folder / "places.csv", **read))
    left, right = prepare(roster, "full_name"), prepare(bank, "holder_name")
    living = place_numbers(text_values(roster, "commune_code"), table)[0]
    left["place"] = [str(p) if p >= 0 else None for p in living.tolist()]
    first = read_addresses(text_values(bank, "address"), table).first
    place_of = dict.fromkeys((table.links >> 20).tolist())
    for link in table.links.tolist():
        place_of[link >> 20] = str(link & ((1 << 20) - 1))
    right["place"] = [place_of.get(n) if n >= 0 else ("elsewhere" if a else None)
                      for n, a in zip(first.tolist(), bank["address"].tolist(), strict=True)]  # fmt: skip
    return left, right


def prepare(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Cleaned columns; None where unknown."""
    names = {v: fold(honorifics(v)[0]) for v in frame[name].unique()}
    births = {v: parse_date(v) for v in frame["date_of_birth"].unique()}
    dates = [births[v] for v in frame["date_of_birth"]]
    vague = [d is None or d.day is None or d.placeholder for d in dates]
    folded = [names[v] for v in frame[name]]
    digits = [clean_number(v) for v in frame["citizen_id"]]
    ids = [citizen_id(pad_citizen_id(d) or "") for d in digits]
    return pd.DataFrame(
        {
            "unique_id": frame["row_id"], "name": [n or None for n in folded],
            "sorted_name": [" ".join(sorted(n.split())) or None for n in folded],
            "family": [n.split(" ")[0] or None for n in folded], "given": [n.split(" ")[-1] or None for n in folded],
            "birth": [None if v else d.iso() for d, v in zip(dates, vague, strict=True)],  # type: ignore[union-attr]
            "year": [str(d.year) if d else (str(i.birth_year) if i else None) for d, i in zip(dates, ids, strict=True)],
            "day_month": [None if v else d.iso()[5:] for d, v in zip(dates, vague, strict=True)],  # type: ignore[union-attr]
            "citizen_id": [i.value if i else None for i in ids], "old_id": [old_id(d) for d in digits],
            "phone": [phone(v) if v else None for v in frame["phone"]],
            "sex": [v or None for v in frame["gender"]],
        }
    )  # fmt: skip


def join_on_id(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """What staff do in Excel."""
    pairs = left.dropna(subset="citizen_id").merge(right.dropna(subset="citizen_id"), on="citizen_id")
    return pd.DataFrame({"l": pairs["unique_id_x"], "r": pairs["unique_id_y"], "score": 1.0})


def rapidfuzz_naive(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Same birth year, name similarity, plus the ID where equal."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import cpdist

    a, b = left.dropna(subset=["year", "name"]), right.dropna(subset=["year", "name"])
    pairs = a.merge(b, on=["year", "given"], suffixes=("_l", "_r"))
    similar = cpdist(pairs["name_l"].tolist(), pairs["name_r"].tolist(), scorer=ratio, workers=2) / 100
    same_day = (pairs["birth_l"] == pairs["birth_r"]).to_numpy()
    same_place = (pairs["place_l"] == pairs["place_r"]).to_numpy()
    score = similar * 0.7 + same_day * 0.2 + same_place * 0.1
    fuzzy = pd.DataFrame({"l": pairs["unique_id_l"], "r": pairs["unique_id_r"], "score": score})
    fuzzy = fuzzy[fuzzy["score"] >= 0.75]
    return pd.concat([join_on_id(left, right), fuzzy]).groupby(["l", "r"], as_index=False)["score"].max()


def recordlinkage_ecm(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """recordlinkage's ECM classifier on exact and string comparisons."""
    import recordlinkage as rl

    a, b = left.set_index("unique_id"), right.set_index("unique_id")
    indexer = rl.Index()
    indexer.block("citizen_id")
    indexer.block(["name", "year"])
    indexer.block(["family", "birth"])
    pairs = indexer.index(a, b)
    compare = rl.Compare(n_jobs=1)
    compare.string("name", "name", method="jarowinkler", threshold=0.92)
    for column in ("birth", "year", "citizen_id", "phone", "place", "sex"):
        compare.exact(column, column)
    features = compare.compute(pairs, a, b)
    model = rl.ECMClassifier(binarize=None)
    model.fit(features)
    score = np.asarray(model.prob(features), dtype=float)
    return pd.DataFrame({"l": pairs.get_level_values(0), "r": pairs.get_level_values(1), "score": score})


def splink_tuned(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Splink 5 on DuckDB: seven comparisons, term frequencies for names, u by sampling, m by EM."""
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    api = DuckDBAPI()
    rules = [("citizen_id",), ("old_id",), ("name", "year"), ("name", "day_month"), ("sorted_name", "year"),
             ("family", "birth"), ("given", "birth"), ("phone", "given")]  # fmt: skip
    settings = SettingsCreator(
        link_type="link_only", comparisons=_comparisons(), retain_matching_columns=False,
        blocking_rules_to_generate_predictions=[block_on(*r) for r in rules],
        probability_two_random_records_match=0.75 * len(left) / (len(left) * len(right)),
    )  # fmt: skip
    frames = [api.register(f, dataset_display_name=n) for f, n in ((left, "l"), (right, "r"))]
    linker = Linker(frames, settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("name", "year"), record_sample_proportion=1.0
    )
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("citizen_id"), record_sample_proportion=1.0
    )
    found = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    return pd.DataFrame({"l": found["unique_id_l"], "r": found["unique_id_r"], "score": found["match_probability"]})


def _comparisons() -> list[Any]:
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    name = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name", term_frequency_adjustments=True),
            cll.ExactMatchLevel("sorted_name"),
            cll.JaroWinklerLevel("name", 0.95),
            cll.And(cll.ExactMatchLevel("family"), cll.ExactMatchLevel("given")),
            cll.ExactMatchLevel("given"),
            cll.ElseLevel(),
        ],
    )
    birth = cl.CustomComparison(
        output_column_name="birth",
        comparison_levels=[
            cll.CustomLevel("year_l is null or year_r is null").configure(is_null_level=True),
            cll.ExactMatchLevel("birth"),
            cll.CustomLevel("year_l = year_r and (birth_l is null or birth_r is null)", "year, day unknown"),
            cll.CustomLevel("day_month_l = day_month_r", "day and month"),
            cll.CustomLevel("year_l = year_r", "year, another day"),
            cll.ElseLevel(),
        ],
    )
    number = cl.LevenshteinAtThresholds("citizen_id", [1])
    return [name, birth, number, *(cl.ExactMatch(c) for c in ("old_id", "phone", "place", "sex"))]


ENGINES = {
    "join on citizen ID": join_on_id, "rapidfuzz, naive": rapidfuzz_naive, "recordlinkage (ECM)": recordlinkage_ecm,
    "Splink 5": splink_tuned,
}  # fmt: skip


def main() -> None:
    """Link one folder with one engine."""
    engine, folder, out = sys.argv[1:4]
    pairs = ENGINES[engine](*load(Path(folder)))
    pairs.rename(columns={"l": "roster_row_id", "r": "registration_row_id"}).to_csv(out, index=False)


if __name__ == "__main__":
    main()
