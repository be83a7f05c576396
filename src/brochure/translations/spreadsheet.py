"""A parcel as a workbook for Excel: one sheet, one row for each unit."""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import Any

from brochure.languages import Language
from brochure.translations.archives import with_fixed_times
from brochure.translations.exchange import Parcel, Returned

_WIDTHS = {"A": 12, "B": 30, "C": 60, "D": 60, "E": 40}  # in characters
_GREY = "F2F2F2"


def as_workbook(parcel: Parcel, date: datetime.date) -> bytes:
    """Return a parcel as an .xlsx file, dated; the column to fill is the only one not locked."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    book = Workbook()
    sheet: Any = book.active
    sheet.title = f"{parcel.source_language} - {parcel.language}"
    names = [Language(tag).name_in("en") for tag in (parcel.source_language, parcel.language)]
    sheet.append(["Key", "Where", *names, "Remarks"])
    for row in parcel.rows:
        where = f"{row.key.text}: {row.where}"
        sheet.append([None] * 5)
        cells = [str(row.key), where, row.source, row.translation, f"{row.state}. {row.remark}"]
        for cell, words in zip(sheet[sheet.max_row], cells, strict=True):
            cell.value, cell.data_type = words or None, "s" if words else "n"  # never a formula
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.column_letter == "D":
                cell.protection = Protection(locked=False)
            else:
                cell.fill = PatternFill("solid", fgColor=_GREY)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True  # without a password: it guards against mistakes only
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    book.properties.creator = "brochure"
    book.properties.created = book.properties.modified = datetime.datetime.combine(
        date, datetime.time()
    )
    file = BytesIO()
    book.save(file)
    return with_fixed_times(file.getvalue(), date)


def read_workbook(content: bytes) -> list[Returned]:
    """Return the rows of an .xlsx file that have a key. Formulas are not computed, and refused.

    Raises `ValueError` for a file that is no workbook.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:  # whatever a broken file provokes
        raise ValueError("it is no workbook that can be read") from error
    found = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may claim too many
        for place, cells in enumerate(sheet.iter_rows(max_col=5, max_row=100_000), 1):
            values = {index: cell for index, cell in enumerate(cells) if cell.value is not None}
            if 0 in values and place > 1:
                found.append(_row(place, values))
    return found


def _row(place: int, cells: dict[int, Any]) -> Returned:
    key = str(cells[0].value)
    source = str(cells[2].value) if 2 in cells else ""
    value = cells[3].value if 3 in cells else ""
    problem = ""
    if 3 in cells and cells[3].data_type == "f":
        value, problem = "", "the translation is a formula"
    elif not isinstance(value, str | int) or isinstance(value, bool):
        value, problem = "", "the translation is a number or a date that Excel has changed"
    words = str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
    return Returned(place, key, (words,) if words else (), source, problem)
