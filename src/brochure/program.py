"""Which program is this: its own code, and the versions of what it works with.

Digests of sections and files hold the part that could change them; a digest of all of it tells
whether a build could come out differently from the last.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
import sysconfig
import zlib
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from brochure import __version__

PACKAGE = Path(__file__).parent


def digest_of_code(files: Iterable[Path]) -> str:
    """Return one digest of the content of some files of this package, in hexadecimal."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in sorted(files))).hexdigest()


@cache
def engine_versions() -> tuple[tuple[str, str], ...]:
    """Return name and version of what lays out text and writes it, without importing it."""
    names = ("weasyprint", "pydyf", "tinycss2", "tinyhtml5", "pyphen", "pillow")
    return (*((name, metadata.version(name)) for name in names), *system_versions())


@cache
def system_versions() -> tuple[tuple[str, str], ...]:
    """Return name and version of the system's libraries that a typeset section depends on."""
    return (
        ("pango", pango_version()),
        ("harfbuzz", _harfbuzz_version()),
        ("fontconfig", _fontconfig_version()),
        ("glib", _glib_version()),  # its tables of Unicode say where lines may break
        ("zlib", zlib.ZLIB_RUNTIME_VERSION),
    )


@cache
def pango_version() -> str:
    """Return the version of the library that shapes text, as it says itself."""
    library = _library("pango-1.0")
    return _text_of(library, "pango_version_string") if library else "unknown"


@cache
def fingerprint() -> tuple[tuple[str, str], ...]:
    """Return name and version of everything that could give a typeset section other bytes.

    It is compared between machines. The engine's fonts are not in it.
    """
    code = digest_of_code(PACKAGE.rglob("*.py"))[:12]
    return (
        ("brochure", f"{__version__} (code {code})"),
        # Its tables of Unicode turn small letters into capitals.
        ("python", f"{sys.version_info.major}.{sys.version_info.minor}"),
        *engine_versions(),
    )


def _harfbuzz_version() -> str:
    library = _library("harfbuzz")
    return _text_of(library, "hb_version_string") if library else "unknown"


def _fontconfig_version() -> str:
    library = _library("fontconfig", 1)
    return str(library.FcGetVersion()) if library else "unknown"


def _glib_version() -> str:
    library = _library("glib-2.0")
    if not library:
        return "unknown"
    names = ("glib_major_version", "glib_minor_version", "glib_micro_version")
    return ".".join(str(ctypes.c_uint.in_dll(library, name).value) for name in names)


def _library(stem: str, number: int = 0) -> ctypes.CDLL | None:
    """Return a library of the system, by the names that systems give to it."""
    for name in (f"lib{stem}.so.{number}", f"lib{stem}.{number}.dylib", f"lib{stem}.dylib"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _text_of(library: ctypes.CDLL, function: str) -> str:
    call = getattr(library, function)
    call.restype = ctypes.c_char_p
    return str(call().decode())


@cache
def identity() -> str:
    """Return a digest of everything that is installed here: when it is another, so may be files.

    The code is known by sizes and times of change, which takes a hundredth of reading it.
    """
    code = sorted(file for file in PACKAGE.rglob("*") if "__pycache__" not in file.parts)
    stamps = [(str(f.relative_to(PACKAGE)), f.stat().st_size, f.stat().st_mtime_ns) for f in code]
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    installed = sorted(info.name for each in folders for info in Path(each).glob("*.dist-info"))
    parts = (sys.version, system_versions(), stamps, installed)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
