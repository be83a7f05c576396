"""Codes drawn on bound pages, for paper: each is one path of whole modules, so that no hairline
shows between them. They are artifacts; what they say is read from the link beside."""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Name

from brochure.bind.binding import Volume
from brochure.codes import QUIET, Code, modules
from brochure.finish.marks import box_of, numbers

PAPER, INK = "1 g", "0 g"  # on a press black ink alone, which keeps the edges sharp


def draw_codes(volume: Volume) -> None:
    """Draw the volume's codes, each on a square of paper."""
    for number, code in volume.codes:
        page = volume.pdf.pages[number]
        left, _, _, top = box_of(page.trimbox)
        drawn = _drawn(code, left + code.left, top - code.top)
        contents = page.obj.get(Name.Contents, Array())
        streams = list(contents) if isinstance(contents, Array) else [contents]
        before, after = volume.pdf.make_stream(b"q\n"), volume.pdf.make_stream(drawn.encode())
        page.obj.Contents = Array([before, *streams, after])


def _drawn(code: Code, left: float, top: float) -> str:
    """Return the operators of a code, in units of its modules from its upper left corner."""
    rows = modules(code.address)
    across = len(rows) + 2 * QUIET
    unit = code.side / across
    return "\n".join(
        (
            "\nQ\n/Artifact <</Type /Layout>> BDC\nq",
            f"{unit:.6f} 0 0 {-unit:.6f} {numbers(left, top)} cm",
            f"{PAPER} 0 0 {across} {across} re f",
            f"{INK} {' '.join(_runs(rows))} f",
            "Q\nEMC\n",
        )
    )


def _runs(rows: tuple[bytes, ...]) -> Iterator[str]:
    """Yield a rectangle for each run of dark modules in a row."""
    for y, row in enumerate(rows, QUIET):
        start = 0
        while (start := row.find(1, start)) >= 0:
            end = row.find(0, start)
            end = len(row) if end < 0 else end
            yield f"{QUIET + start} {y} {end - start} 1 re"
            start = end
