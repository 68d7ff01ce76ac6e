"""The application as a table of contents: what stands in front, what answers, in which order."""

from fastapi import FastAPI
from starlette.middleware import Middleware

from api import contract, deps, errors, health, kept_forms, limits, request_log, security, telemetry
from api.v1 import bank_tokens, g2p, govstack
from api.v1 import routes as v1
from api.web import routes as web
from disburse import __version__
from disburse.config import Settings
from disburse.db import Database

DESCRIPTION = """
Figures and lists of Disburse for programs. Sign in on the page and send the session cookie, or wait for the bank
partners' tokens. Every error is `application/problem+json` with a stable `code`.
"""


def create_app(database: Database, settings: Settings) -> FastAPI:
    """Return the web application of one installation: its pages, its JSON, its health."""
    app = FastAPI(
        title="Disburse",
        version=__version__,
        description=DESCRIPTION.strip(),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        responses=errors.DOCUMENTED,
        middleware=[
            Middleware(telemetry.Observed),
            Middleware(request_log.Recorded),
            Middleware(security.Headers, settings=settings),
            Middleware(errors.LastResort),
            Middleware(limits.BodyLimit),
            Middleware(security.SameOrigin, settings=settings),
        ],
    )
    app.state.database = database
    app.state.settings = settings
    app.state.who_is = deps.current_or_none
    app.state.people = deps.People()
    app.state.keep_form = kept_forms.keep
    errors.install(app)
    app.include_router(health.router)
    app.include_router(bank_tokens.router)
    app.include_router(v1.router)
    app.include_router(g2p.router)
    app.include_router(govstack.router)
    app.include_router(web.router)
    web.mount_static(app)
    contract.publish(app)
    deps.check_every_route_is_guarded(app)
    app.state.paths = deps.paths_of(app)
    return app
