"""The demo's folder: made, or rebuilt if it is a former demo; never anything else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from disburse.config import Settings
from disburse.errors import Invalid

MARK = ".disburse-demo"


def prepare_folder(path: Path) -> None:
    """Make the folder empty. A folder that holds anything but a former demo is refused, untouched."""
    if path.exists():
        if not path.is_dir() or (any(path.iterdir()) and not (path / MARK).exists()):
            raise Invalid("demo_folder_taken", path=path)
        shutil.rmtree(path)
    path.mkdir(parents=True)
    (path / MARK).write_text("disburse demo\n", encoding="ascii")


def demo_settings(settings: Settings, path: Path, port: int | None) -> Settings:
    """Return settings in which everything of the demo lies in its folder, with a key of its own."""
    return replace(
        settings, data_dir=path, database_url="", key="", demo=True, province="51", port=port or settings.port
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that let a child process open the same installation."""
    return {
        "DISBURSE_DATA_DIR": str(settings.data_dir.resolve()),
        "DISBURSE_DATABASE_URL": "",
        "DISBURSE_KEY": "",
        "DISBURSE_DEMO": "1",
        "DISBURSE_PROVINCE": settings.province,
        "DISBURSE_HOST": "127.0.0.1",
        "DISBURSE_PORT": str(settings.port),
    }
