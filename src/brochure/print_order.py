"""The request for a quote: what a print shop has to know of one edition, on a page and as text.

Its files are those of the last build, and only if a build would make the same now: what they are
made from, such as sources, recipes of swatches and the print profile, has not changed since. Then
the profile says of them what is true. Pages, their sizes and the date come from the print file
itself, size and checksum from the manifest. The words are the layout's, in `print-order` of its
`strings/`. Lengths are millimetres.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pikepdf

from brochure import finish
from brochure.bind.binding import Binder, Bookmark, Leaf
from brochure.bind.metadata import Metadata
from brochure.build.pipeline import Progress
from brochure.build.proofs import Desk, Proofs
from brochure.build.shop import Request, Shop
from brochure.build.volumes import PROFILE_LIMIT, SRGB_PROFILE, Volumes
from brochure.cache import write_whole
from brochure.diagnostics import Diagnostics, Place, quoted
from brochure.editions import Edition, Kind, Outlet, Output
from brochure.finish.imposition import spine_mm
from brochure.languages import FIXED, NARROW, Language, Strings
from brochure.layouts.folder import Format
from brochure.model.sheets import PrintProfile
from brochure.model.words import in_language, language_of
from brochure.publish import Published, Publisher, digest_of
from brochure.typeset import Galley, job

NAME = "print-order"  # of the template, and of the words in strings/
NOTES = ("single-pages", "not-certified")  # sentences at the end
FOLDER = "orders"
A4 = (210, 297)
PT = 72 / 25.4  # points in a millimetre
WRAPPED = ("saddle-stitch", "perfect")  # what is bound so has a cover, its outermost pages
COVER_PAGES = 4
IN_ORDER = (Outlet.PRINT, Outlet.COVER, Outlet.BOOKLET)


@dataclass(frozen=True)
class Block:
    """Pages of one trimmed size that are bound together: the file's pages `first` to `last`.

    `cover` counts the pages of its cover, which may be `apart` in a file of its own; `binding` is
    a key of the words.
    """

    width: float
    height: float
    pages: int
    first: int
    last: int
    cover: int
    apart: bool
    binding: str


@dataclass(frozen=True)
class PrintOrder:
    """All facts of an order: its print file, that of a cover and booklets that serve as a proof,
    the profile `name`d in brochure.yaml, whose paper may have words in the source language only."""

    copies: int
    file: Published
    others: tuple[Published, ...]
    blocks: tuple[Block, ...]
    name: str
    profile: PrintProfile
    source_language: str
    publisher: str
    date: datetime.date


# -- the facts


def order_of(
    desk: Desk,
    edition: Edition,
    name: str,
    copies: int,
    request: Request,
    progress: Progress = lambda what, done, total: None,
) -> PrintOrder | str:
    """Return the facts of an order for the profile `name`, or why a build must come first.

    `request` is the build that the files are compared with: the order of a file that it would
    make otherwise would not say what is printed.
    """
    outputs = [o for o in edition.outputs if o.profile == name or o.outlet is Outlet.BOOKLET]
    outputs.sort(key=lambda each: IN_ORDER.index(each.outlet))
    files = _built(outputs, request.out)
    if isinstance(files, str):
        return files
    keys = _keys(desk, edition, outputs, request, progress)
    if old := [each.file for each in files if keys.get(each.file) != each.key]:
        verb = "is" if len(old) == 1 else "are"
        return f"{quoted(old)} {verb} out of date: a build would not make the same now"
    facts = desk.project.facts
    profile, publisher = facts.print[name], facts.imprint.publisher
    runs, date = _read((request.out / files[0].file).read_bytes())
    apart = any(each.outlet is Outlet.COVER for each in outputs)
    blocks = tuple(_blocks(desk, edition, profile, runs, apart))
    first, more = files[0], tuple(files[1:])
    source = desk.project.source_language
    return PrintOrder(copies, first, more, blocks, name, profile, source, publisher, date)


def _built(outputs: list[Output], out: Path) -> list[Published] | str:
    """Return the files as the last build left them, or which one is missing or changed."""
    manifest = Publisher(out).last
    files: list[Published] = []
    for each in outputs:
        entry, path = manifest.get(each.file), out / each.file
        if entry and path.is_file() and digest_of(path.read_bytes()) == entry.sha256:
            files.append(entry)
        elif entry or each.outlet is not Outlet.BOOKLET:  # without a booklet, there is no proof
            what = "has been changed since it was built" if path.is_file() else "is not built yet"
            return f'"{each.file}" {what}'
    return files


def _keys(
    desk: Desk, edition: Edition, outputs: list[Output], request: Request, progress: Progress
) -> dict[str, str]:
    """Return the key that a build would give to each file now; none where it would fail.

    It costs what composing costs: all sections of files that are up to date are in the cache.
    """
    found = Diagnostics()
    with Shop(request) as shop:
        proofs = Proofs(desk, [edition], shop.typesetter, found, progress)
        proofs.typeset_sections()
        proofs.typeset_contents()
        proofs.typeset_fillers_and_folios()
    volumes = None if found.failed else Volumes.prepare(desk, proofs, request.producer, found)
    orders = volumes.orders(edition, outputs) if volumes else ()
    return {order.output.file: order.key for order in orders}


Run = tuple[tuple[float, float], int]  # width and height, and how many pages follow with them


def _read(content: bytes) -> tuple[list[Run], datetime.date]:
    """Return what a print file says of itself: the sizes of its pages, and its date."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        trims = [[float(side) / PT for side in page.obj.TrimBox] for page in pdf.pages]
        sizes = [(round(t[2] - t[0], 1), round(t[3] - t[1], 1)) for t in trims]
        created = datetime.datetime.strptime(str(pdf.docinfo["/CreationDate"])[2:10], "%Y%m%d")
        return [(size, len(list(run))) for size, run in groupby(sizes)], created.date()


def _blocks(
    desk: Desk, edition: Edition, profile: PrintProfile, runs: list[Run], apart: bool
) -> Iterator[Block]:
    """Yield the runs of pages of one size, with what the plan has in them."""

    def format_of(kinds: list[Kind]) -> Format:
        return desk.layout.format(desk.layout.format_of(kinds[0]))

    kinds = [[part.section.kind for part in block.parts] for block in edition.blocks]
    planned = groupby(kinds, lambda block: (format_of(block).width, format_of(block).height))
    last = 0
    for (size, pages), (_, same) in zip(runs, planned, strict=True):
        held = [*same]
        last, whole = last + pages, pages + COVER_PAGES * apart
        binding = _binding(profile, whole, format_of(held[0]).multiple_of)
        covered = binding in WRAPPED and (held[0][0], held[-1][-1]) == (Kind.COVER, Kind.BACK)
        cover = COVER_PAGES if covered or apart else 0
        yield Block(*size, whole, last - pages + 1, last, cover, apart, binding)


def _binding(profile: PrintProfile, pages: int, multiple_of: int) -> str:
    """Return how pages are bound: as the profile says, where their number allows it."""
    if pages <= 2:
        return "leaf"
    if profile.binding not in WRAPPED:
        return profile.binding
    in_fours = multiple_of % 4 == pages % 4 == 0  # others are made to be stapled at the corner
    if in_fours and pages == COVER_PAGES:
        return "folded"
    return profile.binding if in_fours or profile.binding == "perfect" else "stapled"


# -- the words


def _say(strings: Strings, *path: str, **values: object) -> str:
    """Return words of the layout, which has them all, with what they leave open filled in."""
    language, words = Language(strings.language), strings[NAME]
    for key in path:
        words = words[key]
    for name, value in values.items():
        written = language.number(value) if isinstance(value, int | float) else str(value)
        words = words.replace(f"{{{name}}}", written)
    return language.printed(words)


def rows_of(order: PrintOrder, strings: Strings) -> dict[str, dict[str, list[str]]]:
    """Return what the order says in a language: group → label → lines, by keys of the words."""
    words, language = partial(_say, strings), Language(strings.language)
    profile, blocks = order.profile, order.blocks

    def each(value_of: Callable[[Block], str]) -> list[str]:
        """Return a line for each block, one line where all are the same."""
        if len(values := {value_of(block) for block in blocks}) == 1:
            return [*values]
        return [words("part", first=b.first, last=b.last, value=value_of(b)) for b in blocks]

    def size(block: Block) -> str:
        turned = words("orientations", "landscape" if block.width > block.height else "portrait")
        return words("size", width=block.width, height=block.height, orientation=turned)

    def cover(block: Block) -> str:
        places = {"first": block.first, "second": block.first + 1}
        places |= {"third": block.last - 1, "fourth": block.last, "pages": block.cover}
        kind = "separate-cover" if block.apart else "own-cover" if block.cover else "no-cover"
        return words(kind, **places)

    def thickness(pages: int) -> str:
        return words("mm", number=round(spine_mm(pages, profile.caliper), 2))

    def spine(block: Block) -> str:
        return words("unglued", width=thickness(block.pages - block.cover))

    kinds_of_marks = ["with-marks"] if profile.marks else ["no-marks"]
    if profile.marks and any(block.apart for block in blocks):
        kinds_of_marks.append("fold-marks")
    names = (Language(tag).name_in(language.tag) for tag in order.file.languages)
    bound = any(block.binding == "perfect" for block in blocks)
    files: dict[str, list[str]] = {}
    for entry in (order.file, *order.others):
        key = f"{entry.output}-file"
        about = words(f"{key}-size", pages=entry.pages, bytes=entry.bytes)
        files.setdefault(key, []).extend([entry.file, about, f"SHA-256 {entry.sha256}"])
    return {
        "publication": {
            "edition": [order.file.edition],
            "languages": [", ".join(names)],
            "publisher": [order.publisher],
            "date": [language.date(order.date)],
        },
        "product": {
            "copies": [language.number(order.copies)],
            "format": each(size),
            "pages": [language.number(sum(block.pages for block in blocks))],
            "cover": each(cover),
        },
        "printing": {
            "colours": each(lambda b: words("process", sides="4/0" if b.pages == 1 else "4/4")),
            "condition": [profile.condition],
            "ink": [words("at-most", number=profile.ink)],
            "bleed": [words("on-all-sides", number=profile.bleed)],
            "marks": [words(kind) for kind in kinds_of_marks],
        },
        "finish": {
            "paper": [_paper(order, language)],
            "caliper": [words("mm", number=profile.caliper)],
            "thickness": each(lambda block: thickness(block.pages)),
            **({"spine": each(spine)} if bound else {}),
            "binding": each(lambda block: words("bindings", block.binding)),
            "finishing": each(lambda block: words("finishings", block.binding)),
        },
        "files": files,
    }


def _paper(order: PrintOrder, language: Language) -> str:
    """Return the paper in a language, else in the one that its words are in."""
    words, source = order.profile.paper, order.source_language
    spaces = Language(language_of(words, language.tag, source))
    return spaces.printed(in_language(words, language.tag, source))


def text_of(order: PrintOrder, strings: Strings) -> str:
    """Return the order as plain text, for an e-mail."""
    words = partial(_say, strings)
    lines = [words("title"), "", order.file.title, "", words("request")]
    for group, rows in rows_of(order, strings).items():
        lines += ["", words(group)]
        for label, (first, *more) in rows.items():
            lines.append("- " + words("row", label=words(label), value=first))
            lines += [f"  {line}" for line in more]
    lines += ["", *map(words, NOTES), ""]
    return "\n".join(lines).replace(FIXED, " ").replace(NARROW, " ")


# -- the files


def write(
    order: PrintOrder, desk: Desk, language: str, request: Request
) -> tuple[list[Path], Diagnostics]:
    """Write the order as PDF and as text, below the output folder of the build that made its
    files; return their paths, or what is wrong, and then no file is written."""
    found, strings = Diagnostics(), desk.project.strings[language]
    name = f"{order.file.edition}-{order.name}-{language}"
    rows = rows_of(order, strings)
    paper = desk.project.words_language(order.profile.paper, language)
    view = {"order": order, "groups": rows, "notes": NOTES, "paper_language": paper}
    view |= {"accent": None}
    page = _typeset(desk, language, name, view, request, found)
    srgb = desk.project.folder.read_checked(SRGB_PROFILE, found, PROFILE_LIMIT)
    if page is None or srgb is None or found.failed:
        return [], found
    title = f"{strings[NAME]['title']} – {order.file.title}"
    marks = (Bookmark(title, level=1),)
    galley, pdf = page
    leaf = Leaf(name, galley.pages, language, target=NAME, headings=marks)
    volume = Binder(desk.project.fonts, {name: pdf}.__getitem__).bind([leaf], {})
    who, producer = order.publisher, request.producer
    about = Metadata(title, order.file.edition, who, (language,), order.date, producer)
    paths = [request.out / FOLDER / f"{name}{ending}" for ending in (".pdf", ".txt")]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    write_whole(paths[0], finish.screen(volume, about, srgb.content, finish.ScreenPictures()))
    write_whole(paths[1], text_of(order, strings).encode())
    return paths, found


def _typeset(
    desk: Desk,
    language: str,
    name: str,
    view: Mapping[str, Any],
    request: Request,
    found: Diagnostics,
) -> tuple[Galley, bytes] | None:
    """Return the page: A4, or in a layout without A4 of the format of a plan's summary."""
    a4 = [key for key, f in desk.layout.sheet.formats.items() if (f.width, f.height) == A4]
    format_ = (*a4, desk.layout.format_of(Kind.PLAN_SUMMARY))[0]
    with Shop(request) as shop:
        proofs = Proofs(desk, [], shop.typesetter, found, lambda what, done, total: None)
        page = proofs.composer.document(NAME, language, f"{NAME} {name}", format_, view)
        if page is None:
            return None
        asked = job(page, proofs.around)
        made, failures = shop.typesetter.typeset([asked], lambda each, new: None)
        galley = made.get(asked.key)
        pdf = shop.cache.content(asked.key) if galley else b""
    said = [("section-failed", failure.reason) for failure in failures]
    said += [(remark.rule, remark.message) for remark in galley.remarks] if galley else []
    for rule, message in said:
        found.add(rule, Place(page.template), message, "shorten the text, or correct the layout")
    return (galley, pdf) if galley else None
