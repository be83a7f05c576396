"""Holds the contrast of colours to the web's rules (WCAG 2.1, 1.4.3)."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from brochure.build import read
from brochure.diagnostics import Diagnostics
from brochure.layouts.folder import READABLE, contrast
from brochure.sources import Folder

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#123456", "#123456", 1.0),
    ],
)
def test_the_contrast_of_known_colours_is_that_of_the_standard(
    one: str, other: str, ratio: float
) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_contrast_is_the_same_both_ways_and_between_1_and_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


def test_the_region_colours_of_the_sample_can_be_read_on_paper() -> None:
    desk = read(Folder(ROOT), Diagnostics())
    assert desk is not None
    swatches = desk.layout.sheet.swatches
    for region in desk.project.regions.values():
        for name in (region.facts.swatch, f"{region.facts.swatch}-deep"):
            assert contrast(swatches[name].srgb, swatches["paper"].srgb) >= READABLE, name
