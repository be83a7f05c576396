"""Holds the output folder to account: files appear whole and together, and only our own go away.

Whatever stands in the folder and not in the manifest belongs to somebody else.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from brochure.publish import MANIFEST, STAGING, Published, Publisher, digest_of, stage

BROCHURE = "en/brochure-en.pdf"
LEAFLET = "en/practices/harbour-lab-en.pdf"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def entry(file: str, content: bytes, key: str = "key") -> Published:
    return Published(
        output="screen",
        file=file,
        edition="brochure-en",
        title="A small brochure – Übung",
        languages=("en", "fr"),
        pages=16,
        bytes=len(content),
        sha256=digest_of(content),
        key=key,
    )


def staged(publisher: Publisher, new: Published, content: bytes) -> None:
    stage(publisher.staging, new.file, content)
    publisher.add(new)


def published(out: Path, planned: set[str] | None = None, /, **contents: bytes) -> list[str]:
    """Publish files, named by words with `_` for `/`, as one build; return what was taken away."""
    with Publisher(out) as publisher:
        for name, content in contents.items():
            file = name.replace("_", "/") + ".pdf"
            staged(publisher, entry(file, content, key=name), content)
        return publisher.publish(planned)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return the content of every file below a folder, None for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def files(folder: Path) -> set[str]:
    return {name for name, content in tree(folder).items() if content is not None}


# Publishing.


def test_published_files_stand_at_their_names_with_the_manifest(out: Path) -> None:
    assert published(out, en_brochure=b"one", fr_brochure=b"two") == []
    assert tree(out) == {
        "en": None,
        "en/brochure.pdf": b"one",
        "fr": None,
        "fr/brochure.pdf": b"two",
        MANIFEST: (out / MANIFEST).read_bytes(),
    }


def test_the_manifest_says_what_stands_in_the_folder(out: Path) -> None:
    published(out, fr_brochure=b"two", en_brochure=b"one")
    manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    assert [each["file"] for each in manifest["files"]] == ["en/brochure.pdf", "fr/brochure.pdf"]
    assert manifest["files"][0] == {
        **asdict(entry("en/brochure.pdf", b"one", key="en_brochure")),
        "languages": ["en", "fr"],
        "mixed": [],
    }


def test_the_same_files_give_the_same_manifest_in_whatever_order_they_are_made(
    out: Path, tmp_path: Path
) -> None:
    published(out, en_brochure=b"one", fr_brochure=b"two")
    published(tmp_path / "other", fr_brochure=b"two", en_brochure=b"one")
    assert tree(tmp_path / "other") == tree(out)


def test_nothing_is_seen_of_a_staged_file_before_it_is_published(out: Path) -> None:
    published(out, en_brochure=b"old")
    with Publisher(out) as publisher:
        staged(publisher, entry("en/brochure.pdf", b"new"), b"new")
        staged(publisher, entry(LEAFLET, b"leaflet"), b"leaflet")
        seen = {name for name in files(out) if not name.startswith(STAGING)}
        assert seen == {"en/brochure.pdf", MANIFEST}
        assert (out / "en/brochure.pdf").read_bytes() == b"old"


class BuildFailed(Exception):
    """Something went wrong between two editions."""


def stage_and_fail(out: Path, trouble: type[BaseException]) -> None:
    with Publisher(out) as publisher:
        staged(publisher, entry("en/brochure.pdf", b"new"), b"new")
        staged(publisher, entry("de/brochure.pdf", b"more"), b"more")
        raise trouble


@pytest.mark.parametrize("trouble", [BuildFailed, KeyboardInterrupt])
def test_a_failure_before_publishing_leaves_the_folder_as_it_was(
    out: Path, trouble: type[BaseException]
) -> None:
    published(out, en_brochure=b"old")
    before = tree(out)
    with pytest.raises(trouble):
        stage_and_fail(out, trouble)
    assert tree(out) == before


def test_a_full_disk_while_staging_leaves_the_folder_as_it_was(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(out, en_brochure=b"old")
    before = tree(out)

    def refuse(path: Path, content: bytes) -> int:
        with path.open("wb") as stream:
            stream.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(OSError, match="No space"), Publisher(out) as publisher:
        staged(publisher, entry("en/brochure.pdf", b"new"), b"new")
    assert tree(out) == before


def test_after_publishing_no_staging_folder_is_left(out: Path) -> None:
    published(out, en_brochure=b"one")
    assert not list(out.glob(f"{STAGING}*"))


# Taking away.


def test_a_file_that_is_no_longer_planned_is_taken_away_with_its_empty_folders(out: Path) -> None:
    published(out, en_brochure=b"one", fr_practices_old=b"two")
    assert published(out, {"en/brochure.pdf"}) == ["fr/practices/old.pdf"]
    assert set(tree(out)) == {"en", "en/brochure.pdf", MANIFEST}
    assert [each.file for each in Publisher(out).last.values()] == ["en/brochure.pdf"]


def test_a_folder_with_something_of_somebody_elses_stays(out: Path) -> None:
    published(out, fr_practices_old=b"two")
    (out / "fr" / "notes.txt").write_bytes(b"mine")
    published(out, set())
    assert files(out) == {"fr/notes.txt", MANIFEST}
    assert not (out / "fr" / "practices").exists()


def test_files_that_no_build_made_are_never_taken_away(out: Path) -> None:
    out.mkdir()
    (out / "index.html").write_bytes(b"mine")
    (out / "en").mkdir()
    (out / "en" / "poster.pdf").write_bytes(b"mine")
    published(out, {"en/brochure.pdf"}, en_brochure=b"one")
    published(out, set())
    assert files(out) == {"index.html", "en/poster.pdf", MANIFEST}


def test_a_build_of_a_part_takes_nothing_away(out: Path) -> None:
    published(out, en_brochure=b"one", fr_brochure=b"two")
    assert published(out, en_brochure=b"three") == []
    assert files(out) == {"en/brochure.pdf", "fr/brochure.pdf", MANIFEST}
    assert sorted(Publisher(out).last) == ["en/brochure.pdf", "fr/brochure.pdf"]


def test_a_file_that_somebody_took_away_already_is_no_trouble(out: Path) -> None:
    published(out, en_brochure=b"one", fr_brochure=b"two")
    (out / "fr/brochure.pdf").unlink()
    assert published(out, {"en/brochure.pdf"}) == ["fr/brochure.pdf"]


def test_a_build_that_changes_nothing_does_not_touch_the_manifest(out: Path) -> None:
    published(out, en_brochure=b"one")
    before = (out / MANIFEST).stat()
    published(out, {"en/brochure.pdf"})
    after = (out / MANIFEST).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


# Reuse.


def test_a_file_made_from_the_same_and_whole_is_reused(out: Path) -> None:
    published(out, en_brochure=b"one")
    last = Publisher(out).published("en/brochure.pdf", "en_brochure")
    assert last == entry("en/brochure.pdf", b"one", key="en_brochure")


def test_a_file_made_from_something_else_is_not_reused(out: Path) -> None:
    published(out, en_brochure=b"one")
    assert Publisher(out).published("en/brochure.pdf", "another key") is None
    assert Publisher(out).published("fr/brochure.pdf", "en_brochure") is None


def test_a_file_that_was_altered_since_is_not_reused(out: Path) -> None:
    published(out, en_brochure=b"one")
    (out / "en/brochure.pdf").write_bytes(b"two")
    assert Publisher(out).published("en/brochure.pdf", "en_brochure") is None


def test_a_file_that_is_gone_is_not_reused(out: Path) -> None:
    published(out, en_brochure=b"one")
    (out / "en/brochure.pdf").unlink()
    assert Publisher(out).published("en/brochure.pdf", "en_brochure") is None
    (out / "en/brochure.pdf").mkdir()
    assert Publisher(out).published("en/brochure.pdf", "en_brochure") is None


# Removing all.


def test_removing_all_takes_the_files_of_the_manifest_and_the_manifest(out: Path) -> None:
    published(out, en_brochure=b"one", fr_practices_old=b"two")
    (out / "index.html").write_bytes(b"mine")
    assert Publisher(out).remove_all() == ["en/brochure.pdf", "fr/practices/old.pdf"]
    assert tree(out) == {"index.html": b"mine"}


def test_removing_all_clears_away_what_a_killed_build_left(out: Path) -> None:
    published(out, en_brochure=b"one")
    left = out / f"{STAGING}killed" / "en"
    left.mkdir(parents=True)
    (left / "brochure.pdf").write_bytes(b"half")
    Publisher(out).remove_all()
    assert tree(out) == {}


def test_removing_all_of_nothing_makes_nothing(out: Path) -> None:
    assert Publisher(out).remove_all() == []
    assert not out.exists()


# A manifest that was edited, or is of another kind.


def write_manifest(out: Path, value: Any) -> None:
    out.mkdir(exist_ok=True)
    (out / MANIFEST).write_text(json.dumps(value), encoding="utf-8")


def write_entries(out: Path, *names: str) -> None:
    listed = [{**asdict(entry(name, b"x", key="key")), "languages": ["en"]} for name in names]
    write_manifest(out, {"version": 1, "files": listed})


LEADING_OUT = ["../precious.txt", "en/../../precious.txt", "{here}/precious.txt", "..", "en/.."]
NO_FILES = ["", ".", "./", "en", "en/", "precious\0.txt", "manifest.json/x.pdf"]


@pytest.mark.parametrize("name", LEADING_OUT + NO_FILES)
def test_a_manifest_that_names_what_is_no_file_below_it_harms_nothing(out: Path, name: str) -> None:
    precious = out.parent / "precious.txt"
    precious.write_bytes(b"mine")
    (out / "en").mkdir(parents=True)
    (out / "en" / "poster.pdf").write_bytes(b"mine")
    named = name.format(here=out.parent)
    write_entries(out, named)
    Publisher(out).published(named, "key")
    published(out, set())
    write_entries(out, named)
    Publisher(out).remove_all()
    assert tree(out.parent) == {
        "out": None,
        "out/en": None,
        "out/en/poster.pdf": b"mine",
        "precious.txt": b"mine",
    }


def test_a_manifest_cannot_reach_through_a_link_out_of_the_folder(out: Path) -> None:
    elsewhere = out.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious.pdf").write_bytes(b"mine")
    out.mkdir()
    (out / "en").symlink_to(elsewhere)
    write_entries(out, "en/precious.pdf")
    Publisher(out).remove_all()
    assert tree(elsewhere) == {"precious.pdf": b"mine"}


def test_a_manifest_with_another_spelling_of_a_file_does_not_take_the_new_file_away(
    out: Path,
) -> None:
    write_entries(out, "./en/brochure.pdf", "en//brochure.pdf")
    published(out, {"en/brochure.pdf"}, en_brochure=b"one")
    assert (out / "en/brochure.pdf").read_bytes() == b"one"


@pytest.mark.parametrize(
    "manifest",
    [
        *([], {}, None, 7, {"version": 1}, {"version": 1, "files": None}),
        *({"version": 99, "files": []}, {"version": 1, "files": [{"file": "a.pdf"}]}),
        {"version": 1, "files": [{**asdict(entry("a.pdf", b"")), "colour": "red"}]},
        {"version": 1, "files": [{**asdict(entry("a.pdf", b"")), "file": 7}]},
    ],
)
def test_a_manifest_of_another_kind_counts_as_none(out: Path, manifest: Any) -> None:
    write_manifest(out, manifest)
    assert Publisher(out).last == {}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_manifest_that_is_no_json_counts_as_none(out: Path, content: bytes) -> None:
    out.mkdir()
    (out / MANIFEST).write_bytes(content)
    assert Publisher(out).last == {}


def test_without_a_manifest_everything_is_made_anew_over_what_is_there(out: Path) -> None:
    published(out, en_brochure=b"one")
    (out / MANIFEST).unlink()
    assert Publisher(out).published("en/brochure.pdf", "en_brochure") is None
    published(out, {"en/brochure.pdf"}, en_brochure=b"two")
    assert (out / "en/brochure.pdf").read_bytes() == b"two"


def test_entries_keep_their_words_in_every_script(out: Path) -> None:
    title = replace(entry(BROCHURE, b"x"), title="Ķīpsala – ქართული")
    with Publisher(out) as publisher:
        staged(publisher, title, b"x")
        publisher.publish()
    assert Publisher(out).last[BROCHURE] == title


def test_what_a_killed_build_had_staged_is_removed_by_the_next(out: Path) -> None:
    left = out / f"{STAGING}killed" / "en"
    left.mkdir(parents=True)
    (left / "half.pdf").write_bytes(b"%PDF-1.")
    published(out, en_brochure=b"one")
    assert files(out) == {"en/brochure.pdf", MANIFEST}


def test_what_another_build_is_staging_is_left_to_it(out: Path) -> None:
    with Publisher(out) as other:
        staged(other, entry("de/brochure.pdf", b"theirs", key="de"), b"theirs")
        published(out, en_brochure=b"ours")
        other.publish()
    assert files(out) == {"de/brochure.pdf", "en/brochure.pdf", MANIFEST}
    assert sorted(Publisher(out).last) == ["de/brochure.pdf", "en/brochure.pdf"]


def test_two_builds_that_publish_at_once_are_both_in_the_manifest(out: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        for name in (f"en_{number}" for number in range(24)):
            threads.submit(published, out, **{name: name.encode()})
    assert len(Publisher(out).last) == 24
    for entry_ in Publisher(out).last.values():
        assert digest_of((out / entry_.file).read_bytes()) == entry_.sha256
    assert not list(out.glob(f"{STAGING}*"))
