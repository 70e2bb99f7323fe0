"""What was said at a layer's last import: its next version is read by it, unless it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from geo.measure.crs_words import crs_label
from geo.text import Text
from layers.imports.database import Origin
from layers.imports.draft import Draft, Undecided
from layers.imports.errors import UnreadableFile
from layers.imports.formats.reading import read_source
from layers.imports.options import OPTIONS, ImportOptions
from layers.imports.periods import of_one_period
from layers.imports.telling import Progress
from layers.library.library import Library
from layers.library.provenance import import_of

_SUGGESTED = "encoding"  # kept, but a file that proves another is believed


def last_import(library: Library, layer: str) -> Mapping[str, Any]:
    """Return what the newest import of a layer recorded, empty where there is none."""
    newest = library.store.newest(layer)
    if newest is None:
        return {}
    found = import_of(library.store.versions(layer), newest.number)
    return found.about if found else {}


def kept_options(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person said then, as options; also of imports recorded before options were."""
    said = about.get("options")
    if isinstance(said, Mapping):
        return dict(said)
    kept: dict[str, Any] = {name: about[name] for name in ("class_field", "scheme") if about.get(name)}
    if about.get("used_crs") and about.get("used_crs") != about.get("declared_crs"):
        kept["crs"] = about["used_crs"]
    if about.get("swapped_axes"):
        kept["swapped"] = True
    if about.get("datum_parameters"):
        *numbers, last = str(about["datum_parameters"]).split(" ")
        turned = last in ("coordinate_frame", "position_vector")
        kept["datum_parameters"] = " ".join(numbers if turned else [*numbers, last])
        kept |= {"rotation": last} if turned else {}
    return kept


def read_again(
    path: Path, options: ImportOptions, kept: Mapping[str, Any], *, origin: Origin | None, progress: Progress
) -> tuple[Draft, ImportOptions, tuple[Text, ...]]:
    """Return a file read by what is said now, and else by what was kept with its layer.

    What was kept and does not fit this file (a column it lacks, an encoding its bytes contradict) is not used, and
    told. What the file itself declares of its CRS outranks what was said of a file that declared none.

    Parameters
    ----------
    path
        The file.
    options
        What is said now.
    kept
        What was kept with the layer, by the option's name.
    origin
        What the database knew, of a file taken from a table of it.
    progress
        ``progress(done, total)`` while it is read.
    """
    hints = {name: value for name, value in kept.items() if name != _SUGGESTED or options.encoding}
    merged = options.after(hints)
    notes: list[Text] = []
    try:
        draft = _read(path, merged, origin, progress)
    except UnreadableFile:
        if not hints:
            raise
        merged = options.after(
            {
                name: value
                for name, value in hints.items()
                if name in ("crs", "swapped", "datum_parameters", "rotation")
            }
        )
        draft = _read(path, merged, origin, progress)
        notes.append(
            Text(
                "上次的读取设置不适合此文件，未使用",
                "how the version before was read does not fit this file; not used",
            )
        )
    if _SUGGESTED in kept and not options.encoding and any(q.option == _SUGGESTED for q in draft.questions):
        merged = msgspec.structs.replace(merged, encoding=kept[_SUGGESTED])
        draft = _read(path, merged, origin, progress)
    used = {
        name: value
        for name, value in merged.said().items()
        if value and hints.get(name) == value and not getattr(options, name)
    }
    if used:
        zh = "、".join(f"{OPTIONS[name].label.zh} {_shown(value)}" for name, value in used.items())
        en = ", ".join(f"{OPTIONS[name].label.en} {_shown(value)}" for name, value in used.items())
        notes.append(Text(f"沿用上一版的设置：{zh}", f"as said for the version before: {en}"))
    return draft, merged, tuple(notes)


def _read(path: Path, options: ImportOptions, origin: Origin | None, progress: Progress) -> Draft:
    draft = read_source(path, options, origin=origin, progress=progress)
    return of_one_period(draft, options.rows_of, file=path.name)


def _shown(value: object) -> str:
    return ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


def settled_crs(
    draft: Draft, options: ImportOptions, asked: ImportOptions, about: Mapping[str, Any]
) -> tuple[ImportOptions, tuple[Text, ...]]:
    """Return the options with the CRS that holds: said now, declared by the file, or as in the version before.

    Parameters
    ----------
    draft
        What the file holds.
    options
        Said now or kept.
    asked
        Said now.
    about
        Of the version before; empty when there is none.
    """
    if asked.crs or not about:
        return options, ()
    declared_then, used_then = about.get("declared_crs"), str(about.get("used_crs") or "")
    if draft.crs is not None and options.crs and draft.crs != declared_then:
        declares, said = crs_label(draft.crs), crs_label(options.crs)
        note = Text(
            f"文件声明了坐标系 {declares.zh}，不再沿用上一版指定的 {said.zh}",
            f"the file declares {declares.en}; {said.en}, said for the version before, is not used",
        )
        return msgspec.structs.replace(options, crs="", swapped=None), (note,)
    if draft.crs is None and not options.crs and used_then:
        note = Text(
            f"沿用上一版的坐标系：{crs_label(used_then).zh}",
            f"the CRS is that of the version before: {crs_label(used_then).en}",
        )
        return msgspec.structs.replace(options, crs=used_then), (note,)
    return options, ()


def without_answered(draft: Draft, options: ImportOptions) -> Draft:
    """Return a draft without the questions that the options answer."""
    left = tuple(q for q in draft.questions if not getattr(options, q.option) and not _said_otherwise(q, options))
    return replace(draft, questions=left)


def _said_otherwise(question: Undecided, options: ImportOptions) -> bool:
    """Tell whether a CRS that is said answers what is asked of the file's own datum."""
    return question.option == "datum" and bool(options.crs)
