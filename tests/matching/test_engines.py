"""Every engine, every slicing and every source gives the same pairs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd
import pytest

from matching import Settings, link
from matching.engines import _on_cluster
from matching.files import link_files
from matching.link import link_sources
from matching.matcher import join
from matching.normalise import normalise
from matching.sources import file_slices, frame_slices, read_csv
from tests.matching.test_link import outcome, small


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small lists as files."""
    home = tmp_path_factory.mktemp("lists")
    lists = small()
    lists.roster.to_csv(home / "roster.csv", index=False)
    lists.registrations.to_csv(home / "registrations.csv", index=False)
    return home


@pytest.fixture(scope="module")
def expected() -> list[tuple[object, ...]]:
    """What one process finds in the whole frames."""
    lists = small()
    return outcome(link(lists.roster, lists.registrations, places=lists.places).pairs)


def in_slices(rows: int, **engine: Any) -> list[tuple[object, ...]]:
    """The same lists in slices of so many registrations."""
    lists = small()
    people = normalise(lists.roster, "full_name")
    slices = frame_slices(lists.registrations, rows)
    options = {"engine": "local", "workers": 1, **engine}
    result = link_sources(
        people, slices, Settings.preset(), lists.places, lambda *_: None, None, options["engine"], options["workers"]
    )
    return outcome(result.pairs)


class TestSlices:
    @pytest.mark.parametrize("rows", [97, 1_000, 10_000])
    def test_any_slicing(self, rows: int, expected: list[tuple[object, ...]]) -> None:
        """Where a list is cut changes nothing."""
        assert in_slices(rows) == expected

    @pytest.mark.parametrize("size", [1_000, 50_000, 1 << 30])
    def test_file_in_pieces(self, size: int, folder: Path) -> None:
        """A file cut at line ends holds the same rows, in order."""
        pieces = file_slices(folder / "registrations.csv", size)
        ids = [i for p in pieces for i in p.read().row_id.tolist()]
        assert ids == small().registrations["row_id"].tolist()

    def test_quoted_line_breaks(self, tmp_path: Path) -> None:
        """A line break inside quotes is no end of a row."""
        path = tmp_path / "r.csv"
        rows = [f'b{i},"LE VAN {i}","Thôn 1,\nxã ""Bình"" Châu"' for i in range(200)]
        path.write_text("row_id,holder_name,address\n" + "\n".join(rows) + "\n", encoding="utf-8")
        for size in (10, 37, 500):
            pieces = file_slices(path, size)
            assert [i for p in pieces for i in p.read().row_id.tolist()] == [f"b{i}" for i in range(200)]


class TestFiles:
    def test_same_as_frames(self, folder: Path, expected: list[tuple[object, ...]], tmp_path: Path) -> None:
        """File to file finds what the frames hold."""
        out = tmp_path / "pairs.csv"
        counts = link_files(folder / "roster.csv", folder / "registrations.csv", out, places=small().places)
        written = pd.read_csv(out)
        assert outcome(written) == expected
        assert counts.matched + counts.review == len(written)
        assert (counts.roster, counts.registrations) == (len(small().roster), len(small().registrations))

    def test_without_arrow(
        self, folder: Path, expected: list[tuple[object, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where pyarrow is not installed, pandas reads the files and the pairs are the same."""
        for module in ("columns", "pairs", "sources", "words"):
            monkeypatch.setattr(f"matching.{module}.arrow", lambda: None)
        out = tmp_path / "pairs.csv"
        link_files(folder / "roster.csv", folder / "registrations.csv", out, places=small().places)
        assert outcome(pd.read_csv(out)) == expected

    def test_without_pandas(self, folder: Path, tmp_path: Path) -> None:
        """Two files are linked without pandas, which takes half a second to load."""
        code = (
            "import sys; from pathlib import Path; from matching.files import link_files; "
            "link_files(*map(Path, sys.argv[1:])); sys.exit('pandas' in sys.modules)"
        )
        files = [folder / "roster.csv", folder / "registrations.csv", tmp_path / "pairs.csv"]
        subprocess.run([sys.executable, "-c", code, *map(str, files)], check=True)

    def test_ids_that_need_quotes(self, tmp_path: Path) -> None:
        """Commas and quotes inside row ids come through."""
        (tmp_path / "a.csv").write_text(
            'row_id,full_name,citizen_id\n"r,1",Lê Văn Sơn,051051000123\n', encoding="utf-8"
        )
        (tmp_path / "b.csv").write_text(
            'row_id,holder_name,citizen_id\n"b""1",LE VAN SON,051051000123\n', encoding="utf-8"
        )
        link_files(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "out.csv")
        written = pd.read_csv(tmp_path / "out.csv")
        assert written[["roster_row_id", "registration_row_id"]].to_numpy().tolist() == [["r,1", 'b"1']]

    def test_bom_and_awkward_words(self, tmp_path: Path) -> None:
        """A byte-order mark, leading zeros and the word NA stay what they are."""
        path = tmp_path / "r.csv"
        path.write_bytes(b"\xef\xbb\xbfrow_id,holder_name,citizen_id\nb1,NA,001\n")
        found = {name: text.strings().tolist() for name, text in read_csv(path).items()}
        assert found == {"row_id": ["b1"], "holder_name": ["NA"], "citizen_id": ["001"]}

    @pytest.mark.parametrize("closed", [False, True])
    def test_a_stray_quote_swallows_nobody(self, closed: bool, folder: Path, tmp_path: Path) -> None:
        """A quote before a name in the last column, never closed or closed far below: refused, with the line."""
        rows = [f"r{i},19{i % 100:02d},Lê Văn {i}" for i in range(200)]
        for row in (99, 150) if closed else (99,):
            rows[row] = rows[row].replace(",Lê", ',"Lê')
        bad = tmp_path / "bad.csv"
        bad.write_text("row_id,date_of_birth,full_name\n" + "\n".join(rows) + "\n", encoding="utf-8")
        for workers in (1, 2):
            with pytest.raises(ValueError, match="line 101 is not closed"):
                link_files(bad, folder / "registrations.csv", tmp_path / "out.csv", workers=workers)
        assert not (tmp_path / "out.csv").exists()

    def test_the_result_replaces_no_list_and_no_device(self, folder: Path, tmp_path: Path) -> None:
        """A slip in --out costs nobody a roster; nothing half-written stays."""
        lists = (folder / "roster.csv", folder / "registrations.csv")
        before = lists[0].read_bytes()
        (tmp_path / "pipe").mkdir()
        for out, says in (
            (lists[0], "one of the lists"),
            (tmp_path / "pipe", "no file"),
            (tmp_path / "no/x", "folder"),
        ):
            with pytest.raises(ValueError, match=says):
                link_files(*lists, out)
        assert (lists[0].read_bytes(), [*tmp_path.glob("*.part"), *folder.glob("*.part")]) == (before, [])

    @pytest.mark.parametrize(("content", "says"), [(b"row_id,name\n1,A\n", "holder_name"), (b"", "empty"),
                                                   ("row_id,holder_name\n1,Lê\n".encode("utf-16"),
                                                   "UTF-8")])  # fmt: skip
    def test_refusals(self, content: bytes, says: str, folder: Path, tmp_path: Path) -> None:
        """Bad files are refused with a sentence."""
        bad = tmp_path / "bad.csv"
        bad.write_bytes(content)
        with pytest.raises(ValueError, match=says):
            link_files(folder / "roster.csv", bad, tmp_path / "out.csv")
        assert not (tmp_path / "out.csv").exists()


class TestProcesses:
    def test_spawned(self, expected: list[tuple[object, ...]]) -> None:
        """Where this process has other threads, the others start from nothing and find the same."""
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(in_slices, 1_500, workers=2).result() == expected

    @pytest.mark.parametrize(("workers", "many"), [(2, 100_000), (3, 0)])
    def test_forked(
        self, workers: int, many: int, folder: Path, expected: list[tuple[object, ...]], tmp_path: Path
    ) -> None:
        """Where it has none, they share what it holds: the same pairs, in the same order of slices."""
        code = (
            "import sys; from pathlib import Path; import pandas as pd; from matching import forks; "
            "from matching.files import link_files; *files, workers, forks.MANY = sys.argv[1:]; "
            "forks.MANY = int(forks.MANY); assert forks.may_fork(); "
            "link_files(*map(Path, files[:3]), places=pd.read_csv(files[3], dtype=str), workers=int(workers))"
        )
        small().places.to_csv(tmp_path / "places.csv", index=False)
        out = tmp_path / "pairs.csv"
        files = [folder / "roster.csv", folder / "registrations.csv", out, tmp_path / "places.csv"]
        subprocess.run([sys.executable, "-c", code, *map(str, files), str(workers), str(many)], check=True, timeout=60)
        assert outcome(pd.read_csv(out)) == expected


@pytest.fixture
def client() -> Iterator[Any]:
    """A cluster of two worker processes, new for each test: a killed worker does not always come back."""
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as made:
        yield made


class TestDask:
    def test_own_cluster(self, expected: list[tuple[object, ...]]) -> None:
        """`--engine dask --workers 2` starts its own cluster."""
        pytest.importorskip("distributed")
        assert in_slices(1_500, engine="dask", workers=2) == expected

    def test_address(self, client: Any, expected: list[tuple[object, ...]]) -> None:
        """An address connects to an existing one."""
        assert in_slices(1_500, engine=client.scheduler.address) == expected

    @pytest.mark.parametrize("seconds", [0.0, 0.02, 0.7])
    def test_a_killed_worker_changes_nothing(self, client: Any, seconds: float) -> None:
        """kill -9 of a worker while it is given the roster, or in the middle of the slices: the same pairs."""
        lists = small()
        people, preset = normalise(lists.roster, "full_name"), Settings.preset()
        slices = frame_slices(lists.registrations, 60)
        pids = list(client.run(os.getpid).values())
        meetings: list[Any] = []
        running = Thread(  # of no weight: a run that waits for ever fails this test and does not hold up the others
            target=lambda: meetings.extend(_on_cluster(client, people, slices, preset, lists.places)), daemon=True
        )
        running.start()
        time.sleep(seconds)
        os.kill(pids[0], signal.SIGKILL)
        running.join(timeout=180)  # 100 slices, on a machine that may be busy with other tests
        assert len(meetings) == len(slices)
        whole = list(_on_cluster(client, people, slices, preset, lists.places))
        one, other = join(people, meetings, preset, None), join(people, whole, preset, None)
        assert (one.left == other.left).all() and (one.log_odds == other.log_odds).all()
        assert one.bank.row_id.take(one.right).tolist() == other.bank.row_id.take(other.right).tolist()
