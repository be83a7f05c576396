"""The kinds of file that a parcel travels in."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from brochure.translations.archives import members
from brochure.translations.exchange import Parcel, Returned

Writer = Callable[[Parcel, datetime.date], bytes]


def _workbook(parcel: Parcel, date: datetime.date) -> bytes:
    from brochure.translations.spreadsheet import as_workbook

    return as_workbook(parcel, date)


def _document(parcel: Parcel, date: datetime.date) -> bytes:
    from brochure.translations.document import as_document

    return as_document(parcel, date)


def _xliff_1_2(parcel: Parcel, date: datetime.date) -> bytes:
    from brochure.translations.xliff import as_xliff

    return as_xliff(parcel, "1.2")


def _xliff_2_0(parcel: Parcel, date: datetime.date) -> bytes:
    from brochure.translations.xliff import as_xliff

    return as_xliff(parcel, "2.0")


# By the names that are typed; "xliff" is the version that most programs read.
WRITERS: dict[str, Writer] = {
    "xlsx": _workbook,
    "docx": _document,
    "xliff": _xliff_1_2,
    "xliff-2.0": _xliff_2_0,
}


def read_parcel(content: bytes) -> list[Returned]:
    """Return the rows of a file, whatever it is called: what is in it decides.

    Raises `ValueError`, with the reason, for what is none of the kinds.
    """
    names = members(content)
    if "xl/workbook.xml" in names:
        from brochure.translations.spreadsheet import read_workbook

        return read_workbook(content)
    if "word/document.xml" in names:
        from brochure.translations.document import read_document

        return read_document(content)
    if names or not content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        raise ValueError("it is no .xlsx, .docx or XLIFF file")
    from brochure.translations.xliff import read_xliff

    return read_xliff(content)
