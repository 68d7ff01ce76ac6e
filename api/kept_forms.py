"""A form that comes without a live session: what was typed is kept for its owner over the sign-in."""

from __future__ import annotations

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api import security
from api.deps import by_of, database_of, settings_of
from disburse.access import kept_forms

PAGE = "/kept"
# Whole areas of which nothing is kept: sign-in, passwords and codes, users and their rights, secrets of programs.
NEVER = ("/sign-in", "/sign-out", "/invitation", "/language", "/account", "/users", "/programs")
# A workbook is chosen again, not typed; only what a form of fields carries is kept.
KIND = "application/x-www-form-urlencoded"


async def keep(request: Request) -> str:
    """Keep a posted form, if it may be kept, and return the address of its page; else ""."""
    path = request.url.path
    if path.startswith(PAGE + "/"):  # the page itself, left open too long: its form may still be there
        return "/".join(path.split("/")[:3])
    length, kind = request.headers.get("content-length", ""), request.headers.get("content-type", "")
    small = length.isdecimal() and int(length) <= 3 * kept_forms.MOST_BYTES  # written with %, a letter takes up to nine
    if path.startswith(NEVER) or kind.split(";")[0].strip().lower() != KIND or not small:
        return ""
    form = await request.form()
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    csrf = request.headers.get("x-csrf-token", "") or dict(fields).get("csrf", "")
    where = path + (f"?{request.url.query}" if request.url.query else "")
    found = await run_in_threadpool(_keep, request, csrf, where, fields)
    return f"{PAGE}/{found}" if found else ""


def _keep(request: Request, csrf: str, path: str, fields: kept_forms.Fields) -> object:
    token = request.cookies.get(security.cookie_name(settings_of(request)), "")
    with database_of(request).transaction() as session:
        return kept_forms.keep(session, token=token, csrf=csrf, path=path, fields=fields, by=by_of(request))
