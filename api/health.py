"""Health: is the process alive, can it work, what does it count. No session, no personal data."""

from ipaddress import ip_address

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from api import telemetry
from api.deps import Data
from disburse import migrations
from disburse.errors import NotFound
from disburse.jobs import queries as jobs_queries

router = APIRouter(include_in_schema=False)


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
    if not _is_inside(request.client.host if request.client else ""):
        raise NotFound("not_found")
    return PlainTextResponse(generate_latest(telemetry.REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _is_inside(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return False
