"""Where a page that answered a form can be read again: a refused form stands at an address that only takes posts."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path


def readable_address(request: Request) -> str:
    """Return the address of the page itself; after a post that of the page its form belongs to."""
    path, query = request.url.path, request.url.query
    if request.method in ("GET", "HEAD"):
        return path + (f"?{query}" if query else "")
    while path:
        if any(pattern.match(path) for pattern in _readable(request.app)):
            return path
        path = path.rpartition("/")[0]
    return "/"


@cache
def _readable(app: Any) -> tuple[re.Pattern[str], ...]:
    contexts = iter_route_contexts(app.routes)
    return tuple(compile_path(str(one.path))[0] for one in contexts if "GET" in (one.methods or ()))
