"""A layout: a folder of templates and styles that turns a section into HTML and CSS."""

from brochure.layouts.composition import Composed, Composer, Style, packed
from brochure.layouts.folder import Layout, Opens, SectionStyle, read_layout
from brochure.layouts.standing import COMPOSED, Standing
from brochure.layouts.titles import SCHEME, Entry, Heading, Listing, Titles

__all__ = [
    "COMPOSED",
    "SCHEME",
    "Composed",
    "Composer",
    "Entry",
    "Heading",
    "Layout",
    "Listing",
    "Opens",
    "SectionStyle",
    "Standing",
    "Style",
    "Titles",
    "packed",
    "read_layout",
]
