"""Health: is the process alive, can it work, what does it count. No session, no personal data."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from api import telemetry
from api.deps import Data, settings_of
from disburse import migrations
from disburse.errors import NotFound
from disburse.jobs import queries as jobs_queries

router = APIRouter(include_in_schema=False)

_PROXIED = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"})


@router.get("/healthz")
def alive() -> PlainTextResponse:
    """Say that the process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(database: Data) -> JSONResponse:
    """Say whether the database answers and its tables are up to date."""
    try:
        with database.reading() as session:
            session.execute(sa.text("SELECT 1"))
            waiting = jobs_queries.waiting(session)
        up_to_date = migrations.current(database) == migrations.head()
    except SQLAlchemyError:
        return JSONResponse({"ready": False, "database": "unreachable"}, status_code=503)
    body = {"ready": up_to_date, "database": "ok" if up_to_date else "behind", "jobs_waiting": waiting}
    return JSONResponse(body, status_code=200 if up_to_date else 503)


@router.get("/metrics")
def metrics(request: Request) -> PlainTextResponse:
    """Give Prometheus its counters, to callers inside the network only."""
    if not _is_inside(request):
        raise NotFound("not_found")
    return PlainTextResponse(generate_latest(telemetry.REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _is_inside(request: Request) -> bool:
    """Say whether the caller is of this network: itself, or as a declared proxy names it."""
    host, port = request.client or ("", 0)
    # uvicorn gives whom a declared proxy named no port; any other who comes through a proxy is the proxy's own address.
    if port and _is_forwarded(request):
        return False
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def _is_forwarded(request: Request) -> bool:
    """Say whether a call came through a proxy: it says so, or uses our public name, or speaks as proxies do."""
    settings, public = settings_of(request), urlsplit(settings_of(request).public_url)
    return (
        any(name in _PROXIED or name.startswith("x-forwarded-") for name in request.headers)
        or (public.scheme == "https" and not settings.trusted_proxies)  # who else does TLS?
        or request.url.hostname == public.hostname
        or request.scope["http_version"] == "1.0"  # nginx, where it was told nothing
    )
