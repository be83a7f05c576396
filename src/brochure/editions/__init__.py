"""The plan: which files exist, what they are called, which sections they hold."""

from brochure.editions.blocks import filled_regions
from brochure.editions.planning import plan
from brochure.editions.sections import (
    NUMBERED,
    OF_A_PLAN,
    OF_THE_EDITION,
    Block,
    Edition,
    Kind,
    Note,
    Outlet,
    Output,
    Part,
    Section,
    Selection,
)

__all__ = [
    "NUMBERED",
    "OF_A_PLAN",
    "OF_THE_EDITION",
    "Block",
    "Edition",
    "Kind",
    "Note",
    "Outlet",
    "Output",
    "Part",
    "Section",
    "Selection",
    "filled_regions",
    "plan",
]
