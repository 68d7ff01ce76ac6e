"""`python -m api`: the web process of one installation, as `disburse serve` starts it."""

import sys

import uvicorn

from api.app import create_app
from disburse import config
from disburse.errors import DisburseError
from disburse.installation import open_installation


def main() -> int:
    """Open the installation and serve it until told to stop; what stands in the way is one line on stderr."""
    try:
        settings = config.load()
        database = open_installation(settings)
    except DisburseError as error:
        sys.stderr.write(error.sentence() + "\n")
        return 1
    uvicorn.run(
        create_app(database, settings),
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
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
