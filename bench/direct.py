"""The same files without brochure: WeasyPrint renders each edition from one document.

    .venv/bin/python bench/direct.py PROJECT OUT --jobs 2 --output screen --output print

For the screen: tagged, PDF/UA-1, no bleed. For print: laid out once more with 3 mm of bleed, and
not tagged; the engine leaves it in RGB. `--written-twice` lays out once and writes both from it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from joined import Document, document

from brochure.build import read
from brochure.diagnostics import Diagnostics
from brochure.layouts import Composer
from brochure.sources import Folder

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
BLEED = {"screen": "0", "print": "3mm"}
OPTIONS: dict[str, dict[str, Any]] = {
    "screen": {"pdf_variant": "pdf/ua-1"},
    "print": {"pdf_version": "1.6"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("project", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--output", action="append", choices=list(BLEED))
    parser.add_argument("--written-twice", action="store_true")
    parser.add_argument("--file", action="append", help="only these editions")
    arguments = parser.parse_args()
    outputs = tuple(arguments.output or BLEED)
    # Pairs of what to lay out and what to write from it.
    rounds = [outputs] if arguments.written_twice else [(each,) for each in outputs]
    documents = _documents(arguments.project.resolve(), arguments.file)
    with tempfile.TemporaryDirectory() as scratch:
        _use_fonts(arguments.project.resolve() / "fonts", Path(scratch))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(arguments.jobs, mp_context=context) as pool:
            jobs = [
                pool.submit(render, each, outlets, arguments.project.resolve(), arguments.out)
                for each in documents
                for outlets in rounds
            ]
            for job in jobs:
                job.result()


def _documents(project: Path, files: list[str] | None) -> list[Document]:
    """Return the documents, the longest first."""
    found = Diagnostics()
    desk = read(Folder(project), found)
    if desk is None:
        raise SystemExit("the project cannot be read")
    composer = Composer(desk.project, desk.layout, found)
    wanted = [each for each in desk.editions if not files or each.file in files]
    documents = [document(desk, composer, each) for each in wanted]
    return sorted(documents, key=lambda each: -len(each.html))


def _use_fonts(fonts: Path, scratch: Path) -> None:
    """Let the engine use the same fonts as brochure does, and none of the system's."""
    configuration = scratch / "fonts.conf"
    configuration.write_text(FONTS.format(fonts=fonts, cache=scratch), "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(configuration)


def render(document: Document, outlets: tuple[str, ...], project: Path, out: Path) -> None:
    """Lay a document out once, and write a file of it for each outlet."""
    import weasyprint

    bleed = max(BLEED[outlet] for outlet in outlets)
    style = weasyprint.CSS(string=f"{document.css}\n@page {{ bleed: {bleed} }}")
    html = weasyprint.HTML(string=document.html, base_url=f"{project.as_uri()}/")
    laid_out = html.render(stylesheets=[style], **OPTIONS[outlets[0]])
    for outlet in outlets:
        name = document.file if outlet == "screen" else document.file[:-4] + "-print.pdf"
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        laid_out.write_pdf(path, **OPTIONS[outlet])


if __name__ == "__main__":
    main()
