"""English notes that count one thing say so: "1 features have" is "1 feature has", wherever a note is made.

Notes are written for many. Only a count that begins a clause and a noun of our own notes are changed, and nothing
that comes from a file: what stands in quotes, and the names of its layers and fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from geo.text import Text

_NOUNS = (
    "features|rows|values|cells|lines|columns|points|plots|numbers|members|geometries|collections|texts|links"
    "|surfaces|shapes|parts|days|months|years|times|hours|records|fields|layers|rings|vertices|places|areas"
    "|overlays|models|tours|curves|holes|gaps|overlaps|signs|names|positions|entities|objects|dates|keys|ids"
)
_VERBS = {
    "are": "is",
    "have": "has",
    "do": "does",
    "lie": "lies",
    "say": "says",
    "stand": "stands",
    "hold": "holds",
    "cross": "crosses",
    "make": "makes",
    "show": "shows",
    "come": "comes",
    "were": "was",
    "begin": "begins",
}
_IRREGULAR = {"geometries": "geometry", "vertices": "vertex", "entities": "entity"}
_ONE = re.compile(
    rf"(?P<before>^|[;:,(] |\b(?:of|and) )1 (?P<words>(?:(?!of\b)[a-z-]+ ){{0,3}}?)(?P<noun>{_NOUNS})\b"
    rf"(?:(?P<more> \([^()]*\)| under the table| of [^;,:()]{{1,60}}?|)(?P<verb> (?:{'|'.join(_VERBS)})\b))?"
)
_QUOTED, _ASIDE = "“[^”]*”", "\ufdd0"  # a character that no text holds
_BEFORE_NAME = r"(?:(?<=: )|(?<=, )|(?<=column )|(?<=of )|(?<=layer ))"
_COUNTS = re.compile(rf"\b1 |\b(?:{_NOUNS}|are|they|their)\b")
_ONE_ROW = re.compile(r"\(rows (\d[\d,]*)\)")
_REST = (
    (re.compile(r"\bis no ([a-z]+)s\b"), r"is no \1"),
    (re.compile(r"\bis read as areas\b"), "is read as an area"),
    (re.compile(r"\bdoes not read as numbers\b"), "does not read as a number"),
    (re.compile(r"\band are\b"), "and is"),
    (re.compile(r"\bis notes\b"), "is a note"),
    (re.compile(r"; they are\b"), "; it is"),
    (re.compile(r"; they stay\b"), "; it stays"),
    (re.compile(r"\btheir (coordinates|column|faces|number format)\b"), r"its \1"),
)


def in_number(note: Text, names: Iterable[str] = ()) -> Text:
    """Return a note whose English counts one thing as one; quotes and the names of a file stay as they are.

    Examples
    --------
    >>> in_number(Text("-", "1 features have heights (1 to 1), kept with their coordinates")).en
    '1 feature has heights (1 to 1), kept with its coordinates'
    >>> in_number(Text("-", "column d holds dates, each to its own precision: 1 days, 2 times")).en
    'column d holds dates, each to its own precision: 1 day, 2 times'
    >>> in_number(Text("-", "the file has several layers: phase 1 sites, a; M values of 1 features are lost")).en
    'the file has several layers: phase 1 sites, a; M values of 1 feature are lost'
    >>> in_number(Text("-", "1 rows have no place in “1 rows”, of 1 areas, b"), ["1 areas"]).en
    '1 row has no place in “1 rows”, of 1 areas, b'
    """
    subject = False

    def one(found: re.Match[str]) -> str:
        nonlocal subject
        verb = found["verb"] or ""
        if not found["before"].startswith(("of", "and")):
            verb, subject = f" {_VERBS[verb.strip()]}" if verb else "", True
        noun = _IRREGULAR.get(found["noun"], found["noun"].removesuffix("s"))
        return f"{found['before']}1 {found['words']}{noun}{found['more'] or ''}{verb}"

    own = sorted({name for name in names if len(name) > 1 and name in note.en}, key=len, reverse=True)
    theirs = re.compile("|".join([_QUOTED, *(rf"{_BEFORE_NAME}{re.escape(name)}(?!\w)" for name in own)]))
    kept: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        kept.append(found[0])
        return _ASIDE

    english = _ONE.sub(one, theirs.sub(put_aside, note.en))
    english = _ONE_ROW.sub(r"(row \1)", english)
    for form, instead in _REST if subject else ():
        english = form.sub(instead, english)
    english = re.sub(_ASIDE, lambda _: kept.pop(0), english)
    return note if english == note.en else replace(note, en=english)


def notes_in_number(notes: Iterable[Text], names: Iterable[str] = ()) -> tuple[Text, ...]:
    """Return notes as `in_number` writes each.

    Parameters
    ----------
    notes
        Of a look or an import.
    names
        Of the file's layers and fields.
    """
    own = [name for name in names if _COUNTS.search(name)]
    return tuple(in_number(note, own) for note in notes)
