"""Holds the tags to account: what a screen reader is told must be all that is printed, in order.

ISO 32000-1, 14.7 and 14.8 say how the tree, the pages and the annotations refer to each other;
ISO 14289-1 (PDF/UA-1) says what must be tagged. A validator checks rules one by one; here the
references are followed both ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from bound_file import BoundFile, Element, bound_file, bound_files, is_element
from conftest import Built
from pikepdf import Array, Dictionary, Name, Object

from brochure.editions import Kind

PAINTING = {
    *("Tj", "TJ", "'", '"'),
    *("S", "s", "f", "F", "f*", "B", "B*", "b", "b*"),
    *("sh", "Do", "EI", "INLINE IMAGE"),
}
HEADINGS = {f"/H{level}": level for level in range(1, 7)}


@pytest.fixture
def files(sample: Built, small_built: Built) -> list[BoundFile]:
    return bound_files(sample, small_built)


# The tree.


def test_a_file_has_one_tree_with_one_document(files: list[BoundFile]) -> None:
    for file in files:
        roots = [
            each
            for each in file.pdf.objects
            if isinstance(each, Dictionary) and each.get(Name.Type) == Name.StructTreeRoot
        ]
        assert [root.objgen for root in roots] == [file.tree.objgen], file
        assert [each.kind for each in file.elements if not each.above] == ["/Document"], file


def test_the_document_holds_a_part_for_each_section_in_its_language(
    files: list[BoundFile],
) -> None:
    for file in files:
        parts = [each for each in file.elements if each.above == ("/Document",)]
        assert {part.kind for part in parts} == {"/Part"}, file
        languages = [str(part.object.Lang) for part in parts]
        assert languages == [part.section.language for part in file.edition.parts], file


def test_the_parts_stand_in_the_order_of_the_pages(files: list[BoundFile]) -> None:
    for file in files:
        pages = [page for section in file.sections for page in section.pages]
        assert pages == sorted(set(pages)), file


def test_every_element_knows_the_one_that_holds_it(files: list[BoundFile]) -> None:
    strangers = [
        f"{file}: {element}"
        for file in files
        for element in file.elements
        if element.object.P.objgen != element.holder.objgen
    ]
    assert strangers == []


def test_no_element_is_held_twice_and_none_is_lost(files: list[BoundFile]) -> None:
    for file in files:
        held = Counter(element.object.objgen for element in file.elements)
        assert [each for each, count in held.items() if count > 1] == [], file
        every = {each.objgen for each in file.pdf.objects if is_element(each)}
        assert every == set(held), file


# Tags and pages.


def marked_on(file: BoundFile, page: int) -> list[int]:
    """Return the numbers of the marked contents on a page."""
    return [
        int(instruction.operands[1].MCID)
        for instruction in file.contents[page - 1]
        if str(instruction.operator) == "BDC" and "/MCID" in instruction.operands[1]
    ]


def test_every_marked_content_has_its_element_and_every_element_its_content(
    files: list[BoundFile],
) -> None:
    for file in files:
        tagged: dict[int, dict[int, Element]] = {page: {} for page in file.page_of.values()}
        for element in file.elements:
            for mcid in element.mcids:
                page = file.page_of[element.object.Pg.objgen]
                assert mcid not in tagged[page], f"{file}: page {page}: {mcid} is tagged twice"
                tagged[page][mcid] = element
        for page, elements in tagged.items():
            marked = marked_on(file, page)
            assert len(marked) == len(set(marked)), f"{file}: page {page}"
            assert set(marked) == set(elements), f"{file}: page {page}"


def test_the_parent_tree_leads_from_every_marked_content_to_its_element(
    files: list[BoundFile],
) -> None:
    for file in files:
        tagged = {
            (file.page_of[element.object.Pg.objgen], mcid): element.object.objgen
            for element in file.elements
            for mcid in element.mcids
        }
        for number, page in enumerate(file.pdf.pages, 1):
            if Name.StructParents not in page.obj:
                assert marked_on(file, number) == [], f"{file}: page {number}"
                continue
            parents = file.parents[int(page.obj.StructParents)]
            assert isinstance(parents, Array)
            found = {
                (number, mcid): parent.objgen
                for mcid, parent in enumerate(parents)
                if parent is not None
            }
            expected = {key: value for key, value in tagged.items() if key[0] == number}
            assert found == expected, f"{file}: page {number}"


def test_every_link_is_held_by_its_element(files: list[BoundFile]) -> None:
    for file in files:
        for page, link in file.links():
            element = file.parents[int(link.StructParent)]
            assert str(element.S) == "/Link", f"{file}: page {page}"
            references = [
                kid.Obj.objgen
                for kid in element.K
                if isinstance(kid, Dictionary) and kid.get(Name.Type) == Name.OBJR
            ]
            assert references == [link.objgen], f"{file}: page {page}"


def test_every_link_element_holds_words_and_a_link(files: list[BoundFile]) -> None:
    for file in files:
        elements = [element for element in file.elements if element.kind == "/Link"]
        assert len(elements) == len(list(file.links())), file
        for element in elements:
            assert element.mcids or any(is_element(kid) for kid in element.kids), file


def test_the_parent_tree_holds_pages_and_links_and_nothing_else(files: list[BoundFile]) -> None:
    for file in files:
        pages = [
            int(page.obj.StructParents) for page in file.pdf.pages if Name.StructParents in page.obj
        ]
        links = [int(link.StructParent) for _, link in file.links()]
        keys = [int(key) for key in list(file.tree.ParentTree.Nums)[::2]]
        assert keys == sorted(pages + links), file
        assert len(keys) == len(set(keys)), file
        assert int(file.tree.ParentTreeNextKey) > max(keys), file


def test_a_dropped_link_is_out_of_the_parent_tree(small_built: Built) -> None:
    """The lab's leaflet has two links to a practice that it does not hold."""
    leaflet = bound_file(small_built, "en/practices/harbour-lab-en.pdf")
    links = [value for value in leaflet.parents.values() if isinstance(value, Dictionary)]
    assert {str(link.S) for link in links} == {"/Link"}
    assert len(links) == len(list(leaflet.links()))
    assert int(leaflet.tree.ParentTreeNextKey) - len(leaflet.parents) == 2


# What is drawn.


def untagged(file: BoundFile, page: int) -> Iterator[str]:
    """Yield what is painted on a page outside of marked content and artifacts."""
    open_: list[bool] = []  # whether each open sequence is marked content or an artifact
    for instruction in file.contents[page - 1]:
        operator = str(instruction.operator)
        if operator in ("BMC", "BDC"):
            artifact = instruction.operands[0] == Name.Artifact
            marked = operator == "BDC" and "/MCID" in instruction.operands[1]
            assert not (artifact and any(open_)), f"{file}: page {page}: an artifact inside a tag"
            open_.append(artifact or marked)
        elif operator == "EMC":
            open_.pop()
        elif operator in PAINTING and not any(open_):
            yield f"{file}: page {page}: {operator}"
    assert not open_, f"{file}: page {page}: marked content has no end"


def test_everything_drawn_is_tagged_or_an_artifact(files: list[BoundFile]) -> None:
    for file in files:
        for page in file.page_of.values():
            assert list(untagged(file, page)) == []


def test_a_form_inside_a_page_has_no_tags_of_its_own(files: list[BoundFile]) -> None:
    for file in files:
        for each in file.pdf.objects:
            if isinstance(each, Object) and each.get("/Subtype") == Name.Form:
                assert Name.StructParents not in each, file
                assert b"/MCID" not in each.read_bytes(), file


def test_running_heads_are_artifacts_and_no_words_of_the_text(small_built: Built) -> None:
    file = bound_file(small_built, "en/brochure-en.pdf")
    lab = next(s for s in file.sections if s.section.subject == "harbour-lab")
    heads = [piece.words for page in lab.pages for piece in file.artifacts[page - 1]]
    assert "Harbour Lab" in heads
    assert lab.words.count("Harbour Lab") == 1


# What the elements say.


def test_every_table_head_says_of_which_row_or_column(files: list[BoundFile]) -> None:
    heads = [(file, each) for file in files for each in file.elements if each.kind == "/TH"]
    assert heads
    for file, head in heads:
        assert str(head.object.A.O) == "/Table", file
        assert str(head.object.A.Scope) in ("/Row", "/Column"), file


def test_tables_are_rows_of_cells(files: list[BoundFile]) -> None:
    rows = [(file, each) for file in files for each in file.elements if each.kind == "/TR"]
    assert rows
    for file, row in rows:
        assert {str(kid.S) for kid in row.object.K} <= {"/TH", "/TD"}, file
        assert row.above[-1] in ("/TBody", "/THead", "/TFoot", "/Table"), file


def test_lists_are_items_with_label_and_body(files: list[BoundFile]) -> None:
    items = [(file, each) for file in files for each in file.elements if each.kind == "/LI"]
    assert items
    for file, item in items:
        assert [str(kid.S) for kid in item.object.K] in (["/Lbl", "/LBody"], ["/LBody"]), file
        assert item.above[-1] == "/L", file


def test_every_figure_is_described_and_lies_on_its_page(files: list[BoundFile]) -> None:
    figures = [(file, each) for file in files for each in file.elements if each.kind == "/Figure"]
    assert len(figures) >= len(files), "every file carries the emblem"
    for file, figure in figures:
        assert str(figure.object.Alt).strip(), file
        left, bottom, right, top = (float(side) for side in figure.object.A.BBox)
        _, _, width, height = (float(side) for side in figure.object.Pg.MediaBox)
        assert 0 <= left < right <= width, (file, left, right)
        assert 0 <= bottom < top <= height, (file, bottom, top)


def test_no_heading_skips_a_level(files: list[BoundFile]) -> None:
    for file in files:
        level = 0
        for element in file.elements:
            if element.kind in HEADINGS:
                assert HEADINGS[element.kind] <= level + 1, f"{file}: {element.kind} after H{level}"
                level = HEADINGS[element.kind]
        assert level, file


# The parts of a plan that share a section, each with a heading of its own.
PARTS = {Kind.PLAN_FRAME: 2, Kind.PLAN_DELIVERY: 6}


def test_every_section_begins_with_a_heading_of_the_first_level_and_has_one_for_each_part(
    files: list[BoundFile],
) -> None:
    for file in files:
        for section in file.sections:
            levels = [HEADINGS[each.kind] for each in section.elements if each.kind in HEADINGS]
            assert levels[0] == 1, f"{file}: {section.section}"
            parts = PARTS.get(section.section.kind, 1)
            assert levels.count(1) == parts, f"{file}: {section.section}"
