"""The last look at a finished file, opened afresh with libraries that did not write it."""

from brochure.preflight.check import preflight
from brochure.preflight.findings import Finding, Job, Level

__all__ = ["Finding", "Job", "Level", "preflight"]
