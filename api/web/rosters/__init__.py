"""Rosters: the list of them, and the officer's way with one: file, sheets, columns, values, check, import, undo."""

from fastapi import APIRouter

from api.web.rosters import arriving, check, columns, listing, sheets, undo, values

router = APIRouter()
router.include_router(arriving.router)  # before the roster's own address: `new` and `work` are no ids
router.include_router(listing.router)
router.include_router(sheets.router)
router.include_router(columns.router)
router.include_router(values.router)
router.include_router(check.router)
router.include_router(undo.router)
