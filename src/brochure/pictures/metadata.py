"""A JPEG without what a camera notes beside the picture."""

from __future__ import annotations

from collections.abc import Iterator

# JPEG markers (ITU-T T.81, table B.1).
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_RESTARTS = range(0xD0, 0xD8)
_APPLICATION = range(0xE0, 0xF0)
_NEEDED = {0xE0, 0xEE}  # JFIF's density, and Adobe's mark, which says how colours are stored
_STUFFED = 0x00  # behind a byte FF of a scan that is no marker


def without_metadata(jpeg: bytes) -> bytes:
    """Return a JPEG without Exif, XMP, GPS, thumbnails and comments; its pixels are untouched.

    What stands behind the picture goes as well: telephones put a second one there, with notes of
    its own. Bytes that are no JPEG are returned as they are.
    """
    if jpeg[:2] != bytes((0xFF, _START)):
        return jpeg
    return b"".join([jpeg[:2], *_kept(jpeg)])


def _kept(jpeg: bytes) -> Iterator[bytes]:
    """Yield the segments that a picture needs, and its scans (ITU-T T.81, B.1.1)."""
    position = 2
    while position + 2 <= len(jpeg) and jpeg[position] == 0xFF:
        marker = jpeg[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
        elif marker == _END:
            yield jpeg[position : position + 2]
            return
        else:
            end = position + 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
            if marker == _SCAN:
                end = _end_of_scan(jpeg, end)
            told = marker == _COMMENT or (marker in _APPLICATION and marker not in _NEEDED)
            if not told:
                yield jpeg[position:end]
            position = end


def _end_of_scan(jpeg: bytes, position: int) -> int:
    """Return where the first marker behind the data of a scan stands."""
    while (found := jpeg.find(0xFF, position)) >= 0 and found + 1 < len(jpeg):
        if jpeg[found + 1] not in (_STUFFED, 0xFF, *_RESTARTS):
            return found
        position = found + (1 if jpeg[found + 1] == 0xFF else 2)
    return len(jpeg)
