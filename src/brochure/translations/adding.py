"""A new language: its code in `brochure.yaml`, and the layouts' words to be translated."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from brochure.diagnostics import Diagnostics
from brochure.model import BROCHURE_FILE, Project
from brochure.sources.folder import decoded
from brochure.sources.yaml import parse_yaml
from brochure.translations.catalogue import MARK


@dataclass(frozen=True)
class Addition:
    """Files to write for a new language, by path, and those that are there already."""

    files: dict[str, bytes]
    present: tuple[str, ...]


def addition(project: Project, tag: str) -> Addition | None:
    """Return what a new language needs; None where `languages` stands in no form that a program
    can add to, so that a person has to."""
    folder, source = project.folder, project.source_language
    brochure = folder.read(BROCHURE_FILE)
    text = decoded(brochure, Diagnostics())
    changed = None if text is None else with_language(text, tag)
    if changed is None:
        return None
    files = {
        BROCHURE_FILE: (changed.replace("\n", "\r\n") if b"\r\n" in brochure.content else changed)
    }
    present = []
    for layout in folder.folders("layouts"):
        path, pattern = (f"layouts/{layout}/strings/{each}.yaml" for each in (tag, source))
        if folder.exists(path):
            present.append(path)
        elif folder.exists(pattern):
            head = f"{MARK} every value below is still in another language ({source}).\n"
            words = decoded(folder.read(pattern), Diagnostics()) or ""
            files[path] = f"{head}# When all are translated, remove these two lines.\n{words}"
    return Addition({path: each.encode() for path, each in files.items()}, tuple(present))


def with_language(text: str, tag: str) -> str | None:
    """Return `brochure.yaml` with a language more at the end of `languages`, all else as it was.

    None where the list cannot be changed so, because it is written in a way of its own.
    """
    before = parse_yaml(text, BROCHURE_FILE, Diagnostics())
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if before is None or not isinstance(node, yaml.MappingNode):
        return None
    listed = next((v for k, v in node.value if k.value == "languages"), None)
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        return None
    lines = text.split("\n")
    last = listed.value[-1]
    line, column = last.end_mark.line, last.end_mark.column
    if listed.flow_style:
        lines[line] = f"{lines[line][:column]}, {tag}{lines[line][column:]}"
    else:
        dash = lines[last.start_mark.line].index("-")
        lines.insert(line + 1, f"{' ' * dash}- {tag}")
    changed = "\n".join(lines)
    after = parse_yaml(changed, BROCHURE_FILE, Diagnostics())
    if after is None:
        return None
    wanted = {**before.value, "languages": [*before.value["languages"], tag]}
    return changed if after.value == wanted else None
