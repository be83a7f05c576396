"""Which program is this: its own code, and the versions of what it works with.

Digests of sections and files hold the part that could change them; a digest of all of it tells
whether a build could come out differently from the last.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).parent


def digest_of_code(files: Iterable[Path]) -> str:
    """Return one digest of the content of some files of this package, in hexadecimal."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in sorted(files))).hexdigest()


@cache
def engine_versions() -> tuple[str, ...]:
    """Return the versions of what lays out text, without importing it."""
    names = ("weasyprint", "pydyf", "tinycss2", "tinyhtml5", "pyphen", "pillow")
    return (*(f"{name} {metadata.version(name)}" for name in names), f"pango {pango_version()}")


@cache
def pango_version() -> str:
    """Return the version of the library that shapes text, as it says itself."""
    for name in ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0.dylib"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.pango_version_string.restype = ctypes.c_char_p
        return str(library.pango_version_string().decode())
    return "unknown"


@cache
def identity() -> str:
    """Return a digest of everything that is installed here: when it is another, so may be files.

    The code is known by sizes and times of change, which takes a hundredth of reading it.
    """
    code = sorted(file for file in PACKAGE.rglob("*") if "__pycache__" not in file.parts)
    stamps = [(str(f.relative_to(PACKAGE)), f.stat().st_size, f.stat().st_mtime_ns) for f in code]
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    installed = sorted(info.name for each in folders for info in Path(each).glob("*.dist-info"))
    parts = (sys.version, pango_version(), stamps, installed)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
