"""Write a project of any size, to measure on: `brochure check` finds no error in it.

    .venv/bin/python bench/make_project.py --practices 30 --languages en,fr,de,it FOLDER

Fonts, profiles and the layout are copied from this repository. In A4 (the default) the copied
layout sets everything in a larger page: `bench/a4/` has the measures. The same arguments give the
same bytes.
"""

from __future__ import annotations

import argparse
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import prose
import yaml
from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).parent.parent
A4 = Path(__file__).parent / "a4"
SWATCHES = ("vermilion", "ochre", "ultramarine", "alpine", "plum")
HEADINGS = ("problem", "how-it-works", "stakeholders", "resources", "evidence", "learning")
PHOTO = "photo.jpg"
PHOTO_SIZE = (1600, 1067)

# By format: letters of text that fill a page in two columns, and how many headings it has.
LETTERS = {"a5": 1350, "a4": 4100}
PASSAGES = {"a5": 3, "a4": 6}


@dataclass(frozen=True)
class Wanted:
    """What is asked for."""

    practices: int
    languages: tuple[str, ...] = ("en", "fr", "de", "it")
    regions: int = 5
    photos: bool = True
    pages: int = 2
    format: str = "a4"
    booklets: bool = False
    seed: int = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--practices", type=int, default=30)
    parser.add_argument("--languages", default="en,fr,de,it", help=", ".join(prose.LANGUAGES))
    parser.add_argument("--regions", type=int, default=5)
    parser.add_argument("--photos", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--pages", type=int, default=2, help="of a practice, the first its face")
    parser.add_argument("--format", choices=sorted(LETTERS), default="a4")
    parser.add_argument("--booklets", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--seed", type=int, default=1)
    arguments = vars(parser.parse_args())
    folder = arguments.pop("folder")
    languages = tuple(arguments.pop("languages").split(","))
    make_project(folder, Wanted(languages=languages, **arguments))


def make_project(folder: Path, wanted: Wanted) -> None:
    """Write the project into a folder that does not exist or is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f'"{folder}" is not empty')
    for name in ("fonts", "icc"):
        shutil.copytree(ROOT / name, folder / name)
    _copy_layout(folder / "layouts/atelier", wanted)
    _write_yaml(folder / "brochure.yaml", _facts(wanted))
    _write_pages(folder / "pages", wanted)
    for number in range(wanted.practices):
        _write_practice(folder / f"practices/practice-{number + 1:04}", number, wanted)


def _copy_layout(layout: Path, wanted: Wanted) -> None:
    shutil.copytree(ROOT / "layouts/atelier", layout)
    for strings in (layout / "strings").iterdir():
        if strings.stem not in wanted.languages:
            strings.unlink()
    if wanted.format == "a5":
        return
    sheet = yaml.safe_load((layout / "layout.yaml").read_text("utf-8"))
    # Without a format of its own, a kind of section is made in the first one.
    large = {**sheet["formats"].pop("a4"), "multiple_of": 4}
    sheet["formats"] = {"a4": large, **sheet["formats"]}
    _write_yaml(layout / "layout.yaml", sheet)
    for style in A4.iterdir():
        if style.stem == "a4":
            shutil.copy(style, layout / style.name)
        else:
            with (layout / style.name).open("a", encoding="utf-8") as stream:
                stream.write(style.read_text("utf-8"))


def _facts(wanted: Wanted) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "title": _words(wanted, "brochure", "title"),
        "subtitle": _words(wanted, "brochure", "subtitle"),
        "languages": list(wanted.languages),
        "source_language": wanted.languages[0],
        "layout": "atelier",
        "funding": {"programme": "A programme", "project": "A project to measure on"},
        "imprint": {
            **{"publisher": "The bench", "date": "2026-11-24"},
            **{"website": "https://example.org/", "licence": "CC BY 4.0"},
        },
        "themes": {theme: _words(wanted, "themes", theme) for theme in _themes()},
        "regions": {_region(i): _region_facts(i, wanted) for i in range(wanted.regions)},
        "editions": {
            "brochure": _edition("everything", "brochure-{language}"),
            "regions": _edition("region", "regions/{region}-{language}"),
            "leaflets": _edition("practice", "practices/{practice}-{language}"),
        },
        "print": {"offset": {"output": "print", "paper": "coated, 135 g/m²", "caliper": 0.11}},
    }
    if wanted.booklets:
        office = {"output": "booklet", "paper": "office paper, 80 g/m²", "caliper": 0.1}
        facts["print"]["office"] = office
    return facts


def _edition(holds: str, file: str) -> dict[str, str]:
    return {"holds": holds, "file": f"{{language}}/{file}.pdf"}


def _words(wanted: Wanted, *path: str) -> dict[str, str]:
    found = {}
    for language in wanted.languages:
        value: Any = prose.words(language)
        for key in path:
            value = value[key]
        found[language] = value
    return found


def _themes() -> list[str]:
    return list(prose.words("en")["themes"])


def _region(number: int) -> str:
    return f"region-{number + 1}"


def _region_facts(number: int, wanted: Wanted) -> dict[str, Any]:
    names = {tag: f"{prose.words(tag)['region']} {number + 1}" for tag in wanted.languages}
    swatch = SWATCHES[number % len(SWATCHES)]
    return {"name": names, "country": "XX", "nuts": "XX1", "swatch": swatch}


def _write_pages(pages: Path, wanted: Wanted) -> None:
    for page in ("project", *map(_region, range(wanted.regions))):
        for language in wanted.languages:
            chance = _chance(wanted, page, language)
            head = {
                "title": prose.words(language)["brochure"]["title"],
                "summary": prose.sentence(language, chance),
            }
            headings = _headings(language)[:3] if page == "project" else []
            letters = 1200 if page == "project" else 600
            text = prose.body(language, headings, chance, letters)
            _write_text(pages / page / f"{language}.md", head, text)


def _write_practice(folder: Path, number: int, wanted: Wanted) -> None:
    if wanted.photos:
        (folder / "photos").mkdir(parents=True)
        draw_photo(folder / "photos" / PHOTO, f"{wanted.seed}/{number}")
    for language in wanted.languages:
        chance = _chance(wanted, number, language)
        # Not the same in every practice, and never more than the page holds.
        letters = round(LETTERS[wanted.format] * (wanted.pages - 1) * chance.uniform(0.75, 0.95))
        headings = _headings(language)[: PASSAGES[wanted.format]]
        text = prose.body(language, headings, chance, letters)
        _write_text(folder / f"{language}.md", _front_matter(language, number, wanted), text)
    _write_yaml(folder / "practice.yaml", _practice_facts(number, wanted))


def _front_matter(language: str, number: int, wanted: Wanted) -> dict[str, Any]:
    chance = _chance(wanted, number, language, "head")
    lists = prose.words(language)
    head: dict[str, Any] = {
        "title": prose.title(language, number),
        "summary": prose.sentence(language, chance)[:150].rsplit(" ", 1)[0].rstrip(",;.") + ".",
        "facts": lists["facts"],
        "figures": [
            {"value": str(chance.randrange(10, 990)), "label": label} for label in lists["figures"]
        ],
    }
    if wanted.photos:
        head["alt"] = {PHOTO: f"{lists['alt']} ({prose.title(language, number)})"}
    return head


def _practice_facts(number: int, wanted: Wanted) -> dict[str, Any]:
    organisations = {tag: prose.words(tag)["organisations"][number % 4] for tag in wanted.languages}
    facts: dict[str, Any] = {
        "region": _region(number % wanted.regions),
        "place": {"name": prose.town(number)},
        "organisation": organisations,
        "theme": _themes()[number % len(_themes())],
        "since": 2000 + number % 24,
        "links": [f"https://example.org/practice-{number + 1}"],
    }
    if wanted.photos:
        facts["photos"] = [{"file": PHOTO, "credit": "© The bench"}]
    return facts


def _headings(language: str) -> list[str]:
    strings = ROOT / f"layouts/atelier/strings/{language}.yaml"
    wordings = yaml.safe_load(strings.read_text("utf-8"))["headings"]
    return [wordings[key][0] for key in HEADINGS]


def draw_photo(path: Path, seed: str) -> None:
    """Draw a picture that packs like a photo: soft shapes, grain, about 300 kB."""
    chance = random.Random(seed)
    width, height = PHOTO_SIZE
    picture = Image.new("RGB", PHOTO_SIZE, _colour(chance))
    drawn = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, size = chance.randrange(width), chance.randrange(height), chance.randrange(40, 420)
        drawn.ellipse((x - size, y - size, x + size, y + size // 2), fill=_colour(chance))
    picture = picture.filter(ImageFilter.GaussianBlur(6))
    grain = Image.frombytes("L", PHOTO_SIZE, chance.randbytes(width * height))
    picture = Image.blend(picture, Image.merge("RGB", (grain, grain, grain)), 0.07)
    picture.save(path, quality=80)


def _colour(chance: random.Random) -> tuple[int, int, int]:
    red, green, blue = (chance.randrange(30, 230) for _ in range(3))
    return red, green, blue


def _chance(wanted: Wanted, *parts: object) -> random.Random:
    return random.Random("/".join(map(str, (wanted.seed, *parts))))


def _write_text(path: Path, head: dict[str, Any], text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{_yaml(head)}---\n{text}", encoding="utf-8")


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_yaml(content), encoding="utf-8")


def _yaml(content: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
    return text


if __name__ == "__main__":
    main()
