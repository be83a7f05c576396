"""Holds remembered lines to account: a page comes out the same whether its lines are or not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from conftest import SMALL, copy_project

TYPESET = """
import json, sys
from hashlib import sha256
from pathlib import Path
from brochure.build import read
from brochure.build.proofs import Proofs
from brochure.diagnostics import Diagnostics
from brochure.layouts import Composed, Composer, Listing, packed
from brochure.sources import Folder
from brochure.typeset import lines
from brochure.typeset.engine import Engine

root, scratch, remember = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "remember"
found = Diagnostics()
desk = read(Folder(root), found)
composer = Composer(desk.project, desk.layout, found)
wanted = [composer.section(*each, Listing()) for each in desk.sections()]
documents = json.load(sys.stdin).items()
wanted += [Composed(name, "test.html.j2", packed(html), ()) for name, html in documents]
engine = Engine(root, scratch)
set_now, kept = [], []
_set_line, _moved = lines._set_line, lines._moved
lines._set_line = lambda *these: set_now.append(1) or _set_line(*these)
lines._moved = lambda *these: kept.append(1) or _moved(*these)
if not remember:
    lines._is_plain = lambda style: False
made = {each.name: sha256(engine.typeset(each)[1]).hexdigest() for each in wanted}
json.dump({"made": made, "set": len(set_now), "kept": len(kept)}, sys.stdout)
"""

WORDS = "A mill fund <b>lends to <i>small</i> firms</b> that draw, build or play music. " * 12
NOTE = '<span style="float: footnote">with a note at the foot</span>'
STYLES = {
    "columns": ("columns: 2", WORDS),
    "justified columns": ("columns: 2; text-align: justify; hyphens: auto", WORDS),
    "centred": ("columns: 3; text-align: center", WORDS),
    "right to left": ("columns: 2; direction: rtl", WORDS),
    "a float": ("columns: 2", f"<span style='float: left; width: 20mm'>aside</span>{WORDS}"),
    "a first line": ("columns: 2", f"<style>p::first-line {{ color: red }}</style>{WORDS}"),
    "a first letter": ("columns: 2", f"<style>p::first-letter {{ font-size: 3em }}</style>{WORDS}"),
    "an inline block": ("columns: 2", f"{WORDS}<span style='display: inline-block'>in</span>"),
    "something absolute": ("columns: 2", f"<b style='position: absolute'>out</b>{WORDS}"),
    "a footnote": ("columns: 2", f"{WORDS}{NOTE}{WORDS}"),
    "a leader": ("columns: 2", f"<style>i::after {{ content: leader('.') 'x' }}</style>{WORDS}"),
    "kept together": ("orphans: 4; widows: 4", f"<p>{WORDS}</p>" * 12),
    "an indent": ("columns: 2; text-indent: 5mm", f"<p>{WORDS}</p>" * 4),
}


def typeset(tmp_path: Path, how: str) -> dict[str, object]:
    pages = {
        name: f"<html lang=en><title>x</title><body style='{style}'><p lang=en>{text}</p>"
        for name, (style, text) in STYLES.items()
    }
    scratch = tmp_path / how
    scratch.mkdir()
    result = subprocess.run(
        [sys.executable, "-c", TYPESET, str(tmp_path / "project"), str(scratch), how],
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, object] = json.loads(result.stdout)
    return told


def test_pages_are_the_same_with_and_without_and_half_of_all_lines_are_kept(
    tmp_path: Path,
) -> None:
    copy_project(SMALL, tmp_path / "project")
    with_, without = typeset(tmp_path, "remember"), typeset(tmp_path, "forget")
    assert with_["made"] == without["made"]
    assert without["kept"] == 0
    assert isinstance(with_["kept"], int)
    assert with_["kept"] > 500
    assert isinstance(with_["set"], int)
    assert isinstance(without["set"], int)
    assert with_["set"] < without["set"] * 0.6
