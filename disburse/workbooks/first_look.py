"""Looking at a file while its sender waits: what can be said in a second, said at once. Nothing is parsed or kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from disburse.workbooks import child, limits
from disburse.workbooks.refusals import Refusal

LOOKER = "disburse.workbooks.guard:look"
_SECONDS = 15
_MEMORY_MB = 768


def look_at(content: bytes, name: str, *, size: int) -> None:
    """Raise the Refusal of a file that is empty, too big, not a workbook, protected, damaged or hostile.

    `size` in bytes is the whole file's, of which `content` may be the beginning. The guard runs in the child.
    """
    if not content:
        raise Refusal("damaged", "empty")
    if size > limits.UPLOAD_BYTES:
        raise Refusal("too_big", "upload", found=-(-size // limits.MIB), limit=limits.UPLOAD_BYTES // limits.MIB)
    with tempfile.TemporaryDirectory(prefix="disburse-") as folder:
        path = Path(folder) / f"look{Path(name).suffix.lower()[:8]}"
        path.write_bytes(content)
        list(child.run(LOOKER, path, {"name": name}, seconds=_SECONDS, memory_mb=_MEMORY_MB))
