"""Holds the published files to account: pages, page numbers, and what each says about itself.

Every file of the repository's own brochure and of the small project is read.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pypdf
import pypdfium2 as pdfium
import pytest
from bound_file import MM, BoundFile, bound_files
from conftest import Built
from pikepdf import Array, Dictionary, Name, Object, Stream

from brochure.editions import Kind
from brochure.sources.fonts import FONT_FILE_KEY

FORMATS = {"a5": (148, 210), "a4": (210, 297)}  # mm
MULTIPLES = {"a5": 4, "a4": 1}  # of pages: folded sheets of four, sheets stapled at the corner
OF_A_PLAN = {"plan", "plan-summary"}
# Width and height in mm, from the outer lower corner of a page.
FOLIO_CORNERS = {148: (30, 14), 210: (30, 20)}
COVERS = (Kind.COVER, Kind.BACK, Kind.PLAN_COVER)
XML_NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def files(sample: Built, small_built: Built) -> list[BoundFile]:
    return bound_files(sample, small_built)


def manifest_of(built: Built) -> list[dict[str, Any]]:
    entries = json.loads((built.out / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert isinstance(entries, list)
    return entries


# Pages.


def test_the_manifest_the_plan_and_the_folder_name_the_same_files(
    sample: Built, small_built: Built
) -> None:
    for built in (sample, small_built):
        named = sorted(entry["file"] for entry in manifest_of(built))
        planned = [output.file for file in bound_files(built) for output in file.edition.outputs]
        assert named == sorted(planned)
        found = built.out.rglob("*.pdf")
        assert named == sorted(path.relative_to(built.out).as_posix() for path in found)


def test_every_file_has_as_many_pages_as_the_manifest_says(
    sample: Built, small_built: Built
) -> None:
    for built in (sample, small_built):
        for entry in manifest_of(built):
            path = built.pdf(entry["file"])
            with pdfium.PdfDocument(path) as document:
                counted = len(document)
            assert entry["pages"] == counted == len(pypdf.PdfReader(path).pages), entry["file"]


def formats_of(file: BoundFile) -> list[str]:
    """Return the format of each book block: practices are in A5, a plan is in A4."""
    if file.edition.holds == "region-and-plan":
        return ["a5", "a4"]
    return ["a4"] if file.edition.holds in OF_A_PLAN else ["a5"]


def test_every_block_fills_whole_sheets_of_its_format(files: list[BoundFile]) -> None:
    for file in files:
        counted = Counter(page.block for page in file.numbered)
        formats = formats_of(file)
        assert sorted(counted) == list(range(len(formats))), file
        for block, format_ in enumerate(formats):
            assert counted[block] % MULTIPLES[format_] == 0, f"{file}: {counted[block]} pages"


def test_every_page_has_the_size_of_its_format_and_nothing_lies_outside_the_trim(
    files: list[BoundFile],
) -> None:
    wrong, sizes = [], set()
    for file in files:
        formats = formats_of(file)
        pages = pypdf.PdfReader(file.path).pages
        for number, (page, numbered) in enumerate(zip(pages, file.numbered, strict=True), 1):
            size = FORMATS[formats[numbered.block]]
            sizes.add(size)
            boxes = [page.mediabox, page.trimbox, page.cropbox, page.bleedbox, page.artbox]
            for left, bottom, right, top in ([float(side) for side in box] for box in boxes):
                fits = all(
                    abs(points / MM - length) <= 0.01
                    for points, length in zip((right, top), size, strict=True)
                )
                if not fits or (left, bottom) != (0, 0) or page.get("/Rotate", 0):
                    wrong.append(f"{file}: page {number}: {(left, bottom, right, top)}")
    assert sizes == set(FORMATS.values())
    assert wrong == []


def test_every_section_stands_on_pages_of_its_own_format(files: list[BoundFile]) -> None:
    for file in files:
        layout = file.desk.layout
        for section in file.sections:
            format_ = layout.format(layout.format_of(section.section.kind))
            assert {file.numbered[page - 1].format for page in section.pages} == {format_}, (
                f"{file}: {section.section}"
            )


def test_the_label_of_every_page_is_its_number_in_its_block(files: list[BoundFile]) -> None:
    letters = set()
    for file in files:
        labels = pypdf.PdfReader(file.path).page_labels
        counted = Counter(page.block for page in file.numbered)
        # A plan behind practices is counted anew, with the letter that its layout's words have.
        letter = str(file.desk.project.strings[file.edition.language].words["plan"]["folio"])
        assert labels == [
            f"{letter if block else ''}{number}"
            for block in sorted(counted)
            for number in range(1, counted[block] + 1)
        ], file
        assert len(set(labels)) == len(labels), f"{file}: two pages have one label"
        letters |= {letter} if len(counted) > 1 else set()
    assert letters
    assert all(letter.isalpha() for letter in letters)


# Folios.


def folios_on(file: BoundFile, page: int) -> list[str]:
    """Return what stands outside the tags where a folio does: in the outer lower corner."""
    numbered = file.numbered[page - 1]
    page_width = numbered.format.width
    width, height = (length * MM for length in FOLIO_CORNERS[round(page_width)])
    inner_side = page_width * MM - width
    on_the_right = numbered.number % 2 == 1
    return [
        piece.words
        for piece in file.artifacts[page - 1]
        if piece.y < height and (piece.x > inner_side if on_the_right else piece.x < width)
    ]


def carries_folio(file: BoundFile, page: int) -> bool:
    section = file.section_on(page)
    if section is None:
        return False
    folio = file.desk.layout.style(section.section.kind).folio
    return folio == "every" or (folio == "after-first" and page > section.pages[0])


def test_every_folio_is_the_label_of_its_page(files: list[BoundFile]) -> None:
    carried = [
        (file, page, label)
        for file in files
        for page, label in enumerate(pypdf.PdfReader(file.path).page_labels, 1)
        if carries_folio(file, page)
    ]
    wrong = [
        f"{file}: page {page} carries {printed} instead of {label}"
        for file, page, label in carried
        if (printed := folios_on(file, page)) != [label]
    ]
    assert len(carried) > len(files)
    assert any(not label.isdigit() for _, _, label in carried)
    assert wrong == []


def test_a_page_without_a_folio_has_nothing_in_its_place(files: list[BoundFile]) -> None:
    bare = [
        (file, page)
        for file in files
        for page in range(1, len(file.pdf.pages) + 1)
        if not carries_folio(file, page)
    ]
    assert len(bare) >= len(files)
    assert [f"{file}: page {page}" for file, page in bare if numbers_on(file, page)] == []


def numbers_on(file: BoundFile, page: int) -> list[str]:
    """Return what stands where a folio does and is none of the plan's marks."""
    return [words for words in folios_on(file, page) if words != draft_mark(file)]


def draft_mark(file: BoundFile) -> str | None:
    """Return what every page of a plan that is a draft carries outside of its text."""
    plans = file.desk.project.plans
    if not file.edition.plan or plans[file.edition.plan].facts.status != "draft":
        return None
    return str(file.desk.project.strings[file.edition.language].words["plan"]["draft"]).upper()


def test_covers_and_fillers_carry_no_folio_and_no_running_head(files: list[BoundFile]) -> None:
    wrong, kinds = [], set()
    for file in files:
        for page in range(1, len(file.pdf.pages) + 1):
            section = file.section_on(page)
            if section and section.section.kind not in COVERS:
                continue
            kinds.add(section.section.kind if section else None)
            printed = [piece.words for piece in file.artifacts[page - 1]]
            marks = [draft_mark(file)] if file.numbered[page - 1].format.width == 210 else []
            if [words for words in printed if words not in marks]:
                wrong.append(f"{file}: page {page} carries {printed}")
    assert kinds == {*COVERS, None}
    assert wrong == []


def test_every_file_begins_with_a_cover_and_brochures_end_with_one(files: list[BoundFile]) -> None:
    for file in files:
        first, last = file.section_on(1), file.section_on(len(file.pdf.pages))
        assert first, file
        assert last, file
        if file.edition.holds == "plan-summary":
            continue  # a sheet of its own
        assert first.section.kind in (Kind.COVER, Kind.PLAN_COVER), file
        if not file.edition.plan:
            assert last.section.kind is Kind.BACK, file


def test_a_filler_has_no_words_at_all(files: list[BoundFile]) -> None:
    fillers = [
        (file, page)
        for file in files
        for page in range(1, len(file.pdf.pages) + 1)
        if file.section_on(page) is None
    ]
    assert fillers, "the small project is made so that its brochure needs a filler"
    assert [f"{file}: page {page}" for file, page in fillers if file.printed[page - 1]] == []


# What a file says about itself.


def xmp_of(file: BoundFile) -> ET.Element:
    return ET.fromstring(file.pdf.Root.Metadata.read_bytes().decode().strip("\ufeff"))


def texts_of(xmp: ET.Element, path: str) -> list[str]:
    return [element.text or "" for element in xmp.findall(f".//{path}", XML_NAMES)]


def test_a_file_is_in_its_readers_language(files: list[BoundFile]) -> None:
    for file in files:
        assert str(file.pdf.Root.Lang) == file.edition.language, file
        assert texts_of(xmp_of(file), "dc:language/rdf:Bag/rdf:li") == list(file.edition.languages)


def expected_title(file: BoundFile) -> str:
    project, edition, language = file.desk.project, file.edition, file.edition.language
    title = project.words(project.facts.title, language)
    if edition.practice:
        return project.practice_text(edition.practice, language).title
    if not edition.region:
        return title
    words = project.strings[language].words["plan"]
    region = project.region_name(edition.region, language)
    if edition.holds == "region-and-plan":
        return f"{title} – {words['with-practices'].replace('{region}', region)}"
    if edition.holds not in OF_A_PLAN:
        return f"{title} – {region}"
    of_the_plan = project.plans[edition.region].texts[language].title
    return f"{of_the_plan} – {words['summary']}" if "summary" in edition.holds else of_the_plan


def test_every_file_of_a_project_has_a_title_of_its_own_in_its_language(
    sample: Built, small_built: Built
) -> None:
    for built in (sample, small_built):
        titles = Counter(
            (file.edition.languages, str(file.pdf.docinfo["/Title"])) for file in bound_files(built)
        )
        assert [each for each, count in titles.items() if count > 1] == []


def test_title_and_subject_are_in_the_readers_language(files: list[BoundFile]) -> None:
    for file in files:
        project, language = file.desk.project, file.edition.language
        title = expected_title(file)
        titles = xmp_of(file).findall(".//dc:title/rdf:Alt/rdf:li", XML_NAMES)
        assert {each.get(XML_LANG): each.text for each in titles} == {
            "x-default": title,
            language: title,
        }
        assert str(file.pdf.docinfo["/Title"]) == title
        subject = project.words(project.facts.subtitle, language)
        assert texts_of(xmp_of(file), "dc:description/rdf:Alt/rdf:li") == [subject]
        assert str(file.pdf.docinfo["/Subject"]) == subject


def test_every_date_is_the_one_of_the_imprint(files: list[BoundFile]) -> None:
    for file in files:
        date = file.desk.project.facts.imprint.date
        for key in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
            assert texts_of(xmp_of(file), key) == [f"{date.isoformat()}T00:00:00Z"], (file, key)
        for key in ("/CreationDate", "/ModDate"):
            assert str(file.pdf.docinfo[key]) == f"D:{date:%Y%m%d}000000Z", (file, key)


def test_a_file_claims_to_be_accessible_and_fit_for_archives(files: list[BoundFile]) -> None:
    for file in files:
        xmp = xmp_of(file)
        assert texts_of(xmp, "pdfaid:part") == ["2"], file
        assert texts_of(xmp, "pdfaid:conformance") == ["A"], file
        assert texts_of(xmp, "pdfuaid:part") == ["1"], file


def test_a_reader_opens_a_file_with_its_title_and_outline(files: list[BoundFile]) -> None:
    for file in files:
        assert bool(file.pdf.Root.ViewerPreferences.DisplayDocTitle), file
        assert file.pdf.Root.PageMode == Name.UseOutlines, file
        assert bool(file.pdf.Root.MarkInfo.Marked), file


def test_the_output_intent_is_the_srgb_profile_of_the_project(files: list[BoundFile]) -> None:
    for file in files:
        (intent,) = file.pdf.Root.OutputIntents
        profile = intent.DestOutputProfile.read_bytes()
        assert profile == (file.desk.project.folder.root / "icc/sRGB2014.icc").read_bytes()
        assert profile[16:20] == b"RGB "
        assert intent.DestOutputProfile.N == 3
        assert "sRGB" in str(intent.OutputConditionIdentifier)


# What must not be inside.


def dictionaries(file: BoundFile) -> list[Object]:
    """Return every dictionary of a file, also those inside others."""
    found: list[Object] = []
    pending: list[Object] = list(file.pdf.objects)
    while pending:
        each = pending.pop()
        if isinstance(each, Dictionary | Stream):
            found.append(each)
            pending += [value for _, value in each.items() if _is_direct(value)]
        elif isinstance(each, Array):
            pending += [value for value in each if _is_direct(value)]
    return found


def _is_direct(value: object) -> bool:
    return isinstance(value, Object) and not value.is_indirect


def test_no_file_keeps_a_note_of_the_binder(files: list[BoundFile]) -> None:
    noted = {
        f"{file}: {key}"
        for file in files
        for each in dictionaries(file)
        for key, _ in each.items()
        if key == f"/{FONT_FILE_KEY}" or key.startswith("/Brochure")
    }
    assert noted == set()


def test_no_file_runs_a_script_or_carries_another_file(files: list[BoundFile]) -> None:
    active = ("/JS", "/JavaScript", "/AA", "/OpenAction", "/EmbeddedFiles", "/EF", "/AF", "/XFA")
    allowed = ("/URI", "")  # kinds of action: opening a web page only
    found = [
        f"{file}: {each!r}"
        for file in files
        for each in dictionaries(file)
        if any(key in each for key in active) or _kind_of_action(each) not in allowed
    ]
    assert found == []
    assert {str(link.Subtype) for file in files for _, link in file.links()} == {"/Link"}


def _kind_of_action(each: Object) -> str:
    is_action = each.get(Name.Type) == Name.Action or Name.URI in each
    return str(each.get(Name.S, "/URI")) if is_action else ""
