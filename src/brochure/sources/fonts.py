"""The project's fonts: the files in `fonts/` and the characters that they hold.

Nothing is taken from the system, so what these files do not cover cannot be printed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.folder import MIB, Folder, Source, decoded

FONT_FOLDER = "fonts"
FONT_ENDINGS = (".ttf", ".otf")
# In a font descriptor of a typeset section: the digest of the font file that the face is from.
# Binding subsets that file, and takes the note out.
FONT_FILE_KEY = "BrochureFontFile"
FONT_LIMIT = 40 * MIB  # a Chinese or Japanese face has about 20 MB

# Set by the typesetter without a glyph: line ends, joiners, direction marks, soft hyphens.
_INVISIBLE = frozenset("\n\t\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff")

_CONTROLS = frozenset(map(chr, [*range(32), *range(127, 160)]))  # some fonts hold a few of them


@dataclass(frozen=True)
class Fonts:
    """The font files of a project, and the characters that at least one of them holds."""

    files: tuple[Source, ...] = field(repr=False)
    characters: frozenset[str] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """One digest of all files."""
        return hashlib.sha256("".join(each.digest for each in self.files).encode()).hexdigest()

    def missing(self, text: str) -> set[str]:
        """Return the characters of `text` that no font holds, and those that control machines."""
        return (set(text) - self.characters | set(text) & _CONTROLS) - _INVISIBLE


def read_fonts(folder: Folder, found: Diagnostics) -> Fonts:
    """Return the fonts in the project's `fonts/` folder, with diagnostics for broken ones."""
    files, characters = [], set[str]()
    for name in folder.files(FONT_FOLDER):
        if not name.lower().endswith(FONT_ENDINGS):
            continue
        source = folder.read_checked(f"{FONT_FOLDER}/{name}", found, FONT_LIMIT)
        if source is None:
            continue
        covered = _covered_by(source)
        if not covered or not _is_whole(source.content):
            found.add(
                "file-unreadable",
                Place(source.path),
                "this is no font that can be read, a TrueType or OpenType file was expected",
                "copy the font file again",
            )
            continue
        files.append(source)
        characters |= covered
    if not files:
        found.add(
            "file-missing",
            Place(f"{FONT_FOLDER}/"),
            "there is no font in this folder",
            "copy the .ttf files of the layout's typefaces into it",
        )
    return Fonts(tuple(files), frozenset(characters))


def _covered_by(font: Source) -> frozenset[str]:
    """Return the characters that a font holds; none where it cannot be read."""
    import uharfbuzz  # 60 ms

    if font.digest not in _coverage:
        unicodes = uharfbuzz.Face(uharfbuzz.Blob(font.content)).unicodes
        _coverage[font.digest] = frozenset(map(chr, unicodes))
    return _coverage[font.digest]


_coverage: dict[str, frozenset[str]] = {}  # by digest; a project has a handful of fonts


def _is_whole(font: bytes) -> bool:
    """Whether every table that the font's directory names lies within the file.

    Of a font cut short, the engine would set what glyphs are left, without a word.
    """
    directory = (font[12 + 16 * i : 28 + 16 * i] for i in range(int.from_bytes(font[4:6], "big")))
    ends = (int.from_bytes(t[8:12], "big") + int.from_bytes(t[12:16], "big") for t in directory)
    return all(end <= len(font) for end in ends)


def report_missing_glyphs(source: Source, fonts: Fonts, found: Diagnostics) -> None:
    """Report the characters of a text file that no font holds, at the place of the first."""
    if not fonts.files:
        return  # said once already, by read_fonts
    text = decoded(source, Diagnostics()) or ""
    if not (missing := fonts.missing(text)):
        return
    lines = text.split("\n")
    first: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(lines, 1):
        for column, character in enumerate(line, 1):
            if character in missing:
                first.setdefault(character, (number, column))
    number, column = min(first.values())
    names = ", ".join(
        f"{char} (U+{ord(char):04X})" if char.isprintable() else f"U+{ord(char):04X}"
        for char in sorted(first, key=first.__getitem__)[:5]
    )
    more = f" and {len(first) - 5} more" if len(first) > 5 else ""
    hint = f"copy a font with these characters into {FONT_FOLDER}/, or replace them"
    if missing <= _CONTROLS:
        hint = "remove these invisible control characters, and type the text around them anew"
    found.add(
        "missing-glyph",
        Place(source.path, number, column),
        f"no font holds {names}{more}",
        hint,
    )
