"""What an edition does about translations that are missing or outdated: its policy, applied."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from brochure.diagnostics import Diagnostics, Place
from brochure.editions.sections import Block, Kind, Note, Section
from brochure.languages import Language
from brochure.model import Project, Texts
from brochure.model.sheets import EditionSheet
from brochure.translations.standing import Standings, State, TextStanding


class Policies:
    """Applies the policies of all editions of one project; each text is looked at once."""

    def __init__(self, project: Project, found: Diagnostics) -> None:
        self._project = project
        self._found = found

    def applied(self, block: Block, family: str, sheet: EditionSheet) -> Block:
        """Return a block whose sections say what the policy of their editions wants them to say.

        What it forbids to publish is reported.
        """
        parts = (
            replace(part, section=replace(part.section, note=note))
            if (note := self._note(part.section, family, sheet))
            else part
            for part in block.parts
        )
        return replace(block, parts=tuple(parts))

    def _note(self, section: Section, family: str, sheet: EditionSheet) -> Note:
        texts, source = self._texts(section), self._project.source_language
        if texts is None or source not in texts or section.language == source:
            return Note.NONE
        folder = texts.folder
        if section.language not in texts:
            if sheet.missing == "block":
                self._report_missing(folder, section.language, family)
            return Note.NOT_TRANSLATED if sheet.missing == "mark" else Note.NONE
        if sheet.outdated == "use":
            return Note.NONE
        text = self._standings.of(self._standings.originals[folder], section.language)
        if text.state is not State.OUTDATED:
            return Note.NONE
        if sheet.outdated == "block":
            self._report_outdated(text, family)
        return Note.OUTDATED if sheet.outdated == "mark" else Note.NONE

    def _texts(self, section: Section) -> Texts | None:
        """Return the texts that a section is made from; None for those of other kinds."""
        project = self._project
        match section.kind:
            case Kind.PRACTICE:
                return project.practices[section.subject].texts
            case Kind.REGION:
                return project.regions[section.subject].texts
            case Kind.PROJECT:
                return project.pages["project"]
            case _:
                return None

    @cached_property
    def _standings(self) -> Standings:
        return Standings(self._project, self._found)

    def _report_missing(self, folder: str, language: str, family: str) -> None:
        source = self._project.source_language
        self._found.add(
            "untranslated-text",
            Place(f"{folder}/{language}.md"),
            f'there is no text in {Language(language).name_in("en")}, and the editions "{family}"'
            ' are not published without it ("missing: block")',
            f'translate "{folder}/{source}.md", or write "missing: mark" in brochure.yaml',
        )

    def _report_outdated(self, text: TextStanding, family: str) -> None:
        original = Language(text.original.language).name_in("en")
        self._found.add(
            "outdated-translation",
            Place(text.file),
            f"{len(text.behind)} of {len(text.units)} units are not what the {original} text says"
            f' now, and the editions "{family}" are not published so ("outdated: block")',
            f"see what has changed: brochure translate diff {text.original.name} {text.language}",
        )
