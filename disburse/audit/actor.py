"""Who acts. Every action takes one as `by`; what they may see is the business of `access`."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class By:
    """The author of a change: a user, a bank client, the command line, or the system itself."""

    name: str
    id: UUID | None = None
    via: str = "web"
    request_id: str | None = None
    ip: str | None = None


SYSTEM = By(name="hệ thống", via="system")
COMMAND = By(name="dòng lệnh", via="command")
