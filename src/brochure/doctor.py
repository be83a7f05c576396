"""What a machine lacks for building, and the command that gets it there.

Looks only; installs nothing. Used by `brochure doctor`, and by a build that cannot start.
"""

from __future__ import annotations

import ctypes
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PYTHON = (3, 11)

# The shared libraries that no Python package brings, by the names that systems give them.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib", "libpangoft2-1.0.dylib"),
    "HarfBuzz subset": (
        "libharfbuzz-subset.so.0",
        "libharfbuzz-subset.0.dylib",
        "libharfbuzz-subset.dylib",
    ),
}
_DEBIAN = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# How to get the libraries, by what /etc/os-release or Python calls the system.
_COMMANDS: dict[str, str] = {
    "debian": f"sudo {_DEBIAN}",
    "ubuntu": f"sudo {_DEBIAN}",
    "fedora": "sudo dnf install pango harfbuzz",
    "darwin": "brew install pango",
    "windows": f"wsl --install -d Ubuntu, then in Ubuntu: sudo {_DEBIAN}",
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is there, and how to get it when it is not."""

    name: str
    found: str
    ok: bool
    remedy: str = ""


def examine(root: Path) -> Iterator[Finding]:
    """Yield a finding for Python, each library and package, and the project in `root`."""
    version = platform.python_version()
    yield Finding(
        "Python",
        version,
        sys.version_info >= PYTHON,
        f"install Python {'.'.join(map(str, PYTHON))} or later",
    )
    remedy = library_command()
    for name, files in LIBRARIES.items():
        file = next((file for file in files if _loads(file)), "")
        yield Finding(name, file or "not found", bool(file), remedy)
    for package in _required_packages():
        yield _package(package)
    project = (root / "brochure.yaml").is_file()
    yield Finding(
        "Project",
        str(root / "brochure.yaml") if project else "no brochure.yaml in this folder",
        project,
        "change to the project's folder, or name it: brochure --project FOLDER doctor",
    )


def library_command() -> str:
    """Return the command that installs the libraries on this system."""
    for name in _system_names():
        if name in _COMMANDS:
            return _COMMANDS[name]
    return "; ".join(f"{name}: {command}" for name, command in _COMMANDS.items())


def _system_names() -> list[str]:
    system = platform.system().lower()
    if system != "linux":
        return [system]
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return []
    return [release.get("ID", ""), *release.get("ID_LIKE", "").split()]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _required_packages() -> list[str]:
    """Return the names of the packages that brochure itself asks for."""
    wanted = metadata.requires("brochure") or []
    return [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in wanted if "extra ==" not in line]


def _package(name: str) -> Finding:
    try:
        return Finding(name, metadata.version(name), True)
    except metadata.PackageNotFoundError:
        return Finding(name, "not found", False, "run make brochure, or pip install brochure")
