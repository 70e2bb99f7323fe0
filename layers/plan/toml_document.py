"""A TOML file read table by table, so that one bad table costs only itself and every key has a line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.text import Text
from layers.errors import DeclarationError

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_\-]+(?:\s*\.\s*[A-Za-z0-9_\-]+)*)\s*\]\]?\s*(?:#.*)?$")
_AT_LINE = re.compile(r"\(at line (\d+),")


@dataclass(frozen=True)
class Section:
    """The tables that share a top-level name (``plan``) or a top-level name and an id (``layers.parks``)."""

    file: str
    name: tuple[str, ...]
    text: str
    first_line: int

    def table(self) -> dict[str, object]:
        """Return the section's own table.

        Raises
        ------
        DeclarationError
            The text is not TOML; the message says the line.
        """
        try:
            table: object = tomllib.loads(self.text)
        except (ValueError, RecursionError) as error:  # no TOML, a number too long, nested too deep
            found = _AT_LINE.search(str(error))
            line = self.first_line + (int(found.group(1)) - 1 if found else 0)
            raise DeclarationError(
                file=self.file,
                line=line,
                path=".".join(self.name),
                found_zh=f"TOML 语法错误（{error}）",
                found_en=f"TOML syntax error ({error})",
                expected_zh="有效的 TOML",
                expected_en="valid TOML",
            ) from error
        for key in self.name:
            table = table[key] if isinstance(table, dict) else {}
        return table if isinstance(table, dict) else {}

    def line_of(self, path: tuple[str | int, ...]) -> int:
        """Return the line that declares ``path`` (keys and list positions below the section's table)."""
        keys = [str(key) for key in path if isinstance(key, str)]
        position = next((key for key in path if isinstance(key, int)), 0)
        best, seen, inside = self.first_line, 0, True
        for number, line in enumerate(self.text.split("\n"), self.first_line):
            header = _HEADER.match(line)
            if header:
                tail = _split(header.group(1))[len(self.name) :]
                inside = tail == tuple(keys[: len(tail)])
                if inside and line.lstrip().startswith("[["):
                    inside = seen == position
                    seen += 1
                if inside and tail:
                    best = number
            elif inside and keys and re.match(rf"\s*{re.escape(keys[-1])}\s*=", line):
                return number
            elif inside and len(keys) > 1 and re.match(rf"\s*{re.escape(keys[-2])}\s*=", line):
                best = number
        return best

    def mistake(self, found: Text, expected: Text) -> DeclarationError:
        """Return the error that the table means something else than is expected."""
        return DeclarationError(
            file=self.file,
            line=self.line_of(()),
            path=".".join(self.name),
            found_zh=found.zh,
            found_en=found.en,
            expected_zh=expected.zh,
            expected_en=expected.en,
        )


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in dotted.split("."))


def read_sections(path: Path, *, depths: Mapping[str, int]) -> tuple[Section, ...]:
    """Cut a TOML file into sections.

    Parameters
    ----------
    path
        The file, UTF-8.
    depths
        For each top-level name how many names make a section: 1 for ``plan``, 2 for ``layers.parks``.

    Raises
    ------
    DeclarationError
        The file is missing, not UTF-8, or has a table under an unknown top-level name.
    """
    file = path.name
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise DeclarationError(
            file=file,
            line=1,
            path="-",
            found_zh="文件不存在" if missing else "文件无法按 UTF-8 读取",
            found_en="the file is missing" if missing else "the file cannot be read as UTF-8",
            expected_zh="UTF-8 编码的 TOML 文件",
            expected_en="a TOML file in UTF-8",
        ) from error
    return tuple(_sections(file, text, depths))


def _sections(file: str, text: str, depths: Mapping[str, int]) -> Iterator[Section]:
    name: tuple[str, ...] | None = None
    start, lines = 1, text.split("\n")
    quoted = False
    for number, line in enumerate(lines, 1):
        header = None if quoted else _HEADER.match(line)
        if name is None and not header and line.strip() and not line.lstrip().startswith("#"):
            word = line.split("=")[0].strip()
            raise unknown_word(file=file, line=number, path=word, word=word, known=tuple(depths), kind="table")
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
        if not header:
            continue
        keys = _split(header.group(1))
        if keys[0] not in depths:
            if name is not None and len(lines) > number and not line.startswith("["):
                continue  # an indented array row that only looks like a header
            raise unknown_word(
                file=file, line=number, path=".".join(keys), word=keys[0], known=tuple(depths), kind="table"
            )
        here = keys[: depths[keys[0]]]
        if here == name:
            continue
        if name is not None:
            yield Section(file, name, "\n".join(lines[start - 1 : number - 1]), start)
        name, start = here, number
    if name is not None:
        yield Section(file, name, "\n".join(lines[start - 1 :]), start)


def unknown_word(
    *, file: str, line: int, path: str, word: str, known: tuple[str, ...], kind: str
) -> DeclarationError:
    """Return the error for a word that is not one of ``known``, suggesting the nearest.

    Parameters
    ----------
    file, line, path
        Where the word stands: file name, line from 1, dotted key.
    word
        What stands there.
    known
        The words that may stand there.
    kind
        What it is, as the message calls it: ``key``, ``value`` ...
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    near = get_close_matches(word, known, n=1, cutoff=0.6)
    kind_zh = {"table": "未知的表", "key": "未知的键", "value": "未知的值"}[kind]
    return DeclarationError(
        file=file,
        line=line,
        path=path,
        found_zh=f"{kind_zh} '{word}'" + (f"，是否想写 '{near[0]}'？" if near else ""),
        found_en=f"unknown {kind} '{word}'" + (f"; did you mean '{near[0]}'?" if near else ""),
        expected_zh="以下之一：" + "、".join(known),
        expected_en="one of " + ", ".join(known),
    )
