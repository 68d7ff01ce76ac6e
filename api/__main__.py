"""`python -m api`: the web process of one installation, as `disburse serve` starts it."""

import gc
import os
import sys
import threading
from contextlib import ExitStack
from datetime import datetime

import uvicorn

from api.app import create_app
from api.web import review_cards
from disburse import clock, config
from disburse.config import Settings
from disburse.db import Database
from disburse.errors import DisburseError, Invalid
from disburse.installation import open_installation

PAGES = 16_384  # KB a connection: with fifteen of them, 64 MB each would be a gigabyte


def main(arguments: list[str]) -> int:
    """Open the installation and serve it until told to stop; what stands in the way is one line on stderr.

    `MOMENT`, as ISO 8601, is where the clock starts: for the demonstration alone, which lives through a past month.
    """
    with ExitStack() as past:
        try:
            settings = config.load()
            if arguments:
                past.enter_context(clock.living_from(_moment(arguments[0], settings)))
            database = open_installation(settings)
        except DisburseError as error:
            sys.stderr.write(error.sentence() + "\n")
            return 1
        # The day's first card shall not wait for its templates and the matcher, nor the web for either.
        threading.Thread(target=review_cards.get_ready, name="ready", daemon=True).start()
        _serve(database, settings)
    return 0


def _moment(text: str, settings: Settings) -> datetime:
    if not settings.demo:
        raise Invalid("past_in_demo_only")
    return datetime.fromisoformat(text)


def _serve(database: Database, settings: Settings) -> None:
    app = create_app(database, settings)
    database.keep_fewer_pages(PAGES)
    # What was made until here stays as long as the process. To walk its 380,000 objects at every full collection took
    # 0.1 to 0.25 s, in the middle of somebody's call.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)  # a call of 500 results makes 20,000 objects, and keeps none of them
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # telemetry.Observed writes one line a request, without query strings
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        limit_concurrency=500,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=32_768,
    )


if __name__ == "__main__":
    os.umask(0o077)  # what it writes holds people's data: for the one who runs it alone
    raise SystemExit(main(sys.argv[1:]))
