"""What the writers are handed, and the words that go along inside every file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import orjson

from geo.text import Text
from layers.features.columns import Content
from layers.plan.catalog import LandClass, Layer


@dataclass(frozen=True)
class Parcel:
    """Features ready to be written.

    ``content`` has its geometry in ``crs`` already; ``wkt`` is None where no CRS names the coordinates.
    ``about`` is the provenance; writers add to ``notes`` what their format could not hold.
    """

    layer: Layer
    content: Content
    crs: str
    wkt: str | None
    classes: tuple[LandClass, ...]
    about: dict[str, Any]
    notes: list[Text]

    def told(self) -> dict[str, Any]:
        """Return the provenance with the notes, as plain values."""
        return self.about | {"notes": [asdict(note) for note in self.notes]}

    def as_json(self) -> str:
        """Return the provenance as JSON."""
        return orjson.dumps(self.told()).decode()

    def lines(self) -> list[tuple[str, str]]:
        """Return the provenance line by line, both languages."""
        about = self.about
        rows = [
            ("图层 / layer", f"{about['label']['zh']} / {about['label']['en']} ({about['layer']})"),
            ("规划 / plan", f"{about['plan']['zh']} / {about['plan']['en']}"),
            ("文件 / document", str(about["document"])),
            ("来源 / source", f"{about['source']['zh']} / {about['source']['en']}"),
            ("许可 / licence", f"{about['licence']['zh']} / {about['licence']['en']}"),
            ("版本 / version", f"{about['version']} ({about['stored_version'] or 'file'})"),
            ("导入 / import", f"{came['zh']} / {came['en']}" if (came := about["came_in"]) else "—"),
            ("坐标系 / CRS", f"{self.crs}"),
            ("筛选 / filters", "; ".join(about["filters"]) or "—"),
            ("要素 / features", f"{about['features']} ({about['placed']} 上图 / on the map)"),
            ("软件 / software", str(about["software"])),
        ]
        rows += [("说明 / note", f"{note.zh} / {note.en}") for note in self.notes]
        return rows
