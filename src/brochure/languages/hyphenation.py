"""Which languages can be hyphenated: those for which the engine's library has a dictionary.

A language without one is set without hyphenation; a soft hyphen that an author types still works.
"""

from __future__ import annotations

from functools import cache

# Norwegian has a dictionary for each of its written forms, and none for itself.
SAME_DICTIONARY = {"no": "nb"}


@cache
def has_dictionary(tag: str) -> bool:
    """Whether words in the language of a tag, or of a country's variety of it, are hyphenated."""
    import pyphen  # 40 ms

    install()
    return pyphen.language_fallback(tag) is not None


def install() -> None:
    """Let the library find the dictionaries of `SAME_DICTIONARY`; twice changes nothing."""
    import pyphen

    for tag, other in SAME_DICTIONARY.items():
        pyphen.LANGUAGES_LOWERCASE.setdefault(tag, other)
