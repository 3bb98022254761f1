"""What the product needs from the operating system, and how to get it.

Only Debian's family is installed automatically, and only when we are root; anywhere else one line says what to install.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SystemPackage:
    """Something of the system's, how to see that it is there, and the name of its Debian package."""

    debian: str
    is_there: Callable[[], bool]


def _library(name: str) -> Callable[[], bool]:
    def is_there() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_there


def _program(name: str) -> Callable[[], bool]:
    return lambda: bool(shutil.which(name))


def _postgres() -> bool:
    """Debian keeps the server's programs off PATH."""
    return bool(shutil.which("postgres")) or any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


# Pango draws the text of documents; these are the libraries that WeasyPrint opens
FOR_DOCUMENTS = (
    SystemPackage("libpango-1.0-0", _library("libpango-1.0.so.0")),
    SystemPackage("libpangoft2-1.0-0", _library("libpangoft2-1.0.so.0")),
    SystemPackage("libharfbuzz-subset0", _library("libharfbuzz-subset.so.0")),
)
FOR_TESTS = (
    SystemPackage("postgresql", _postgres),
    SystemPackage("redis-server", _program("redis-server")),
    SystemPackage("chromium", _program("chromium")),
    SystemPackage("gettext", _program("msgfmt")),
)


def missing(packages: tuple[SystemPackage, ...]) -> list[str]:
    return [package.debian for package in packages if not package.is_there()]


def install(names: list[str]) -> bool:
    """True when apt-get could be asked and did it. PostgreSQL's own service is not left running."""
    if not names or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in ([*quiet, "update"], [*quiet, "install", "-y", "--no-install-recommends", *names]):
        finished = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if finished.returncode:
            print("   " + (finished.stderr.strip().splitlines() or ["apt-get failed"])[-1])
            return False
    return True
