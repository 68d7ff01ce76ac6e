"""The library's own page: what it tells a stranger to type works, and prints what it says."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from matching.settings import LATEST, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "matching/README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


class TestReadme:
    def test_the_example(self) -> None:
        """The page's example runs, and prints what stands below it."""
        code, printed = re.findall(r"```python\n(.*?)```.*?```\n(.*?)```", PAGE, re.DOTALL)[0]
        run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
        assert run.stdout == printed
        assert run.stderr == ""

    def test_what_it_needs(self) -> None:
        """The packages named for use alone are those the distribution asks for, in the same ranges."""
        named = re.findall(r'"((?:pandas|numpy|rapidfuzz)[^"]*)"', PAGE)
        assert len(named) == 3
        assert set(named) <= set(PROJECT["dependencies"])
        assert f"pip install {PROJECT['name']}" in PAGE

    def test_nothing_else_is_imported(self) -> None:
        """Linking frames loads no other package of the distribution, and nothing that is not named."""
        code = (
            "import sys, pandas as pd; before = set(sys.modules); from matching import link; "
            "link(pd.DataFrame({'row_id': ['a'], 'full_name': ['Lê An']}), "
            "pd.DataFrame({'row_id': ['b'], 'holder_name': ['LE AN']})); "
            "print(*{name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
        )
        run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
        assert set(run.stdout.split()) <= {"matching", "numpy", "pandas", "pyarrow", "rapidfuzz", "_cyutility"}

    def test_the_preset(self) -> None:
        """The presets that `Settings.preset` finds are packaged beside the code."""
        assert Settings.preset().name == LATEST
