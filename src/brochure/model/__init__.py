"""The frozen types of a project, and how they are read from its source files."""

from brochure.model.reading import BROCHURE_FILE, read_project
from brochure.model.types import (
    Figure,
    Passage,
    PlacedPhoto,
    Plan,
    PlanPart,
    Practice,
    Project,
    Region,
    Text,
    Texts,
    Uptake,
    consulting,
)

__all__ = [
    "BROCHURE_FILE",
    "Figure",
    "Passage",
    "PlacedPhoto",
    "Plan",
    "PlanPart",
    "Practice",
    "Project",
    "Region",
    "Text",
    "Texts",
    "Uptake",
    "consulting",
    "read_project",
]
