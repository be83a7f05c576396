"""The screen output: trimmed, sRGB, tagged, PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1)."""

from __future__ import annotations

import io
import zlib
from functools import lru_cache

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from brochure.bind.binding import Volume
from brochure.bind.metadata import SCREEN_CLAIMS, Metadata, write_metadata
from brochure.finish.pictures_screen import ScreenPictures
from brochure.pictures.metadata import without_metadata

PRINTED_WITH_THE_PAGE = 4  # annotation flag Print (ISO 32000-1, table 165), asked by PDF/A


def screen(volume: Volume, metadata: Metadata, srgb: bytes, pictures: ScreenPictures) -> bytes:
    """Return the file for download; `srgb` is the ICC profile of the output intent, and `pictures`
    scales photos.

    The volume's pages are changed: a volume is finished once for each output.
    """
    pdf = volume.pdf
    for page in pdf.pages:
        _trim(page)
        for annotation in page.obj.get(Name.Annots, Array()):
            annotation.F = PRINTED_WITH_THE_PAGE
    pictures.scale(pdf)
    _clean_pictures(pdf)
    _write_intent(pdf, srgb)
    write_metadata(pdf, metadata, SCREEN_CLAIMS)
    return saved(pdf)


def _trim(page: pikepdf.Page) -> None:
    """Leave the trimmed page only; ISO 19005-2 wants no box beyond the media box."""
    trim = page.obj.TrimBox
    page.obj.MediaBox = trim
    for box in (Name.CropBox, Name.BleedBox, Name.ArtBox):
        if box in page.obj:
            del page.obj[box]


def _clean_pictures(pdf: pikepdf.Pdf) -> None:
    """Take out what cameras note, and leave scaling to the device (ISO 19005-2, 6.2.8)."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get(Name.Subtype) == Name.Image:
            item.Interpolate = False
            if item.get(Name.Filter) == Name.DCTDecode:
                item.write(without_metadata(item.read_raw_bytes()), filter=Name.DCTDecode)


def _write_intent(pdf: pikepdf.Pdf, srgb: bytes) -> None:
    """Say that device RGB means sRGB (ISO 19005-2, 6.2.3)."""
    profile = icc_stream(pdf, srgb, components=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
        RegistryName=String("http://www.color.org"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def icc_stream(pdf: pikepdf.Pdf, profile: bytes, components: int) -> pikepdf.Stream:
    """Return an ICC profile as a stream; it is packed once, not once for each file."""
    stream = pikepdf.Stream(pdf, b"")
    stream.write(_packed(profile), filter=Name.FlateDecode)
    stream.N = components
    return stream


@lru_cache(maxsize=8)
def _packed(profile: bytes) -> bytes:
    return zlib.compress(profile)


def saved(pdf: pikepdf.Pdf, version: str = "") -> bytes:
    """Return the file's bytes: the same on every run, what nothing refers to left out.

    `version` is that of PDF, 1.7 or later where it is left out.
    """
    stream = io.BytesIO()
    pdf.save(
        stream,
        deterministic_id=True,
        min_version="" if version else "1.7",
        force_version=version,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
    )
    return stream.getvalue()
