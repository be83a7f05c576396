"""The pipeline: from a folder of sources to a folder of PDFs."""

from brochure.build.pipeline import build, check, read, unknown_in
from brochure.build.proofs import Desk
from brochure.build.shop import Request

__all__ = ["Desk", "Request", "build", "check", "read", "unknown_in"]
