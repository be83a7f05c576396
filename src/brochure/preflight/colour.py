"""Colour spaces and colours: which family, which inks, how much of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brochure.preflight import objects

PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
NO_INK = 0.0005  # a tint that rounds to nothing, with three decimals
_DEPTH = 8
_DEVICE = {
    "/DeviceGray": ("DeviceGray", 1), "/G": ("DeviceGray", 1),
    "/DeviceRGB": ("DeviceRGB", 3), "/RGB": ("DeviceRGB", 3),
    "/DeviceCMYK": ("DeviceCMYK", 4), "/CMYK": ("DeviceCMYK", 4),
}  # fmt: skip
_BASED = {"/ICCBased": "ICCBased", "/CalRGB": "CalRGB", "/CalGray": "CalGray", "/Lab": "Lab"}
_CALIBRATED = {"/CalRGB": 3, "/CalGray": 1, "/Lab": 3}


@dataclass(frozen=True)
class Space:
    """A colour space. `colorants` are the inks of a Separation or DeviceN; `base` is what
    Indexed and Pattern are made of, and the alternate of Separation and DeviceN."""

    family: str
    components: int = 1
    colorants: tuple[str, ...] = ()
    base: Space | None = None

    def families(self) -> frozenset[str]:
        """Return the family, and those that it is made of."""
        return frozenset({self.family}) | (self.base.families() if self.base else frozenset())

    def all_colorants(self) -> frozenset[str]:
        below = self.base.all_colorants() if self.base else frozenset()
        return frozenset(self.colorants) | below

    def __str__(self) -> str:
        if self.family in ("Separation", "DeviceN"):
            return f"{self.family} {', '.join(self.colorants)}"
        return f"{self.family} of {self.base}" if self.base else self.family


GRAY = Space("DeviceGray", 1)
RGB = Space("DeviceRGB", 3)
CMYK = Space("DeviceCMYK", 4)
UNKNOWN = Space("unknown", 0)
PATTERN = Space("Pattern", 0)


@dataclass(frozen=True)
class Colour:
    """A colour that something is painted with; `pattern` is the name of one, with its slash."""

    space: Space = GRAY
    values: tuple[float, ...] = (0.0,)
    pattern: str = ""

    @property
    def inks(self) -> dict[str, float] | None:
        """The amount of each ink from 0 to 1; None if no ink is named, as in RGB."""
        space, values = self.space, self.values
        if space.family == "DeviceGray" and values:
            return {"Black": 1 - values[0]}
        if space.family == "DeviceCMYK" and len(values) == 4:
            return dict(zip(PROCESS, values, strict=True))
        if space.family in ("Separation", "DeviceN") and len(values) == len(space.colorants):
            return dict(zip(space.colorants, values, strict=True))
        return None

    @property
    def is_white(self) -> bool:
        """Whether no ink is put down at all."""
        inks = self.inks
        return inks is not None and all(tint <= NO_INK for tint in inks.values())

    @property
    def is_multi(self) -> bool:
        """Whether two or more inks must meet; registration colour is all inks."""
        inks = self.inks or {}
        return sum(tint > NO_INK for tint in inks.values()) > 1 or inks.get("All", 0) > NO_INK

    @property
    def is_pure_black(self) -> bool:
        """Whether it is black ink in full, and nothing else."""
        inks = {ink: tint for ink, tint in (self.inks or {}).items() if tint > NO_INK}
        return list(inks) == ["Black"] and inks["Black"] >= 1 - NO_INK

    def __str__(self) -> str:
        inks = self.inks
        if inks is None:
            return str(self.space)
        if self.space.family == "DeviceCMYK":
            return "CMYK " + "/".join(f"{100 * tint:.0f}" for tint in inks.values())
        return ", ".join(f"{ink} {100 * tint:.0f} %" for ink, tint in inks.items())


def initial(space: Space) -> Colour:
    """Return the colour that a space begins with (ISO 32000-1, 8.6.5 and 8.6.6)."""
    if space.family == "DeviceCMYK":
        return Colour(space, (0.0, 0.0, 0.0, 1.0))
    fill = 1.0 if space.family in ("Separation", "DeviceN") else 0.0
    return Colour(space, (fill,) * space.components)


def space_of(value: object, named: Mapping[str, object] | None = None, depth: int = 0) -> Space:
    """Return a colour space; `named` are those of the resources."""
    found = objects.resolved(value)
    if depth > _DEPTH:
        return UNKNOWN
    if isinstance(found, str):
        if found in _DEVICE:
            return Space(*_DEVICE[found])
        if found == "/Pattern":
            return PATTERN
        if named and found in named:
            return space_of(named[found], None, depth + 1)
        return UNKNOWN
    if not isinstance(found, list) or not found:
        return UNKNOWN
    return _from_array([objects.resolved(item) for item in found[:5]], named, depth)


def _from_array(items: list[object], named: Mapping[str, object] | None, depth: int) -> Space:
    kind = str(items[0]) if isinstance(items[0], str) else ""
    second = items[1] if len(items) > 1 else None
    third = items[2] if len(items) > 2 else None
    if len(items) == 1:
        return space_of(items[0], named, depth + 1)
    if kind == "/ICCBased":
        channels = objects.number(objects.entries(second).get("/N"))
        return Space("ICCBased", int(channels) if channels in (1, 3, 4) else 0)
    if kind in _BASED:
        return Space(_BASED[kind], _CALIBRATED[kind])
    if kind in ("/Indexed", "/I"):
        return Space("Indexed", 1, (), space_of(second, named, depth + 1))
    if kind == "/Pattern":
        return Space("Pattern", 0, (), space_of(second, named, depth + 1))
    if kind == "/Separation":
        return Space("Separation", 1, _colorants([second]), space_of(third, named, depth + 1))
    if kind == "/DeviceN":
        inks = _colorants(second[:32] if isinstance(second, list) else [])
        return Space("DeviceN", len(inks), inks, space_of(third, named, depth + 1))
    return UNKNOWN


def _colorants(names: list[object]) -> tuple[str, ...]:
    return tuple(str(objects.resolved(item))[1:] for item in names)
