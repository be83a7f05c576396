"""A text as its language prints it: quotation marks, apostrophes, dashes, no-break spaces.

Only words are set. Tags, code, addresses and entities are taken out before and put back after, each
as a single sign, so that a rule sees what stands on both sides of them. Nothing is set twice: a
text that is set stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from brochure.languages.conventions import Conventions, conventions
from brochure.languages.quotation import BREAK, MARK, NARROW, SPACES, set_quotes

FIXED = "\u00a0"  # no-break space; NARROW is the narrow one

_TAKEN = "\u16a0"  # stands for what is not set; a letter, as most of it reads as a word
_SIGNS = f"[{MARK}{BREAK}{_TAKEN}]"
_SIGN = re.compile(_SIGNS)

_TAGS = rf"""
      (?P<foreign><(?P<holder>span|a|em|strong)\b[^>]{{0,2000}}?
          \ lang="(?P<tongue>[A-Za-z-]+)"[^>]*>)(?P<words>.{{0,5000}}?)(?P<ending></(?P=holder)>)
    | (?P<code><(?P<name>code|pre)\b[^>]*>.{{0,20000}}?</(?P=name)>)
    | (?P<block></?(?:p|h[1-6]|[uo]l|li|blockquote|br|hr|table|thead|tbody|tr|t[hd])\b[^>]*>)
    | (?P<inline><[^>]*>)
    | &\#?\w{{1,31}};
    | {_SIGNS}"""
# The end of an address is no punctuation of the sentence.
_ADDRESSES = r"""
    | (?:https?://|www\.|mailto:|brochure:)[^\s<>"“”«»]*[^\s<>"“”«»'’.,;:!?)]
    | (?<![\w.+-])\w[\w.+'-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63})+"""
_TOKEN = re.compile(_TAGS, re.DOTALL | re.VERBOSE)
_TOKEN_OR_ADDRESS = re.compile(_TAGS + _ADDRESSES, re.DOTALL | re.VERBOSE)
_ADDRESS_SIGNS = ("://", "@", "www.", "mailto:", "brochure:")

_ROUNDS = 6

Change = str | Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Change]

# What stands behind a number in any language: signs, and units of the SI that are no words.
_UNITS = (
    *("%", "‰", "€", "£", "$", "EUR", "°C", "°", "km", "m", "cm", "mm", "m²", "m³", "km²"),
    *("kg", "g", "t", "h", "min", "kWh", "MWh", "GWh", "kW", "MW", "GW", "kB", "MB", "GB"),
)
_NUMBER = r"\d+(?:[.,\u202f\u00a0 ]\d{3})*(?:[.,]\d+)?"
_RANGE = re.compile(
    rf"(?<![\w./+–-])(?<![\d)][ \u00a0])(?<![.,]\d)({_NUMBER})(-{{1,3}}| -{{1,3}} )({_NUMBER})"
    r"(?![\w/-])(?![.,]\d)"
)
_DAYS = re.compile(r"(?<![\w.-])(\d{1,2}\.)-{1,2}(?=\d{1,2}\.(?!\d))")
_MINUS = re.compile(rf"(?<![^\s({MARK}])(?<!\d\s)-(?=\d)")
_HYPHENS = re.compile(r"(?<=\S)[ \u00a0]-{1,3} (?=\S)")
_CLOSED = re.compile(r"--(?<=[^\W_]--)-?(?=[^\W_])")
_PAIRED = re.compile(
    r"(?<=[^\s\d])[ \u00a0]-{1,3} ([^\s.!?-](?:[^.!?\n\x1e]{0,300}?[^\s-])?)"
    r" -{1,3}(?= [^\s\d]|[,;:.])"
)
_GREEK = "\u0370-\u03ff\u1f00-\u1fff"


def printed(text: str, tag: str) -> str:
    """Return HTML or plain text as the language of a tag prints it.

    A part in another language (`<span lang="fr">`) is set as that language prints it.
    """
    taken: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["foreign"]:
            words = _without_foreign(match["words"], match["tongue"])
            taken.append(f"{match['foreign']}{words}{match['ending']}")
            return _TAKEN
        taken.append(match[0])
        if match["block"] or match[0] == BREAK:
            return BREAK
        return MARK if match["inline"] or match[0] == MARK else _TAKEN

    addressed = any(sign in text for sign in _ADDRESS_SIGNS)
    token = _TOKEN_OR_ADDRESS if addressed else _TOKEN
    pieces = _SIGN.split(_set(token.sub(take, text), tag))
    return "".join(part for pair in zip(pieces, [*taken, ""], strict=True) for part in pair)


def _without_foreign(words: str, tag: str) -> str:
    """Return the words of a foreign part; parts do not stand inside each other."""
    return words if ' lang="' in words else printed(words, tag)


def _set(text: str, tag: str) -> str:
    """Return words set, so that setting them again changes nothing.

    Once is enough for sentences. Where marks stand in a muddle, those that are set may be read
    otherwise than those that were typed.
    """
    language = conventions(tag)
    for _ in range(_ROUNDS):
        text = set_quotes(text, language)
        for pattern, change in _rules(tag):
            text = pattern.sub(change, text)
        if set_quotes(text, language) == text:
            break
    return text


@cache
def _rules(tag: str) -> tuple[Rule, ...]:
    language = conventions(tag)
    return (*_dashes(language), *_spaces(language), *_short_forms(language), *_signs(language))


def _rule(pattern: str, change: Change) -> Rule:
    return re.compile(pattern), change


def _words(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _range(match: re.Match[str]) -> str:
    """From a number to a larger one, or to the year of a century: 2014-20; all else is no range.

    An address, a telephone number or a norm is written with a hyphen, too.
    """
    first, _, last = match.groups()
    low, high = (re.sub(r"[^\d]", "", re.sub(r"[.,]\d{1,2}$", "", n)) for n in (first, last))
    if any(number[0] == "0" and number[1:2].isdigit() for number in (first, last)):
        return match[0]  # part of a code
    rising = int(low) < int(high) and len(high) - len(low) < 3
    century = len(low) == 4 and len(high) == 2 and int(low[2:]) < int(high)
    return f"{first}–{last}" if rising or century else match[0]


def _between_words(language: Conventions) -> Callable[[re.Match[str]], str]:
    before = FIXED if language.dash_stays else " "

    def change(match: re.Match[str]) -> str:
        text, start, end = match.string, match.start(), match.end()
        if start and text[start - 1].isdigit() and text[end : end + 1].isdigit():
            return match[0]  # a sum, or no range
        return f"{before}{language.dash} "

    return change


def _dashes(language: Conventions) -> list[Rule]:
    between = _between_words(language)
    dash = language.paired_dash
    rules: list[Rule] = [(_RANGE, _range), (_DAYS, r"\1–"), (_MINUS, "\N{MINUS SIGN}")]
    if dash:
        rules.append((_PAIRED, rf" {dash}\1{dash}"))
    rules += [(_HYPHENS, between), (_CLOSED, between)]
    if language.dash_stays:
        rules.append(_rule(r"(?<=\S) (?=[–—] )", FIXED))
    return rules


def _spaces(language: Conventions) -> list[Rule]:
    units = _words((*_UNITS, *language.after_numbers))
    rules = [
        _rule(r"(?<=\d) (?=\d{3}(?!\d))", NARROW),
        _rule(rf"(\d\.?) (?=(?:{units})(?![\w’']))", rf"\1{FIXED}"),
        _rule(r"(?<=\bEUR) (?=\d)", FIXED),
        _rule(r"([§€£$№]) (?=\d)", rf"\1{FIXED}"),
        _rule(r"(?<![\d.])(\d{1,2}\.) (\d{1,2}\.) (?=\d{4})", rf"\1{FIXED}\2{FIXED}"),
        _rule(r"(?<![\w.’'])([^\W\d_])\. (?=[^\W\d_])", _initial),
    ]
    if language.high_space:  # where one was typed: a name such as MATCH! keeps its sign
        rules += [
            _rule(rf"[ \u00a0](?=[;!?]+(?:[\s{MARK})»”…,.]|$))", NARROW),
            _rule(rf"[ \u202f](?=:{MARK}*(?:\s|$))", FIXED),
        ]
    if language.inner_space:  # a pair that spans paragraphs is not set, but has its spaces
        rules += [_rule(r"(?<=«)[ \u00a0]", NARROW), _rule(r"[ \u00a0](?=»)", NARROW)]
    return rules


def _initial(match: re.Match[str]) -> str:
    text, end = match.string, match.end()
    is_name = match[1].isupper() and text[end].isupper()
    return f"{match[1]}.{FIXED}" if is_name else match[0]


def _short_forms(language: Conventions) -> list[Rule]:
    rules: list[Rule] = []
    if language.months:
        months = _words(language.months)
        pattern = rf"(\d(?:\.|º|er|\.º)?) (?=(?:de |d[’'])?(?:{months})(?!\w))"
        if language.month_first:
            pattern = rf"(?<!\w)((?:{months})\w{{0,4}}) (?=\d{{1,2}}(?!\d))"
        rules.append(_rule(pattern, rf"\1{FIXED}"))
    if language.spaced:
        forms = (_parted(form) for form in sorted(language.spaced, key=len, reverse=True))
        rules.append(_rule(rf"(?<![\w.])(?:{'|'.join(forms)})", _narrowed))
    if language.titles:
        rules.append(_rule(rf"(?<![\w.])({_words(language.titles)}) (?=\w)", rf"\1{FIXED}"))
    if language.before_numbers:
        words = _words(language.before_numbers)
        rules.append(_rule(rf"(?<![\w.])({words}) (?=\d)", rf"\1{FIXED}"))
    if language.short_words:
        letters = language.short_words + language.short_words.upper()
        rules.append(_rule(rf"(?<![\w’'.–-])([{letters}]) (?=[^\s–—-])", rf"\1{FIXED}"))
    return rules


def _parted(form: str) -> str:
    """Return the pattern of a short form, typed with spaces or without, large or small at first."""
    first, *others = form.split(" ")
    initial = f"[{first[0].lower()}{first[0].upper()}]{re.escape(first[1:])}"
    return f"[{SPACES}]?".join([initial, *map(re.escape, others)])


def _narrowed(match: re.Match[str]) -> str:
    return re.sub(rf"\.[{SPACES}]?(?=\w)", f".{NARROW}", match[0])


def _signs(language: Conventions) -> list[Rule]:
    """Greek: one sign for the question mark, and one for the raised point (Unicode, 7.2)."""
    if not language.greek:
        return []
    return [
        _rule("\u037e", ";"),
        _rule("\u0387", "\u00b7"),
        _rule(rf"(?<=[{_GREEK}»”)])\?(?=[\s\"”»).,{MARK}]|$)", ";"),
    ]
