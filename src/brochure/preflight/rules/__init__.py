"""The rules. To import this package is to enter them all in the registry."""

from brochure.preflight.rules import (
    boxes,
    edges,
    inks,
    overprint,
    pictures,
    spaces,
    standard,
    tagging,
    thin,
    typography,
    whole,
)

__all__ = [
    "boxes",
    "edges",
    "inks",
    "overprint",
    "pictures",
    "spaces",
    "standard",
    "tagging",
    "thin",
    "typography",
    "whole",
]
