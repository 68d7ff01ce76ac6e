"""Officers who look at the table: an actor with one grant for each scope."""

from __future__ import annotations

from uuid import uuid4

from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.audit.actor import SYSTEM


def officer(*scopes: Scope) -> Actor:
    """Return an officer of these scopes; without one, of everything everywhere."""
    held = tuple(
        Held(Role.COMMUNE if len(scope.area_code) > 2 else Role.PROVINCE, scope) for scope in scopes or (Scope(),)
    )
    return Actor(user_id=uuid4(), name="can.bo", full_name="Cán bộ thử", by=SYSTEM, held=held)
