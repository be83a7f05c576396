"""Holds a build to account when something goes wrong: it is killed, a disk is full, the cache is
spoilt or gone, a worker dies, another build is at work.

What is published is always whole, and the next build makes what it would have made anyway.
"""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pikepdf
import pytest
from conftest import SMALL, Built, build, copy_project, once
from faults import (
    CACHE,
    CHANGES,
    LEAFLET,
    LEAFLET_FILE,
    SELECTION,
    Content,
    dying,
    entries,
    files_in,
    let_others_work,
    link_cache,
    start,
    write_content,
)

from brochure.build import Request
from brochure.build import build as build_here
from brochure.build.scratch import PREFIX
from brochure.cli import ExitCode
from brochure.cli.commands import PRODUCER
from brochure.daybook import Report
from brochure.editions import Selection
from brochure.publish import MANIFEST, held

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc to see the processes of a build"
)

Contents = tuple[Content, Content]


@pytest.fixture(scope="session")
def contents(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Contents:
    """The two contents, each built from nothing by one process that nobody disturbs."""

    def make(number: int) -> Content:
        def build_it(out: Path) -> Built:
            root = copy_project(SMALL, out.with_name(f"content-{number}-project"))
            write_content(root, number)
            return build(root, out, *SELECTION, "--jobs", "1")

        built = once(tmp_path_factory, worker_id, f"content-{number}", build_it)
        return Content(built.root, files_in(built.out), built.report["seconds"])

    return make(0), make(1)


def test_the_two_contents_differ_in_every_file_and_every_file_is_whole(
    contents: Contents, tmp_path: Path
) -> None:
    one, other = (content.out for content in contents)
    assert one.keys() == other.keys()
    assert len(one) == 5
    assert all(one[file] != other[file] for file in one)
    for content in (one, other):
        for name, pdf in content.items():
            if name != MANIFEST:
                (tmp_path / "file.pdf").write_bytes(pdf)
                with pikepdf.open(tmp_path / "file.pdf") as opened:
                    assert opened.check_pdf_syntax() == []


def project_with(built: Content, root: Path) -> Path:
    """Return a project of a content as its last build has left it."""
    copy_project(SMALL, root)
    for name in CHANGES:
        shutil.copy2(built.root / name, root / name)
    for name, content in built.out.items():
        path = root / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    link_cache(built.root, root)
    return root


def assert_builds(root: Path, expected: dict[str, bytes], *selection: str) -> None:
    """Hold the next build of a project to what it should publish."""
    code, _, said = start(
        root, *(selection or SELECTION), "--jobs=1", temporary=root.with_name("tmp")
    ).finished()
    assert code == 0, said
    assert files_in(root / "out") == expected
    assert not list((root / "out").glob(".staging-*"))


# Killed.


@dataclass(frozen=True)
class Kill:
    """A build that is killed: how it works, what of its sections the cache has, when it ends.

    `when` is a share of the time that the build takes, or what it is about to do.
    """

    jobs: int
    cached: str
    whom: str
    when: float | str
    count: int = 1

    def __str__(self) -> str:
        when = f"{self.when:.0%}" if isinstance(self.when, float) else f"{self.when} {self.count}"
        return f"{when}, cache {self.cached}, {self.jobs} jobs, {self.whom}"


# What a build does with files, as Python announces it: the call, and its arguments. How often it
# does it at least, in one process, when the cache has the sections of the last build.
DOINGS = {
    "keeping a section": (r"open .*/cache/v\d+/../\..*\.part ", 2),
    "moving a section": (r"os\.rename .*/cache/v\d+/../\..*\.part ", 2),
    "laying out tools": (r"open .*/[0-9a-f]+\.tools w", 1),
    "making a folder": (r"os\.mkdir .*/\.staging-", 1),
    "staging": (r"open .*/\.staging-[^/]*/.*\.pdf w", 1),
    "publishing": (r"os\.rename .*/\.staging-[^/]*/.*\.pdf ", 4),
    "filling the manifest": (r"os\.chmod .*/out/.*\.part ", 1),
    "moving the manifest": (r"os\.rename .*/out/manifest\.json ", 1),
    "tidying up": (r"shutil\.rmtree ", 1),
    "noting the times": (r"os\.rename .*/times\.json ", 1),
    "writing the daybook": (r"os\.rename .*/daybook/", 1),
}
CACHED = {"none": 1.0, "last": 0.7, "both": 0.35}  # shares of the time of a build from nothing


def _kills() -> list[Kill]:
    """Draw fifty kills, always the same ones: half by the clock, half by what is being done."""
    draw = random.Random(50)
    times = [(number + draw.random()) / 25 for number in range(25)]
    doings = [*DOINGS, *DOINGS, "publishing", "publishing", "staging"]
    kills = []
    moments: list[float | str] = [*times, *doings]
    for number, when in enumerate(moments):
        count = draw.randint(1, DOINGS[when][1]) if isinstance(when, str) else 1
        cached = draw.choice(("last", "last", "none" if count > 1 else "both"))
        if when in ("keeping a section", "moving a section"):
            cached = draw.choice(("last", "none"))
        whom = draw.choice(("build", "build", "group"))
        kills.append(Kill(1 if number % 3 else 2, cached, whom, when, count))
    return kills


@pytest.mark.parametrize(("number", "kill"), list(enumerate(_kills())), ids=str)
def test_a_build_that_is_killed_leaves_whole_files_and_the_next_build_is_right(
    contents: Contents, tmp_path: Path, number: int, kill: Kill
) -> None:
    last, new = contents if number % 4 < 2 else contents[::-1]
    seconds = last.seconds * CACHED[kill.cached]
    root = tmp_path / "project"
    while not was_killed(kill, project_before(kill, last, new, root), seconds):
        seconds /= 2  # it was faster than that
    found = files_in(root / "out")
    assert found.keys() == last.out.keys()
    for name, content in found.items():
        assert content in (last.out[name], new.out[name]), f"{name} is of neither build"
    assert_builds(root, new.out)


def project_before(kill: Kill, last: Content, new: Content, root: Path) -> Path:
    """Return a project of which the last content is published, and the new one is to be built."""
    shutil.rmtree(root, ignore_errors=True)
    project_with(last, root)
    if kill.cached == "none":
        shutil.rmtree(root / CACHE)
    if kill.cached == "both":
        link_cache(new.root, root)
    for file in CHANGES:
        shutil.copy2(new.root / file, root / file)
    let_others_work(root, last.root)
    return root


def was_killed(kill: Kill, root: Path, seconds: float) -> bool:
    """Start a build, and kill it; whether that was in time."""
    environment = {}
    if isinstance(kill.when, str):
        environment = dying(DOINGS[kill.when][0], kill.count, kill.whom)
    going = start(
        root,
        *SELECTION,
        f"--jobs={kill.jobs}",
        temporary=root.with_name("tmp"),
        environment=environment,
    )
    if isinstance(kill.when, float):
        time.sleep(kill.when * seconds)
        going.kill(kill.whom)
    code, _, said = going.finished()
    if isinstance(kill.when, str):
        assert code == -signal.SIGKILL, f"it never came to that: {said}"
    return code == -signal.SIGKILL


def test_what_a_killed_build_has_staged_is_removed_when_its_changes_are_taken_back(
    contents: Contents, tmp_path: Path
) -> None:
    """Then the daybook knows that all is as it was, and nothing is to be made."""
    last, _ = contents
    root = project_with(last, tmp_path / "project")
    assert_builds(root, last.out)
    write_content(root, 1)
    kill = Kill(1, "last", "build", "publishing")
    assert was_killed(kill, root, 0)
    assert len(list((root / "out").glob(".staging-*"))) == 1
    write_content(root, 0)
    assert_builds(root, last.out)


# Disks that are full.


@cache
def may_mount() -> bool:
    """Whether this machine lets a test have a disk of its own."""
    words = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


needs_disks = pytest.mark.skipif("not may_mount()", reason="needs to mount a small disk")

# $1 folder, $2 options, $3 where what is in the folder in the end is copied to; then the command.
SMALL_DISK = """
folder=$1 copy=$3 before=$(mktemp -d -p "$3")
cp -a "$folder/." "$before" && mount -t tmpfs -o "$2" none "$folder" || exit 99
cp -a "$before/." "$folder"; rm -r "$before"; shift 3
"$@"; code=$?
cp -a "$folder/." "$copy" && exit $code
"""


def on_a_small_disk(folder: Path, options: str, copy: Path) -> tuple[str, ...]:
    """Return the command that runs another one while a folder is a disk of its own, and copies
    what is in it in the end, since nobody else sees it."""
    folder.mkdir(parents=True, exist_ok=True)
    copy.mkdir()
    inside = ["sh", "-c", SMALL_DISK, "sh", str(folder), options, str(copy)]
    return ("unshare", "--map-root-user", "--mount", *inside)


def leaflet_of(content: Content) -> bytes:
    return content.out[LEAFLET_FILE]


@needs_disks
def test_a_build_goes_on_when_the_disk_of_the_cache_is_full(
    contents: Contents, tmp_path: Path
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    disk = on_a_small_disk(root / CACHE, "size=16k", tmp_path / "cache")
    code, _, said = start(root, *LEAFLET, around=disk, temporary=tmp_path / "tmp").finished()
    assert (code, "error" in said.replace("0 errors", "")) == (0, False)
    assert (root / "out" / LEAFLET_FILE).read_bytes() == leaflet_of(contents[0])
    assert list((tmp_path / "cache").rglob("*.part")) == []
    assert list((tmp_path / "tmp").iterdir()) == []


@needs_disks
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_that_finds_the_disk_of_out_full_publishes_nothing(
    contents: Contents, tmp_path: Path, jobs: int
) -> None:
    last, new = contents
    root = project_with(last, tmp_path / "project")
    write_content(root, 1)
    let_others_work(root, last.root)
    room = sum(len(content) + 4096 for content in last.out.values()) + 70_000
    disk = on_a_small_disk(root / "out", f"size={room}", tmp_path / "out")
    code, printed, said = start(
        root, *SELECTION, f"--jobs={jobs}", around=disk, temporary=tmp_path / "tmp"
    ).finished()
    assert (code, printed) == (ExitCode.UNWRITABLE, "")
    assert f'error: "{root}/out/' in said
    assert "cannot be written or read: no space left on device\n  hint: " in said
    assert "Traceback" not in said
    assert files_in(tmp_path / "out") == last.out
    assert not list((tmp_path / "out").glob(".*"))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert_builds(root, new.out)


@needs_disks
@pytest.mark.parametrize("room", ["size=1M", "nr_inodes=2"], ids=["too small", "nothing at all"])
def test_a_build_that_finds_the_temporary_folder_full_says_so_once(
    contents: Contents, tmp_path: Path, room: str
) -> None:
    last, _ = contents
    root = project_with(last, tmp_path / "project")
    write_content(root, 1)
    disk = on_a_small_disk(tmp_path / "tmp", room, tmp_path / "after")
    code, printed, said = start(root, *LEAFLET, around=disk, temporary=tmp_path / "tmp").finished()
    assert (code, printed) == (ExitCode.UNWRITABLE, "")
    assert said.count("error") == 1
    assert f'error: "{tmp_path}/tmp/brochure-' in said
    assert files_in(root / "out") == last.out
    assert not list((root / "out").glob(".*"))
    assert list((tmp_path / "after").iterdir()) == []


def test_a_build_that_finds_every_disk_full_publishes_nothing(
    contents: Contents, tmp_path: Path
) -> None:
    """This goes without a disk of one's own: the system refuses to write long files, also to
    the processes that the build starts."""
    last, new = contents
    root = project_with(last, tmp_path / "project")
    write_content(root, 1)
    let_others_work(root, last.root)
    code, printed, said = start(
        root,
        *SELECTION,
        "--jobs=2",
        temporary=tmp_path / "tmp",
        preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    ).finished()
    assert (code, printed) == (ExitCode.UNWRITABLE, "")
    assert f'error: "{tmp_path}/tmp/brochure-' in said
    assert "cannot be written or read: file too large\n  hint: " in said
    assert files_in(root / "out") == last.out
    assert not list((root / "out").glob(".*"))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert_builds(root, new.out)


# A cache that is spoilt, or gone.


def _flipped(entry: bytes, place: int) -> bytes:
    return entry[:place] + bytes([entry[place] ^ 1]) + entry[place + 1 :]


SPOILT: dict[str, Callable[[bytes, bytes], bytes]] = {
    "the head": lambda entry, _: _flipped(entry, 10),
    "the note": lambda entry, _: _flipped(entry, 100),
    "the content": lambda entry, _: _flipped(entry, len(entry) - 500),
    "its end is lost": lambda entry, _: entry[:-500],
    "all is lost": lambda entry, _: b"",
    "another's": lambda _, other: other,
}
PHASES = ["typesetting", "numbering", "fillers", "folios", "binding"]


def spoil(root: Path, kind: str) -> None:
    """Spoil every third entry of a project's cache."""
    found = entries(root)
    for entry, other in zip(found[::3], found[1::3], strict=False):
        content = SPOILT[kind](entry.read_bytes(), other.read_bytes())
        entry.unlink()  # other projects may have it as well
        entry.write_bytes(content)


def built_with_trouble(
    root: Path, phase: str, trouble: Callable[[], object], workers: int = 1
) -> Report:
    """Build in this process; the first time that a phase is announced, something happens."""
    pending = [trouble]

    def progress(what: str, done: int, total: int) -> None:
        if what == phase and pending:
            pending.pop()()

    chosen = Selection(languages=frozenset({"en"}), families=frozenset({"regions", "leaflets"}))
    request = Request(root, root / "out", root / CACHE, workers, PRODUCER, chosen)
    report = build_here(request, progress)
    assert not pending, "nothing has happened"
    return report


@pytest.mark.parametrize("kind", SPOILT)
def test_sections_that_are_spoilt_before_a_build_are_made_again(
    contents: Contents, tmp_path: Path, kind: str
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    link_cache(contents[0].root, root)
    before = {path: path.read_bytes() for path in entries(root)}
    spoil(root, kind)
    report = built_with_trouble(root, "binding", lambda: None)
    assert report.typeset == len(before) // 3
    assert files_in(root / "out") == contents[0].out
    assert {path: path.read_bytes() for path in entries(root)} == before


@pytest.mark.parametrize(("kind", "workers"), [*((kind, 1) for kind in SPOILT), ("the content", 2)])
def test_sections_that_are_spoilt_before_they_are_bound_are_made_again(
    contents: Contents, tmp_path: Path, kind: str, workers: int
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    link_cache(contents[0].root, root)
    before = {path: path.read_bytes() for path in entries(root)}
    if workers > 1:
        let_others_work(root, contents[0].root)
        for path in entries(root)[:2]:  # so that there is something to start others for
            path.unlink()
    report = built_with_trouble(root, "binding", lambda: spoil(root, kind), workers)
    assert report.typeset >= len(before) // 3
    assert files_in(root / "out") == contents[0].out
    assert {path: path.read_bytes() for path in entries(root)} == before
    assert not list((root / "out").glob(".*"))


@pytest.mark.parametrize("phase", PHASES)
def test_a_cache_that_somebody_deletes_meanwhile_is_filled_again(
    contents: Contents, tmp_path: Path, phase: str
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    link_cache(contents[0].root, root)
    before = {path: path.read_bytes() for path in entries(root)}
    built_with_trouble(root, phase, lambda: shutil.rmtree(root / CACHE))
    assert files_in(root / "out") == contents[0].out
    assert {path: path.read_bytes() for path in entries(root)} == before


# Workers that die.


STAGES = ["while typesetting", "while finishing"]


def has_sections(root: Path, count: int) -> bool:
    return len(entries(root)) >= count


def has_staged(root: Path) -> bool:
    return any((root / "out").glob(".staging-*/**/*.pdf"))


@pytest.mark.parametrize("happened", [partial(has_sections, count=3), has_staged], ids=STAGES)
def test_a_worker_that_is_killed_costs_nothing(
    contents: Contents, tmp_path: Path, happened: Callable[[Path], bool]
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    let_others_work(root, contents[0].root)
    going = start(root, *SELECTION, "--jobs=2", temporary=tmp_path / "tmp")
    going.wait_until(lambda: happened(root))
    for worker in going.workers()[:1]:
        os.kill(worker, signal.SIGKILL)
    code, _, said = going.finished()
    assert (code, "error" in said) == (0, False), said
    assert files_in(root / "out") == contents[0].out
    assert not list((root / "out").glob(".*"))
    assert list((tmp_path / "tmp").iterdir()) == []


# Sections that fail.

BROKEN = '<img src="file:///etc/passwd" alt="a file outside the project">'


@pytest.mark.parametrize("jobs", [1, 2])
def test_sections_that_fail_are_all_named_and_only_they_are_made_again(
    contents: Contents, tmp_path: Path, jobs: int
) -> None:
    last, new = contents
    root = project_with(last, tmp_path / "project")
    shutil.rmtree(root / CACHE)
    write_content(root, 1)
    template = root / "layouts/atelier/practice.html.j2"
    whole = template.read_text(encoding="utf-8")
    template.unlink()  # it is a link
    template.write_text(whole.replace("<article", f"{BROKEN}<article"), encoding="utf-8")
    let_others_work(root, last.root)
    code, _, said = start(root, *SELECTION, f"--jobs={jobs}", temporary=tmp_path / "tmp").finished()
    assert code == ExitCode.PROBLEMS
    failed = re.findall(r'\[section-failed\]: the section "(.*)" could not be typeset', said)
    assert failed == ["practice harbour-lab en", "practice mill-fund en"]
    assert files_in(root / "out") == last.out
    kept = {path: path.stat().st_mtime_ns for path in entries(root)}
    assert kept
    template.write_text(whole, encoding="utf-8")
    assert_builds(root, new.out)
    assert kept.items() <= {path: path.stat().st_mtime_ns for path in entries(root)}.items()


# Several builds at once.


ALONE = [("--edition", "leaflets"), ("--edition", "regions")]


@pytest.mark.parametrize(
    ("selections", "cached"),
    [([(), ()], False), ([(), ()], True), (ALONE, True), ([*ALONE, ()], True)],
    ids=["the same from nothing", "the same", "different ones", "parts and the whole"],
)
def test_builds_at_once_publish_what_each_would_publish_alone(
    contents: Contents, tmp_path: Path, selections: list[tuple[str, ...]], cached: bool
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    if cached:
        link_cache(contents[0].root, root)
    options = [words or SELECTION[2:] for words in selections]
    builds = [
        start(root, "--language", "en", *words, "--jobs=1", temporary=tmp_path / "tmp")
        for words in options
    ]
    for going in builds:
        code, _, said = going.finished()
        assert code == 0, said
    assert files_in(root / "out") == contents[0].out
    assert not list((root / "out").glob(".*"))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert_builds(root, contents[0].out)


# What is left in the temporary folder.


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_build_that_ends_leaves_nothing_in_the_temporary_folder(
    contents: Contents, tmp_path: Path, jobs: int
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    let_others_work(root, contents[0].root)
    going = start(root, *LEAFLET, f"--jobs={jobs}", temporary=tmp_path / "tmp")
    going.wait_until(lambda: any((tmp_path / "tmp").iterdir()))  # or this test tests nothing
    assert going.finished()[0] == 0
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("happened", "jobs"),
    [(partial(has_sections, count=1), 1), (has_staged, 2)],
    ids=STAGES,
)
def test_a_build_that_is_stopped_leaves_nothing_in_the_temporary_folder(
    contents: Contents, tmp_path: Path, happened: Callable[[Path], bool], jobs: int
) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    let_others_work(root, contents[0].root)
    going = start(root, *SELECTION, f"--jobs={jobs}", temporary=tmp_path / "tmp")
    going.wait_until(lambda: happened(root))
    os.killpg(going.process.pid, signal.SIGINT)  # as a terminal does
    code, _, said = going.finished()
    assert code in (ExitCode.INTERRUPTED, -signal.SIGINT)
    assert said.endswith("stopped; the files of the last build are as they were\n")
    assert "Traceback" not in said
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (root / "out").exists() or list((root / "out").iterdir()) == []


def test_what_a_killed_build_has_left_there_is_removed_a_day_later(
    contents: Contents, tmp_path: Path
) -> None:
    last, new = contents
    root, temporary = project_with(last, tmp_path / "project"), tmp_path / "tmp"
    write_content(root, 1)
    assert was_killed(Kill(1, "last", "build", "publishing"), root, 0)
    [left] = temporary.glob("brochure-*")
    somebodys = temporary / "brochure-notes"
    somebodys.mkdir()
    used = temporary / f"{PREFIX}used"  # by a build that takes very long
    used.mkdir()
    assert_builds(root, new.out)
    assert left.exists()
    for folder in (left, used, somebodys):
        os.utime(folder, (0, 0))
    write_content(root, 0)
    with held(used):
        assert_builds(root, last.out)
    assert set(temporary.iterdir()) == {used, somebodys}
