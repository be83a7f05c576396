"""Holds `brochure preflight FILE` to what it says of files from anywhere, without a project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pikepdf
import preflight_files as files
import pypdfium2
import pytest
from click.testing import CliRunner, Result

from brochure.cli import ExitCode, command


def run(folder: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(
        command, ["--project", str(folder), "preflight", *map(str, arguments)]
    )


@pytest.fixture
def of_print(tmp_path: Path) -> Path:
    return written(tmp_path / "of-print.pdf", files.saved(files.print_file()))


@pytest.fixture
def of_screen(tmp_path: Path) -> Path:
    return written(tmp_path / "of-screen.pdf", files.saved(screen_file()))


def screen_file() -> pikepdf.Pdf:
    """A file that does not say in its metadata that it is for print."""
    pdf = files.screen_file()
    files.metadata("<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>", "")(pdf)
    return pdf


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def rules(result: Result) -> set[str]:
    report: dict[str, Any] = json.loads(result.output)
    return {each["rule"] for file in report["files"] for each in file["findings"]}


def test_a_file_says_what_it_is_for(tmp_path: Path, of_print: Path, of_screen: Path) -> None:
    assert run(tmp_path, of_print, of_screen).exit_code == ExitCode.OK
    assert "B21" in rules(run(tmp_path, of_print, "--as", "screen", "--json"))
    assert "B03" in rules(run(tmp_path, of_screen, "--as", "print", "--json"))


@pytest.mark.parametrize("where", ["intent", "metadata", "information"])
def test_a_file_that_claims_to_be_pdf_x_anywhere_is_for_print(tmp_path: Path, where: str) -> None:
    pdf = files.print_file()
    if where != "intent":
        del pdf.Root.OutputIntents
    if where != "metadata":
        files.metadata("<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>", "")(pdf)
    else:
        files.metadata("Small", " ")(pdf)
    if where == "information":
        pdf.docinfo["/GTS_PDFXVersion"] = pikepdf.String("PDF/X-3:2003")
    # Compressed, the mark is nowhere in the bytes of the file.
    content = files.saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert "R0001" in rules(run(tmp_path, written(tmp_path / "a.pdf", content), "--json"))


def test_what_is_no_pdf_is_said_of_it_and_the_others_are_checked(
    tmp_path: Path, of_print: Path
) -> None:
    broken = written(tmp_path / "broken.pdf", b"no PDF at all")
    result = run(tmp_path, broken, of_print, "--html", tmp_path / "report.html")
    assert result.exit_code == ExitCode.PROBLEMS
    assert f"{broken}: error[B01]: the file cannot be checked" in result.output
    assert f"{of_print}: no errors, no warnings." in result.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "the file cannot be checked: it is no PDF" in page
    assert "<td>unknown</td>" in page


def test_each_file_is_read_and_opened_once(
    tmp_path: Path, of_screen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf = screen_file()
    pdf.Root.StructTreeRoot.K.K[0].S = pikepdf.Name.H2  # a finding on a page: it is drawn
    of_screen.write_bytes(files.saved(pdf))
    opened: list[str] = []
    real_open, real_document = Path.open, pypdfium2.PdfDocument

    def counted(path: Path, *arguments: Any, **options: Any) -> Any:
        opened.extend(["file"] * (path == of_screen))
        return real_open(path, *arguments, **options)

    def document(*arguments: Any, **options: Any) -> Any:
        opened.append("PDFium")
        return real_document(*arguments, **options)

    monkeypatch.setattr(Path, "open", counted)
    monkeypatch.setattr(pypdfium2, "PdfDocument", document)
    result = run(tmp_path, of_screen, "--html", tmp_path / "report.html")
    assert "B25" in result.output
    assert opened == ["file", "PDFium"]
    assert "data:image/jpeg" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_file_that_is_missing_is_said_in_words(tmp_path: Path) -> None:
    result = run(tmp_path, tmp_path / "missing.pdf")
    assert result.exit_code == ExitCode.USAGE
    assert 'error: there is no file "' in result.output
