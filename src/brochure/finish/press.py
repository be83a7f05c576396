"""The print output: CMYK, bleed, boxes, output intent, PDF/X-4 (ISO 15930-7:2010).

Made from the same bound pages as the screen output. What is for readers at a screen goes: tags,
links, outline. There is no free validator of PDF/X; preflight checks what a machine can check.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from brochure.bind.binding import Volume
from brochure.bind.metadata import Metadata, write_metadata
from brochure.finish.codes import draw_codes
from brochure.finish.colour import PressColours
from brochure.finish.marks import PT, Slug, marks
from brochure.finish.pictures_screen import forget_screen_sizes
from brochure.finish.screen import icc_stream, saved

# What a print file claims to be, and the ids that PDF/X-4 asks for (ISO 15930-7, 6.17).
_PRINT_CLAIMS = """
  <rdf:Description rdf:about="" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
   <pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
   <pdf:Trapped>False</pdf:Trapped>
   <xmpMM:DocumentID>uuid:{document}</xmpMM:DocumentID>
   <xmpMM:InstanceID>uuid:{instance}</xmpMM:InstanceID>
   <xmpMM:VersionID>1</xmpMM:VersionID>
   <xmpMM:RenditionClass>default</xmpMM:RenditionClass>
  </rdf:Description>"""

_ONLY_FOR_READERS = (
    *(Name.StructTreeRoot, Name.MarkInfo, Name.Outlines, Name.PageMode, Name.ViewerPreferences),
    *(Name.Names, Name.Dests, Name.OpenAction, Name.AcroForm),
)
_OF_A_PAGE = (Name.Annots, Name.StructParents, Name.Tabs, Name.CropBox, Name.ArtBox)


@dataclass(frozen=True)
class Intent:
    """The printing condition: its registered name, its ICC profile, and the bleed in mm.

    With `face`, a font file, printer's marks are drawn around it, and the slug line in this face.
    """

    condition: str
    profile: bytes
    bleed: float
    face: bytes | None = None


def press(
    volume: Volume, metadata: Metadata, intent: Intent, colours: PressColours, key: str
) -> tuple[bytes, frozenset[str]]:
    """Return the file for the print shop, and the colours that have no recipe of their own.

    The volume's pages are changed. `key` is the digest of all that makes the file: its ids come
    from it, so that the same content has the same ids.
    """
    pdf = volume.pdf
    for page in pdf.pages:
        _set_boxes(page, intent.bleed * PT)
    for item in _ONLY_FOR_READERS:
        if item in pdf.Root:
            del pdf.Root[item]
    forget_screen_sizes(pdf)
    draw_codes(volume)
    mixed = colours.convert(pdf)
    if intent.face:
        for number, page in enumerate(pdf.pages, 1):
            marks(page, pdf, _slug(metadata, number, len(pdf.pages)), intent.bleed, intent.face)
    _write_intent(pdf, intent)
    claims = _PRINT_CLAIMS.format(document=_uuid(metadata.title), instance=_uuid(key))
    write_metadata(pdf, metadata, claims)
    pdf.trailer.Info.Trapped = Name("/False")
    return saved(pdf, version="1.6"), mixed  # the PDF that PDF/X-4 builds on


def _set_boxes(page: pikepdf.Page, bleed: float) -> None:
    """Keep the trim, and as much of the typeset bleed as asked (ISO 15930-7, 6.5)."""
    for item in _OF_A_PAGE:
        if item in page.obj:
            del page.obj[item]
    left, bottom, right, top = (float(side) for side in page.obj.TrimBox)
    box = Array([round(v, 3) for v in (left - bleed, bottom - bleed, right + bleed, top + bleed)])
    page.obj.BleedBox = box
    page.obj.MediaBox = box


def _slug(metadata: Metadata, number: int, pages: int) -> Slug:
    return Slug(
        title=metadata.title,
        language=metadata.languages[0],
        page=number,
        pages=pages,
        date=metadata.date.isoformat(),
    )


def _write_intent(pdf: pikepdf.Pdf, intent: Intent) -> None:
    """Say for which printing the CMYK values are meant (ISO 15930-7, 6.2)."""
    profile = icc_stream(pdf, intent.profile, components=4)
    pdf.Root.OutputIntents = Array(
        [
            pdf.make_indirect(
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFX,
                    OutputConditionIdentifier=String(intent.condition),
                    RegistryName=String("http://www.color.org"),
                    Info=String(intent.condition),
                    DestOutputProfile=pdf.make_indirect(profile),
                )
            )
        ]
    )


def _uuid(text: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=5)
