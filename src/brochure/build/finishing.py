"""Finishing: what is published as it would be made is kept, the rest is ordered and made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain

from brochure.build.bindery import SECONDS_PER_PAGE, BindingTask, Finished, Order, laid_out
from brochure.build.shop import Shop
from brochure.build.volumes import Volumes
from brochure.diagnostics import Diagnostics, Place
from brochure.editions import Edition, Output
from brochure.publish import Published, Publisher
from brochure.workshop import Died


@dataclass
class Finishing:
    """The files of one build while they are made: `built` are staged, `reused` stay as they are."""

    volumes: Volumes
    publisher: Publisher
    built: list[Published] = field(default_factory=list)
    reused: list[Published] = field(default_factory=list)

    def finish(
        self,
        wanted: Iterable[tuple[Edition, list[Output]]],
        shop: Shop,
        found: Diagnostics,
        progress: Callable[[str, int, int], None],
    ) -> None:
        """Make the outputs that are wanted of each edition; those of one are made together.

        Raises `EntryLost` when a section is not in the cache any more.
        """
        orders: dict[tuple[Order, ...], Edition] = {}
        for edition, outputs in wanted:
            if missing := self._missing(edition, outputs):
                orders[missing] = edition
        total, done = len(self.reused) + sum(map(len, orders)), len(self.reused)
        progress("binding", done, total)
        if not orders:
            return
        tools = laid_out(self.volumes.tools(), shop.scratch)
        task = BindingTask(tools, shop.cache, self.publisher.staging)
        largest_first = sorted(orders, key=_pages, reverse=True)
        planned = {order.output.file: number for number, order in enumerate(chain(*orders))}
        seconds = sum(map(_pages, orders)) * SECONDS_PER_PAGE
        for made, finished in shop.workshop.run(task, largest_first, seconds):
            if isinstance(finished, Died):
                found.add(
                    "section-failed",
                    Place(orders[made].file),
                    f"the file could not be finished: {finished.reason}",
                    "build again with --jobs 1, which takes less memory at once",
                )
                continue
            for order, file in zip(made, finished, strict=True):
                self._add(orders[made], order, file)
            done += len(made)
            progress("binding", done, total)
        self.built.sort(key=lambda entry: planned[entry.file])

    def report_mixed(self, found: Diagnostics, layout: str) -> None:
        """Say which colours of all files, made or kept, have no recipe."""
        for colour in {each for file in (*self.built, *self.reused) for each in file.mixed}:
            found.add(
                "colour-without-recipe",
                Place(f"{layout}/layout.yaml"),
                f'the colour "{colour}" is no swatch, so it is printed as the profile mixes it',
                'use a swatch in its place, or add one with its recipe below "swatches"',
            )

    def _missing(self, edition: Edition, outputs: list[Output]) -> tuple[Order, ...]:
        """Return the orders of what is not published yet as it would be made."""
        missing = []
        for order in self.volumes.orders(edition, outputs):
            if last := self.publisher.published(order.output.file, order.key):
                self.reused.append(last)
            else:
                missing.append(order)
        return tuple(missing)

    def _add(self, edition: Edition, order: Order, made: Finished) -> None:
        entry = Published(
            file=order.output.file,
            edition=edition.id,
            output=str(order.output.outlet),
            title=order.metadata.title,
            languages=edition.languages,
            pages=made.pages,
            bytes=made.bytes,
            sha256=made.sha256,
            key=order.key,
            mixed=made.mixed,
        )
        self.publisher.add(entry)
        self.built.append(entry)


def _pages(orders: tuple[Order, ...]) -> int:
    return sum(order.pages for order in orders)
