"""Holds the maps of regions: the projection, the countries, and names that never collide."""

from __future__ import annotations

from itertools import combinations

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from brochure.build import read
from brochure.diagnostics import Diagnostics
from brochure.editions import Kind
from brochure.layouts import Composed, Composer, Listing
from brochure.maps import LocatorMap, Spot, locator
from brochure.maps.countries import FILE, Box, clipped, countries
from brochure.maps.labels import labelled, width_of
from brochure.maps.projection import projected
from brochure.sources import Folder

VIENNA = Spot("Wien", 48.21, 16.37)
RIGA = Spot("Riga", 56.95, 24.11)


def drawn(country: str, *spots: Spot, width: float = 121, height: float = 62) -> LocatorMap:
    found = locator(country, spots, width, height, 2.75)
    assert found is not None
    return found


# -- the projection


def test_the_projection_meets_the_published_point() -> None:
    # IOGP Guidance Note 7-2, Lambert Azimuthal Equal Area: the example for EPSG:3035.
    east, north = projected(50, 5)
    assert east == pytest.approx(3962799.45, abs=0.01)
    assert north == pytest.approx(2999718.85, abs=0.01)


def test_the_centre_of_the_projection_has_its_false_origin() -> None:
    assert projected(52, 10) == pytest.approx((4321000, 3210000), abs=1e-6)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_projection_has_a_point_for_all_degrees(latitude: float, longitude: float) -> None:
    assert all(abs(each) < 1e9 for each in projected(latitude, longitude))


# -- the countries


def test_the_countries_have_their_areas() -> None:
    known = {"AT": 83879, "BE": 30689, "LV": 64589, "ES": 505990, "IT": 302073}  # Eurostat, km²
    for code, area in known.items():
        there = sum(ring.area for ring in countries()[code]) / 100
        assert there == pytest.approx(area, rel=0.02), code


def test_the_countries_are_small_and_say_where_they_come_from() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(text) < 150_000
    assert "Natural Earth" in text
    assert '"licence":"public domain"' in text


@pytest.mark.parametrize("pair", [("AT", "IT"), ("BE", "FR"), ("LV", "EE"), ("ES", "PT")])
def test_neighbours_share_the_points_of_their_border(pair: tuple[str, str]) -> None:
    one, other = ({p for ring in countries()[code] for p in ring.points} for code in pair)
    assert len(one & other) > 10


def test_what_is_clipped_lies_in_the_box() -> None:
    ring = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    assert Box.around(clipped(ring, Box(2, 2, 20, 5))) == Box(2, 2, 10, 5)
    assert clipped(ring, Box(11, 11, 12, 12)) == []


# -- the frame


def test_a_map_shows_the_country_and_its_neighbours() -> None:
    found = drawn("AT", VIENNA)
    assert found.own.startswith("M")
    assert len(found.others) >= 7
    assert [label.text for label in found.labels] == ["Wien"]


def test_without_places_there_is_no_map() -> None:
    assert locator("AT", [], 121, 62, 2.75) is None


def test_a_country_that_is_not_known_is_a_map_of_its_places() -> None:
    found = drawn("XX", RIGA, Spot("Cēsis", 57.31, 25.27))
    assert found.own == ""
    assert found.others
    assert len(found.dots) == 2


def test_islands_far_away_do_not_widen_the_frame_until_a_practice_is_there() -> None:
    barcelona, tenerife = Spot("Barcelona", 41.39, 2.17), Spot("Tenerife", 28.46, -16.25)
    near, far = drawn("ES", barcelona), drawn("ES", barcelona, tenerife)
    assert len(far.own) < len(near.own) * 1.5
    for x, y in far.dots:
        assert 0 < x < 121
        assert 0 < y < 62
    assert {label.text for label in far.labels} == {"Barcelona", "Tenerife"}


def test_places_with_the_same_point_are_one_dot() -> None:
    found = drawn("LV", RIGA, Spot("Rīga", RIGA.latitude, RIGA.longitude), RIGA)
    assert found.names == ("Riga",)
    assert len(found.dots) == len(found.labels) == 1


def test_the_names_of_wallonia_all_have_room_on_the_lowest_map() -> None:
    places = {"Lüttich": (50.63, 5.57), "Charleroi": (50.41, 4.44), "Namur": (50.47, 4.87)}
    spots = [Spot(name, *point) for name, point in {**places, "Mons": (50.45, 3.95)}.items()]
    assert len(drawn("BE", *spots, height=34).labels) == 4


def test_a_name_among_many_is_led_away() -> None:
    dots = [((60.0 + 3 * x, 30.0 + 3 * y), f"Name {x}{y}") for x in range(3) for y in range(3)]
    labels = labelled(dots, Box(0, 0, 121, 62), 2.75, 0.9)
    assert len(labels) == 9
    assert any(label.leader for label in labels)


# -- the names

NAMES = st.text(st.characters(categories=("L", "Zs", "Pd")), min_size=1, max_size=24)
SPOTS = st.builds(Spot, NAMES, st.floats(47, 49), st.floats(10, 17))


@settings(max_examples=150, deadline=None)
@given(st.lists(SPOTS, min_size=1, max_size=12), st.sampled_from([34.0, 62.0, 76.0]))
def test_no_two_names_overlap_and_none_leaves_the_map(spots: list[Spot], height: float) -> None:
    found = drawn("AT", *spots, height=height)
    paper = Box(0, 0, 121, height)
    assert all(paper.holds(label.box) for label in found.labels)
    assert not any(a.box.meets(b.box) for a, b in combinations(found.labels, 2))
    for x, y in found.dots:
        dot = Box(x - found.radius, y - found.radius, x + found.radius, y + found.radius)
        assert paper.holds(dot)
        assert not any(label.box.meets(dot) for label in found.labels)
    assert drawn("AT", *spots, height=height) == found


def test_a_name_is_not_wider_than_its_estimate() -> None:
    uharfbuzz = pytest.importorskip("uharfbuzz")
    file = next(ROOT.glob("fonts/**/SourceSans3-Regular.*"))
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(file.read_bytes())))
    for name in ("Wien", "Charleroi", "Lüttich", "Barcelona", "MONS", "Mmwm", "Βρυξέλλες", "София"):
        buffer = uharfbuzz.Buffer()
        buffer.add_str(name)
        buffer.guess_segment_properties()
        uharfbuzz.shape(font, buffer)
        advance = sum(each.x_advance for each in buffer.glyph_positions) / font.face.upem
        assert advance <= width_of(name, 1), name


# -- on the page


def opener(region: str, language: str) -> Composed:
    found = Diagnostics()
    desk = read(Folder(ROOT), found)
    assert desk is not None
    section, edition = next(
        (section, edition)
        for section, edition in desk.sections()
        if (section.kind, section.subject, section.language) == (Kind.REGION, region, language)
    )
    composed = Composer(desk.project, desk.layout, found).section(section, edition, Listing())
    assert composed is not None
    return composed


def test_the_opener_of_a_region_has_its_map_with_a_text_alternative() -> None:
    html = opener("wallonia", "de").html
    assert 'alt="Karte: Wallonien. Orte der Praktiken: ' in html
    assert "Charleroi" in html
    assert "Lüttich" in html
