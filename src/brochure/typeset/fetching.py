"""What the engine may read: files of the project, and data inside the document."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint.urls import FatalURLFetchingError, URLFetcher


class ProjectFetcher(URLFetcher):  # type: ignore[misc]
    """Reads `file:` addresses below one folder and `data:` addresses; refuses all others."""

    def __init__(self, root: Path) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)
        self._root = root.resolve()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """Return the response; raises FatalURLFetchingError for anything outside the project."""
        parts = urlsplit(url)
        if parts.scheme == "file":
            path = Path(url2pathname(parts.path)).resolve()
            if not path.is_relative_to(self._root):
                raise FatalURLFetchingError(f'"{path}" lies outside the project')
        elif parts.scheme != "data":
            raise FatalURLFetchingError(f'"{url[:80]}" is not a file of the project')
        return super().fetch(url, headers)
