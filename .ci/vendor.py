"""Bring browser parts into the repository: exact versions, integrity checked, each file's hash written down.

`python .ci/vendor.py` fetches what PARTS names through npm (needed here only, not to build or run);
`python .ci/vendor.py --check` compares the files in the repository with vendor.json.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = "api/web/static/vendor"
TESTS = "tests/browser/vendor"
RECORD = ROOT / STATIC / "vendor.json"


@dataclass(frozen=True)
class Part:
    """One package: its version, the digest npm published for it, and which of its files go where."""

    name: str
    version: str
    licence: str
    integrity: str
    folder: str
    files: dict[str, str] = field(default_factory=dict)


def _fonts() -> dict[str, str]:
    return {
        f"files/be-vietnam-pro-{subset}-{weight}-normal.woff2": f"be-vietnam-pro/{subset}-{weight}.woff2"
        for subset in ("latin", "latin-ext", "vietnamese")
        for weight in (400, 600, 700)
    } | {"LICENSE": "be-vietnam-pro/LICENSE"}


PARTS = [
    Part(
        "bootstrap",
        "5.3.9",
        "MIT",
        "sha512-20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
        STATIC,
        {"dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css", "LICENSE": "bootstrap/LICENSE"},
    ),
    Part(
        "htmx.org",
        "4.0.1",
        "0BSD",
        "sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
        STATIC,
        {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    ),
    Part(
        "@fontsource/be-vietnam-pro",
        "5.3.0",
        "OFL-1.1",
        "sha512-xhAQBGHDxP5BF8IJxedy5MoWUmc1DlPCcZbMLhvnPkf8TaYCbbUVs3LjpuJ4BYdTrdiCLaewNaY8z+owq/FqFw==",
        STATIC,
        _fonts(),
    ),
    Part(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        TESTS,
        {"axe.min.js": "axe-core/axe.min.js", "LICENSE": "axe-core/LICENSE"},
    ),
]


def fetch(part: Part) -> dict[str, str]:
    """Fetch a package, check its digest, copy its files; return {path in the repository: SHA-256}."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{part.name}@{part.version}"
        packed = subprocess.run(
            ["npm", "pack", wanted, "--json"], cwd=folder, capture_output=True, text=True, check=True
        )
        archive = Path(folder) / json.loads(packed.stdout)[0]["filename"]
        digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != part.integrity:
            raise SystemExit(f"{wanted}: {digest} is not the digest that was pinned")
        with tarfile.open(archive) as tar:
            return {path: _copy(tar, source, path) for source, path in _targets(part)}


def _targets(part: Part) -> list[tuple[str, str]]:
    return [(source, f"{part.folder}/{target}") for source, target in part.files.items()]


def _copy(tar: tarfile.TarFile, source: str, path: str) -> str:
    member = tar.extractfile(f"package/{source}")
    if member is None:
        raise SystemExit(f"{source} is not in the package")
    content = member.read()
    if path.endswith(".js"):  # the map is not shipped; without this line a browser would ask for it
        content = b"\n".join(line for line in content.split(b"\n") if not line.startswith(b"//# sourceMappingURL"))
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def check() -> list[str]:
    """Return what differs between the record and the files, one line each; nothing when all is well."""
    wrong = []
    for part in json.loads(RECORD.read_text()):
        for path, digest in part["files"].items():
            found = ROOT / path
            if not found.exists() or hashlib.sha256(found.read_bytes()).hexdigest() != digest:
                wrong.append(f"{path} is not the file of {part['name']} {part['version']}")
    return wrong


def main() -> None:
    """Fetch and record, or check."""
    if "--check" in sys.argv:
        raise SystemExit("\n".join(check()) or 0)
    record = [
        {
            "name": p.name,
            "version": p.version,
            "licence": p.licence,
            "integrity": p.integrity,
            "files": fetch(p),
        }
        for p in PARTS
    ]
    RECORD.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
