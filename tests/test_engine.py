"""Holds the engine to account: what it says reaches the report, and what it reads is the project's.

Documents that ask for files and addresses outside the project are typeset in a process of its
own, whose every opened file and connection is noted by an audit hook.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import ROOT, SMALL, Built, copy_project

# What a whole sample may give rise to: texts that wait for their translation, nothing else.
EXPECTED_RULES = {"missing-translation"}


def test_the_engine_has_nothing_to_say_about_the_sample(sample: Built, small_built: Built) -> None:
    for built in (sample, small_built):
        rules = {found["rule"] for found in built.report["diagnostics"]}
        assert rules <= EXPECTED_RULES, built.report["diagnostics"]
        assert built.report["errors"] == 0


# Typesetting in a process of its own.

WITNESS = """
import json, sys
from pathlib import Path

noted = []
EVENTS = ("open", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname")

def note(event, args):
    if event in EVENTS:
        noted.append([event, str(args[0] if event != "socket.connect" else args[1])])

sys.addaudithook(note)

from dataclasses import astuple
from brochure.layouts import Composed, packed
from brochure.build.shop import Request, Shop
from brochure.typeset import Job
from brochure.typeset.galley import galley_of

root, cache, documents = Path(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin)
witnessed = {}
with Shop(Request(root, root / "out", cache, 1, "test")) as shop:
    for name, (head, body) in documents.items():
        html = '<!DOCTYPE html><html lang="en"><head><title>x</title>'
        html += f"{head}</head><body>{body}</body></html>"
        job = Job(name, Composed(name, "test.html.j2", packed(html), ()))
        noted.clear()
        made, failures = shop.typesetter.typeset([job], lambda job, made: None)
        kept = galley_of(shop.cache.note(name))
        witnessed[name] = {
            "reason": failures[0].reason if failures else None,
            "log": [each.message for each in made[name].remarks] if made else [],
            "pdf": shop.cache.content(name).hex() if made else "",
            "anchors": [astuple(each) for each in made[name].anchors] if made else [],
            "links": made[name].links if made else [],
            "is_kept_as_made": bool(made) and made[name] == kept,
            "noted": list(noted),
        }
json.dump(witnessed, sys.stdout)
"""


@dataclass(frozen=True)
class Witnessed:
    """What happened while one document was typeset."""

    reason: str | None
    log: list[str]
    pdf: bytes
    anchors: list[tuple[str, int, float]]
    links: list[str]
    is_kept_as_made: bool
    opened: list[str]
    connections: list[str]


@dataclass(frozen=True)
class Case:
    """A project beside a folder with secrets, and what came of each document."""

    secrets: Path
    witnessed: dict[str, Witnessed]


def documents(secrets: Path) -> dict[str, tuple[str, str]]:
    """Return head and body of each document; `{}` in REACHING is the address that it asks for."""
    addresses = {
        "absolute": secrets.as_uri(),
        "relative": "../secrets",
        "encoded": "%2e%2e/secrets",
        "in capitals": secrets.as_uri().replace("file:", "FILE:"),
        "on a host": secrets.as_uri().replace("file://", "file://localhost"),
        "through a link": "link-to-secrets",
        "http": "http://127.0.0.1:9",
        "https": "https://127.0.0.1:9",
        "ftp": "ftp://127.0.0.1:9",
        "any scheme": "//127.0.0.1:9",
    }
    found = {
        f"{how} {where}": (head.replace("{}", address), body.replace("{}", address))
        for where, (head, body) in REACHING.items()
        for how, address in addresses.items()
        if where == "picture" or how in ("absolute", "http")
    }
    return found | OWN


REACHING = {
    "picture": ("", '<img alt="x" src="{}/secret.png">'),
    "style sheet": ('<link rel="stylesheet" href="{}/secret.css">', "<p>x</p>"),
    "import": ("<style>@import url({}/secret.css);</style>", "<p>x</p>"),
    "import in data": (
        '<link rel="stylesheet" href="data:text/css,@import url({}/secret.css);">',
        "<p>x</p>",
    ),
    "background": ("", '<p style="background: url({}/secret.png)">x</p>'),
    "list mark": ("", '<ul style="list-style: url({}/secret.png)"><li>x</li></ul>'),
    "content": ("<style>p::before { content: url({}/secret.png) }</style>", "<p>x</p>"),
    "border": ("", '<p style="border: 1em solid; border-image: url({}/secret.png) 1">x</p>'),
    "font": (
        "<style>@font-face { font-family: f; src: url({}/secret.ttf) }"
        " p { font-family: f }</style>",
        "<p>x</p>",
    ),
    "picture in a drawing": (
        "",
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>x</title>'
        '<image href="{}/secret.png" width="9" height="9"/></svg>',
    ),
    "drawing in a drawing": (
        "",
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>x</title>'
        '<use href="{}/secret.svg#x"/></svg>',
    ),
    "drawing in data": (
        "",
        '<img alt="x" src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22'
        " width=%229%22 height=%229%22><image href=%22{}/secret.png%22 width=%229%22"
        ' height=%229%22/></svg>">',
    ),
    "attachment": ('<link rel="attachment" href="{}/secret.txt">', "<p>x</p>"),
    "attached link": ("", '<p><a rel="attachment" href="{}/secret.txt">x</a></p>'),
    "object": ("", '<object data="{}/secret.png">x</object>'),
    "embedded": ("", '<embed src="{}/secret.png" alt="x"><p>x</p>'),
}

OWN = {
    "own picture": ("", '<img alt="x" src="inside/own.png?sha256=0123">'),
    "no picture": ("", '<img alt="x" src="inside/none.png">'),
    "unknown property": ("<style>p { no-such-property: 1 }</style>", "<p>x</p>"),
    "system font": (
        "<style>p { font-family: Arial, 'DejaVu Sans', 'Noto Sans', monospace }</style>",
        "<p>Ordinary words, \u05d0\u4e2d and a face \U0001f600.</p>",
    ),
    "headings": (
        "<style>@page { size: 200pt 300pt; margin: 20pt; bleed: 10pt } body { margin: 0 }"
        " h1, p { margin: 0; height: 50pt } .next { break-before: page }</style>",
        '<h1 id="first">x</h1><p>x</p><h1 id="second/below">x</h1>'
        '<p class="next">x</p><h1 id="third">x</h1><p id="été">x</p>',
    ),
    "link with bold words": (
        "",
        '<p><a href="https://example.org/one"><b>bold <i>both</i></b> and plain</a>,'
        ' <a href="https://example.org/two">plain</a></p>',
    ),
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("engine")
    root = copy_project(SMALL, folder / "project")
    secrets = folder / "secrets"
    for place, name in ((secrets, "secret"), (root / "inside", "own")):
        place.mkdir()
        emblem = (ROOT / "layouts/atelier/eu-emblem.svg").read_bytes()
        (place / f"{name}.svg").write_bytes(emblem)
        (place / f"{name}.png").write_bytes(ONE_PIXEL)
        (place / f"{name}.css").write_text("p { color: red }", encoding="utf-8")
        (place / f"{name}.txt").write_text("a secret", encoding="utf-8")
        font = (ROOT / "fonts/Ubuntu-Regular.ttf").read_bytes()
        (place / f"{name}.ttf").write_bytes(font)
    (root / "link-to-secrets").symlink_to(secrets)
    result = subprocess.run(
        [sys.executable, "-c", WITNESS, str(root), str(folder / "cache")],
        input=json.dumps(documents(secrets)),
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
    )
    assert result.returncode == 0, result.stderr
    return Case(secrets, {k: _witnessed(v) for k, v in json.loads(result.stdout).items()})


ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def _witnessed(seen: dict[str, Any]) -> Witnessed:
    return Witnessed(
        reason=seen["reason"],
        log=seen["log"],
        pdf=bytes.fromhex(seen["pdf"]),
        anchors=[(name, page, top) for name, page, top in seen["anchors"]],
        links=seen["links"],
        is_kept_as_made=seen["is_kept_as_made"],
        opened=[what for event, what in seen["noted"] if event == "open"],
        connections=[what for event, what in seen["noted"] if event != "open"],
    )


NAMES = [name for name in documents(Path("/")) if name not in OWN]
IGNORED = ("drawing in a drawing",)  # the engine reads no other file for it
DRAWINGS = ("picture in a drawing", "drawing in data")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_outside_the_project_is_read(case: Case, name: str) -> None:
    seen = case.witnessed[name]
    assert [path for path in seen.opened if "secret" in path] == []
    assert seen.connections == []
    if seen.pdf:
        with pikepdf.open(io.BytesIO(seen.pdf)) as pdf:
            assert not pdf.attachments


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(IGNORED)])
def test_a_document_that_asks_for_what_is_outside_is_refused(case: Case, name: str) -> None:
    seen = case.witnessed[name]
    if name.endswith(DRAWINGS):
        # The engine catches even what is fatal, says so, and leaves the drawing out.
        assert any("Failed to render SVG" in message for message in seen.log), seen.log
    else:
        assert seen.reason is not None, seen.log
        assert re.search("outside the project|not a file of the project", seen.reason)


def test_a_picture_of_the_project_is_read(case: Case) -> None:
    seen = case.witnessed["own picture"]
    assert seen.reason is None
    assert seen.log == []
    assert any(path.endswith("inside/own.png") for path in seen.opened)
    with pikepdf.open(io.BytesIO(seen.pdf)) as pdf:
        assert len(pdf.pages[0].get_images()) == 1


def test_a_missing_picture_and_a_misspelt_style_are_said_aloud(case: Case) -> None:
    assert any("none.png" in message for message in case.witnessed["no picture"].log)
    assert any("no-such-property" in message for message in case.witnessed["unknown property"].log)


def test_no_font_is_taken_from_the_system(case: Case) -> None:
    seen = case.witnessed["system font"]
    assert seen.reason is None
    with pikepdf.open(io.BytesIO(seen.pdf)) as pdf:
        faces = {
            str(each.FontFamily)
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        }
    assert faces
    assert faces <= {"Source Serif 4", "Source Serif 4 Display", "Source Sans 3", "Ubuntu"}


# What binding needs to know of a section.


def test_headings_come_back_with_their_page_and_place_in_points_below_the_trimmed_edge(
    case: Case,
) -> None:
    assert sorted(case.witnessed["headings"].anchors) == [
        ("first", 0, 20),
        ("second/below", 0, 120),
        ("third", 1, 70),
        ("été", 1, 120),
    ]


@pytest.mark.parametrize("name", ["headings", "link with bold words", "unknown property"])
def test_a_section_comes_back_from_the_cache_with_all_that_was_noted(case: Case, name: str) -> None:
    seen = case.witnessed[name]
    assert seen.anchors or seen.links or seen.log
    assert seen.is_kept_as_made


def test_a_link_with_bold_words_inside_is_one_link(case: Case) -> None:
    """The engine makes another of each element inside, which no structure element holds."""
    seen = case.witnessed["link with bold words"]
    addresses = ["https://example.org/one", "https://example.org/two"]
    assert seen.links == addresses
    with pikepdf.open(io.BytesIO(seen.pdf)) as pdf:
        links = list(pdf.pages[0].obj.Annots)
        assert sorted(str(link.A.URI) for link in links) == addresses
        elements = [
            each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and is_link(each)
        ]
        held = [kid.Obj.objgen for each in elements for kid in each.K if is_reference(kid)]
        assert sorted(held) == sorted(link.objgen for link in links)


def is_link(each: pikepdf.Dictionary) -> bool:
    return each.get("/Type") == "/StructElem" and each.get("/S") == "/Link"


def is_reference(kid: Any) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR"
