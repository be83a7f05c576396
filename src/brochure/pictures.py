"""Pictures on their way out: what a camera notes beside the picture stays at home.

Cropping and scaling to what an output needs have their place here too, once outputs differ.
"""

from __future__ import annotations

# JPEG markers (ITU-T T.81, table B.1).
_START, _SCAN, _COMMENT = 0xD8, 0xDA, 0xFE
_APPLICATION = range(0xE0, 0xF0)
_NEEDED = {0xE0, 0xEE}  # JFIF's density, and Adobe's mark, which says how colours are stored


def without_metadata(jpeg: bytes) -> bytes:
    """Return a JPEG without Exif, XMP, GPS, thumbnails and comments; its pixels are untouched.

    Bytes that are no JPEG are returned as they are.
    """
    if jpeg[:2] != bytes((0xFF, _START)):
        return jpeg
    kept, position = [jpeg[:2]], 2
    while position + 4 <= len(jpeg) and jpeg[position] == 0xFF:
        marker = jpeg[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        if marker == _SCAN:
            break
        end = position + 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
        told = marker == _COMMENT or (marker in _APPLICATION and marker not in _NEEDED)
        if not told:
            kept.append(jpeg[position:end])
        position = end
    return b"".join([*kept, jpeg[position:]])
