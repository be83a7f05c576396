"""HTML of a section in, one small tagged PDF out; each is made once and kept."""

from brochure.typeset.cache import Anchor, Cache, Remark, Typeset, write_whole
from brochure.typeset.pool import Failure, Job, Typesetter, job, surroundings

__all__ = [
    "Anchor",
    "Cache",
    "Failure",
    "Job",
    "Remark",
    "Typeset",
    "Typesetter",
    "job",
    "surroundings",
    "write_whole",
]
