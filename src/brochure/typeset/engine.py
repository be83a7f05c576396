"""The typesetting engine: WeasyPrint, with the project's fonts only, and its log kept.

Importing this module costs about a second; only workers do, and only when a section is missing.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from brochure.layouts import Composed
from brochure.sources.fonts import FONT_FILE_KEY, FONT_FOLDER
from brochure.typeset.cache import Typeset

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

    `scratch` is a folder for the font library's own files; whoever makes it removes it.
    """

    def __init__(self, root: Path, scratch: Path) -> None:
        _use_fonts(root / FONT_FOLDER, scratch)

        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        from brochure.typeset import tagging
        from brochure.typeset.fetching import ProjectFetcher

        tagging.install()
        self._weasyprint = weasyprint
        self._fonts = FontConfiguration()
        self._fetcher = ProjectFetcher(root)
        self._base = root.as_uri() + "/"
        self._sheets: dict[str, Any] = {}
        self._log = _Log()

    def typeset(self, composed: Composed) -> Typeset:
        """Return the section as a tagged PDF in sRGB, bleed included."""
        with self._log as records:
            sheets = [self._sheet(text) for text in composed.styles]
            document = self._weasyprint.HTML(
                string=composed.html, base_url=self._base, url_fetcher=self._fetcher
            ).render(stylesheets=sheets, font_config=self._fonts)
            pdf = document.write_pdf(
                pdf_tags=composed.tagged, pdf_version="1.7", finisher=_name_fonts
            )
            pages = len(document.pages)
        return Typeset(pdf, pages, tuple(records))

    def _sheet(self, text: str) -> Any:
        if text not in self._sheets:
            self._sheets[text] = self._weasyprint.CSS(
                string=text,
                base_url=self._base,
                url_fetcher=self._fetcher,
                font_config=self._fonts,
            )
        return self._sheets[text]


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


class _Log(logging.Handler):
    """Keeps what the engine says while a section is typeset: as a library it is silent."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        entry = (record.levelname, record.getMessage())
        if entry not in self._records:
            self._records.append(entry)

    def __enter__(self) -> list[tuple[str, str]]:
        self._records = []
        logging.getLogger("weasyprint").addHandler(self)
        return self._records

    def __exit__(self, *exception: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)


def _use_fonts(fonts: Path, scratch: Path) -> None:
    """Point fontconfig, which reads the environment, to the project's fonts."""
    configuration = scratch / "fonts.conf"
    configuration.write_text(
        _FONT_CONFIGURATION.format(fonts=escape(str(fonts)), cache=escape(str(scratch))),
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(configuration)
