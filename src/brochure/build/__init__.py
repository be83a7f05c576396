"""The pipeline: from a folder of sources to a folder of PDFs."""

from brochure.build.pipeline import Report, build, check, read
from brochure.build.proofs import Desk
from brochure.build.shop import Request

__all__ = ["Desk", "Report", "Request", "build", "check", "read"]
