"""Which language says it how: names, dates, marks, spaces, sorting, and the layout's words.

Above this room a text may exist in several languages; a section is made in exactly one.
"""

from brochure.languages.cofunding import Statement, funding_statement
from brochure.languages.hyphenation import has_dictionary
from brochure.languages.locale import Language, choose, is_tag
from brochure.languages.quotation import NARROW
from brochure.languages.strings import Strings, read_strings
from brochure.languages.typography import FIXED

__all__ = [
    "FIXED",
    "NARROW",
    "Language",
    "Statement",
    "Strings",
    "choose",
    "funding_statement",
    "has_dictionary",
    "is_tag",
    "read_strings",
]
