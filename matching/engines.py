"""Where slices meet the roster: in this process, in local processes, or on a Dask cluster. Same pairs everywhere."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

from matching.forks import Turns, gathered, may_fork
from matching.matcher import Matcher, Meeting, Progress
from matching.normalise import People
from matching.settings import Settings
from matching.sources import Source

if TYPE_CHECKING:
    from matching.columns import Frame

ATTEMPTS = 3  # a cluster that loses every copy of the roster is given it again

_matcher: Matcher | None = None  # one per worker process


def meetings(
    roster: People,
    sources: Sequence[Source],
    settings: Settings,
    places: Frame | None,
    tell: Progress,
    *,
    engine: str = "local",
    workers: int = 1,
) -> Iterator[Meeting]:
    """Meet every slice, in order. engine: `local`, `dask` (a cluster of its own) or a scheduler's address."""
    if engine == "local" and (workers == 1 or len(sources) < 2):
        found = _here(roster, sources, settings, places)
    elif engine == "local" and may_fork():
        found = _processes(roster, sources, settings, places, tell, workers)
    elif engine == "local":
        found = _spawned(roster, sources, settings, places, workers)
    elif engine == "dask" or "://" in engine:
        found = _dask(roster, sources, settings, places, engine, workers)
    else:
        raise ValueError(f"unknown engine {engine!r}: local, dask or tcp://host:port")
    for done, meeting in enumerate(found, start=1):
        tell("compare", done, len(sources))
        yield meeting


def _here(roster: People, sources: Sequence[Source], settings: Settings, places: Frame | None) -> Iterator[Meeting]:
    matcher = Matcher(roster, settings, places)
    for source in sources:
        yield matcher.meet(source.read())


def _processes(
    roster: People, sources: Sequence[Source], settings: Settings, places: Frame | None, tell: Progress, workers: int
) -> Iterator[Meeting]:
    """This process and others take slices in turn; what they found comes in the slices' order."""
    matcher = Matcher(roster, settings, places, workers)
    turns = Turns(len(sources))

    def meet(say: Progress | None) -> Iterator[tuple[int, Meeting]]:
        for number in turns:
            yield number, matcher.meet(sources[number].read())
            if say:
                say("compare", number + 1, len(sources))

    try:
        found = gathered([partial(meet, tell), *[partial(meet, None)] * (workers - 1)])
    finally:
        turns.close()
    done = dict(chain.from_iterable(found))
    return (done.pop(number) for number in range(len(sources)))


def _spawned(
    roster: People, sources: Sequence[Source], settings: Settings, places: Frame | None, workers: int
) -> Iterator[Meeting]:
    """Where another thread runs: processes that start from nothing and are told everything."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    given = pickle.dumps((roster, settings, places), protocol=pickle.HIGHEST_PROTOCOL)
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_prepare, initargs=(given,)) as pool:
        yield from pool.map(_meet_here, sources)


def _prepare(given: bytes) -> None:
    global _matcher
    _matcher = Matcher(*pickle.loads(given))  # noqa: S301  our own bytes, sent by the parent process


def _meet_here(source: Source) -> Meeting:
    assert _matcher is not None
    return _matcher.meet(source.read())


def _dask(
    roster: People,
    sources: Sequence[Source],
    settings: Settings,
    places: Frame | None,
    engine: str,
    workers: int,
) -> Iterator[Meeting]:
    """Each worker builds the matcher once from the scattered roster; a killed worker's slices run elsewhere."""
    try:
        module: Any = import_module("distributed")
    except ImportError as missing:
        raise ValueError("the Dask engine needs the extra: pip install 'disburse[scale]'") from missing
    if "://" in engine:
        with module.Client(engine) as client:
            yield from _on_cluster(client, roster, sources, settings, places)
        return
    options: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": None}
    with module.LocalCluster(n_workers=workers, **options) as cluster, module.Client(cluster) as client:
        yield from _on_cluster(client, roster, sources, settings, places)


def _on_cluster(
    client: Any, roster: People, sources: Sequence[Source], settings: Settings, places: Frame | None
) -> Iterator[Meeting]:
    waiting = dict(enumerate(sources))
    done: dict[int, Meeting] = {}
    for left in reversed(range(ATTEMPTS)):
        try:
            _attempt(client, (roster, settings, places), waiting, done)
            break
        except Exception:
            if not left:
                raise
            client.wait_for_workers(1)  # a worker may be lost while it is given the roster, not only at its slices
    yield from (done[i] for i in sorted(done))


def _attempt(
    client: Any, told: tuple[People, Settings, Frame | None], waiting: dict[int, Source], done: dict[int, Meeting]
) -> None:
    """Give the workers the roster and meet the slices that wait; those that fail still wait when this raises."""
    from uuid import uuid4

    # Handed on by the workers themselves. Broadcasting waits for ever for a worker that is killed in the midst of it.
    given = client.scatter(told, hash=False)
    key = uuid4().hex
    futures = {i: client.submit(_meet_there, given, key, s, pure=False, retries=5) for i, s in waiting.items()}
    failed: list[Exception] = []
    for i, future in futures.items():
        try:
            done[i] = future.result()
            del waiting[i]
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]


_built: dict[str, Matcher] = {}  # a Dask worker's own matcher, by run


def _meet_there(given: tuple[People, Settings, Frame | None], key: str, source: Source) -> Meeting:
    if key not in _built:
        _built.clear()
        _built[key] = Matcher(*given)
    return _built[key].meet(source.read())
