"""Recovery codes: ten spare codes on paper, each good once in place of the phone. Only keyed digests are kept."""

from __future__ import annotations

import secrets
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from disburse import clock, crypto
from disburse.access.tables import RecoveryCode
from disburse.audit.actions import record
from disburse.audit.actor import By

HOW_MANY = 10
# Without 0 1 I L O U: read from paper, they are taken for one another, and words nobody wants are rarer.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10  # 49 bits: with five tries in five minutes not to be guessed


def make_codes(session: Session, *, user_id: UUID, by: By) -> list[str]:
    """Make ten new codes in place of the old ones; return them (they are stored nowhere), as `ABCDE-FGHJK`."""
    session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    now = clock.utc_now()
    session.add_all(RecoveryCode(code_index=_index(user_id, code), user_id=user_id, made_at=now) for code in codes)
    record(session, action="user.recovery_codes_made", object_type="user", object_id=user_id, by=by, codes=HOW_MANY)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def use_code(session: Session, *, user_id: UUID, code: str, by: By) -> bool:
    """Use a code up; False when it is none of this user's, or was used before."""
    outcome = session.execute(
        sa.update(RecoveryCode)
        .where(
            col(RecoveryCode.code_index) == _index(user_id, code),
            col(RecoveryCode.user_id) == user_id,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=clock.utc_now())
        .execution_options(synchronize_session=False)
    )
    if not outcome.rowcount:  # type: ignore[attr-defined]
        return False
    left = codes_left(session, user_id)
    record(session, action="user.recovery_code_used", object_type="user", object_id=user_id, by=by, left=left)
    return True


def codes_left(session: Session, user_id: UUID) -> int:
    """Return how many codes of a user are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(unused).one()


def looks_like_one(text: str) -> bool:
    """Say whether what was typed into the field for a code is a recovery code and not six digits."""
    return len(_plain(text)) == LENGTH


def _plain(text: str) -> str:
    return "".join(character for character in text.upper() if character in ALPHABET)


def _index(user_id: UUID, code: str) -> bytes:
    return crypto.keyring().index("recovery_code", f"{user_id}:{_plain(code)}")
