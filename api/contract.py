"""The published contract: what OpenAPI says beyond what the routes' own types say."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from api.v1.bank_events import Event
from api.v1.bank_requests import Acknowledgement
from api.v1.bank_results import Result
from disburse.confirmations.registrations import RegistrationItem

# The items of bulk calls are read one by one, past FastAPI's own reading of bodies.
ITEMS = (Acknowledgement, Event, RegistrationItem, Result)


def publish(app: FastAPI) -> None:
    """Let the document of `app` name the items of bulk calls."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = described()
            _, found = models_json_schema(
                [(model, "validation") for model in ITEMS], ref_template="#/components/schemas/{model}"
            )
            document["components"]["schemas"] |= found["$defs"]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
