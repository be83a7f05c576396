"""Holds a cluster to account: the same bytes as here, whatever becomes of its workers.

Scheduler and workers are real, each a process on this machine.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, SMALL, Built, copy_project
from loopback_cluster import (
    Fatal,
    Look,
    LoopbackCluster,
    Refusing,
    Slow,
    loopback_cluster,
    wait_until,
)
from PIL import Image
from test_import_order import loaded_by
from test_photos import photo_at

from brochure import program
from brochure.build import Request, build
from brochure.cli import ExitCode, command
from brochure.cluster import ROOT as HERE
from brochure.cluster import SCRATCH, ClusterProblem, ClusterWorkshop, workshop
from brochure.cluster.errand import laid_out
from brochure.cluster.problem import Fingerprint, differences, refusal
from brochure.layouts import Composed, packed
from brochure.sources import Source
from brochure.typeset import Job, TypesetTask
from brochure.typeset.typesetter import Made
from brochure.workshop import Died

LONG = 60.0  # seconds; the cluster does not care
HTML = '<!DOCTYPE html><html lang="en"><title>x</title><p>x<img alt="x" src="{}">'


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackCluster]:
    """Two workers of one thread, which are started again when they end."""
    with loopback_cluster(tmp_path_factory.mktemp("cluster")) as made:
        made.start_worker("pair", "--nworkers=2", "--nanny")
        yield made


@pytest.fixture
def workers(cluster: LoopbackCluster) -> Iterator[ClusterWorkshop]:
    """A workshop whose pieces need two files, and odd ones a third."""
    shared = [Source("fonts/a.txt", b"a"), Source("layouts/l/b.txt", b"b")]
    odd = Source("practices/p/c.txt", b"c")
    shop = ClusterWorkshop(cluster.address, shared, lambda number: [odd] if number % 2 else [])
    yield shop
    shop.close()


def digests(out: Path) -> dict[str, str]:
    """Return the digest of every file below a folder."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file()
    }


# -- builds


def test_a_build_on_a_cluster_gives_the_same_bytes(
    cluster: LoopbackCluster, small_built: Built, tmp_path: Path
) -> None:
    root, out = copy_project(SMALL, tmp_path / "project"), tmp_path / "out"
    options = ("build", "--json", "--jobs", "1", "--out", out, "--cluster", cluster.address)
    made = loaded_by("--project", root, *options)
    assert (made.exit_code, digests(out)) == (0, digests(small_built.out))
    assert json.loads(made.printed)["sections"] == small_built.report["sections"]
    assert "distributed" in made.modules
    assert "weasyprint" not in made.modules  # with --jobs 1, there is no other process here


def test_a_worker_that_is_killed_costs_nothing(
    cluster: LoopbackCluster, small_built: Built, tmp_path: Path
) -> None:
    root, out = copy_project(SMALL, tmp_path / "project"), tmp_path / "out"
    victim = cluster.start_worker("victim", "--no-nanny")
    building = start_build(root, out, cluster)
    wait_until(lambda: bool(victim.hands()))
    [hand] = victim.hands()
    victim.kill()
    printed, _ = building.communicate()
    assert (building.returncode, digests(out)) == (0, digests(small_built.out)), printed
    assert json.loads(printed)["diagnostics"] == small_built.report["diagnostics"]
    wait_until(lambda: not hand.is_running())


def start_build(root: Path, out: Path, cluster: LoopbackCluster) -> subprocess.Popen[str]:
    options = ["build", "--json", "--out", str(out), "--cluster", cluster.address]
    words = [sys.executable, "-m", "brochure", "--project", str(root), *options]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_photos_reach_the_sections_that_show_them(cluster: LoopbackCluster, tmp_path: Path) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    for slug in ("harbour-lab", "mill-fund"):
        noise = Image.effect_noise((60, 40), 50).convert("RGB")
        noise.save(photo_at(root, slug, "Photo 1 (1).jpg"))
    options = ("--practice", "harbour-lab", "--language", "en", "--json", "--jobs", "1")
    outs = tmp_path / "here", tmp_path / "there"
    for out, where in zip(outs, ((), ("--cluster", cluster.address)), strict=True):
        shutil.rmtree(root / ".brochure", ignore_errors=True)
        made = loaded_by("--project", root, "build", "--out", out, *options, *where)
        assert json.loads(made.printed)["sections"]["cached"] == 0
    assert digests(outs[0]) == digests(outs[1]) != {}


# -- work


def test_a_piece_finds_the_files_that_it_needs_and_no_others(workers: ClusterWorkshop) -> None:
    found = dict(workers.run(Look(), range(12), LONG))
    for number, result in found.items():
        assert not isinstance(result, Died)
        own = ["practices/p/c.txt"] if number % 2 else []
        assert result[1] == ["fonts/a.txt", "layouts/l/b.txt", *own]


def pids_of(shop: ClusterWorkshop) -> set[int]:
    results = [result for _, result in shop.run(Look(), range(12), LONG)]
    return {result[0] for result in results if not isinstance(result, Died)}


def test_a_process_stays_for_more_work_with_the_same_files_only(
    cluster: LoopbackCluster, workers: ClusterWorkshop
) -> None:
    first = pids_of(workers) | pids_of(workers)
    assert len(first) <= 2  # one for each of the two workers
    other = ClusterWorkshop(cluster.address, [Source("fonts/a.txt", b"other")], lambda _: [])
    try:
        assert pids_of(other) & first == set()
    finally:
        other.close()


def test_a_piece_that_ends_its_process_or_its_worker_costs_no_other(
    workers: ClusterWorkshop,
) -> None:
    task = Fatal(always=frozenset({4}), worker=frozenset({7}))
    results = dict(workers.run(task, range(12), LONG))
    assert results.pop(4) == results.pop(7) == Died()
    assert results == {n: n * n for n in range(12) if n not in (4, 7)}


def test_a_process_that_ends_by_accident_costs_nothing(
    workers: ClusterWorkshop, tmp_path: Path
) -> None:
    task = Fatal(once=frozenset({3}), mark=str(tmp_path / "mark"))
    assert dict(workers.run(task, range(6), LONG)) == {n: n * n for n in range(6)}
    assert (tmp_path / "mark").exists()


def test_what_a_task_raises_is_raised(workers: ClusterWorkshop) -> None:
    with pytest.raises(OSError, match=r"No space left on device: '\d\.pdf'"):
        list(workers.run(Refusing(), range(4), LONG))


def test_files_of_a_piece_are_gone_afterwards_and_hide_none_that_were_there(tmp_path: Path) -> None:
    (tmp_path / "shared.txt").write_text("shared")
    with laid_out(tmp_path, {"shared.txt": b"own", "deep/own.txt": b"own"}):
        assert (tmp_path / "shared.txt").read_text() == "shared"
        assert (tmp_path / "deep/own.txt").read_text() == "own"
    assert digests(tmp_path).keys() == {"shared.txt"}


# -- what a section may read


def test_a_section_reads_nothing_but_what_was_sent_with_it(
    cluster: LoopbackCluster, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8), "red").save(secret)
    photo = Source("practices/p/photo.png", secret.read_bytes())
    fonts = [
        Source(f"fonts/{path.name}", path.read_bytes()) for path in (ROOT / "fonts").glob("U*.ttf")
    ]
    with socket.create_server(("127.0.0.1", 0)) as server:
        addresses = {
            "sent": photo.path,
            "not sent": f"{photo.path}?",
            "absolute": secret.as_uri(),
            "beside": "../scratch/fonts.conf",
            "system": "file:///etc/hostname",
            "network": f"http://127.0.0.1:{server.getsockname()[1]}/x.png",
        }
        pages = [
            Job(name, Composed(name, "x", packed(HTML.format(address)), ()))
            for name, address in addresses.items()
        ]
        shop = ClusterWorkshop(
            cluster.address, fonts, lambda job: [photo] if job.key == "sent" else []
        )
        try:
            task = TypesetTask(HERE, SCRATCH)
            made = {job.key: result for job, result in shop.run(task, pages, LONG)}
        finally:
            shop.close()
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    sent, missing = made.pop("sent"), made.pop("not sent")
    assert isinstance(sent, Made)
    assert sent.galley.remarks == ()
    assert b"/Image" in sent.pdf
    assert isinstance(missing, Made)
    assert [remark.rule for remark in missing.galley.remarks] == ["engine"]
    assert b"/Subtype /Image" not in missing.pdf
    for name, reason in made.items():
        assert isinstance(reason, str), name
        assert "outside the project" in reason or "is not a file of the project" in reason


# -- clusters that cannot be used


@pytest.fixture(scope="module")
def other_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with this program, of which one line is another."""
    folder = tmp_path_factory.mktemp("code")
    shutil.copytree(ROOT / "src/brochure", folder / "brochure")
    engine = folder / "brochure/typeset/engine.py"
    engine.write_text(engine.read_text() + "\n# another version\n")
    return folder


def test_a_worker_with_another_version_is_refused(
    other_code: Path, tmp_path: Path, small_built: Built
) -> None:
    root = shutil.copytree(small_built.root, tmp_path / "project")
    shutil.rmtree(root / ".brochure")
    with loopback_cluster(tmp_path) as cluster:
        same = cluster.start_worker("same", "--no-nanny")
        shop = ClusterWorkshop(cluster.address, [], lambda _: [])
        try:
            assert dict(shop.run(Slow(), [1], LONG)) == {1: 1}
            cluster.start_worker("other", "--no-nanny", code=other_code)
            # It came later: found out when it is given work.
            with pytest.raises(ClusterProblem, match=r"tcp://127.*: brochure .*, here "):
                list(shop.run(Slow(), range(8), LONG))
        finally:
            shop.close()
        result = run(root, tmp_path / "out", cluster.address)
        same.kill()
    assert (result.exit_code, result.stdout) == (ExitCode.MISSING, "")
    first, second, hint = result.stderr.splitlines()
    assert first == "error: 1 of 2 workers of the cluster cannot give the same pages"
    here = dict(program.fingerprint())["brochure"]
    assert second.startswith("  tcp://127.0.0.1:")
    assert second.endswith(f", here {here}")
    assert hint.startswith("  hint: install the same brochure")
    assert not (tmp_path / "out").exists()


def run(root: Path, out: Path, address: str) -> Result:
    options = ["build", "--out", str(out), "--cluster", address]
    return CliRunner().invoke(command, ["--project", str(root), *options])


def test_a_cluster_that_cannot_be_reached_is_said_in_one_line(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "CONNECT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    result = run(small, tmp_path / "out", address)
    assert (result.exit_code, result.stdout) == (ExitCode.MISSING, "")
    message, hint = result.stderr.splitlines()
    assert message.startswith(f"error: the cluster at {address} cannot be reached: ")
    assert hint == "  hint: start the cluster, or build without --cluster"
    assert not (tmp_path / "out").exists()


def test_a_cluster_without_workers_is_said_to_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "CONNECT", 1.0)
    monkeypatch.setattr(workshop, "BEAT", 0.1)
    monkeypatch.setattr(workshop, "PATIENCE", 0.5)
    with loopback_cluster(tmp_path) as cluster:
        shop = ClusterWorkshop(cluster.address, [], lambda _: [])
        try:
            with pytest.raises(ClusterProblem, match="has no workers"):
                list(shop.run(Slow(), [1], LONG))
            worker = cluster.start_worker("worker", "--no-nanny")
            results = shop.run(Slow(), range(8), LONG)
            next(results)
            worker.kill()
            with pytest.raises(ClusterProblem, match=r"was lost .*: all of its workers are gone"):
                list(results)
        finally:
            shop.close()


def test_a_cluster_that_vanishes_publishes_nothing(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "CONNECT", 1.0)
    monkeypatch.setattr(workshop, "BEAT", 0.1)
    out, cache = tmp_path / "out", tmp_path / "cache"
    with loopback_cluster(tmp_path) as cluster:
        cluster.start_worker("worker", "--no-nanny")

        def end_scheduler(what: str, done: int, total: int) -> None:
            if (what, done) == ("typesetting", 2):
                cluster.scheduler.kill()

        request = Request(small, out, cache, 1, "x", cluster=cluster.address)
        with pytest.raises(ClusterProblem, match="was lost in the middle of the work: its sched"):
            build(request, end_scheduler)
    assert not out.exists()


def test_without_its_library_a_cluster_is_refused_with_what_to_type(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "find_spec", lambda name: None)
    result = run(small, tmp_path / "out", "tcp://127.0.0.1:8786")
    assert result.exit_code == ExitCode.MISSING
    assert result.stderr.endswith('  hint: type: pip install "brochure[cluster]"\n')


def test_a_cluster_with_certificates_needs_some_here(small: Path, tmp_path: Path) -> None:
    result = run(small, tmp_path / "out", "tls://127.0.0.1:8786")
    assert result.exit_code == ExitCode.MISSING
    assert "asks for certificates" in result.stderr
    assert len(result.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    "address", ["8786", "localhost:8786", "tcp://localhost", "http://a:1", "tcp://a:b", "tcp://:1"]
)
def test_what_is_no_address_is_refused(small: Path, tmp_path: Path, address: str) -> None:
    result = run(small, tmp_path / "out", address)
    assert result.exit_code == ExitCode.USAGE
    assert f'"{address}" is no address like tcp://HOST:PORT' in result.output


def test_a_refusal_names_each_worker_with_its_reason() -> None:
    here = (("brochure", "1 (code a)"), ("pango", "1.52"))
    other = (("brochure", "1 (code a)"), ("pango", "1.50"), ("extra", "2"))
    workers: dict[str, Fingerprint | BaseException] = {
        "tcp://c:1": other,
        "tcp://a:1": here,
        "tcp://b:1": Exception("ModuleNotFoundError(\"No module named 'brochure'\")"),
        "tcp://d:1": OSError("disk full"),
    }
    assert refusal({"tcp://a:1": here}, here) == ""
    assert refusal(workers, here).splitlines() == [
        "3 of 4 workers of the cluster cannot give the same pages",
        "  tcp://b:1: brochure is not installed, or is too old",
        "  tcp://c:1: pango 1.50, here 1.52; extra 2, here none",
        "  tcp://d:1: it does not start: OSError: disk full",
    ]
    assert differences(here, here) == ()
    many = {f"tcp://a:{port}": other for port in range(30)}
    assert refusal(many, here).splitlines()[-1] == "  and 20 more"
