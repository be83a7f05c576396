"""The bindery: orders in, finished files out, in whatever process it is called.

It knows nothing of the project but what lies ready in its tools, so that the files of a build can
be made by several processes at once.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from brochure import finish
from brochure.bind.binding import Binder, Leaf, OtherFile, Volume
from brochure.bind.metadata import Metadata
from brochure.cache import Cache, named_in_errors
from brochure.editions import Outlet, Output
from brochure.model.sheets import PrintProfile
from brochure.publish import digest_of, stage
from brochure.sources.fonts import Fonts

if TYPE_CHECKING:
    from brochure.finish.colour import PressColours

SECONDS_PER_PAGE = 0.003


@dataclass(frozen=True, eq=False)
class Order:
    """Everything that makes one file; the same key gives the same bytes.

    `elsewhere` are other files, by what links to them are called. `volume` is the digest of what
    all outputs of the edition have in common. Where the edition `has_cover_apart`, its print
    output is divided into book block and cover.
    """

    output: Output
    leaves: tuple[Leaf, ...]
    elsewhere: Mapping[str, OtherFile]
    metadata: Metadata
    volume: str
    key: str
    has_cover_apart: bool = False

    @property
    def pages(self) -> int:
        """The pages of the volume."""
        return sum(leaf.pages for leaf in self.leaves)


@dataclass(frozen=True)
class Finished:
    """A finished file in the staging folder: its pages, its bytes, their SHA-256, and the
    colours, "#rrggbb", that are printed as the profile mixes them."""

    pages: int
    bytes: int
    sha256: str
    mixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tools:
    """What all orders of a build have in common.

    `profiles` are the ICC profiles of presses by their paths, `recipes` the swatches in per cent
    of cyan, magenta, yellow and black; `face` is the font file of slug lines.
    """

    fonts: Fonts
    srgb: bytes = field(repr=False)
    profiles: Mapping[str, bytes] = field(repr=False)
    prints: Mapping[str, PrintProfile]
    recipes: Mapping[str, tuple[int, int, int, int]]
    face: bytes = field(repr=False)


class Bindery:
    """Makes files. What several of them hold is opened once, and turned into inks once."""

    def __init__(self, tools: Tools, cache: Cache) -> None:
        self._tools, self._cache = tools, cache
        self._binder = Binder(tools.fonts, cache.content)
        self._colours: dict[str, PressColours] = {}
        self._pictures = finish.ScreenPictures(cache)
        self._last_screen: tuple[str, bytes] = "", b""

    def make(self, order: Order) -> tuple[bytes, int, frozenset[str]]:
        """Return the finished file, its number of pages, and the colours without a recipe.

        Raises `EntryLost` when a section is not in the cache as it was made.
        """
        return _MAKERS[order.output.outlet](self, order)

    def _bound(self, order: Order) -> Volume:
        return self._binder.bind(list(order.leaves), order.elsewhere)

    def _screen(self, order: Order) -> tuple[bytes, int, frozenset[str]]:
        if self._last_screen[0] != order.volume:
            srgb = self._tools.srgb
            made = finish.screen(self._bound(order), order.metadata, srgb, self._pictures)
            self._last_screen = order.volume, made
        return self._last_screen[1], order.pages, frozenset()

    def _for_paper(self, order: Order) -> tuple[bytes, int, frozenset[str]]:
        """Return the pages of the screen file as an office printer gets them: with codes."""
        if not any(leaf.codes for leaf in order.leaves):
            return self._screen(order)
        from brochure.finish.codes import draw_codes

        volume = self._bound(order)
        draw_codes(volume)
        made = finish.screen(volume, order.metadata, self._tools.srgb, self._pictures)
        return made, order.pages, frozenset()

    def _booklet(self, order: Order) -> tuple[bytes, int, frozenset[str]]:
        from brochure.finish.booklet import booklet

        pages, count, _ = self._for_paper(order)
        profile = self._tools.prints[order.output.profile or ""]
        return booklet(pages, profile.caliper), -(-count // 4) * 2, frozenset()

    def _press(self, order: Order) -> tuple[bytes, int, frozenset[str]]:
        from brochure.finish.press import Intent, press

        profile = self._tools.prints[order.output.profile or ""]
        content = self._tools.profiles[profile.profile]
        face = self._tools.face if profile.marks else None
        intent = Intent(profile.condition, content, profile.bleed, face)
        colours = self._press_colours(profile.profile)
        made, mixed = press(self._bound(order), order.metadata, intent, colours, order.key)
        if not order.has_cover_apart:
            return made, order.pages, mixed
        return (*self._parted(made, profile, order), mixed)

    def _parted(self, made: bytes, profile: PrintProfile, order: Order) -> tuple[bytes, int]:
        """Return the book block without its cover, or the cover with its spine."""
        from brochure.finish.cover import COVER_PAGES, split_cover
        from brochure.finish.imposition import spine_mm

        block = order.pages - COVER_PAGES
        spine = spine_mm(block, profile.caliper) if profile.binding == "perfect" else 0
        face = self._tools.face if profile.marks else None
        inside, cover = split_cover(made, profile.bleed, spine, face=face)
        return (cover, 2) if order.output.outlet is Outlet.COVER else (inside, block)

    def _press_colours(self, profile: str) -> PressColours:
        from brochure.finish.colour import PressColours

        if profile not in self._colours:
            tools = self._tools
            self._colours[profile] = PressColours(
                tools.recipes, tools.srgb, tools.profiles[profile], self._cache
            )
        return self._colours[profile]


_MAKERS = {
    Outlet.SCREEN: Bindery._screen,
    Outlet.PRINT: Bindery._press,
    Outlet.COVER: Bindery._press,
    Outlet.BOOKLET: Bindery._booklet,
}


@dataclass(frozen=True)
class BindingTask:
    """Makes all files that are wanted of one edition, and stages them.

    The `tools` lie in a file that `laid_out` has written: they are megabytes, and each process
    fetches them once.
    """

    tools: Path
    cache: Cache
    staging: Path

    def __call__(self, orders: tuple[Order, ...]) -> list[Finished]:
        """Return what was finished, in order; raises `EntryLost` for what was lost meanwhile."""
        if self.tools not in _binderies:  # made of other tools, or for another build
            _binderies.clear()
            tools: Tools = pickle.loads(self.tools.read_bytes())
            _binderies[self.tools] = Bindery(tools, self.cache)
        return [self._finished(_binderies[self.tools], order) for order in orders]

    def _finished(self, bindery: Bindery, order: Order) -> Finished:
        content, pages, mixed = bindery.make(order)
        stage(self.staging, order.output.file, content)
        return Finished(pages, len(content), digest_of(content), tuple(sorted(mixed)))


_binderies: dict[Path, Bindery] = {}  # one at most: of the build that goes on


def laid_out(tools: Tools, folder: Path) -> Path:
    """Write tools to a file in a folder that only this build uses; returns its path.

    It is named by its digest: a process that has fetched the same tools keeps them.
    """
    content = pickle.dumps(tools, protocol=pickle.HIGHEST_PROTOCOL)
    path = folder / f"{digest_of(content)}.tools"
    if not path.exists():
        with named_in_errors(path):
            path.write_bytes(content)
    return path
