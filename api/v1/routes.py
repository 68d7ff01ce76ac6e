"""The table of contents of the JSON."""

from fastapi import APIRouter

from api.v1 import areas, bank_events, bank_lists, bank_requests, bank_results, bank_stats, progress

router = APIRouter(prefix="/api/v1")
router.include_router(progress.router)
router.include_router(areas.router)
for part in (bank_requests, bank_results, bank_lists, bank_events, bank_stats):
    router.include_router(part.router)
