"""Keeping an officer's file, sealed, and giving it back to whoever reads it. What the file says is not known here."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from disburse import clock, crypto
from disburse.audit.actor import By
from disburse.errors import NotFound
from disburse.ids import new_id
from disburse.workbooks.tables import CONTENT, Upload


def keep(session: Session, *, content: bytes, name: str, by: By) -> Upload:
    """Store a file's bytes, sealed; the act that needs it records the event."""
    upload_id = new_id()
    upload = Upload(
        id=upload_id,
        name=name[:255],
        sha256=crypto.digest(content),
        size=len(content),
        content_sealed=CONTENT.seal_bytes(upload_id, content),
        uploaded_by=by.name,
        uploaded_at=clock.utc_now(),
    )
    session.add(upload)
    session.flush()
    return upload


def content(session: Session, upload_id: UUID | None) -> bytes:
    """Return a file's bytes; NotFound once the retention has erased them."""
    upload = session.get(Upload, upload_id) if upload_id else None
    if upload is None or upload.content_sealed is None:
        raise NotFound("file_missing", path=upload.name if upload else "")
    return CONTENT.open_bytes(upload.id, upload.content_sealed)
