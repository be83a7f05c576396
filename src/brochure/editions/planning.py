"""What is to be published: the plan of all editions.

This room alone decides which files exist, what they are called and which sections they bind, in
which order. Nothing further down says "unless".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product

from brochure.diagnostics import Diagnostics, Place, did_you_mean
from brochure.editions.blocks import BLOCKS, filled_regions
from brochure.editions.policies import Policies
from brochure.editions.sections import Edition, Outlet, Output
from brochure.languages import Language
from brochure.model import Project
from brochure.model.sheets import EditionSheet


def plan(project: Project, found: Diagnostics) -> tuple[Edition, ...]:
    """Return every edition of a project, in the order of brochure.yaml."""
    policies = Policies(project, found)
    families = {
        family: tuple(_family(project, family, sheet, policies, found))
        for family, sheet in project.facts.editions.items()
    }
    _report_empty(project, families, found)
    editions = tuple(edition for family in families.values() for edition in family)
    _report_clashes(project, editions, found)
    return editions


def _family(
    project: Project, family: str, sheet: EditionSheet, policies: Policies, found: Diagnostics
) -> Iterator[Edition]:
    languages = dict.fromkeys(sheet.languages or project.facts.languages)
    place = project.located.place("editions", family, "file")
    together = [tuple(sheet.together)] if sheet.together else [(tag,) for tag in languages]
    for tags, subject in product(together, _subjects(project, family, sheet, found)):
        if not _is_written(project, sheet, tags, subject, found):
            continue
        practice = subject if sheet.holds == "practice" else None
        region = subject if subject and not practice else None
        id_ = "-".join(filter(None, (family, subject, *tags)))
        names = {"language": tags[0], "languages": "-".join(tags)}
        names |= {"region": region} if region else {}
        names |= {"practice": practice} if practice else {}
        file = _file_name(sheet.file, names, family, place, found)
        yield Edition(
            id=id_,
            family=family,
            holds=sheet.holds,
            languages=tags,
            file=file,
            region=region,
            practice=practice,
            blocks=tuple(
                policies.applied(block, family, sheet)
                for block in BLOCKS[sheet.holds](project, tags, subject, id_)
            ),
            outputs=tuple(_outputs(project, sheet, file)),
        )


def _outputs(project: Project, sheet: EditionSheet, file: str) -> Iterator[Output]:
    """Yield the files of an edition: for the screen, and for each print profile.

    The first profile of a kind gives `…-print.pdf`, others add their name. A plan is no booklet:
    its pages are not half a sheet. Covers are parted from what has more than a cover.
    """
    yield Output(Outlet.SCREEN, file)
    stem = file.removesuffix(".pdf")
    seen: set[str] = set()
    for name, profile in project.facts.print.items():
        outlet = Outlet(profile.output)
        if outlet is Outlet.BOOKLET and sheet.holds not in ("everything", "region", "practice"):
            continue
        ending = f"{outlet}-{name}" if outlet in seen else str(outlet)
        seen.add(outlet)
        yield Output(outlet, f"{stem}-{ending}.pdf", name)
        parted = profile.cover == "separate" and sheet.holds in ("everything", "region")
        if outlet is Outlet.PRINT and parted:
            yield Output(Outlet.COVER, f"{stem}-{ending}-cover.pdf", name)


def _subjects(project: Project, family: str, sheet: EditionSheet, found: Diagnostics) -> list[str]:
    """Return the regions or practices that have a file in this family, [""] for everything."""
    if sheet.holds == "everything":
        return [""]
    if sheet.holds == "practice":
        for slug in set(sheet.practices or ()) - set(project.practices):
            found.add(
                "dangling-link",
                project.located.place("editions", family, "practices"),
                f'the editions "{family}" name the practice "{slug}", which does not exist',
                did_you_mean(slug, project.practices),
            )
        return [s for s in project.practices if sheet.practices is None or s in sheet.practices]
    filled = filled_regions(project)
    with_a_file = {
        "region": filled,
        "region-and-plan": [r for r in filled if r in project.plans],
    }.get(sheet.holds, [r for r in project.regions if r in project.plans])
    return [r for r in with_a_file if sheet.regions is None or r in sheet.regions]


def _is_written(
    project: Project, sheet: EditionSheet, tags: tuple[str, ...], subject: str, found: Diagnostics
) -> bool:
    """Whether the text is there: a plan is published in those languages that it is written in.

    Practices and pages always are, in another language if need be.
    """
    if sheet.holds in ("plan", "region-and-plan"):
        return all(project.plans[subject].is_written_in(tag) for tag in tags)
    if sheet.holds == "plan-summary":
        plan = project.plans[subject]
        for tag in sheet.languages or ():
            present = f"{tag}.md" in project.folder.files(plan.folder)
            if not present and tag != plan.language and tag in project.facts.languages:
                found.add(
                    "missing-translation",
                    Place(f"{plan.folder}/{tag}.md"),
                    f"there is no text in {Language(tag).name_in('en')}, so the plan has no"
                    " summary in this language",
                    "write the file: title, summary, and the plan in brief",
                )
        return plan.language not in tags and all(tag in plan.texts for tag in tags)
    return True


_FIELD = re.compile(r"\{([^{}]*)\}")


def _file_name(
    pattern: str, names: dict[str, str], family: str, place: Place, found: Diagnostics
) -> str:
    for field in _FIELD.findall(pattern):
        if field not in names:
            found.add(
                "wrong-value",
                place,
                f'the file name of the editions "{family}" holds "{{{field}}}"',
                did_you_mean(f"{{{field}}}", [f"{{{name}}}" for name in names]),
            )
    if set("{}") & set(_FIELD.sub("", pattern)):
        found.add(
            "wrong-value",
            place,
            f'the file name of the editions "{family}" holds a brace without its partner',
            "write fields like {language}",
        )
    parts = pattern.split("/")
    if ".." in parts:
        found.add(
            "path-outside-project",
            place,
            f'the file name "{pattern}" of the editions "{family}" leads out of the output folder',
            'remove the ".."',
        )
    if {"", "."} & set(parts):
        found.add(
            "wrong-value",
            place,
            f'the file name "{pattern}" of the editions "{family}" has a folder without a name',
            'write one "/" between folders, and no "."',
        )
    return _FIELD.sub(lambda match: names.get(match[1], match[1]), pattern)


def _report_empty(
    project: Project, families: dict[str, tuple[Edition, ...]], found: Diagnostics
) -> None:
    """A family that is narrowed down to nothing is a mistake; one of all plans may be empty yet.

    With an error, what it holds may be missing for that reason.
    """
    if found.failed:
        return
    for family, editions in families.items():
        sheet = project.facts.editions[family]
        narrowed = sheet.languages or sheet.together or sheet.regions
        if not editions and narrowed and sheet.holds in ("region", "plan", "region-and-plan"):
            found.add(
                "no-effect",
                project.located.key_place("editions", family),
                f'the editions "{family}" make no file: what they hold does not exist in these'
                " regions and languages",
                "name other regions and languages, or remove the editions",
            )


def _report_clashes(project: Project, editions: tuple[Edition, ...], found: Diagnostics) -> None:
    counted = Counter(edition.file.casefold() for edition in editions)
    exactly = Counter(edition.file for edition in editions)
    for edition in editions:
        if counted[edition.file.casefold()] > 1:
            found.add(
                "duplicate-file-name",
                project.located.place("editions", edition.family, "file"),
                f'{counted[edition.file.casefold()]} editions are called "{edition.file}"'
                + (
                    ", small and capital letters being one"
                    if exactly[edition.file] < counted[edition.file.casefold()]
                    else ""
                ),
                "put {language}, {region} or {practice} into the"
                f' "file" of "{edition.family}"',
            )
