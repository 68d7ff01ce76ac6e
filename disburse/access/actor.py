"""Who asks, and over which areas and programmes: what every list of rows is filtered by."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from disburse.access.roles import Permission, permissions_of
from disburse.access.tables import Role
from disburse.audit.actor import By


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a grant holds: an area and a programme, each "" for all of them.

    `area_code` is "" for the nation, 2 digits for a province, 5 digits for a commune of today.
    """

    area_code: str = ""
    programme: str = ""

    def covers(self, *, province_code: str, commune_code: str | None, programme: str | None) -> bool:
        """Say whether a row of this province, commune and programme lies inside; None = the row has none."""
        if self.programme and programme is not None and programme != self.programme:
            return False
        return self.area_code in ("", province_code, commune_code)


@dataclass(frozen=True, slots=True)
class Held:
    """A grant as the actor holds it now."""

    role: Role
    scope: Scope
    bank_code: str = ""
    payer_name: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user with the grants of this moment: a revoked grant is gone at the next request."""

    user_id: UUID
    name: str
    full_name: str
    by: By
    held: tuple[Held, ...]
    language: str = "vi"
    shortcuts: bool = True

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return the roles held, each once, in the order of Role."""
        mine = {held.role for held in self.held}
        return tuple(role for role in Role if role in mine)

    def may(self, permission: Permission) -> bool:
        """Say whether any grant gives the permission, wherever; one's own session needs none: all can sign out."""
        own = permission is Permission.OWN_SESSION
        return own or any(permission in permissions_of(held.role) for held in self.held)

    def scopes(self, permission: Permission) -> tuple[Scope, ...]:
        """Return where the permission holds; empty means nowhere."""
        found = {held.scope: None for held in self.held if permission in permissions_of(held.role)}
        return tuple(found)

    def covers(
        self,
        permission: Permission,
        *,
        province_code: str = "",
        commune_code: str | None = None,
        programme: str | None = None,
    ) -> bool:
        """Say whether the permission holds for one row."""
        return any(
            scope.covers(province_code=province_code, commune_code=commune_code, programme=programme)
            for scope in self.scopes(permission)
        )
