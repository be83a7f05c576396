"""JSON Schemas of the source files, so that an editor completes and checks while one types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from brochure.layouts.folder import LayoutSheet
from brochure.model.sheets import SCHEMAS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_texts() -> dict[str, str]:
    """Return the text of each schema by file name."""
    sheets = SCHEMAS | {"layout": LayoutSheet}
    texts = {}
    for name, sheet in sheets.items():
        schema: dict[str, Any] = {"$schema": DIALECT, **_plain(sheet.model_json_schema())}
        texts[f"{name}.schema.json"] = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
    return texts


def _plain(schema: Any) -> Any:
    """Return a schema without pydantic's titles, which say what the key says already."""
    if isinstance(schema, dict):
        return {
            key: _plain(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [_plain(item) for item in schema] if isinstance(schema, list) else schema


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in schema_texts().items():
        (folder / name).write_text(text, encoding="utf-8")
        paths.append(folder / name)
    return paths
