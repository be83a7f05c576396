"""Holds the cache to account: an entry is whole or it is not there.

Whatever happens to the folder, a build may take longer, but never goes wrong.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brochure.cache import DAY, Cache, EntryLost, write_whole
from brochure.typeset.galley import Anchor, Galley, Remark, galley_of

KEY = "0123456789abcdef" * 4
OTHER_KEY = "0123456789abcdee" * 4
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
GALLEY = Galley(
    pages=3,
    remarks=(
        Remark("engine-warning", "Ignored `foo: bar`, unknown property", "base.css", 3, 5),
        Remark("text-off-page", "« été »"),
    ),
    anchors=(Anchor("budget", 2, 103.25), Anchor("été", 0, 0.0)),
    links=("brochure:practice/mill-fund", "https://example.org/?a=1&b=«2»"),
)
SECTION = (GALLEY.note(), PDF)


def kept(cache: Cache, key: str = KEY) -> tuple[Any, bytes] | None:
    """What a build finds under a key: the note first, and later the content."""
    note = cache.note(key)
    try:
        return None if note is None else (note, cache.content(key))
    except EntryLost as lost:
        return None if lost.key == key else pytest.fail(lost.key)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def files_of(cache: Cache) -> list[Path]:
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())


def file_of(cache: Cache) -> Path:
    [path] = files_of(cache)
    return path


# What is kept.


def test_a_section_comes_back_as_it_was_kept(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    assert kept(cache) == SECTION


TOPS = st.floats(0, 1000, allow_nan=False)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200),
    st.integers(1, 500),
    st.lists(st.builds(Remark, st.text(), st.text(), st.text(), st.integers(0, 99)), max_size=3),
    st.lists(st.builds(Anchor, st.text(), st.integers(0, 99), TOPS), max_size=3),
    st.lists(st.text(), max_size=3),
)
def test_whatever_is_noted_of_a_section_comes_back(
    cache: Cache,
    pdf: bytes,
    pages: int,
    remarks: list[Remark],
    anchors: list[Anchor],
    links: list[str],
) -> None:
    galley = Galley(pages, tuple(remarks), tuple(anchors), tuple(links))
    cache.store(KEY, galley.note(), pdf)
    assert galley_of(cache.note(KEY)) == galley
    assert cache.content(KEY) == pdf


@pytest.mark.parametrize(
    "note", [None, {}, {"filter": "DCTDecode"}, {**GALLEY.note(), "pages": ""}]
)
def test_the_note_of_something_else_is_no_galley(note: dict[str, Any] | None) -> None:
    assert galley_of(note) is None


def test_nothing_is_found_under_a_key_that_was_never_kept(cache: Cache) -> None:
    assert kept(cache) is None
    cache.store(KEY, *SECTION)
    assert kept(cache, OTHER_KEY) is None


def test_the_later_of_two_entries_under_a_key_counts(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    later = ({"pages": 1}, b"%PDF-1.7 later")
    cache.store(KEY, *later)
    assert kept(cache) == later
    assert len(files_of(cache)) == 1


def test_a_copied_cache_serves_in_its_new_place(cache: Cache, tmp_path: Path) -> None:
    cache.store(KEY, *SECTION)
    cache.folder.parent.rename(tmp_path / "elsewhere")
    assert kept(Cache(tmp_path / "elsewhere")) == SECTION
    assert kept(cache) is None


def test_an_anchor_is_found_by_its_name_and_the_top_of_the_section_by_none() -> None:
    assert GALLEY.anchor("budget") == Anchor("budget", 2, 103.25)
    assert GALLEY.anchor("") == Anchor("", 0, 0.0)
    assert GALLEY.anchor("risks") is None


# What is damaged.


def test_an_entry_cut_off_anywhere_counts_as_absent(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    path = file_of(cache)
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert kept(cache) is None, f"cut off after {length} bytes"


def test_an_entry_with_any_byte_altered_counts_as_absent(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    path = file_of(cache)
    content = path.read_bytes()
    for place, byte in enumerate(content):
        path.write_bytes(content[:place] + bytes([byte ^ 1]) + content[place + 1 :])
        assert kept(cache) is None, f"altered at {place}: {content[place : place + 20]!r}"


def test_an_entry_with_something_after_its_end_counts_as_absent(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    with file_of(cache).open("ab") as stream:
        stream.write(b"\n")
    assert kept(cache) is None


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"null\n", b"[]\n", b"{}\n", b"\xff\xfe", b"[" * 9999]
)
def test_a_file_of_another_kind_counts_as_absent(cache: Cache, content: bytes) -> None:
    cache.store(KEY, *SECTION)
    file_of(cache).write_bytes(content)
    assert kept(cache) is None


def test_a_folder_in_place_of_an_entry_counts_as_absent(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    path = file_of(cache)
    path.unlink()
    path.mkdir()
    assert kept(cache) is None
    with pytest.raises(OSError, match="directory"):
        cache.store(KEY, *SECTION)


def test_a_damaged_entry_is_replaced_by_the_next_one(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    file_of(cache).write_bytes(b"damaged")
    cache.store(KEY, *SECTION)
    assert kept(cache) == SECTION


# Disks that refuse. The tests may run as root, whom no permission stops.


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse to write beyond `size` bytes into any file, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


LONG = ({"pages": 3}, b"%PDF" * 100_000)


def test_a_disk_that_is_full_halfway_is_said_and_leaves_nothing(cache: Cache) -> None:
    with files_no_longer_than(1000), pytest.raises(OSError, match="File too large"):
        cache.store(KEY, *LONG)
    assert files_of(cache) == []


def test_a_disk_that_is_full_halfway_leaves_the_entry_that_was_there(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    with files_no_longer_than(1000), pytest.raises(OSError, match="File too large"):
        cache.store(KEY, *LONG)
    assert kept(cache) == SECTION
    assert len(files_of(cache)) == 1


def test_what_the_cache_cannot_take_goes_into_the_spare_folder(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    cache = Cache(tmp_path / "cache", spare=tmp_path / "spare")
    cache.store(KEY, *SECTION)
    assert kept(cache) == SECTION
    assert (tmp_path / "cache").read_text(encoding="utf-8") == "in the way"
    assert kept(Cache(tmp_path / "cache")) is None  # another build cannot see it


def test_what_the_cache_can_take_goes_there_and_not_into_the_spare_folder(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", spare=tmp_path / "spare")
    cache.store(KEY, *SECTION)
    assert not (tmp_path / "spare").exists()
    assert kept(Cache(tmp_path / "cache")) == SECTION


# What is taken out.


def used(cache: Cache, key: str, days_ago: float) -> Path:
    """Keep an entry as if it had last been used some days ago."""
    cache.store(key, {}, bytes(1000))
    path = cache.folder / key[:2] / key[2:]
    at = path.stat().st_mtime - days_ago * DAY
    os.utime(path, (at, at))
    return path


def test_an_entry_that_is_discarded_is_gone(cache: Cache) -> None:
    cache.store(KEY, *SECTION)
    cache.discard(KEY)
    cache.discard(KEY)  # twice, as two builds may
    assert kept(cache) is None


def test_shrinking_takes_what_was_used_longest_ago(cache: Cache) -> None:
    paths = {days: used(cache, f"{days:064x}", days) for days in (2, 9, 5, 7)}
    gone = cache.shrink(limit=2600)
    assert {days for days, path in paths.items() if path.exists()} == {2, 5}
    assert 2000 < gone < 2600
    assert cache.shrink(limit=2600) == 0


def test_an_entry_that_is_used_counts_as_new(cache: Cache) -> None:
    used(cache, "aa", 2)
    older = used(cache, "bb", 3)
    assert cache.note("bb") is not None
    cache.shrink(limit=1300)
    assert older.exists()


def test_shrinking_takes_other_versions_and_half_written_files_first(cache: Cache) -> None:
    used(cache, "aa", 30)
    other = cache.folder.parent / "v1" / "00" / "old"
    half = cache.folder / "00" / ".killed.part"
    for path in (other, half):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1000))
    at = half.stat().st_mtime - 2 * DAY
    os.utime(half, (at, at))
    cache.shrink(limit=1300)
    assert kept(cache, "aa") is not None
    assert not other.exists()
    assert not half.exists()


def test_shrinking_no_cache_at_all_is_no_error(tmp_path: Path) -> None:
    assert Cache(tmp_path / "none").shrink(0) == 0


# Several at once.


def test_readers_find_a_whole_entry_whoever_writes_it_at_the_time(cache: Cache) -> None:
    notes = [{"pages": i} for i in range(4)]
    contents = [bytes([65 + i]) * 300_000 for i in range(4)]
    cache.store(KEY, notes[0], contents[0])
    with ThreadPoolExecutor(8) as threads:
        pairs = list(zip(notes, contents, strict=True)) * 10
        writing = [threads.submit(cache.store, KEY, *each) for each in pairs]
        read = list(threads.map(cache.note, repeat(KEY, 30)))
        found = list(threads.map(cache.content, repeat(KEY, 30)))
    assert all(each.exception() is None for each in writing)
    assert all(each in notes for each in read)  # None would be an entry that was half there
    assert all(each in contents for each in found)
    assert len(files_of(cache)) == 1


# Writing as such.


def test_a_written_file_replaces_the_old_one_and_may_be_read_by_all(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(b"old")
    before = path.stat().st_ino
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino != before  # moved into place, not written over
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(b"old")
    with files_no_longer_than(1000), pytest.raises(OSError, match="File too large"):
        write_whole(path, bytes(5000))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
