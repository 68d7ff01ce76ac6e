"""The table of contents of the JSON."""

from fastapi import APIRouter

from api.v1 import areas, progress

router = APIRouter(prefix="/api/v1")
router.include_router(progress.router)
router.include_router(areas.router)
