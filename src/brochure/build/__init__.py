"""The pipeline: from a folder of sources to a folder of PDFs."""

from brochure.build.pipeline import Desk, Report, Request, build, check, read

__all__ = ["Desk", "Report", "Request", "build", "check", "read"]
