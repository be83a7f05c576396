"""Sections bound into one edition: pages, tags, fonts, folios, links, outline, labels."""

from brochure.bind.binding import Binder, Leaf, Volume
from brochure.bind.metadata import Metadata

__all__ = ["Binder", "Leaf", "Metadata", "Volume"]
