"""The pipeline: from a folder of sources to a folder of PDFs."""

from brochure.build.pipeline import Report, Request, build, check, read
from brochure.build.proofs import Desk

__all__ = ["Desk", "Report", "Request", "build", "check", "read"]
