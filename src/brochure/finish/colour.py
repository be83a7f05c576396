"""Press colours: a bound volume turned from sRGB to CMYK, as PDF/X-4 (ISO 15930-7) and GWG ask.

Pages, forms, patterns, glyphs, pictures, gradients, masks and groups: each is converted once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from brochure.cache import Cache
from brochure.finish.content_cmyk import (
    FIRST,
    FIRST_COLOURS,
    SETTINGS,
    UPRIGHT,
    Content,
    Converted,
    Matrix,
    Stack,
    State,
    product,
    scale,
)
from brochure.finish.pictures_cmyk import (
    COMPONENTS,
    RGB,
    Inks,
    Pictures,
    convert_shading,
    family_of,
)
from brochure.finish.streams_kept import Streams


@dataclass(frozen=True)
class _Resources:
    """Resources that were seen to: their colour spaces are gone, but known by name."""

    entries: Object
    spaces: Mapping[str, str]
    mask: bool

    def xobjects(self) -> Iterator[tuple[str, Object]]:
        """Return forms and pictures by name."""
        yield from (self.entries.get(Name.XObject) or Dictionary()).items()


@dataclass(frozen=True)
class _Form:
    """A form that was converted for the smallest scale at which it is drawn so far."""

    original: bytes
    resources: _Resources
    mask: bool
    scale: float


class PressColours:
    """Converts the files of one build; what several of them hold is converted once.

    `swatches` are "#rrggbb" with their recipes in per cent of cyan, magenta, yellow and black;
    `srgb` and `cmyk` are ICC profiles, of the volume and of the press. Pictures and content
    streams are kept in `cache` from one build to the next.
    """

    def __init__(
        self,
        swatches: Mapping[str, tuple[int, int, int, int]],
        srgb: bytes,
        cmyk: bytes,
        cache: Cache | None = None,
    ) -> None:
        self.inks = Inks(swatches, srgb, cmyk)
        press = hashlib.sha256(srgb + cmyk).hexdigest()
        self.pictures = Pictures(self.inks, press, cache)
        self._streams = Streams(f"{press} {sorted(swatches.items())}", cache)

    def convert(self, pdf: pikepdf.Pdf) -> frozenset[str]:
        """Turn everything that a file paints to CMYK, in place.

        Returns the colours, "#rrggbb", that are neither swatches nor near black nor white, and so
        were left to the profile. Pixels of pictures are not among them.
        """
        used = _File(self, pdf).convert()
        return frozenset(
            f"#{bytes(each).hex()}" for each in used if self.inks.went_by_profile(each)
        )

    def content(
        self,
        content: bytes,
        before: Stack,
        spaces: Mapping[str, str],
        mask: bool,
        opening: bytes = b"",
    ) -> Converted:
        """Return a content stream converted, or as it was converted before in the same state.

        `opening` is put before it.
        """

        def convert() -> Converted:
            converter = Content(self.inks, self.pictures, spaces, mask)
            return converter.convert(content, before, opening)

        converted = self._streams.converted(content, before, spaces, mask, opening, convert)
        for colour in converted.used:  # so that the inks know what went by the profile
            self.inks.of(colour)
        return converted


class _File:
    """Walks through one file, from its pages to everything that they paint with."""

    def __init__(self, colours: PressColours, pdf: pikepdf.Pdf) -> None:
        self._colours, self._pdf = colours, pdf
        self._used: set[RGB] = set()
        self._resources: dict[tuple[int, int], _Resources] = {}
        self._forms: dict[tuple[int, int], _Form] = {}
        self._done: dict[tuple[int, int], bool] = {}  # other objects: whether as part of a mask
        self._pieces: dict[tuple[int, int], tuple[bytes, Converted]] = {}  # content before, after
        self._undrawn: list[_Resources] = []
        self._settings = {
            name: pdf.make_indirect(
                Dictionary(Type=Name.ExtGState, OP=bool(line), op=bool(fill), OPM=int(line or fill))
            )
            for (line, fill), name in SETTINGS.items()
        }

    def convert(self) -> set[RGB]:
        """Convert the file and return its screen colours."""
        for page in self._pdf.pages:
            self._page(page)
        while self._undrawn:  # listed, but drawn by nothing
            resources = self._undrawn.pop()
            for _, xobject in resources.xobjects():
                if xobject.objgen not in self._forms and xobject.objgen not in self._done:
                    self._xobject(xobject, UPRIGHT, resources)
        return self._used

    def _page(self, page: pikepdf.Page) -> None:
        resources = self._see_to(page.resources, False)
        _set_group(page.obj, False)
        contents = page.obj.get(Name.Contents, Array())
        pieces, opening = [], FIRST_COLOURS
        stack: Stack = (FIRST,)
        for piece in contents if isinstance(contents, Array) else [contents]:
            before, after = self._pieces.get(piece.objgen, (None, None))
            original = piece.read_bytes() if before is None else before
            converted = self._content(original, stack, resources, opening)
            stack, opening = converted.after, b""
            if before is None:
                _write(piece, converted)
                self._pieces[piece.objgen] = (original, converted)
            elif converted != after:
                piece = self._pdf.make_indirect(pikepdf.Stream(self._pdf, b""))
                _write(piece, converted)
            pieces.append(piece)
        if pieces:
            page.obj.Contents = Array(pieces) if len(pieces) > 1 else pieces[0]
        for annotation in page.obj.get(Name.Annots, Array()):
            self._annotation(annotation, resources)

    def _content(
        self, content: bytes, before: Stack, resources: _Resources, opening: bytes = b""
    ) -> Converted:
        """Return a stream converted, after what it draws."""
        spaces, mask = resources.spaces, resources.mask
        converted = self._colours.content(content, before, spaces, mask, opening)
        self._used |= converted.used
        xobjects = dict(resources.xobjects())
        for name, matrix in converted.drawn:
            if name not in xobjects:
                raise ValueError(f"a content stream draws {name}, which its resources lack")
            self._xobject(xobjects[name], matrix, resources)
        if converted.overprints:
            if Name.ExtGState not in resources.entries:
                resources.entries.ExtGState = Dictionary()
            states = resources.entries.ExtGState
            for name, setting in self._settings.items():
                if name in states and states[name].objgen != setting.objgen:
                    raise ValueError(f"resources that hold a graphics state {name} already")
                states[name] = setting
        return converted

    def _xobject(self, xobject: Object, matrix: Matrix, caller: _Resources) -> None:
        kind = xobject.get(Name.Subtype)
        if kind == Name.Form:
            self._form(xobject, matrix, caller.mask, caller)
        elif kind == Name.Image and isinstance(xobject, pikepdf.Stream):
            if self._is_new(xobject, caller.mask):
                self._colours.pictures.convert(xobject, caller.mask)
        else:
            raise ValueError(f"an XObject of the kind {kind}")

    def _form(self, form: Object, matrix: Matrix, mask: bool, caller: _Resources) -> None:
        """Convert a form, anew if it is drawn smaller than before: more text overprints then."""
        known = self._forms.get(form.objgen)
        matrix = product(_matrix_of(form), matrix)
        if known is None:
            _set_group(form, mask)
            own = self._see_to(form.Resources, mask) if Name.Resources in form else caller
            known = _Form(form.read_bytes(), own, mask, math.inf)
        _refuse_both_ways(known.mask, mask)
        if scale(matrix) < known.scale * 0.999:
            self._forms[form.objgen] = replace(known, scale=scale(matrix))
            state = (State(matrix=matrix),)
            _write(form, self._content(known.original, state, known.resources))

    def _is_new(self, found: Object, mask: bool) -> bool:
        """Say whether an object is met for the first time; one that is part of others is new."""
        if not found.is_indirect:
            return True
        if found.objgen in self._done:
            _refuse_both_ways(self._done[found.objgen], mask)
            return False
        self._done[found.objgen] = mask
        return True

    def _see_to(self, entries: Object, mask: bool) -> _Resources:
        """Convert what resources hold; forms and pictures wait until something draws them."""
        if entries.is_indirect and entries.objgen in self._resources:
            known = self._resources[entries.objgen]
            _refuse_both_ways(known.mask, mask)
            return known
        spaces = {
            name: family_of(space, self._colours.inks.srgb)
            for name, space in (entries.get(Name.ColorSpace) or Dictionary()).items()
        }
        if Name.ColorSpace in entries:  # and with them default spaces (8.6.5.6)
            del entries[Name.ColorSpace]
        resources = _Resources(entries, spaces, mask)
        if entries.is_indirect:
            self._resources[entries.objgen] = resources
        self._undrawn.append(resources)
        for state in (entries.get(Name.ExtGState) or Dictionary()).values():
            self._graphics_state(state, resources)
        for shading in (entries.get(Name.Shading) or Dictionary()).values():
            self._shading(shading, mask)
        for pattern in (entries.get(Name.Pattern) or Dictionary()).values():
            self._pattern(pattern, resources)
        for font in (entries.get(Name.Font) or Dictionary()).values():
            if font.get(Name.Subtype) == Name.Type3 and self._is_new(font, False):
                self._glyphs(font, resources)
        return resources

    def _graphics_state(self, state: Object, caller: _Resources) -> None:
        """Convert a soft mask's group: by luminosity it measures light in DeviceGray (11.5.3)."""
        if {Name.OP, Name.op} & set(map(Name, state.keys())):
            raise ValueError("a graphics state that sets the overprint already")
        soft = state.get(Name.SMask)
        if not isinstance(soft, Dictionary):
            return
        by_light = str(soft.S) == "/Luminosity"
        if Name.BC in soft:
            family = family_of(soft.G.Group.get(Name.CS, Name.DeviceGray), self._colours.inks.srgb)
            soft.BC = self._inked(soft.BC, family, by_light)
        self._form(soft.G, UPRIGHT, by_light, caller)

    def _shading(self, shading: Object, mask: bool) -> None:
        if self._is_new(shading, mask):
            convert_shading(self._pdf, shading, self._colours.inks, mask, self._used)

    def _pattern(self, pattern: Object, caller: _Resources) -> None:
        if not self._is_new(pattern, caller.mask):
            return
        if int(pattern.PatternType) == 2:
            self._shading(pattern.Shading, caller.mask)
            if Name.ExtGState in pattern:
                self._graphics_state(pattern.ExtGState, caller)
            return
        if int(pattern.PaintType) != 1:
            raise ValueError("a pattern that takes its colour from where it is used")
        resources = self._see_to(pattern.Resources, caller.mask)
        first = (FIRST._replace(matrix=_matrix_of(pattern)),)
        opening = b"" if caller.mask else FIRST_COLOURS
        _write(pattern, self._content(pattern.read_bytes(), first, resources, opening))

    def _glyphs(self, font: Object, caller: _Resources) -> None:
        """Convert glyphs that are drawn (9.6.5), of whatever size and colour their text has."""
        resources = self._see_to(font.Resources, False) if Name.Resources in font else caller
        for glyph in font.CharProcs.values():
            if self._is_new(glyph, False):
                state = (State(over=None),)
                _write(glyph, self._content(glyph.read_bytes(), state, resources))

    def _annotation(self, annotation: Object, caller: _Resources) -> None:
        for look in annotation.get(Name.AP, Dictionary()).values():
            states = [look] if isinstance(look, pikepdf.Stream) else look.values()
            for form in states:
                self._form(form, UPRIGHT, False, caller)
        marks = annotation.get(Name.MK, Dictionary())
        for owner, key in ((annotation, "/C"), (annotation, "/IC"), (marks, "/BG"), (marks, "/BC")):
            if len(owner.get(key, Array())):
                family = {len_: name for name, len_ in COMPONENTS.items()}[len(owner[key])]
                owner[key] = self._inked(owner[key], family, False)

    def _inked(self, colour: Object, family: str, mask: bool) -> Array:
        values = [float(each) for each in colour]
        if family not in COMPONENTS or (mask and family == "CMYK"):
            raise ValueError(f"a colour in the colour space {family} beside a page")
        if family == "CMYK":
            return Array(values)
        return Array(self._colours.inks.converted(values, family, mask, self._used))


def _write(stream: Object, converted: Converted) -> None:
    """Write a stream as it was packed once for all files that hold it."""
    stream.write(converted.packed, filter=Name.FlateDecode)


def _matrix_of(found: Object) -> Matrix:
    a, b, c, d, _, _ = (float(each) for each in found.get(Name.Matrix, Array([1, 0, 0, 1, 0, 0])))
    return a, b, c, d


def _set_group(owner: Object, mask: bool) -> None:
    """Let a transparency group blend in the inks (GWG 2022 R0030), or in a mask in light."""
    group = owner.get(Name.Group)
    if group is not None and Name.CS in group:
        group.CS = Name.DeviceGray if mask else Name.DeviceCMYK


def _refuse_both_ways(known: bool, mask: bool) -> None:
    if known != mask:
        raise ValueError("an object that is part of a page and of a luminosity mask alike")
