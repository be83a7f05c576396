"""A print file in two: the book block, and the cover as spreads with the spine between.

Some print shops ask for the cover apart, as grafkarton.pl and folger.ee do. Its four pages become
form XObjects and are placed as they are: nothing is scaled, and no colour is touched. Lengths are
points where nothing else is said.
"""

from __future__ import annotations

import hashlib
import io
import re
import uuid
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from brochure.finish.forms import SAME_SIZE, Print, prints_of
from brochure.finish.marks import PT, Slug, box_of, grown, marks, numbers
from brochure.finish.screen import saved

COVER_PAGES = 4
FEWEST = 6  # pages: two leaves of a cover around one of the block
IN_FRONT = 2  # pages of the cover before the block
_KEPT = ("/Type", "/Pages", "/Metadata", "/Lang", "/OutputIntents")
# What content names out of its resources; colour spaces stay, pictures in the line name them too.
_NAMED = ("/Font", "/XObject", "/Pattern", "/Shading", "/ExtGState", "/Properties")


def split_cover(
    content: bytes,
    bleed_mm: float,
    spine_mm: float,
    inside_note: str = "inside",
    cover_note: str = "cover",
    face: bytes | None = None,
) -> tuple[bytes, bytes]:
    """Return the inside and the cover of a finished print file of n pages, as PDF/X-4 each.

    The inside is pages 3 to n-2, as they are; their page labels go on. The cover has two pages:
    outside n | spine | 1, inside 2 | spine | n-1. On the spine lies what its neighbours bleed,
    up to its middle at most, so that no white shows where a fold misses; the rest is white. With
    a spine of 0, the pages are cut off at the fold. The title is followed by the note.

    Where the pages have printer's marks, the spreads get marks of their own, with fold marks at
    the edges of the spine; `face` is the font file that their slug line is drawn from, and without
    it there is none.

    ValueError when the file is not for print, when its number of pages is odd or less than 6, for
    pages of several sizes or with another bleed than `bleed_mm`, and for a negative spine.
    """
    if spine_mm < 0:
        raise ValueError(f"the spine is {spine_mm} mm wide, that is less than nothing")
    key = f"{hashlib.sha256(content).hexdigest()} {bleed_mm:g} {spine_mm:g}"
    with pikepdf.open(io.BytesIO(content)) as pdf:
        _check(pdf, bleed_mm)
        marked = box_of(pdf.pages[0].mediabox) != box_of(pdf.pages[0].bleedbox)
        del pdf.pages[-IN_FRONT:], pdf.pages[:IN_FRONT]
        _count_on(pdf)
        inside = _written(pdf, inside_note, key)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        folds = _bind_cover(pdf, bleed_mm * PT, spine_mm * PT)
        if marked:
            _mark(pdf, bleed_mm, face, folds, cover_note)
        return inside, _written(pdf, cover_note, key)


def _check(pdf: pikepdf.Pdf, bleed_mm: float) -> None:
    """Refuse, with a ValueError that says why, what has no cover to take off."""
    if Name.GTS_PDFX not in [each.S for each in pdf.Root.get(Name.OutputIntents, Array())]:
        raise ValueError("the file is not for print: it has no output intent of PDF/X")
    pages = len(pdf.pages)
    if pages < FEWEST or pages % 2:
        raise ValueError(
            f"a cover needs an even number of pages, at least {FEWEST}, but the file has {pages}"
        )
    prints_of(pdf)  # refuses several sizes
    for number, page in enumerate(pdf.pages, 1):
        bleed, asked = box_of(page.bleedbox), grown(box_of(page.trimbox), bleed_mm * PT)
        if any(abs(is_ - to) > SAME_SIZE * PT for is_, to in zip(bleed, asked, strict=True)):
            raise ValueError(f"page {number} has no bleed of {bleed_mm:g} mm on all sides")


def _count_on(pdf: pikepdf.Pdf) -> None:
    """Let the pages of the block keep their labels, though the first ones are gone."""
    if Name.PageLabels not in pdf.Root:
        return
    ranges: dict[int, pikepdf.Object] = {}  # by first page from 0; of those before, the last stays
    numbers = pdf.Root.PageLabels.Nums.as_list()
    for start, style in zip(map(int, numbers[::2]), numbers[1::2], strict=True):
        style.St = int(style.get(Name.St, 1)) + max(IN_FRONT - start, 0)
        ranges[max(start - IN_FRONT, 0)] = style
    kept = [each for each in ranges.items() if each[0] < len(pdf.pages)]
    pdf.Root.PageLabels = Dictionary(Nums=Array([item for each in kept for item in each]))


def _bind_cover(pdf: pikepdf.Pdf, bleed: float, spine: float) -> tuple[float, float]:
    """Put the two spreads in the place of the pages; return where they are folded."""
    prints = prints_of(pdf)
    last = len(prints)
    for number in (1, 2, last - 1, last):
        form = prints[number - 1].form
        form.BBox = pdf.pages[number - 1].bleedbox  # not the trim: the bleed is needed here
        form.Group = _group()
    spreads = [
        _spread(pdf, {f"/P{left}": prints[left - 1], f"/P{right}": prints[right - 1]}, bleed, spine)
        for left, right in ((last, 1), (2, last - 1))
    ]
    del pdf.pages[:]
    pdf.pages.extend(spreads)
    for key in pdf.Root.keys() - set(_KEPT):
        del pdf.Root[key]
    return prints[-1].width, prints[-1].width + spine


def _mark(
    pdf: pikepdf.Pdf, bleed_mm: float, face: bytes | None, folds: tuple[float, float], note: str
) -> None:
    """Draw printer's marks around the spreads; their slug says what press says of a page."""
    created = re.fullmatch(r"D:(\d{4})(\d\d)(\d\d).*", str(pdf.docinfo.get(Name.CreationDate, "")))
    date = "-".join(created.groups()) if created else ""
    language = str(pdf.Root.get(Name.Lang, ""))
    for number, page in enumerate(pdf.pages, 1):
        slug = Slug(_noted(pdf, note), language, number, len(pdf.pages), date)
        marks(page, pdf, slug, bleed_mm, face, folds)


def _noted(pdf: pikepdf.Pdf, note: str) -> str:
    """Return the file's title with a note."""
    return f"{pdf.docinfo.get(Name.Title, '')} ({note})".strip()


def _spread(pdf: pikepdf.Pdf, prints: dict[str, Print], bleed: float, spine: float) -> pikepdf.Page:
    """Return a page with two others side by side, its trimmed corner at 0, 0."""
    (left, before), (right, after) = prints.items()
    width, height = before.width + spine + after.width, before.height
    into = min(spine / 2, bleed)  # how far a bleed goes into the spine
    ends = before.width + into, width - after.width - into
    bottom, high = -bleed, height + 2 * bleed
    clips = (
        numbers(-bleed, bottom, ends[0] + bleed, high),
        numbers(ends[1], bottom, width + bleed - ends[1], high),
    )
    drawn = before.at(0, 0, 1, left), after.at(width - after.width, 0, 1, right)
    lines = [f"q {clip} re W n {form} Q" for clip, form in zip(clips, drawn, strict=True)]
    box = Array([round(side, 3) for side in grown((0, 0, width, height), bleed)])
    return pikepdf.Page(
        Dictionary(
            Type=Name.Page,
            MediaBox=box,
            BleedBox=box,
            TrimBox=Array([0, 0, round(width, 3), round(height, 3)]),
            Group=_group(),
            Resources=Dictionary(XObject=Dictionary({k: v.form for k, v in prints.items()})),
            Contents=pdf.make_stream("\n".join(lines).encode()),
        )
    )


def _group() -> Dictionary:
    """Return a group that blends in the inks (GWG 2022, R0030). It is not isolated: its content
    overprints and blends as if it stood on the page itself (ISO 32000-1, 11.4.7)."""
    return Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceCMYK)


def _written(pdf: pikepdf.Pdf, note: str, key: str) -> bytes:
    """Return the file, with a title and ids of its own, and no more than its pages need."""
    _write_title(pdf, note, key)
    seen: set[tuple[int, int]] = set()
    for page in pdf.pages:
        _see_to(page.obj, seen)
    del pdf.trailer.ID  # its first half would name the file that this one is a part of
    return saved(pdf, version="1.6")


def _write_title(pdf: pikepdf.Pdf, note: str, key: str) -> None:
    """Add the note to the title, in the document information and in XMP as press writes it."""
    title = _noted(pdf, note)
    xmp = pdf.Root.Metadata.read_bytes().decode()
    head, titles, tail = re.split(r"(<dc:title>.*?</dc:title>)", xmp, maxsplit=1, flags=re.DOTALL)
    xmp = head + titles.replace("</rdf:li>", f" ({escape(note)})</rdf:li>") + tail
    for name, text in (("DocumentID", title), ("InstanceID", f"{key} {note}")):
        id_ = uuid.uuid5(uuid.NAMESPACE_OID, text)
        xmp = re.sub(rf"(?<=<xmpMM:{name}>)[^<]*", f"uuid:{id_}", xmp)
    pdf.Root.Metadata.write(xmp.encode())
    pdf.docinfo.Title = String(title)


def _see_to(owner: pikepdf.Object, seen: set[tuple[int, int]]) -> None:
    """Leave to a page, a form or a pattern only the resources that its content names, and see to
    the forms, patterns and masks among them, which have resources of their own. Until then, all
    pages share the fonts, and those of a section its pictures."""
    if owner.objgen in seen or Name.Resources not in owner:
        return
    seen.add(owner.objgen)
    instructions = pikepdf.parse_content_stream(owner)
    words = [word for each in instructions for word in each.operands]
    named = {str(word) for word in words if isinstance(word, Name)}
    resources = Dictionary(dict(owner.Resources.items()))
    for category in resources.keys() & set(_NAMED):
        entries = resources[category].items()
        resources[category] = Dictionary({k: v for k, v in entries if k in named})
    owner.Resources = resources
    states = resources.get(Name.ExtGState, Dictionary()).values()
    masks = [state.get(Name.SMask) for state in states]
    for form in (
        *resources.get(Name.XObject, Dictionary()).values(),
        *resources.get(Name.Pattern, Dictionary()).values(),
        *(mask.G for mask in masks if isinstance(mask, Dictionary)),
    ):
        _see_to(form, seen)
