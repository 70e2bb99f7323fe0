"""What libraries say of a broken file, in both languages: the common of it in Chinese, the rest quoted."""

from __future__ import annotations

import re

from geo.text import Text

# The first that fits is said, so that the narrower stand before the wider.
_KNOWN = tuple(
    (re.compile(pattern, re.IGNORECASE), zh)
    for pattern, zh in (
        (r"not recognized as", "不是可识别的格式"),
        (r"nothing in it can be read", "其中没有可读取的内容"),
        (r"bad_alloc|out of memory|cannot allocate|realloc|MemoryError", "读取所需内存超过上限"),
        (r"permission denied", "没有读取权限"),
        (r"no such file", "文件不存在"),
        (r"is a directory", "这是文件夹，不是文件"),
        (r"bad crc|crc error|crc check", "压缩包校验失败"),
        (
            r"not a zip|invalid zip|zip archive|magic number for|EOCD",
            "压缩包不完整，或不是压缩包",
        ),
        (
            r"decompress|inflate|invalid (stored block|distance|literal)|zlib|lzma",
            "压缩内容损坏，无法解压",
        ),
        (r"compression (method|type)", "压缩方式不受支持"),
        (r"encrypted|password", "文件有密码"),
        (r"not a database", "不是 SQLite 数据库"),
        (r"disk image is malformed", "数据库内容损坏"),
        (r"no such table", "缺少应有的表"),
        (r"magic bytes|smaller than the (size|minimum)|footer", "Parquet 文件不完整，或不是 Parquet 文件"),
        (r"thrift|page header|not valid base64|snappy|zstd|corrupt", "内容损坏"),
        (
            r"unclosed (token|cdata)|premature end|no element|document is empty",
            "XML 在中间结束，文件可能被截断",
        ),
        (r"mismatch(ed)? tag|tag mismatch|opening and ending tag", "XML 的标签不配对"),
        (r"not well-formed|invalid (element|token)|start ?tag|extra content|attvalue|xml", "XML 写法有误"),
        (r"entity", "XML 含有不允许的实体"),
        (r"truncated|unexpected (eof|end)|end of (data|file|input)|ended (early|unexpectedly)", "文件可能被截断"),
        (r"recursion|nesting|too deep", "嵌套过深"),
        (r"codec can't decode|invalid utf|utf-?8", "文字编码有误"),
        (r"unexpected character|expecting (value|property|')|trailing|delimiter|json", "JSON 写法有误"),
    )
)
_LINE = re.compile(r"\bline (\d+)(?:,? (?:at )?(?:column|offset) (\d+))?", re.IGNORECASE)
_MADE_UP = re.compile(r" \(<string>, line \d+\)$")  # lxml's name of a text that came from no file


def words_of_library(said: str) -> Text:
    """Return what a library says of a file: in English as it is, in Chinese what is known of it, else quoted.

    Examples
    --------
    >>> words_of_library("Premature end of data in tag name line 1, line 3, column 11 (<string>, line 3)").zh
    'XML 在中间结束，文件可能被截断（第 3 行第 11 列）'
    >>> words_of_library("'x' not recognized as being in a supported file format.").zh
    '不是可识别的格式'
    >>> words_of_library("the moon is full.").zh
    '原文：“the moon is full”'
    """
    said = _MADE_UP.sub("", said.strip()).removesuffix(".")
    zh = next((zh for pattern, zh in _KNOWN if pattern.search(said)), "")
    if not zh:
        return Text(f"原文：“{said}”", said)
    line, column = (_LINE.findall(said) or [("", "")])[-1]
    where = f"（第 {line} 行" + (f"第 {column} 列）" if column else "）") if line else ""
    return Text(zh + where, said)
