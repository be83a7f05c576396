"""Holds every published file to PDF/UA-1 and PDF/A-2a at once, by page-validation.

CI asks veraPDF as well. The one finding that is passed over is held to account here too: it must
be a false alarm, and a wrong length must never pass.
"""

from __future__ import annotations

import re
from pathlib import Path

import page
import pikepdf
import pytest
from conftest import Built
from validation import FLAVOURS, STREAM_LENGTH, WrongLength, failures_of, is_false_alarm, streams_of

DATA = b"% a comment that ends with the byte 0x0D\r"


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_file_of_the_sample_passes(sample: Built, flavour: str) -> None:
    assert len(sample.pdfs) > 50
    failures = {pdf.name: found for pdf in sample.pdfs if (found := failures_of(pdf, flavour))}
    assert failures == {}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_file_of_the_small_project_passes(small_built: Built, flavour: str) -> None:
    assert len(small_built.pdfs) == 16
    failures = {pdf.name: found for pdf in small_built.pdfs if (found := failures_of(pdf, flavour))}
    assert failures == {}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_file_without_its_claims_or_its_tags_does_not_pass(
    small_built: Built, tmp_path: Path, flavour: str
) -> None:
    broken = tmp_path / "broken.pdf"
    with pikepdf.open(leaflet(small_built)) as pdf:
        del pdf.Root.StructTreeRoot
        pdf.save(broken)
    assert failures_of(broken, flavour) != []


def leaflet(built: Built) -> Path:
    return built.pdf("en/practices/mill-fund-en.pdf")


# The false alarm.


@pytest.fixture
def ends_with_cr(small_built: Built, tmp_path: Path) -> Path:
    """A file whose streams are all right, one with data that end with 0x0D."""
    path = tmp_path / "ends-with-cr.pdf"
    with pikepdf.open(leaflet(small_built)) as pdf:
        contents = [pikepdf.Stream(pdf, DATA), pdf.pages[0].obj.Contents]
        pdf.pages[0].obj.Contents = pikepdf.Array(
            [pdf.make_indirect(contents[0]), *pikepdf.Array(contents[1:])]
        )
        pdf.save(path, compress_streams=False)
    return path


def test_the_alarm_is_still_false(ends_with_cr: Path) -> None:
    """When this fails, page-validation has been mended: then take the exception out."""
    rules = [each.rule_id for each in page.validate_pdf(ends_with_cr, profile="2a").failures]
    assert rules == [STREAM_LENGTH]


def test_data_that_end_with_a_carriage_return_are_no_failure(ends_with_cr: Path) -> None:
    assert DATA in streams_of(ends_with_cr.read_bytes())
    assert is_false_alarm(ends_with_cr.read_bytes())
    assert failures_of(ends_with_cr, "2a") == []


@pytest.mark.parametrize("error", [-2, -1, 1, 2, 100])
def test_a_wrong_length_is_a_failure_though_other_data_end_so(
    ends_with_cr: Path, error: int
) -> None:
    content = ends_with_cr.read_bytes()
    lengths = [m for m in re.finditer(rb"/Length ([0-9]+)", content) if 110 < int(m[1]) < 890]
    wrong = lengths[0]
    length = b"%d" % (int(wrong[1]) + error)
    ends_with_cr.write_bytes(content[: wrong.start(1)] + length + content[wrong.end(1) :])
    with pytest.raises(WrongLength):
        list(streams_of(ends_with_cr.read_bytes()))
    assert not is_false_alarm(ends_with_cr.read_bytes())


def test_the_scan_finds_every_stream_that_pikepdf_finds(sample: Built) -> None:
    for path in sample.pdfs[::6]:
        with pikepdf.open(path) as pdf:
            known = {
                bytes(each.read_raw_bytes())
                for each in pdf.objects
                if isinstance(each, pikepdf.Stream)
            }
        assert known <= set(streams_of(path.read_bytes())), path.name
