"""What one source file says about another: languages, regions, themes, practices, links.

The checks look at the values as they stand in the file, so they also work where the file has
other mistakes, and everything comes out in one run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from brochure.diagnostics import Diagnostics, did_you_mean
from brochure.languages import Language, funding_statement, has_dictionary
from brochure.model.sheets import BrochureSheet
from brochure.sources.markdown import Link
from brochure.sources.yaml import Located

SECTION_TARGETS = ("project", "contents", "index")
SAFE_SCHEMES = ("http", "https", "mailto")


@dataclass
class Known:
    """The names that exist in a project; `slugs` and `plans` grow during reading."""

    languages: list[str]
    regions: list[str]
    themes: list[str]
    slugs: set[str] = field(default_factory=set)
    plans: set[str] = field(default_factory=set)

    @property
    def transfer_targets(self) -> set[str]:
        """What a transfer may lead to."""
        return {f"practice/{slug}" for slug in self.slugs} | {f"region/{r}" for r in self.regions}

    @property
    def link_targets(self) -> set[str]:
        """What a link may lead to."""
        plans = {f"plan/{region}" for region in self.plans}
        targets = (*self.transfer_targets, *plans, *SECTION_TARGETS)
        return {f"brochure:{target}" for target in targets}


# What each kind of name is called in messages, and where the project lists it.
_RULES = {
    "unknown-language": "languages",
    "unknown-region": "regions",
    "unknown-theme": "themes",
}


def check_name(
    located: Located,
    path: tuple[str | int, ...],
    rule: str,
    known: Iterable[str],
    found: Diagnostics,
) -> None:
    """Report the name at `path` when it is a text that is not known; types are others' business."""
    name = _at(located.value, path)
    if isinstance(name, str) and name not in known:
        found.add(
            rule,
            located.place(*path),
            f'"{name}" is none of the {_RULES[rule]} in brochure.yaml',
            did_you_mean(name, known),
        )


def check_names(
    located: Located,
    path: tuple[str | int, ...],
    rule: str,
    known: Iterable[str],
    found: Diagnostics,
) -> None:
    """Report every unknown or repeated name in the list at `path`."""
    names = _at(located.value, path)
    for i in range(len(names) if isinstance(names, list) else 0):
        check_name(located, (*path, i), rule, known, found)
        if names[i] in names[:i]:
            found.add(
                "wrong-value",
                located.place(*path, i),
                f'"{names[i]}" stands here a second time',
                "keep one of the two",
            )


def check_languages(located: Located, facts: BrochureSheet, found: Diagnostics) -> None:
    """Say once of each language of the project what the program lacks for it."""
    for i, tag in enumerate(facts.languages):
        place, name = located.place("languages", i), Language(tag).name_in("en")
        if not has_dictionary(tag):
            found.add(
                "no-hyphenation",
                place,
                f"there is no dictionary of hyphenation for {name}, its texts are set without",
                "look at narrow columns; a soft hyphen (U+00AD) in a long word lets it break there",
            )
        statement = funding_statement(tag)
        if facts.funding.visibility == "2014-20" or (statement.checked and statement.fits(tag)):
            continue
        problem = "has not been compared with the official artwork"
        if not statement.fits(tag):
            problem = f"is not known, {Language(statement.language).name_in('en')} is printed"
        found.add(
            "funding-statement",
            place,
            f"the statement beside the emblem in {name} {problem}",
            "compare it with the Commission's download centre before you print",
        )


def check_words(
    located: Located,
    path: tuple[str | int, ...],
    languages: list[str],
    found: Diagnostics,
    wanted: Iterable[str] | None = None,
) -> None:
    """Words given by language must be given for every wanted language, and for no unknown one.

    All `languages` of the project are wanted where `wanted` does not say otherwise.
    """
    words = _at(located.value, path)
    if not isinstance(words, dict) or not words:
        return
    for tag in words:
        if tag not in languages:
            found.add(
                "unknown-language",
                located.key_place(*path, tag),
                f'"{tag}" is none of the languages in brochure.yaml',
                did_you_mean(tag, languages),
            )
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    for tag in languages if wanted is None else wanted:
        if tag not in words:
            found.add(
                "missing-translation",
                located.key_place(*path),
                f'"{name}" has no words in {Language(tag).name_in("en")}, the pages show'
                " another language's",
                f'add "{tag}: …"',
            )


def check_transfers(located: Located, slug: str, known: Known, found: Diagnostics) -> None:
    """A transfer leads to another practice or to a region."""
    transfers = _at(located.value, ("transfers",))
    itself = f"practice/{slug}"
    for i in range(len(transfers) if isinstance(transfers, list) else 0):
        target = _at(located.value, ("transfers", i, "to"))
        if not isinstance(target, str) or target in known.transfer_targets - {itself}:
            continue
        if not target.startswith(("practice/", "region/")):
            continue  # of another form, which is reported with its type
        what = "the practice itself" if target == itself else "no practice or region of the project"
        found.add(
            "dangling-transfer",
            located.place("transfers", i, "to"),
            f'"{target}" is {what}',
            did_you_mean(target, known.transfer_targets - {itself}),
        )


def check_inspirations(located: Located, known: Known, found: Diagnostics) -> None:
    """An action of a plan is inspired by practices of this project."""
    actions = _at(located.value, ("actions",))
    for i in range(len(actions) if isinstance(actions, list) else 0):
        slugs = _at(located.value, ("actions", i, "inspired_by"))
        for j, slug in enumerate(slugs if isinstance(slugs, list) else []):
            if isinstance(slug, str) and slug not in known.slugs:
                found.add(
                    "dangling-link",
                    located.place("actions", i, "inspired_by", j),
                    f'"{slug}" is no practice',
                    did_you_mean(slug, known.slugs),
                )


def check_links(links: Iterable[Link], known: Known, found: Diagnostics) -> None:
    """A link in a text leads to the web, to a mailbox, or to a section that exists."""
    targets = known.link_targets
    for link in links:
        scheme, colon, _ = link.address.partition(":")
        if scheme == "brochure" and colon:
            if link.address not in targets:
                found.add(
                    "dangling-link",
                    link.place,
                    f'"{link.address}" leads nowhere',
                    did_you_mean(link.address, targets),
                )
        elif scheme.lower() not in SAFE_SCHEMES or not colon:
            found.add(
                "unsafe-link",
                link.place,
                f'the link "{link.address[:60]}" begins with no https://, mailto: or brochure:',
                "write the whole address, or brochure:practice/<slug> for a practice",
            )


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return the value at a path, None where the path leads nowhere."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value
