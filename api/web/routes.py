"""The pages' table of contents."""

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.web import (
    account,
    accounts,
    audit,
    bank_list_lines,
    bank_lists,
    bank_openings,
    bank_workbooks,
    banks,
    duplicates,
    flags,
    hamlets,
    jobs,
    kept_forms,
    links,
    months,
    names,
    own_bank,
    pages,
    payees,
    people,
    people_search,
    person_acts,
    person_notes,
    plan,
    programs,
    progress,
    questions,
    recipients,
    reveal,
    review,
    review_bulk,
    review_cards,
    rosters,
    row_issues,
    row_repairs,
    row_workbooks,
    sign_in,
    user,
    users,
    waiting,
)

router = APIRouter(include_in_schema=False)
router.include_router(sign_in.router)
router.include_router(account.router)
router.include_router(kept_forms.router)
router.include_router(progress.router)
router.include_router(names.router)
router.include_router(waiting.router)
router.include_router(plan.router)
router.include_router(months.router)
router.include_router(people_search.router)
router.include_router(people.router)
router.include_router(person_acts.router)
router.include_router(person_notes.router)
router.include_router(reveal.router)
router.include_router(questions.router)
router.include_router(recipients.router)
router.include_router(duplicates.router)
router.include_router(hamlets.router)
router.include_router(rosters.router)
router.include_router(row_issues.router)
router.include_router(row_repairs.router)
router.include_router(row_workbooks.router)
router.include_router(review.router)
router.include_router(review_cards.router)
router.include_router(review_bulk.router)
router.include_router(accounts.router)
router.include_router(links.router)
router.include_router(payees.router)
router.include_router(flags.router)
router.include_router(bank_lists.router)
router.include_router(bank_list_lines.router)
router.include_router(bank_openings.router)  # before the banks' own address: `openings` and `lists` are no codes
router.include_router(banks.router)
router.include_router(bank_workbooks.router)
router.include_router(own_bank.router)
router.include_router(programs.router)
router.include_router(jobs.router)
router.include_router(users.router)
router.include_router(user.router)
router.include_router(audit.router)


class _Static(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        # The address carries the content's hash: another content has another address.
        fresh = b"v=" in scope.get("query_string", b"")
        kept = "public, max-age=31536000, immutable" if fresh else "no-cache"
        # Style sheets name fonts without a hash; a vendored file changes only with its version.
        answer.headers["cache-control"] = "public, max-age=604800" if path.endswith(".woff2") else kept
        return answer


def mount_static(app: FastAPI) -> None:
    """Serve the style sheets, scripts and fonts that lie beside the pages."""
    app.mount("/static", _Static(directory=pages.STATIC), name="static")
