"""How a page becomes HTML: one dataclass a page, one template a dataclass, one frame around all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import meta
from jinja2.runtime import Context
from markupsafe import Markup

from api.web import shapes
from api.web.way_back import readable_address
from api.web.words import LANGUAGES, Words, words_of
from disburse.access.actor import Actor
from disburse.access.roles import Permission, role_name
from disburse.errors import DisburseError

HERE = Path(__file__).parent
STATIC = HERE / "static"
GREET = "greet"  # the cookie by which a sign-in asks the next page to tell of the sign-in before


class Page:
    """What a template needs, and nothing else. A subclass names its template."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True)
class ErrorPage(Page):
    """An error with what to do next."""

    template: ClassVar[str] = "error.html"
    error: DisburseError
    reference: str


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu: its words, address and whether it is where we are."""

    label: str
    href: str
    here: bool


# What exists, in the order of the work. A label is a message of the catalogues.
MENU: tuple[tuple[str, str, Permission], ...] = (
    ("Tiến độ", "/progress", Permission.PROGRESS_READ),
    ("Danh sách đối tượng", "/rosters", Permission.ROSTER_READ),
    ("Ghép tài khoản", "/review", Permission.MATCH_REVIEW),
    ("Đối tượng", "/people", Permission.PERSON_READ),
    ("Tài khoản và ngân hàng", "/accounts", Permission.ACCOUNT_READ),
    ("Yêu cầu xác nhận", "/own-bank", Permission.BANK_OWN),
)
# Beginnings of addresses whose screens belong to an entry, though its own address begins otherwise.
BELONGS: dict[str, tuple[str, ...]] = {
    "/people": ("/questions", "/duplicates", "/papers", "/ages", "/hamlets", "/scans"),
    "/accounts": ("/links", "/flags", "/staff", "/banks"),
}
# Who may not open an entry itself, but one screen of it, finds that screen under its name.
INSTEAD: dict[str, tuple[str, Permission]] = {"/review": ("/review/preview", Permission.MATCH_PREVIEW)}
# What stands together under one entry at the end; who may open only one of them finds that one in the menu itself.
ADMIN = "Quản trị"
ADMIN_MENU: tuple[tuple[str, str, Permission], ...] = (
    ("Người dùng", "/users", Permission.USER_READ),
    ("Nhật ký", "/audit", Permission.AUDIT_READ),
    ("Tác vụ", "/jobs", Permission.JOB_READ),
    ("Chương trình ngân hàng", "/programs", Permission.BANK_READ),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    lang: str
    demo: bool
    path: str
    here: str  # where the language is switched: this page, or the one whose form was refused
    unsaved: bool  # whether this answers a form, so that what was typed stands here and nowhere else
    csrf: str
    actor: Actor | None
    role: str
    menu: tuple[MenuItem, ...]
    submenu: tuple[MenuItem, ...]
    before: Any  # the sign-in before this one, on the first page after a sign-in; else None
    people: Mapping[str, str]  # what users are called, by login name
    shortcuts: bool  # whether single keys may act on this page; a user can switch them off (WCAG 2.1.4)


def render(request: Request, page: Page, status: int = 200) -> HTMLResponse:
    """Return the page as HTML in the reader's language."""
    frame = _frame(request)
    html = _environment(frame.lang).get_template(page.template).render(page=page, frame=frame)
    answer = HTMLResponse(html, status_code=status)
    if frame.before is not None:
        answer.delete_cookie(GREET, path="/")
    return answer


def prepare(page: type[Page]) -> None:
    """Compile a page's template and its parts for every language: a tenth of a second or two, the first time."""
    for lang in LANGUAGES:
        environment = _environment(lang)
        waiting, done = [page.template], set[str]()
        while waiting:
            name = waiting.pop()
            environment.get_template(name)
            done.add(name)
            parsed = environment.parse((HERE / "templates" / name).read_text("utf-8"))
            waiting += [one for one in meta.find_referenced_templates(parsed) if one and one not in done]


def language_of(request: Request) -> str:
    """Return the language to answer in: the user's, else the cookie's, else Vietnamese."""
    found = getattr(request.state, "current", None)
    lang = found.actor.language if found else request.cookies.get("lang", "vi")
    return lang if lang in LANGUAGES else "vi"


def _frame(request: Request) -> Frame:
    found = getattr(request.state, "current", None)
    actor: Actor | None = found.actor if found else None
    lang = language_of(request)
    words = words_of(lang)
    return Frame(
        lang=lang,
        demo=request.app.state.settings.demo,
        path=request.url.path,
        here=readable_address(request),
        unsaved=request.method not in ("GET", "HEAD"),
        csrf=found.csrf if found else "",
        actor=actor,
        role=", ".join(role_name(role, lang) for role in actor.roles) if actor else "",
        menu=_menu(actor, words, request.url.path) if actor else (),
        submenu=_submenu(actor, words, request.url.path) if actor else (),
        before=found.before if found and GREET in request.cookies else None,
        people=found.people if found else {},
        shortcuts=actor.shortcuts if actor else False,
    )


def first_address(actor: Actor) -> str:
    """Return where a role's work begins: the first entry of its menu."""
    return next((href for _, href, permission in (*MENU, *ADMIN_MENU) if actor.may(permission)), "/welcome")


def _menu(actor: Actor, words: Words, path: str) -> tuple[MenuItem, ...]:
    found = _items(MENU, actor, words, path)
    last = _items(ADMIN_MENU, actor, words, path)
    if len(last) > 1:
        last = (MenuItem(words.gettext(ADMIN), last[0].href, any(item.here for item in last)),)
    return found + last


def _submenu(actor: Actor, words: Words, path: str) -> tuple[MenuItem, ...]:
    found = _items(ADMIN_MENU, actor, words, path)
    return found if len(found) > 1 and any(item.here for item in found) else ()


def _items(
    entries: tuple[tuple[str, str, Permission], ...], actor: Actor, words: Words, path: str
) -> tuple[MenuItem, ...]:
    found = []
    for label, href, permission in entries:
        address = href
        if not actor.may(permission):
            address, instead = INSTEAD.get(href, ("", permission))
            if not actor.may(instead):
                continue
        here = any(_within(path, begins) for begins in (href, *BELONGS.get(href, ())))
        found.append(MenuItem(words.gettext(label), address, here))
    return tuple(found)


def _within(path: str, begins: str) -> bool:
    return path == begins or path.startswith(begins + "/")


@cache
def _environment(lang: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = words_of(lang)
    install: Any = environment.install_gettext_callables  # type: ignore[attr-defined]
    install(words.gettext, words.ngettext, newstyle=True)
    environment.globals["gettext"] = _counting(words)
    environment.filters.update(
        number=words.number,
        day=words.day,
        typed_day=words.typed_day,
        moment=words.moment,
        points=words.points,
        short_money=words.short_money,
        masked=shapes.masked,
        named=shapes.named,
        place=words.place,
        programme=words.programme,
        who=_who(words),
    )
    environment.globals.update(percent=words.percent, static=static_address, shapes=shapes, Permission=Permission)
    return environment


def _counting(words: Words) -> Callable[..., str]:
    """Return Jinja's newstyle `gettext` that also knows how a sentence is said of one."""

    @jinja2.pass_context
    def gettext(context: Context, message: str, /, **values: Any) -> str:
        text = words.counted(message, values)
        return (Markup(text) if context.eval_ctx.autoescape else text) % values  # noqa: S704 - the catalogue's own text

    return gettext


def _who(words: Words) -> Callable[..., str]:
    """Return the filter that says who did something: a user by the name people know, not by their login."""

    @jinja2.pass_context
    def who(context: Context, login: str) -> str:
        frame: Frame = context["frame"]
        return frame.people.get(login) or words.who(login)

    return who


@cache
def static_address(name: str) -> str:
    """Return a static file's address with its content's hash, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"
