"""A resolved briefing as one HTML file: opens from a stick with no network and checks its own parts."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

import orjson

from briefings.onefile.onefile import HEAD, content_policy
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, captions, words
from briefings.resolve.declaration import Briefing, briefing_text
from briefings.write.charts import chart_picture
from briefings.write.seal import hashes, seal_of

_HERE = Path(__file__).parent
_HIDDEN = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_SAID = {
    "checking": ("要用脚本核对：请用浏览器打开本文件，或运行 planatlas verify-pack。",
                 "To check it, open this file in a browser with scripts, or run planatlas verify-pack."),
    "verified": ("已核对：各部分与生成时一致。印记", "Verified: every part is as it was made. Seal"),
    "changed": ("已被改动：", "Changed:"),
    "comma": ("、", ", "),
    "declaration": ("简报的声明（可另存为 .toml 再次生成）", "The briefing's declaration (a .toml to run again)"),
    "numbers": ("数字与数据版本（JSON）", "Numbers and data versions (JSON)"),
    "cover": ("封面", "cover"),
}  # fmt: skip


def webpage(resolved: Resolved, briefing: Briefing) -> bytes:
    """Return the page.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    briefing
        Its declaration, kept inside so that it can be run again.
    """
    said = {key: text[resolved.language == "en"] for key, text in _SAID.items()}
    fixed = words(resolved.language)
    parts = [_part(said["cover"], _cover(resolved, fixed))]
    for i, (section, captioned) in enumerate(zip(resolved.sections, captions(resolved), strict=True), 1):
        parts.append(_part(f"{i} {section.title}", _section(resolved, section, captioned, fixed)))
    told = resolved.computed()
    if told:
        rows = "".join(
            f"<h3>{_e(name)}</h3>" + "".join(f"<p><b>{_e(k)}:</b> {_e(text)}</p>" for k, text in notes)
            for name, notes in told
        )
        parts.append(_part(fixed["appendix"], f"<h2>{_e(fixed['appendix'])}</h2>{rows}"))
    numbers = {
        key: {"shown": n.shown[resolved.language], "value": n.value, "figure": f"/figures/{n.figure}",
              "computed_at": n.computed_at, "versions": n.versions}
        for key, n in resolved.numbers.items()
    }  # fmt: skip
    kept = orjson.dumps({"numbers": numbers, "versions": dict(resolved.versions)}, option=orjson.OPT_INDENT_2)
    for key, text in (("numbers", kept.decode()), ("declaration", briefing_text(briefing))):
        plain = text.replace("\r", " ")
        parts.append(
            _part(said[key], f"<details><summary>{_e(said[key])}</summary><pre>{_e(plain)}</pre></details>")
        )
    style, script = (f"\n{(_HERE / name).read_text('utf-8')}\n" for name in ("webpage.css", "webpage.js"))
    body = "\n".join(parts)
    ends = f'<style data-part="style">{style}</style>', f'<script data-part="script">{script}</script>'
    found = hashes(f"{ends[0]}<body>{body}{ends[1]}")
    manifest = {"parts": found, "seal": seal_of(found), "words": said}
    policy = content_policy([script[1:-1]], style[1:-1], pictures="data:")
    return _PAGE.format(
        lang="zh-CN" if resolved.language == "zh" else "en",
        policy=_e(policy),
        title=_e(resolved.title),
        style=ends[0],
        seal=_e(said["checking"]),
        body=body,
        manifest=orjson.dumps(manifest).decode().translate(_HIDDEN),
        script=ends[1],
    ).encode()


_PAGE = (
    HEAD
    + """{style}
</head>
<body>
<p id="seal" role="status">{seal}</p>
{body}
<script type="application/json" id="manifest">{manifest}</script>
{script}
</body>
</html>
"""
)


def _e(text: str) -> str:
    return escape(text, quote=True)


def _part(name: str, inside: str) -> str:
    return f'<section data-part="{_e(name)}">{inside}</section>'


def _cover(resolved: Resolved, fixed: dict[str, str]) -> str:
    changes = "".join(f"<li>{_e(text)}</li>" for text in resolved.changes)
    return (
        f"<h1>{_e(resolved.title)}</h1><p>{_e(resolved.subtitle)}</p>"
        f'<p class="dated">{_e(resolved.dated)}</p>'
        f'<p class="dated">{_e(fixed["versions"])}: {_e(resolved.used())}</p>'
        + (f"<h2>{_e(fixed['changes'])}</h2><ul>{changes}</ul>" if changes else "")
    )


def _section(resolved: Resolved, section: BriefingSection, captioned: Captions, fixed: dict[str, str]) -> str:
    out = [f"<h2>{_e(section.title)}</h2>"]
    for kind, text in (("value", section.value), ("moved", section.moved), ("sentence", section.sentence)):
        if text:
            out.append(f'<p class="{kind}">{_e(text)}</p>')
    out += [f"<p>{_e(text)}</p>" for text in section.paragraphs]
    if section.picture is not None:
        out.append(_picture(section.picture.data, resolved.alt(section), captioned.picture))
    if section.chart is not None:
        out.append(_picture(chart_picture(section.chart), section.sentence or section.title, captioned.chart))
    out += [_table(table, caption) for table, caption in zip(section.tables, captioned.tables, strict=True)]
    out += [f'<p class="caveat">{_e(text)}</p>' for text in section.caveats]
    if section.source:
        out.append(f'<p class="source">{_e(fixed["source"])}: {_e(section.source)}</p>')
    return "".join(out)


def _picture(data: bytes, alt: str, caption: str) -> str:
    source = base64.b64encode(data).decode()
    return (
        f'<figure><img src="data:image/png;base64,{source}" alt="{_e(alt)}">'
        f"<figcaption>{_e(caption)}</figcaption></figure>"
    )


def _table(table: Table, caption: str) -> str:
    kinds = [' class="number"' if numeric else "" for numeric in table.numeric]
    head = "".join(f'<th scope="col"{kind}>{_e(t)}</th>' for t, kind in zip(table.heads, kinds, strict=True))
    rows = "".join(
        f"<tr{' class=' + chr(34) + 'strong' + chr(34) if i in table.strong else ''}>"
        + "".join(f"<td{kind}>{_e(t)}</td>" for t, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for i, row in enumerate(table.rows)
    )
    return (
        f'<div class="wide"><table><caption>{_e(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
