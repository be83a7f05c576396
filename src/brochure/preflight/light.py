"""How light colours of the screen are, and how far two of them stand apart (WCAG 2.1)."""

from __future__ import annotations

from functools import lru_cache

RGB = tuple[int, int, int]  # sRGB, 0 to 255

# Relative luminance, WCAG 2.1, definitions: each channel is made linear, then weighed.
_LINEAR = [
    part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
    for part in (value / 255 for value in range(256))
]


def luminance(colour: RGB) -> float:
    """Return the relative luminance of a colour, 0 for black to 1 for white."""
    red, green, blue = (_LINEAR[value] for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=65536)
def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1, definitions, contrast ratio)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def as_hex(colour: RGB) -> str:
    """Return a colour as style sheets write it: #c8371f."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
