"""Rules on PDF/X-4 and the printing condition: what a program can see of them."""

from __future__ import annotations

from collections.abc import Iterator

from brochure.preflight import objects, xmp
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.opened import Damaged, OpenedFile
from brochure.preflight.registry import rule
from brochure.preflight.rules.whole import active_parts

_ASKED = {
    f"{xmp.DC}title": "title",
    f"{xmp.XMP}CreateDate": "date of creation",
    f"{xmp.XMP}ModifyDate": "date of change",
    f"{xmp.XMP}MetadataDate": "date of the metadata",
    f"{xmp.XMP_MM}DocumentID": "document id",
    f"{xmp.XMP_MM}VersionID": "version id",
    f"{xmp.XMP_MM}RenditionClass": "rendition class",
}


@rule("R0001", Level.ERROR, outputs=("print",))
def pdf_x(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The file is no PDF/X-4.

    What: PDF/X-4 (ISO 15930-7; Ghent Workgroup 2022, R0001) asks for its mark and for title, ids
    and dates in the XMP metadata, for file ids, and for a word on trapping. It forbids encryption,
    scripts, attachments, data in other files, PostScript, OPI, alternate pictures and transfer
    curves. Only this is looked at, and what other rules here say. It is no certified validation.

    Why: print shops ask for PDF/X-4, because it prints alike everywhere.

    Fix: make the file as PDF/X-4. For a certificate, have it checked by a certified validator.
    """
    for message in (*_metadata(file), *_identity(file), *_forbidden(file)):
        yield Finding(0, "R0001", Level.ERROR, message)


def _metadata(file: OpenedFile) -> Iterator[str]:
    try:
        found = xmp.properties(file)
    except Damaged as error:
        yield str(error)
        return
    version = found.get(f"{xmp.PDFX_ID}GTS_PDFXVersion", "")
    if version != "PDF/X-4":
        yield f'the XMP metadata says GTS_PDFXVersion "{version[:40]}", and not "PDF/X-4"'
    for key, name in _ASKED.items():
        if not found.get(key):
            yield f"the XMP metadata has no {name}"
    known = objects.name(file.information.get("/Trapped"))[1:]
    said = found.get(f"{xmp.PDF}Trapped", "")
    if not {known, said} & {"True", "False"}:
        yield "neither Trapped True nor Trapped False is stated"
    elif known and said and known != said:
        yield f"Trapped is {known[:20]} in one place and {said[:20]} in another"


def _identity(file: OpenedFile) -> Iterator[str]:
    own = objects.text(file.information.get("/GTS_PDFXVersion"))
    if own not in ("", "PDF/X-4"):
        yield f'the document information says "{own[:40]}", and not "PDF/X-4"'
    if len(objects.array(file.trailer.get("/ID"))) != 2:
        yield "the file has no ids"
    if file.encrypted:
        yield "the file is encrypted"


def _forbidden(file: OpenedFile) -> Iterator[str]:
    for what in active_parts(file):
        yield f"the file holds {what}"
    found: set[str] = set()
    for entries in objects.reachable(file.catalog):
        kind = objects.name(entries.get("/Subtype"))
        if "/OPI" in entries:
            found.add("OPI comments")
        if "/Alternates" in entries:
            found.add("alternate pictures")
        if kind == "/PS" or (kind == "/Form" and "/PS" in entries):
            found.add("PostScript")
        if kind == "/Form" and "/Ref" in entries:
            found.add("pages of other files")
        if "/Length" in entries and "/F" in entries:
            found.add("data in other files")
        curve = objects.resolved(entries.get("/TR2", entries.get("/TR")))
        is_state = entries.get("/Type") == "/ExtGState" or "/OPM" in entries
        if is_state and curve not in (None, "/Default", "/Identity"):
            found.add("transfer curves")
    for what in sorted(found):
        yield f"the file holds {what}"


@rule("R0035", Level.ERROR, outputs=("print",))
def output_intent(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The printing condition is missing.

    What: the file has no output intent for PDF/X, or several; or its embedded profile is missing
    or is not one for printing in CMYK (Ghent Workgroup 2022, R0035).

    Why: without it, CMYK numbers mean nothing: the same file is pale on one press and dark on
    another.

    Fix: name the printing condition that the print shop asks for, and embed its profile.
    """
    intents = [
        intent
        for intent in map(objects.entries, objects.array(file.catalog.get("/OutputIntents")))
        if objects.name(intent.get("/S")) == "/GTS_PDFX"
    ]
    if len(intents) != 1:
        message = f"the file has {len(intents) or 'no'} output intents for PDF/X, and needs one"
        yield Finding(0, "R0035", Level.ERROR, message)
    for intent in intents[:1]:
        if not objects.text(intent.get("/OutputConditionIdentifier")):
            message = "the output intent does not say which printing condition it is"
            yield Finding(0, "R0035", Level.ERROR, message)
        if fault := _profile_fault(file, intent):
            yield Finding(0, "R0035", Level.ERROR, fault)


def _profile_fault(file: OpenedFile, intent: dict[str, object]) -> str:
    value = intent.get("/DestOutputProfile")
    if value is None:
        return "the output intent has no embedded profile"
    try:
        data = file.decoded(value)
    except Damaged as error:
        return f"the profile of the output intent cannot be read: {error}"
    if len(data) < 128 or data[36:40] != b"acsp" or int.from_bytes(data[:4], "big") > len(data):
        return "the profile of the output intent is no ICC profile, or not whole"
    if data[16:20] != b"CMYK" or objects.number(objects.entries(value).get("/N")) != 4:
        return "the profile of the output intent is not for CMYK"
    if data[12:16] != b"prtr":
        return "the profile of the output intent is not for printing"
    return ""


@rule("R0036", Level.WARNING, outputs=("print",))
def hidden_layers(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A layer is hidden.

    What: the file has a layer that is switched off (Ghent Workgroup 2022, R0036, which the variant
    SheetCMYK leaves out).

    Why: one program prints what another hides.

    Fix: remove the layer, or switch it on.
    """
    layers = objects.entries(file.catalog.get("/OCProperties"))
    usual = objects.entries(layers.get("/D"))
    listed = {objects.identity(group): group for group in objects.array(layers.get("/OCGs"))}
    off = {objects.identity(group) for group in objects.array(usual.get("/OFF"))}
    if objects.name(usual.get("/BaseState")) == "/OFF":
        shown = {objects.identity(group) for group in objects.array(usual.get("/ON"))}
        off |= listed.keys() - shown
    for key, group in listed.items():
        if key in off:
            name = objects.text(objects.entries(group).get("/Name"))[:60]
            yield Finding(0, "R0036", Level.WARNING, f'the layer "{name}" is hidden')
