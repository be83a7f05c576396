"""Holds the fonts in the published files to account: one program per face, and no glyph missing.

A font that is empty, or that shows glyph 0, prints boxes or nothing and yet passes validators.
So the programs are opened by fontTools, which the binder does not use, and held against what
the pages show.
"""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import pypdf
import pytest
from bound_file import BoundFile, bound_files
from conftest import Built
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Object

FACES = re.compile(r"Source-Serif-4(-Display|-Caption)?|Source-Sans-3|Ubuntu")
SUBSET = re.compile(r"/[A-Z]{6}\+(?P<face>.+)")
PROGRAMS = (Name.FontFile, Name.FontFile2, Name.FontFile3)


@pytest.fixture
def files(sample: Built, small_built: Built) -> list[BoundFile]:
    return bound_files(sample, small_built)


def descriptors(file: BoundFile) -> list[Object]:
    return [
        each
        for each in file.pdf.objects
        if isinstance(each, Dictionary) and each.get(Name.Type) == Name.FontDescriptor
    ]


def fonts_of(file: BoundFile) -> dict[str, Object]:
    """Return every font that a page can show, by its name in the pages' resources."""
    fonts: dict[str, Object] = {}
    for page in file.pdf.pages:
        for name, font in page.obj.Resources.get(Name.Font, Dictionary()).items():
            assert fonts.setdefault(name, font).objgen == font.objgen, f"{file}: two fonts {name}"
    return fonts


def test_every_face_has_one_program_in_a_file(files: list[BoundFile]) -> None:
    for file in files:
        found = descriptors(file)
        programs = [each[key].objgen for each in found for key in PROGRAMS if key in each]
        faces = [program_of(font) for font in fonts_of(file).values()]
        assert len(programs) == len(found), f"{file}: a font is not embedded"
        names = [_full_name(face) for face in faces]
        assert len(set(names)) == len(names), f"{file}: {sorted(names)}"
        assert len(set(programs)) == len(names), f"{file}: {len(programs)} programs"


def test_every_font_is_a_subset_of_one_of_the_projects(files: list[BoundFile]) -> None:
    wrong = set()
    for file in files:
        originals = sizes_of_fonts(file.desk.project.folder.root)
        for font in fonts_of(file).values():
            name = SUBSET.fullmatch(str(font.BaseFont))
            program = program_of(font)
            if not name or not FACES.match(name["face"]):
                wrong.add(f"{file}: {font.BaseFont}")
            elif _full_name(program) not in originals:
                wrong.add(f"{file}: {_full_name(program)} is no font of the project")
            elif len(_program(font)) > originals[_full_name(program)] / 2:
                wrong.add(f"{file}: {font.BaseFont} is not subset")
    assert wrong == set()


@cache
def sizes_of_fonts(root: Path) -> dict[str, int]:
    """Return the bytes of each font file of a project, by the font's name."""
    files = sorted((root / "fonts").glob("*.ttf"))
    return {_full_name(TTFont(path)): path.stat().st_size for path in files}


def test_a_font_is_called_the_same_at_all_of_its_places(files: list[BoundFile]) -> None:
    for file in files:
        for font in fonts_of(file).values():
            descendant = font.DescendantFonts[0]
            names = {font.BaseFont, descendant.BaseFont, descendant.FontDescriptor.FontName}
            assert len(names) == 1, f"{file}: {names}"


def test_the_name_of_a_font_holds_letters_digits_and_hyphens(files: list[BoundFile]) -> None:
    names = {str(font.BaseFont) for file in files for font in fonts_of(file).values()}
    assert sorted(n for n in names if not re.fullmatch(r"/[A-Z]{6}\+[A-Za-z0-9-]+", n)) == []


# Glyphs.


def _program(font: Object) -> bytes:
    descriptor = font.DescendantFonts[0].FontDescriptor
    return bytes(descriptor.FontFile2.read_bytes())


@cache
def _opened(program: bytes) -> TTFont:
    return TTFont(io.BytesIO(program))


def program_of(font: Object) -> TTFont:
    return _opened(_program(font))


def _full_name(font: TTFont) -> str:
    return str(font["name"].getDebugName(4))


_SHOWN = re.compile(rb"/(\w+) [0-9.]+ Tf|<([0-9a-f]{4,})>")
_LITERAL = re.compile(rb"\)\s*(?:T[jJ]|\])")


@cache
def shown(file: BoundFile) -> frozenset[tuple[str, int]]:
    """Return font name and glyph number of everything that the pages show.

    Read by pattern, for speed: the engine writes glyphs as hexadecimal numbers and nothing else.
    """
    found: set[tuple[str, int]] = set()
    for page in file.pdf.pages:
        contents = page.obj.Contents
        streams = contents if isinstance(contents, Array) else [contents]
        content = b"\n".join(stream.read_bytes() for stream in streams)
        assert not _LITERAL.search(content), f"{file}: glyphs as text"
        font = ""
        for name, glyphs in _SHOWN.findall(content):
            font = name.decode() or font
            found |= {(f"/{font}", int(glyphs[i : i + 4], 16)) for i in range(0, len(glyphs), 4)}
    assert found, f"{file} shows no glyph"
    return frozenset(found)


def test_every_glyph_that_is_shown_is_in_its_font(files: list[BoundFile]) -> None:
    wrong = set()
    for file in files:
        fonts = fonts_of(file)
        for name, glyph in sorted(shown(file)):
            program = program_of(fonts[name])
            glyph_name = program.getGlyphName(glyph)
            outline = program["glyf"][glyph_name]
            empty = outline.numberOfContours == 0
            text = unicode_of(fonts[name]).get(glyph, "")
            if glyph == 0 or glyph >= program["maxp"].numGlyphs or not text:
                wrong.add(f"{file}: {fonts[name].BaseFont}: glyph {glyph} means nothing")
            elif empty != text.isspace():
                wrong.add(f"{file}: {fonts[name].BaseFont}: glyph {glyph} for {text!r} is empty")
    assert wrong == set()


def test_every_glyph_has_the_width_that_its_font_gives_it(files: list[BoundFile]) -> None:
    for file in files:
        fonts = fonts_of(file)
        widths = {name: widths_of(font) for name, font in fonts.items()}
        for name, glyph in sorted(shown(file)):
            program = program_of(fonts[name])
            advance, _ = program["hmtx"][program.getGlyphName(glyph)]
            expected = advance * 1000 / program["head"].unitsPerEm
            assert abs(widths[name][glyph] - expected) <= 1, f"{file}: {name}: glyph {glyph}"


def widths_of(font: Object) -> dict[int, float]:
    widths: dict[int, float] = {}
    items = list(font.DescendantFonts[0].W)
    for first, run in zip(items[::2], items[1::2], strict=True):
        widths |= {int(first) + i: float(width) for i, width in enumerate(run)}
    return widths


_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s")


def unicode_of(font: Object) -> dict[int, str]:
    """Return the words that each glyph stands for."""
    block = re.compile(rb"beginbfchar(.*?)endbfchar", re.S)
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for lines in block.findall(bytes(font.ToUnicode.read_bytes()))
        for glyph, text in _PAIR.findall(lines)
    }


def test_a_hyphen_is_read_back_as_the_one_that_authors_type(files: list[BoundFile]) -> None:
    """Else a search for "start-up" finds nothing, and a copied address leads nowhere."""
    wrong = {
        f"{file}: {font.BaseFont} has a hyphen U+{ord(text):04X}"
        for file in files
        for font in fonts_of(file).values()
        for text in unicode_of(font).values()
        if text in ("\u2010", "\u00ad", "\u2011")
    }
    assert sorted(wrong) == []


def test_pypdf_finds_the_same_fonts_embedded(files: list[BoundFile]) -> None:
    for file in files:
        embedded: set[str] = set()
        missing: set[str] = set()
        for page in pypdf.PdfReader(file.path).pages:
            fonts = page._get_fonts()
            embedded |= fonts[0]
            missing |= fonts[1]
        assert missing == set(), file
        assert embedded == {str(font.BaseFont) for font in fonts_of(file).values()}, file
