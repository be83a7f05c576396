"""HTML of a section in, one small tagged PDF out; each is made once and kept."""

from brochure.typeset.darkroom import Darkroom, photo_file
from brochure.typeset.galley import Anchor, Galley, Remark
from brochure.typeset.times import Times
from brochure.typeset.typesetter import (
    Failure,
    Job,
    TypesetTask,
    Typesetter,
    job,
    key_of,
    surroundings,
)

__all__ = [
    "Anchor",
    "Darkroom",
    "Failure",
    "Galley",
    "Job",
    "Remark",
    "Times",
    "TypesetTask",
    "Typesetter",
    "job",
    "key_of",
    "photo_file",
    "surroundings",
]
