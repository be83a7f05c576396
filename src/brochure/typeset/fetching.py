"""What the engine may read: files of the project, developed photos, and data in the document.

For the engine, every project is in the folder `/project`. It calls a picture by the digest of its
address, so with the real address a project that is moved, or sent to another machine, would not
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from brochure.pictures import PHOTO

PROJECT = PurePosixPath("/project")
BASE = f"file://{PROJECT}/"  # what addresses in a document and in a style sheet are relative to


class ProjectFetcher(URLFetcher):  # type: ignore[misc]
    """Reads `file:` addresses below `BASE` out of one folder, `photo:` and `data:` addresses; no
    others. `photo` returns a developed photo by its key."""

    def __init__(self, root: Path, photo: Callable[[str], bytes]) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)
        self._root, self._photo = root.resolve(), photo

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """Return the response; raises FatalURLFetchingError for anything outside the project.

        Raises FileNotFoundError for a file that is not there: a remark of the engine.
        """
        if url.startswith(PHOTO):
            content = self._photo(url.removeprefix(PHOTO))
            kind = "image/svg+xml" if content[:1] == b"<" else "application/octet-stream"
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        parts = urlsplit(url)
        if parts.scheme == "file" and parts.netloc in ("", "localhost"):
            url = self._file(url2pathname(parts.path)).as_uri()
        elif parts.scheme != "data":
            raise FatalURLFetchingError(f'"{url[:80]}" is not a file of the project')
        return super().fetch(url, headers)

    def _file(self, asked: str) -> Path:
        """Return the file that stands behind a path as the engine knows it."""
        outside = FatalURLFetchingError(f'"{asked}" lies outside the project')
        if not PurePosixPath(asked).is_relative_to(PROJECT):
            raise outside
        path = (self._root / PurePosixPath(asked).relative_to(PROJECT)).resolve()
        if not path.is_relative_to(self._root):
            raise outside
        if not path.is_file():
            raise FileNotFoundError("the project has no such file")
        return path
