"""What texts of a column are: numbers, numbers with units, dates; changed only as a whole, and said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import (
    ArrowArray,
    ArrowColumn,
    ArrowField,
    encode_texts,
    fill_null,
    if_else,
    is_equal,
    normalize_texts,
    not_equal,
    texts_of,
)
from layers.imports.below_zero import below_zero
from layers.imports.column import TABLES, ReadColumn, SeenColumn, left_as_text, unit_from_header
from layers.imports.dates import (
    DATE_NAME,
    PRECISIONS,
    SERIES,
    days_of_excel,
    is_year_last,
    iso_dates,
    months_year_first,
    put_year_first,
)
from layers.imports.draft import Draft
from layers.imports.encoding import repair_garbled
from layers.imports.numbers import DecimalSign, NumberEvidence, decimal_for, evidence_of, merged_evidence
from layers.imports.numeric import as_about, as_numbers
from layers.imports.said_types import as_said
from layers.imports.spoken_dates import digits_of_spelled, parts_of_years, whole_clock
from layers.imports.units import unit_in_header
from layers.plan.catalog import Field

_NUMERIC = r"^[-+]?[.,]?\d"
_YEAR_MONTH = r"^(?:19|20)\d{2}(?:\.(?:0?[1-9]|1[0-2]))?$"
_SHORT_DAY = r"^'?\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?$|^\d{1,2}\s*月\s*\d{1,2}\s*[日号]$"
_WRITTEN_DAY = (
    r"^\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?(?:[ T](?:[01]?\d|2[0-3]):[\d:.]+)?$"
    r"|^00[-/.]00[-/.]0000$"
)
_NOTHING = (  # what people write where there is no value
    r"^(?i:n/?a|null|none|nan|nil|unknown|not known|not available"
    r"|#n/a|#value!|#div/0!|#ref!|#name\?|#num!|#null!)$"
    r"|^(?:无|暂无|无数据|缺|缺失|空|未知|不详)$"
    r"|^[-\x{2010}-\x{2015}\x{2500}/\\*.\x{2026}]+$"
)
_YUAN = r"^([-+]?)(?:¥|(?i:rmb|cny)\s|人民币)\s*([\d.,' ]*\d[^元\d]*)元?$"  # ¥1,200 is 1,200元
_SIGNS = (  # of money, before its number
    r"((?i:us\$|hk\$|nt\$|r\$|ca?\$|au?\$|s\$|kshs?\.?|usd|eur|gbp|hkd|jpy|krw|twd|brl|kes|inr|cad|aud|sgd|chf"
    r"|rub|sek|nok|dkk)|[$€£₩₹₽¥])\s*"
)
_MONEY_BEFORE = rf"^([-+]?){_SIGNS}([-+]?)([\d.,' ]*\d)"  # $1,234.50 is 1,234.50 $
_MONEY_IN_BRACKETS = rf"^\({_SIGNS}([\d.,' ]*\d)\)$"
_MONEY_TIMES = {
    "": "",
    "千": r" ?(?i:k|thousand)",
    "百万": r" ?(?i:m|mn|mio\.?|million)",
    "十亿": r" ?(?i:bn?|billion)",
}
_FULL_WIDTH = "[０-９]"
_FEW = 5
_STAYS = ("text", "code", "list")


def recognise_values(
    draft: Draft,
    *,
    fields: Mapping[str, Field] | None = None,
    keep: Collection[str] = frozenset(),
    types: Mapping[str, str] | None = None,
    decimal: str = "",
) -> Draft:
    """Return a draft whose garbled texts are repaired and whose numbers and dates are such, with notes.

    A column is changed only when every value of it that is not empty reads as a number with one kind of unit, as
    a plain number (CSV and Excel sheets), or as a date. Codes with leading zeros, numbers of more than 15 digits,
    1.1 beside 1.10 and columns named as ids stay text. Where the unit written was converted, the text stays in
    ``<name>_raw``. Where a comma may be the decimal sign and nothing decides, it is asked.

    Parameters
    ----------
    draft
        As read.
    fields
        What the catalog declares of a layer that exists: its texts stay texts, its units are the target.
    keep
        Columns that stay text whatever they hold: ids, classes.
    types
        What a person says columns hold; what does not read so is left empty, told, and kept beside it.
    decimal
        The decimal sign a person says: ``.`` or ``,``.
    """
    draft = repair_garbled(draft)
    types = types or {}
    notes, declared = list(draft.notes), {k: dict(v) for k, v in draft.declared.items()}
    questions = list(draft.questions)
    columns: dict[str, ArrowColumn] = {}
    schema: list[ArrowField] = []
    plain: list[str] = []
    taken = set(draft.properties.schema.names)
    looked = {
        name: _looked(column)
        for name, column in zip(draft.properties.schema.names, draft.properties.columns, strict=True)
    }
    file = merged_evidence(evidence_of(one[0]) for one in looked.values() if one)
    sign: DecimalSign = "." if decimal == "." else ("," if decimal == "," else "")
    angled = draft.reading.get("notation") == "dms"  # 31:51:36 is no time of day there
    angles = {draft.reading.get("x_column"), draft.reading.get("y_column")} if angled else set()
    locale = _Locale(sign, file, str(draft.reading.get("separator", "")))
    for one, column in zip(draft.properties.schema, draft.properties.columns, strict=True):
        known = (fields or {}).get(one.name)
        said = types.get(one.name, "")
        still = one.name in keep or bool(one.metadata) or (known is not None and known.type in _STAYS)
        still |= one.name in angles
        still |= one.name.endswith("_raw") and one.name[:-4] in taken  # the text beside a number of ours
        seen = _seen(one.name, looked[one.name], draft, known, locale=locale, lenient=bool(said))
        if said:
            below = below_zero(seen, marks=_says_nothing(seen)) if seen and said in ("number", "integer") else None
            read = as_said(one.name, column, below.seen if below else seen, said)
            read = _also(read, below.note if below else None)
        else:
            read = ReadColumn() if still else _of_full_width(_read(one.name, column, seen), column)
        columns[one.name] = column if read.values is None else read.values
        schema.append(one if read.values is None else pa.field(one.name, read.values.type))
        if read.question:
            questions.append(read.question)
        if read.note:
            notes.append(read.note)
        elif read.values is not None:
            plain.append(one.name)
        if read.declared:
            declared[one.name] = declared.get(one.name, {}) | dict(read.declared)
        if read.keep_raw:
            raw = f"{one.name}_raw"
            while raw in taken:
                raw += "_"
            taken.add(raw)
            columns[raw] = column
            schema.append(one.with_name(raw))
            declared.setdefault(one.name, {})["raw"] = raw
    if plain:
        notes.append(Text(f"作为数字读取的列：{'、'.join(plain)}", f"columns read as numbers: {', '.join(plain)}"))
    table = pa.table(list(columns.values()), schema=pa.schema(schema)) if columns else draft.properties
    once = {(q.option, q.text.en): q for q in questions}
    return replace(draft, properties=table, notes=tuple(notes), declared=declared, questions=tuple(once.values()))


def _looked(column: ArrowColumn) -> tuple[ArrowArray, ArrowArray] | None:
    """Return the distinct texts of a column, trimmed and in NFKC form, null where empty; and where each stands."""
    if column.type != pa.string():
        return None
    coded = encode_texts(column.combine_chunks())
    texts = normalize_texts(coded.dictionary)
    texts = pc.replace_substring_regex(texts, _YUAN, r"\1\2元")
    texts = _money_behind(texts)
    return if_else(is_equal(texts, ""), pa.scalar(None, pa.string()), texts), coded.indices


def _money_behind(texts: ArrowArray) -> ArrowArray:
    """Return texts in which a sign of money stands behind its number, where units stand: $1.5M is 1.5 百万$."""
    if not pc.any(pc.match_substring_regex(texts, _SIGNS)).as_py():
        return texts
    texts = pc.replace_substring_regex(texts, _MONEY_IN_BRACKETS, r"(\2 \1)")
    for times, written in _MONEY_TIMES.items():
        texts = pc.replace_substring_regex(texts, rf"{_MONEY_BEFORE}{written}$", rf"\1\3\4 {times}\2")
    return texts


@dataclass(frozen=True)
class _Locale:
    """How the file writes numbers, as a person says and as its columns say together; what separates them."""

    said: DecimalSign
    file: NumberEvidence
    separator: str


def _seen(
    name: str,
    looked: tuple[ArrowArray, ArrowArray] | None,
    draft: Draft,
    known: Field | None,
    *,
    locale: _Locale,
    lenient: bool,
) -> SeenColumn | None:
    if looked is None:
        return None
    own = evidence_of(looked[0])
    decimal, asked = decimal_for(own, said=locale.said, file=locale.file, separator=locale.separator)
    lenient |= known is not None and known.type in ("number", "integer")
    unit = str(draft.declared.get(name, {}).get("unit", ""))
    return SeenColumn(name, *looked, draft.format, known, own, decimal, asked, lenient, unit)


def _read(name: str, column: ArrowColumn, seen: SeenColumn | None) -> ReadColumn:
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        unit = unit_in_header(name)
        return (
            ReadColumn(declared={"unit": unit.name}, note=unit_from_header(name, unit)) if unit else ReadColumn()
        )
    if seen is None or seen.texts.null_count == len(seen.texts):
        return ReadColumn()
    flags = (
        _as_flags(seen)
        if seen.format in TABLES or (seen.declared is not None and seen.declared.type == "boolean")
        else None
    )
    if flags is not None:
        return flags
    below = below_zero(seen, marks=_says_nothing(seen))
    if below.left:
        return below.left
    return _also(_read_plainly(name, below.seen), below.note)


def _of_full_width(read: ReadColumn, column: ArrowColumn) -> ReadColumn:
    """Return a column that was read with a word on its full-width digits."""
    if read.values is None or column.type != pa.string():
        return read
    if not pc.any(pc.match_substring_regex(column, _FULL_WIDTH)).as_py():
        return read
    return _also(read, Text("全角数字按半角读取", "full-width digits are read as plain ones"))


def _also(read: ReadColumn, note: Text | None) -> ReadColumn:
    """Return a column that was read with one thing more said of it; nothing where it stays as it is."""
    if note is None or read.values is None:
        return read
    told = Text(f"{read.note.zh}；{note.zh}", f"{read.note.en}; {note.en}") if read.note else note
    return replace(read, note=told)


def _read_plainly(name: str, seen: SeenColumn) -> ReadColumn:
    known = len(seen.texts) - seen.texts.null_count
    plain, marks = _without_marks(replace(seen, texts=whole_clock(digits_of_spelled(seen.texts))))
    numeric = pc.match_substring_regex(plain.texts, _NUMERIC)
    if 2 * (pc.sum(numeric.cast(pa.int64())).as_py() or 0) < known - len(marks):
        return as_about(seen)
    read = _as_dates(plain) or as_numbers(plain) or as_about(plain)
    if not marks or read.values is None:
        return read
    count = seen.rows(fill_null(pc.is_in(seen.texts, pa.array(marks)), False))
    words = "、".join(marks[:_FEW]), ", ".join(marks[:_FEW])
    zh, en = (
        f"列 {name} 有 {count} 个值只表示没有（{words[0]}），读作未知",
        (f"{count} values of column {name} only say that there is none ({words[1]}); read as unknown"),
    )
    return _also(read, Text(zh, en))


def _says_nothing(seen: SeenColumn) -> ArrowArray:
    return fill_null(pc.match_substring_regex(seen.texts, _NOTHING), False)


def _without_marks(seen: SeenColumn) -> tuple[SeenColumn, list[str]]:
    """Return a column whose cells that only say there is none are empty, and those cells' texts."""
    gone = _says_nothing(seen)
    marks = texts_of(seen.texts.filter(gone))
    if not marks or seen.format not in TABLES or len(marks) + seen.texts.null_count == len(seen.texts):
        return seen, []
    return replace(seen, texts=if_else(gone, pa.scalar(None, pa.string()), seen.texts)), marks


def _as_flags(seen: SeenColumn) -> ReadColumn | None:
    """Read a column of nothing but true and false as such."""
    words = pc.utf8_lower(seen.texts)
    if not pc.all(pc.is_in(words.drop_null(), pa.array(["true", "false"]))).as_py():
        return None
    return ReadColumn(
        seen.spread(if_else(pc.is_null(words), pa.scalar(None, pa.bool_()), is_equal(words, "true"))),
        note=Text(f"列 {seen.name} 为真假值", f"column {seen.name} holds true and false"),
    )


def _maybe_dates(seen: SeenColumn, texts: ArrowArray) -> ReadColumn | None:
    """Return a column left as text whose cells could be months or a series; None where they could not."""
    if pc.all(fill_null(pc.match_substring_regex(texts, SERIES), True)).as_py():
        one = seen.example(seen.texts.is_valid())
        return left_as_text(
            seen,
            f"可能是年月，也可能是序号（如 {one}）；如为日期请指定类型",
            f"they may be months, or numbers of a series such as {one}; say the type if they are dates",
        )
    months = fill_null(pc.match_substring_regex(seen.texts, _YEAR_MONTH), True)
    if pc.all(months).as_py() and pc.any(pc.match_substring(seen.texts, ".")).as_py():
        return left_as_text(
            seen, "可能是年月（2021.1 与 2021.10 之别），也可能是数字", "they may be year.month, or numbers"
        )
    return None


def _has_digits(texts: ArrowArray) -> ArrowArray:
    """Tell which texts hold digits and are not written as days are: those may say something else than a date."""
    day = pc.match_substring_regex(texts, _WRITTEN_DAY)
    return pc.and_(pc.match_substring_regex(texts, r"\d"), pc.invert(day))


def _as_dates(seen: SeenColumn) -> ReadColumn | None:
    called = bool(DATE_NAME.search(seen.name)) or (seen.declared is not None and seen.declared.type == "date")
    dotted = "never" if seen.format == "XLSX" else "alone" if called else "beside"
    known = seen.texts.is_valid()
    days = days_of_excel(seen.texts) if called and seen.format in TABLES else seen.texts
    serial = not_equal(days, seen.texts)
    texts, order = put_year_first(months_year_first(days))
    if order == "open":
        one = seen.example(is_year_last(seen.texts))
        zh = f"日期写法不明（如 {one}，日在前还是月在前）；请改写为 2021-03-05 的形式"
        return left_as_text(
            seen, zh, f"{one} and its like may have the day or the month first; write them as 2021-03-05"
        )
    parts = parts_of_years(seen.texts)
    if 2 * seen.rows(parts) > seen.rows(known):
        one = seen.example(parts)
        return left_as_text(
            seen,
            f"多为季度、半年或旬（如“{one}”），不是日期；按时间查询请写成年或年月",
            f"most of it is a quarter, a half or an end of a year, such as “{one}”, and no date; "
            "write years or months to ask by time",
        )
    short = fill_null(pc.match_substring_regex(seen.texts, _SHORT_DAY), False)
    if called and seen.format in TABLES and 2 * seen.rows(short) > seen.rows(known):
        one = seen.example(short)
        return left_as_text(
            seen,
            f"多没有完整的年份（如“{one}”），不作为日期；请改写为 2021-03-05 的形式",
            f"most of it has no year in full, such as “{one}”, and is no date; write days as 2021-03-05",
        )
    found = iso_dates(fill_null(texts, ""), dotted=dotted, years=called)  # type: ignore[arg-type]
    if found is None:
        return _maybe_dates(seen, texts)
    iso, kind = found
    rest = "", ""
    unread = pc.and_(known, iso.is_null())
    count = seen.rows(unread)
    if count:
        if 2 * count > seen.rows(known):
            return None
        one = seen.example(unread)
        if pc.any(_has_digits(texts.filter(unread))).as_py():
            zh, en = (
                f"{count} 个值不能读作日期（如“{one}”）",
                f"{count} values do not read as dates, such as “{one}”",
            )
            return left_as_text(seen, zh, en)
        rest = (
            f"；{count} 个值不是日期，或没有这一天（如“{one}”），作为未知，原文另存一列",
            f"; {count} values are no dates, or of no such day, such as “{one}”: unknown, the text stands in a "
            "column beside it",
        )
    counted = pc.value_counts(seen.spread(kind).drop_null())
    counts = dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
    ordered = [(PRECISIONS[k], counts[k]) for k in PRECISIONS if k in counts]
    zh = f"列 {seen.name} 为日期，按各自精度记录：" + "、".join(f"{n} 个到{word[0]}" for word, n in ordered)
    en = f"column {seen.name} holds dates, each to its own precision: " + ", ".join(
        f"{n} {word[1]}" for word, n in ordered
    )
    zh, en = zh + rest[0], en + rest[1]
    if order:
        zh += f"；{'日' if order == 'day' else '月'}在前"
        en += f"; the {order} stands first"
    if pc.any(serial).as_py():
        serials, one = seen.rows(fill_null(serial, False)), seen.example(serial)
        day = days.filter(serial)[0].as_py()
        zh += f"；{serials} 个值是 Excel 的日期序号（如 {one} 为 {day}）"
        en += f"; {serials} values are Excel's numbers of days, such as {one} for {day}"
    declared = {} if "time" in counts else {"type": "date"}
    return ReadColumn(seen.spread(iso), declared, keep_raw=bool(count), note=Text(zh, en))
