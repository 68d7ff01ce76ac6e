"""Writing a note on a person's page: `/people/{id}/notes`. A refused note comes back with what was typed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import Data, require
from api.errors import status_of
from api.web import pages
from api.web.people import page_of
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import DisburseError, NotFound
from disburse.people import notes
from disburse.people.profile import Profile, profile
from disburse.people.tables import Enrolment

router = APIRouter()


@router.post("/people/{person_id}/notes")
def write(
    request: Request,
    data: Data,
    person_id: UUID,
    actor: Actor = require(Permission.NOTE_WRITE),
    note: Annotated[str, Form(max_length=10_000)] = "",
    enrolment: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Add a note under an enrolment of the person's, or one they receive for: the one named, else the first."""
    try:
        with data.transaction() as session:
            found = profile(session, actor, person_id, Permission.NOTE_WRITE)
            notes.add_note(session, person_id=person_id, enrolment=_chosen(found, enrolment), text=note, by=actor.by)
    except NotFound:
        raise
    except DisburseError as error:
        with data.reading() as session:
            found = profile(session, actor, person_id, Permission.NOTE_WRITE)
            page = page_of(session, actor, found, {"note": note, "enrolment": enrolment}, error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"/people/{person_id}#notes", status_code=303)


def _chosen(found: Profile, enrolment: str) -> Enrolment:
    fitting = [one for one in found.notable() if not enrolment or str(one.id) == enrolment]
    if not fitting:
        raise NotFound("not_found")
    return fitting[0]
