"""Holds a build to its word: the same sources give the same bytes, wherever and however built.

Every build here is compared with that of the session: many workers, its own folder, no cache.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Built, build, copy_project
from on_the_desk import add_photo

CACHE = ".brochure/cache"

# Nothing of this may show in a file: where the clock stands, how words are sorted and encoded,
# which fonts a system has, in which order sets are read, which date a packager wishes for.
ELSEWHERE = {
    "TZ": "Pacific/Auckland",
    "LC_ALL": "POSIX",
    "LANGUAGE": "tr",
    "PANGO_LANGUAGE": "ja",
    "PYTHONHASHSEED": "7",
    "SOURCE_DATE_EPOCH": "86400",
    "FONTCONFIG_FILE": "/etc/fonts/fonts.conf",
    "COLUMNS": "20",
}


def bytes_of(built: Built) -> dict[str, str]:
    """Return the digest of everything published, by name."""
    return {
        path.relative_to(built.out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(built.out.rglob("*"))
        if path.is_file()
    }


def sections(built: Built) -> dict[str, int]:
    """Return how many sections were typeset, and how many were in the cache."""
    counted: dict[str, int] = built.report["sections"]
    return counted


@pytest.fixture(scope="module")
def elsewhere(small_built: Built, tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Path]:
    """The small project built again: in a deeper folder with another name, in another
    environment, by one worker, without a cache."""
    folder = tmp_path_factory.mktemp("elsewhere") / "deeper down" / "été"
    root = copy_project(SMALL, folder / "another name")
    with pytest.MonkeyPatch.context() as patch:
        for key, value in ELSEWHERE.items():
            patch.setenv(key, value)
        patch.chdir(folder)
        return build(root, folder / "here", "--jobs", "1"), folder


def test_another_place_time_zone_locale_and_number_of_workers_give_the_same_bytes(
    small_built: Built, elsewhere: tuple[Built, Path]
) -> None:
    built, _ = elsewhere
    assert sections(built)["cached"] == 0
    assert sections(built) == sections(small_built)
    assert bytes_of(built) == bytes_of(small_built)
    assert len(bytes_of(built)) == 17


def test_a_cache_from_another_folder_is_used_and_gives_the_same_bytes(
    small_built: Built, elsewhere: tuple[Built, Path]
) -> None:
    """This is what CI does, and a colleague who is sent the folder."""
    _, folder = elsewhere
    root = copy_project(SMALL, folder / "with a cache")
    shutil.copytree(small_built.root / CACHE, root / CACHE)
    built = build(root, folder / "from a cache")
    assert sections(built)["typeset"] == 0
    assert bytes_of(built) == bytes_of(small_built)


def test_a_photo_gives_the_same_bytes_in_another_folder(tmp_path: Path) -> None:
    """The engine calls a picture by a digest of its address."""
    built = []
    for place in ("one", "another/deeper"):
        root = copy_project(SMALL, tmp_path / place)
        add_photo(root, "red")
        options = ("--practice", "harbour-lab", "--language", "en", "--jobs", "1")
        built.append(build(root, tmp_path / place / "out", *options))
    one, another = map(bytes_of, built)
    assert one == another
    assert len(one) == 2


def entries(root: Path) -> list[Path]:
    return sorted(path for path in (root / CACHE).glob("v*/??/*"))


@pytest.fixture
def cached(small_built: Built, tmp_path: Path) -> Path:
    """The small project with a full cache of its own."""
    root = copy_project(SMALL, tmp_path / "project")
    shutil.copytree(small_built.root / CACHE, root / CACHE)
    return root


def _changed_at(place: int) -> Callable[[bytes], bytes]:
    """Return a breakage that changes one bit, at a share of the entry in per cent."""

    def breakage(entry: bytes) -> bytes:
        i = min(len(entry) * place // 100, len(entry) - 1)
        return entry[:i] + bytes([entry[i] ^ 1]) + entry[i + 1 :]

    return breakage


BREAKAGES: list[Callable[[bytes], bytes]] = [
    lambda entry: b"",
    lambda entry: entry[:20],
    lambda entry: entry[:-100],
    lambda entry: entry[1:],
    lambda entry: entry + b"\n",
    lambda entry: b"[]\n" * 100,
    lambda entry: re.sub(rb'("pages": )(\d)', rb"\g<1>1\2", entry, count=1),
    *(_changed_at(place) for place in (0, 50, 100)),
]


def test_broken_cache_entries_are_made_anew(
    small_built: Built, cached: Path, tmp_path: Path
) -> None:
    whole = entries(cached)
    assert len(whole) == sum(sections(small_built).values())
    before = {path: path.read_bytes() for path in whole}
    for path, breakage in zip(whole, BREAKAGES, strict=False):
        path.write_bytes(breakage(before[path]))
    whole[-1].unlink()
    whole[-2].write_bytes(before[whole[-3]])  # another section's, whole in itself
    built = build(cached, tmp_path / "out", "--jobs", "1")
    assert sections(built)["typeset"] == len(BREAKAGES) + 2
    assert bytes_of(built) == bytes_of(small_built)
    assert {path: path.read_bytes() for path in entries(cached)} == before


def test_a_second_build_makes_nothing_and_writes_nothing(cached: Path, tmp_path: Path) -> None:
    first = build(cached, tmp_path / "out")
    times = {path: path.stat().st_mtime_ns for path in first.out.rglob("*")}
    second = build(cached, tmp_path / "out")
    assert second.report["built"] == []
    assert sorted(second.report["reused"]) == sorted(first.report["built"])
    assert {path: path.stat().st_mtime_ns for path in second.out.rglob("*")} == times
