"""Sheets for paper out of a finished file: booklets to fold and staple, leaflets to cut apart.

Each page becomes a form XObject and is placed on a sheet, so its content, fonts and pictures are
written once. A sheet has no order of reading: tags, links, outline and page labels are left out,
and the claims of PDF/A and PDF/UA with them. Lengths are points where nothing else is said.
"""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String

from brochure.finish.forms import SAME_SIZE, Print, prints_of
from brochure.finish.imposition import Placement, creep, n_up, saddle_stitch
from brochure.finish.marks import PT, numbers
from brochure.finish.screen import saved

# The A series in mm (ISO 216). Half a sheet is rounded down to whole millimetres, so two pages
# may be 1 mm less than the sheet that they are half of.
_A_SERIES = ((841, 1189), (594, 841), (420, 594), (297, 420), (210, 297), (148, 210), (105, 148))
_ROUNDED_OFF = 1.0

# What a catalog keeps: what says how colours and layers are printed, and what the file says about
# itself.
_KEPT = ("/Type", "/Pages", "/Metadata", "/Lang", "/OutputIntents", "/OCProperties")
_CLAIMS = "{http://www.aiim.org/pdf"  # the names of PDF/A's and PDF/UA's claims begin like this


def booklet(pdf: bytes, paper_mm: float = 0.1, note: str = "booklet") -> bytes:
    """Return the sheets of a booklet for a printer that prints both sides: front, back, front …

    `pdf` is a finished file with pages of one size. A sheet is as wide as two pages, or the sheet
    of the A series that the page is half of: 297 × 210 mm for A5. Its pages meet at the fold in
    its middle. For creep, the pages of inner sheets move towards the fold, are cut off there, and
    leave at the fore-edge the white that stands out and is trimmed; `paper_mm` is the thickness
    of the paper. Blanks stand before the last page. The title is followed by `note`.

    The viewer is asked to print both sides, turned on the short edge, at full size, on paper of
    the sheet's size (ISO 32000-1, 12.2). ValueError for pages of several sizes, and for a
    negative thickness.
    """
    with pikepdf.open(io.BytesIO(pdf)) as file:
        prints = prints_of(file)
        width, height = _sheet_of(prints[0])
        fold = width / 2
        moves = creep(len(prints), paper_mm)
        sheets: list[_Sheet] = []
        for side in saddle_stitch(len(prints)):
            sheet = _Sheet(width, height)
            move = moves[side.sheet - 1] * PT
            if side.left is not None:
                page = prints[side.left - 1]
                x = fold - page.width + move
                sheet.place(page, side.left, x, (height - page.height) / 2, (0, fold))
            if side.right is not None:
                page = prints[side.right - 1]
                x = fold - move
                sheet.place(page, side.right, x, (height - page.height) / 2, (fold, width))
            sheets.append(sheet)
        return _written(file, sheets, note)


def n_up_sheets(
    pdf: bytes,
    columns: int,
    rows: int,
    sheet: tuple[float, float] = (210, 297),
    placement: Placement = "sequential",
) -> bytes:
    """Return sheets with `columns` x `rows` pages each, one side after another.

    `pdf` is a finished file with pages of one size, `sheet` the width and height of the paper in
    mm; it is turned where pages are larger on it then, so two A5 pages side by side stand at full
    size on a landscape A4. Pages are never enlarged, and reduced where they do not fit. They
    touch each other in the middle of the sheet: one cut parts two of them, and "repeated" pages
    have their backs right behind them. The title is followed by the numbers of columns and rows.
    ValueError for pages of several sizes, and when a number is less than 1.
    """
    with pikepdf.open(io.BytesIO(pdf)) as file:
        prints = prints_of(file)
        grids = n_up(len(prints), columns, rows, placement)
        paper = sheet[0] * PT, sheet[1] * PT
        upright, turned = (
            min(1.0, width / columns / prints[0].width, height / rows / prints[0].height)
            for width, height in (paper, paper[::-1])
        )
        scale = round(max(upright, turned), 6)  # 1 also where a page misses it by rounding only
        width, height = paper if upright >= turned else paper[::-1]
        sheets: list[_Sheet] = []
        for grid in grids:
            side = _Sheet(width, height)
            for place, number in enumerate(grid.pages):
                if number is None:
                    continue
                page = prints[number - 1]
                column, row = grid.cell(place)
                x = width / 2 + (column - columns / 2) * page.width * scale
                y = height / 2 + (rows / 2 - row - 1) * page.height * scale
                side.place(page, number, x, y, (0, width), scale)
            sheets.append(side)
        return _written(file, sheets, f"{columns} × {rows}")


class _Sheet:
    """One side of a sheet while pages are placed on it."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.forms: dict[str, Object] = {}
        self.lines: list[str] = []

    def place(
        self,
        page: Print,
        number: int,
        x: float,
        y: float,
        between: tuple[float, float],
        scale: float = 1.0,
    ) -> None:
        """Place a page with its lower left corner at x, y, cut off left and right of `between`."""
        name = f"/P{number}"
        self.forms[name] = page.form
        left, right = between
        clip = f"{numbers(left, 0, right - left, self.height)} re W n"
        self.lines.append(f"q {clip} {page.at(x, y, scale, name)} Q")

    def page(self, pdf: pikepdf.Pdf) -> pikepdf.Page:
        return pikepdf.Page(
            Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, round(self.width, 3), round(self.height, 3)]),
                Resources=Dictionary(XObject=Dictionary(self.forms)),
                Contents=pdf.make_stream("\n".join(self.lines).encode()),
            )
        )


def _sheet_of(page: Print) -> tuple[float, float]:
    """Return width and height of the sheet that folds to a page."""
    width, height = 2 * page.width, page.height
    sizes = [*_A_SERIES, *((long, short) for short, long in _A_SERIES)]
    for size in sizes:
        over, above = size[0] - width / PT, size[1] - height / PT
        if -SAME_SIZE <= over <= _ROUNDED_OFF + SAME_SIZE and abs(above) <= SAME_SIZE:
            return size[0] * PT, size[1] * PT
    return width, height


def _written(pdf: pikepdf.Pdf, sheets: list[_Sheet], note: str) -> bytes:
    """Return the file with the sheets in the place of its pages."""
    del pdf.pages[:]
    for sheet in sheets:
        pdf.pages.append(sheet.page(pdf))
    for key in pdf.Root.keys() - set(_KEPT):
        del pdf.Root[key]
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            for number in ("/StructParents", "/StructParent"):
                if number in item:
                    del item[number]
    # The back is upright when the sheet turns around its upright edge.
    upright_is_short = sheets[0].width > sheets[0].height
    pdf.Root.ViewerPreferences = Dictionary(
        DisplayDocTitle=True,
        Duplex=Name.DuplexFlipShortEdge if upright_is_short else Name.DuplexFlipLongEdge,
        PickTrayByPDFSize=True,
        PrintScaling=Name("/None"),
    )
    _write_title(pdf, note)
    return saved(pdf)


def _write_title(pdf: pikepdf.Pdf, note: str) -> None:
    """Add a note to the title, in the document information and in XMP, and take back what the
    file claimed to conform to."""
    title = f"{pdf.docinfo.get(Name.Title, '')} ({note})".strip()
    pdf.docinfo.Title = String(title)
    if Name.Metadata not in pdf.Root:
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        for name in [name for name in xmp if name.startswith(_CLAIMS)]:
            del xmp[name]
        xmp["dc:title"] = title
