"""Settings, read once from the environment: frozen, few, and without a default for any secret."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from disburse.errors import Invalid

ON, OFF = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation may choose. Each field is documented in docs/settings.md."""

    data_dir: Path = Path("data")
    database_url: str = ""
    key: str = ""
    province: str = ""
    demo: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    trusted_proxies: str = ""
    upload_seconds: int = 30
    upload_memory_mb: int = 1024
    raw_retention_days: int = 90
    unmatched_retention_days: int = 90
    job_lease_seconds: int = 30
    recipient_cap: int = 5
    match_preset: str = ""
    match_accept: float | None = None
    webhooks_private: bool = False
    debug: bool = False

    @property
    def url(self) -> str:
        """Return the database's address: SQLite in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'disburse.db'}"

    @property
    def key_file(self) -> Path:
        """Return where the root key lies when it is not in the environment."""
        return self.data_dir / "disburse.key"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read DISBURSE_* variables; an unusable value raises Invalid with the name and what is wanted."""
    env = os.environ if environ is None else environ
    return Settings(
        data_dir=Path(env.get("DISBURSE_DATA_DIR", "data")),
        database_url=_database_url(env.get("DISBURSE_DATABASE_URL", "")),
        key=env.get("DISBURSE_KEY", ""),
        province=env.get("DISBURSE_PROVINCE", ""),
        demo=_switch(env, "DISBURSE_DEMO"),
        host=env.get("DISBURSE_HOST", "127.0.0.1"),
        port=_number(env, "DISBURSE_PORT", 8000, 1, 65535),
        public_url=env.get("DISBURSE_PUBLIC_URL", "").rstrip("/"),
        trusted_proxies=env.get("DISBURSE_TRUSTED_PROXIES", ""),
        upload_seconds=_number(env, "DISBURSE_UPLOAD_SECONDS", 30, 1, 600),
        upload_memory_mb=_number(env, "DISBURSE_UPLOAD_MEMORY_MB", 1024, 256, 16384),
        raw_retention_days=_number(env, "DISBURSE_RAW_RETENTION_DAYS", 90, 1, 3650),
        unmatched_retention_days=_number(env, "DISBURSE_UNMATCHED_RETENTION_DAYS", 90, 1, 3650),
        job_lease_seconds=_number(env, "DISBURSE_JOB_LEASE_SECONDS", 30, 1, 600),
        recipient_cap=_number(env, "DISBURSE_RECIPIENT_CAP", 5, 1, 1000),
        match_preset=env.get("DISBURSE_MATCH_PRESET", ""),
        match_accept=_probability(env, "DISBURSE_MATCH_ACCEPT"),
        webhooks_private=_switch(env, "DISBURSE_WEBHOOKS_PRIVATE"),
        debug=_switch(env, "DISBURSE_DEBUG"),
    )


def _switch(env: Mapping[str, str], name: str) -> bool:
    """Return whether a switch is on. A word that is neither is refused: what looks on must never be off in silence."""
    text = env.get(name, "").strip().lower()
    if text not in (*ON, *OFF):
        raise Invalid("setting_invalid", name=name, value=env[name], wanted="1, true, yes, on | 0, false, no, off")
    return text in ON


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise Invalid("setting_invalid", name=name, value=text, wanted=f"{low}–{high}")
    return int(text)


def _probability(env: Mapping[str, str], name: str) -> float | None:
    text = env.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    # At 0.5 and below two rivals could both be accepted.
    if not 0.5 < value <= 1.0:
        raise Invalid("setting_invalid", name=name, value=text, wanted="0.5 < x ≤ 1")
    return value


def _database_url(text: str) -> str:
    # SQLAlchemy 2.1 reads bare postgresql:// as psycopg 3; the driver is stated so that nobody has to know.
    for bare in ("postgres://", "postgresql://"):
        if text.startswith(bare):
            return "postgresql+psycopg://" + text[len(bare) :]
    return text
