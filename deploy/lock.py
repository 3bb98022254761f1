"""Resolves the versions anew and writes the lock files: pinned, hashed, and without any address.

Python's locks are made with uv, for every platform and for Python 3.11 upwards; the front-end's by npm.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links",
)  # fmt: skip


def main() -> int:
    uv, npm = shutil.which("uv"), shutil.which("npm")
    if not uv or not npm:
        print("lock: uv and npm are needed on PATH", file=sys.stderr)
        return 1
    for name in ("requirements", "requirements-dev"):
        subprocess.run([uv, *COMPILE, f"{name}.in", "--output-file", f"{name}.lock"], cwd=ROOT, check=True)
    subprocess.run([npm, "install", "--package-lock-only"], cwd=ROOT, check=True)
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
