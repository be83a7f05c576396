"""A layout: a folder of templates and styles that turns a section into HTML and CSS."""

from brochure.layouts.composition import Composed, Composer, Entry, Listing, Style
from brochure.layouts.folder import Layout, Opens, SectionStyle, read_layout

__all__ = [
    "Composed",
    "Composer",
    "Entry",
    "Layout",
    "Listing",
    "Opens",
    "SectionStyle",
    "Style",
    "read_layout",
]
