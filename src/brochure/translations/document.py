"""A parcel as a document for Word: a table with the original on the left."""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import Any

from brochure.languages import Language
from brochure.translations.archives import with_fixed_times
from brochure.translations.exchange import Parcel, Returned

_WIDTHS = (20, 118, 118)  # mm, on A4 on its side
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def as_document(parcel: Parcel, date: datetime.date) -> bytes:
    """Return a parcel as a .docx file, dated: for each unit its key, the original, the
    translation, and remarks in small type."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    document: Any = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    table.autofit = False
    names = [Language(tag).name_in("en") for tag in (parcel.source_language, parcel.language)]
    _fill(table.rows[0], ["", *names])
    for row in parcel.rows:
        remark = f"{row.where}. {row.state}. {row.remark}".strip()
        _fill(table.add_row(), [str(row.key), row.source, row.translation], remark)
    core = document.core_properties
    core.author, core.title = "brochure", f"{parcel.source_language} - {parcel.language}"
    core.created = core.modified = datetime.datetime.combine(date, datetime.time())
    file = BytesIO()
    document.save(file)
    return with_fixed_times(file.getvalue(), date)


def _fill(row: Any, cells: list[str], remark: str = "") -> None:
    from docx.shared import Mm, Pt, RGBColor

    for cell, words, width in zip(row.cells, cells, _WIDTHS, strict=True):
        cell.width = Mm(width)
        cell.text = words
    small = [run for run in row.cells[0].paragraphs[0].runs]
    if remark:
        small.append(row.cells[0].add_paragraph().add_run(remark))
    for run in small:
        run.font.size = Pt(6)
        run.font.color.rgb = RGBColor(0x70, 0x70, 0x70)


def read_document(content: bytes) -> list[Returned]:
    """Return the rows of the tables of a .docx file whose first cell begins with a key.

    Raises `ValueError` for a file that is no document, or one with changes that are not accepted.
    """
    from docx import Document

    try:
        document = Document(BytesIO(content))
    except Exception as error:  # whatever a broken file provokes
        raise ValueError("it is no document that can be read") from error
    body = document.element.body
    if any(True for _ in body.iter(f"{_WORD}ins", f"{_WORD}del", f"{_WORD}moveFrom")):
        raise ValueError("it holds tracked changes: accept them all in Word, and save it again")
    found = []
    for table in document.tables:
        for place, row in enumerate(table.rows, 1):
            cells = row.cells
            if len(cells) == 3 and place > 1:
                key = cells[0].paragraphs[0].text
                words = cells[2].text.strip()
                parts = (words,) if words else ()
                found.append(Returned(place, key, parts, cells[1].text.strip()))
    return found
