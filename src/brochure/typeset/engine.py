"""The typesetting engine: WeasyPrint, with the project's fonts only, and its log kept.

Importing this module costs about a second; only workers do, and only when a section is missing.
"""

from __future__ import annotations

import ctypes.util
import gc
import hashlib
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from brochure.cache import named_in_errors
from brochure.codes import Code
from brochure.languages import hyphenation
from brochure.layouts import Composed, Style
from brochure.pictures import SCREEN_SIZE_KEY, Print
from brochure.sources.fonts import FONT_FILE_KEY, FONT_FOLDER
from brochure.typeset.galley import Anchor, Galley, Remark

if TYPE_CHECKING:
    from brochure.typeset.fitting import Laid

EDGE = 0.5  # CSS pixels, for rounding
PX_TO_PT = 0.75
CODE = "data-code"  # of an element: print shows the code of this address in its square
_PLACE = re.compile(r" at (\d+):(\d+)")

# The whole configuration of fontconfig: the project's folder, and nothing from the system.
_FONT_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


class Engine:
    """One engine for one project and process: fonts and style sheets are read once.

    `scratch` is a folder for the font library's own files; whoever makes it removes it. `photo`
    returns a developed photo by its key.
    """

    def __init__(self, root: Path, scratch: Path, photo: Callable[[str], bytes]) -> None:
        _use_fonts(root / FONT_FOLDER, scratch)

        with _libraries_by_their_full_names():
            import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        from brochure.typeset import fitting, lines, tagging
        from brochure.typeset.fetching import BASE, ProjectFetcher

        tagging.install()
        lines.install()
        hyphenation.install()
        self._tagging, self._lines, self._fitting = tagging, lines, fitting
        self._weasyprint = weasyprint
        self._fonts = FontConfiguration()
        self._fetcher = ProjectFetcher(root, photo)
        self._base = BASE
        self._sheets: dict[Style, tuple[Any, list[Remark]]] = {}

    def typeset(self, composed: Composed) -> tuple[Galley, bytes]:
        """Return the section as a tagged PDF in sRGB, bleed included, and what is known of it."""
        laid = self._fitting.fitted(composed, lambda more: self._laid_out(composed, more))
        document = laid.document
        with _listening() as remarks, _no_garbage_sought():
            self._tagging.keep_outer_links(document)
            lost = _lost_text(document)
            pdf = document.write_pdf(
                pdf_tags=composed.tagged,
                pdf_version="1.7",
                finisher=partial(_annotated, photos=composed.photos),
            )
            pages, anchors = len(document.pages), tuple(_anchors(document))
            links = tuple(sorted({link[1] for page in document.pages for link in page.links}))
            codes = tuple(_codes(document))
        if lost:
            remarks.append(Remark("text-off-page", lost))
        said = tuple(dict.fromkeys((*laid.remarks, *remarks)))
        return Galley(pages, said, anchors, links, codes), pdf

    def _laid_out(self, composed: Composed, more: tuple[Style, ...]) -> Laid:
        sheets = [self._sheet(style) for style in (*composed.styles, *more)]
        with _listening() as remarks, self._lines.remembered(), _no_garbage_sought():
            document = self._weasyprint.HTML(
                string=composed.html, base_url=self._base, url_fetcher=self._fetcher
            ).render(stylesheets=[sheet for sheet, _ in sheets], font_config=self._fonts)
        remarks = [*(remark for _, found in sheets for remark in found), *remarks]
        return self._fitting.Laid(document, remarks)

    def _sheet(self, style: Style) -> tuple[Any, list[Remark]]:
        """Return a parsed style sheet, and what was said while parsing, which happens once."""
        if style not in self._sheets:
            with _listening() as remarks:
                sheet = self._weasyprint.CSS(
                    string=style.text,
                    base_url=self._base,
                    url_fetcher=self._fetcher,
                    font_config=self._fonts,
                )
            self._sheets[style] = sheet, [_located(remark, style.file) for remark in remarks]
        return self._sheets[style]


@contextmanager
def _no_garbage_sought() -> Iterator[None]:
    """Let Python not look for unused circles of objects: a layout is one, and in use."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _anchors(document: Any) -> Iterator[Anchor]:
    for number, page in enumerate(document.pages):
        for name, (_, top, *_) in sorted(page.anchors.items()):
            yield Anchor(name, number, round(top * PX_TO_PT, 2))


def _codes(document: Any) -> Iterator[Code]:
    """Yield the squares that the layout leaves free for codes."""
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants(placeholders=True):
            if address := _code_in(box):
                side = min(box.border_width(), box.border_height())
                places = (box.border_box_x(), box.border_box_y(), side)
                left, top, side = (round(value * PX_TO_PT, 2) for value in places)
                yield Code(number, left, top, side, address)


def _code_in(box: Any) -> str:
    """Return the address whose code stands in a box, "" for none."""
    # What is made before and after an element has its attributes, too.
    if box.element is None or box.element_tag != box.element.tag:
        return ""
    return str(box.element.get(CODE, ""))


def _lost_text(document: Any) -> str:
    """Return the first words that lie wholly or partly beyond the trimmed page, "" for none; the
    words of a code are its address.

    The engine lays out what does not fit beyond the page's edge and says nothing.
    """
    from weasyprint.formatting_structure.boxes import TextBox

    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            words = " ".join(box.text.split()) if isinstance(box, TextBox) else _code_in(box)
            if words and _is_beyond(box, page):
                return words if len(words) <= 60 else f"{words[:59]}…"
    return ""


def _is_beyond(box: Any, page: Any) -> bool:
    right, bottom = box.position_x + box.width, box.position_y + box.height
    return bool(
        min(box.position_x, box.position_y) < -EDGE
        or right > page.width + EDGE
        or bottom > page.height + EDGE
    )


@contextmanager
def _libraries_by_their_full_names() -> Iterator[None]:
    """While the engine is imported on Linux, no compiler is asked where a library is.

    The engine tries the names of other systems first. For each, `find_library` starts ldconfig,
    gcc and ld, which takes 30 ms and leaves a file behind when the process is ended meanwhile.
    The loader finds `libpango-1.0.so.0` by itself.
    """
    asked = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = asked


@contextmanager
def _listening() -> Iterator[list[Remark]]:
    """Collect what the engine says: as a library it is silent."""
    log = _Log()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(log)
    try:
        yield log.remarks
    finally:
        logger.removeHandler(log)


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.remarks: list[Remark] = []

    def emit(self, record: logging.LogRecord) -> None:
        rule = "engine" if record.levelno >= logging.ERROR else "engine-warning"
        self.remarks.append(Remark(rule, record.getMessage()))


def _located(remark: Remark, file: str) -> Remark:
    """Return a remark on a style sheet with the place that the engine names in its words."""
    if match := _PLACE.search(remark.message):
        message = _PLACE.sub("", remark.message, count=1)
        return Remark(remark.rule, message, file, int(match[1]), int(match[2]))
    return Remark(remark.rule, remark.message, file)


def _annotated(document: Any, pdf: Any, photos: Iterable[Print]) -> None:
    """Note in the PDF what is known now and needed when it is bound and finished."""
    _name_fonts(document, pdf)
    _size_photos(pdf, photos)


def _size_photos(pdf: Any, photos: Iterable[Print]) -> None:
    """Note in each photo, which has the pixels of print, how many are for the screen.

    The engine names a picture by the digest of its address, see `RasterImage` there.
    """
    sizes = {
        hashlib.md5(photo.address.encode(), usedforsecurity=False).hexdigest(): photo.screen_size
        for photo in photos
        if photo.screen_size != photo.size
    }
    for resources in pdf.objects if sizes else ():
        for name, reference in _pictures_in(resources):
            if size := sizes.get(name[1:33]):
                picture = pdf.objects[int(reference.split()[0])]
                picture.extra[SCREEN_SIZE_KEY] = f"[{size[0]} {size[1]}]"


def _pictures_in(resources: Any) -> Iterator[tuple[str, bytes]]:
    if isinstance(resources, dict):
        yield from resources.get("XObject", {}).items()


def _name_fonts(document: Any, pdf: Any) -> None:
    """Note in each font descriptor which file the face comes from, for binding to subset it."""
    from weasyprint.text.fonts import get_hb_object_data

    digests = {
        font.name: hashlib.sha256(get_hb_object_data(font.hb_face)).hexdigest()
        for font in document.fonts.values()
    }
    for descriptor in pdf.objects:
        if isinstance(descriptor, dict) and descriptor.get("Type") == "/FontDescriptor":
            descriptor[FONT_FILE_KEY] = f"({digests[descriptor['FontName']]})"


def _use_fonts(fonts: Path, scratch: Path) -> None:
    """Point fontconfig, which reads the environment, to the project's fonts."""
    configuration = scratch / "fonts.conf"
    text = _FONT_CONFIGURATION.format(fonts=escape(str(fonts)), cache=escape(str(scratch)))
    with named_in_errors(configuration):
        configuration.write_text(text, encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(configuration)
