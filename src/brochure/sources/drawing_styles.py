"""Styles of a drawing: which of them may stay, as attributes.

A value is kept when it is of a form that is known to be harmless: a colour of screens, a number, a
word, or a part of the same drawing. So no address, and no escape that hides one, gets through.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

_WORD = r"[a-zA-Z-]+"
_FIGURE = r"[+-]?[\d.]{1,12}(?:e-\d)?(?:px|pt|mm|cm|in|%|em)?"
_PART = r"url\(\s*[\"']?#[^\s\"'()#]+[\"']?\s*\)"
_COLOUR = rf"#[0-9a-fA-F]{{3,8}}|{_WORD}|(?:rgb|hsl)a?\([\d.,%\s/+-]{{1,60}}\)"
_FORMS = {
    "paint": re.compile(rf"(?:{_COLOUR}|{_PART}(?:\s+(?:{_COLOUR}))?)"),
    "colour": re.compile(_COLOUR),
    "figure": re.compile(rf"(?:{_FIGURE}|{_WORD})"),
    "figures": re.compile(rf"(?:{_WORD}|{_FIGURE}(?:[\s,]+{_FIGURE}){{0,40}})"),
    "part": re.compile(rf"(?:{_PART}|{_WORD})"),
    "word": re.compile(_WORD),
}
PROPERTIES = {
    **dict.fromkeys(("fill", "stroke"), "paint"),
    **dict.fromkeys(("color", "stop-color"), "colour"),
    **dict.fromkeys(("fill-opacity", "stroke-opacity", "stop-opacity", "opacity"), "figure"),
    **dict.fromkeys(("stroke-width", "stroke-miterlimit", "stroke-dashoffset"), "figure"),
    **dict.fromkeys(("fill-rule", "clip-rule", "stroke-linecap", "stroke-linejoin"), "word"),
    **dict.fromkeys(("display", "visibility", "overflow"), "word"),
    "stroke-dasharray": "figures",
    "clip-path": "part",
}
# What changes the picture when it is missing; anything else is dropped without a word.
_MISSED = frozenset(("filter", "mask", "marker", "marker-start", "marker-mid", "marker-end"))

_SELECTOR = re.compile(r"([a-zA-Z]+|\*)?((?:[.#][\w-]+)*)")
_BEFORE = re.compile(r"[{;@]")  # what may stand before the selector of a rule
_STYLE_LIMIT = 100_000  # characters of all rules
_RULE_LIMIT = 300


@dataclass(frozen=True)
class Rule:
    """A rule with a simple selector: a name, an id, classes, or several of them."""

    element: str
    id: str
    classes: frozenset[str]
    number: int
    declared: Mapping[str, str]

    @property
    def name(self) -> str:
        """A name without which the rule does not hold: of an id, a class or an element, or ""."""
        if self.id:
            return f"#{self.id}"
        return f".{min(self.classes)}" if self.classes else self.element

    @property
    def weight(self) -> tuple[bool, int, bool, int]:
        """What comes later in this order wins (CSS 2.1, 6.4.3)."""
        return bool(self.id), len(self.classes), bool(self.element), self.number

    def holds_for(self, element: str, id_: str, classes: Collection[str]) -> bool:
        """Whether the rule is about an element."""
        return (
            self.element in ("", element)
            and self.id in ("", id_)
            and self.classes <= frozenset(classes)
        )


def rules_in(style: str) -> tuple[list[Rule], list[str]]:
    """Return the rules of a style sheet in their order, and what is no simple rule."""
    if len(style) > _STYLE_LIMIT:
        return [], ["a style sheet that is too long"]
    text = _without_comments(style)
    rules: list[Rule] = []
    others = ["a style sheet with @ rules"] if "@" in text else []
    for piece in text.split("}")[:-1]:
        head, _, body = piece.rpartition("{")
        declared = declarations(body)
        for selector in _BEFORE.split(head)[-1].split(","):
            simple = _SELECTOR.fullmatch(selector.strip())
            if simple and (simple[1] or simple[2]):
                rules.append(_rule(simple, len(rules), declared))
            else:
                others.append("a style for parts inside others")
    if len(rules) > _RULE_LIMIT:
        return rules[:_RULE_LIMIT], [*others, "a style sheet that is too long"]
    return rules, others


def _rule(simple: re.Match[str], number: int, declared: Mapping[str, str]) -> Rule:
    names = re.findall(r"([.#])([\w-]+)", simple[2])
    ids = [name for sign, name in names if sign == "#"]
    classes = frozenset(name for sign, name in names if sign == ".")
    element = "" if simple[1] in (None, "*") else simple[1]
    return Rule(element, ids[0] if ids else "", classes, number, declared)


class Rules:
    """The rules of a drawing, found by one of the names in their selectors."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_name: dict[str, list[Rule]] = {}
        for rule in rules:
            self._by_name.setdefault(rule.name, []).append(rule)

    def about(self, element: str, id_: str, classes: Collection[str]) -> list[Rule]:
        """Return the rules that are about an element, those that win last."""
        names = dict.fromkeys((f"#{id_}", *(f".{each}" for each in classes), element, ""))
        found = (rule for name in names for rule in self._by_name.get(name, ()))
        holding = (rule for rule in found if rule.holds_for(element, id_, classes))
        return sorted(holding, key=lambda rule: rule.weight)


def declarations(style: str) -> dict[str, str]:
    """Return the properties that a `style` declares, as they stand there."""
    return dict(_declared(_without_comments(style)))


def _without_comments(style: str) -> str:
    kept, position = [], 0
    while (start := style.find("/*", position)) >= 0:
        kept.append(style[position:start])
        end = style.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        position = end + 2
    return "".join([*kept, style[position:]])


def _declared(style: str) -> Iterator[tuple[str, str]]:
    for piece in style.split(";"):
        name, colon, value = piece.partition(":")
        if colon:
            yield name.strip().lower(), value.replace("!important", "").strip()


def as_attributes(declared: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the properties that a drawing may have, and what is wrong with others."""
    kept: dict[str, str] = {}
    others: list[str] = []
    for name, value in declared.items():
        form = PROPERTIES.get(name)
        if form and _FORMS[form].fullmatch(value.strip()):
            kept[name] = value.strip()
        elif form:
            others.append(f'a value of "{name}" that is not known')
        elif name in _MISSED or "url" in value.lower():
            others.append(f'a "{name}"')
    return kept, others
