"""Files that are archives inside, such as those of Excel and Word: from strangers, and our own."""

from __future__ import annotations

import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from brochure.sources.folder import MIB

FILE_LIMIT = 20 * MIB
UNPACKED_LIMIT = 200 * MIB
MEMBERS = 2000


def members(content: bytes) -> set[str]:
    """Return the names in an archive that may be opened; none for what is no archive.

    Raises `ValueError` for one that would unpack to more than is sensible.
    """
    if not content.startswith(b"PK"):
        return set()
    try:
        entries = ZipFile(BytesIO(content)).infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ValueError("it is damaged") from error
    if len(entries) > MEMBERS or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise ValueError("it unpacks to more than a translation could ever be")
    return {entry.filename for entry in entries}


def with_fixed_times(content: bytes, date: datetime.date) -> bytes:
    """Return an archive with the same files, all of one date: the same rows, the same bytes."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            stamped = ZipInfo(entry.filename, (max(date.year, 1980), date.month, date.day, 0, 0, 0))
            stamped.compress_type = ZIP_DEFLATED
            stamped.external_attr = 0o600 << 16
            new.writestr(stamped, old.read(entry))
    return made.getvalue()
