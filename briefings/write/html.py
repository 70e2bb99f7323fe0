"""A resolved briefing as one HTML file: opens from a stick with no network and checks its own parts."""

from __future__ import annotations

import base64
from pathlib import Path

import orjson

from briefings.messages import say
from briefings.onefile.onefile import content_policy
from briefings.resolve.blocks import Resolved, fixed_words, number_captions
from briefings.resolve.conclusions import told_findings, without_conclusions
from briefings.resolve.declaration import Briefing, briefing_text
from briefings.resolve.tables import group_rows
from briefings.templates import render_page
from briefings.write.charts import chart_picture
from briefings.write.seal import part_hashes, seal_of

_LISTED, _LONGEST_TABLE = 4, 20  # sections worth a list of contents; rows of a table that scrolls in its place
_HERE = Path(__file__).parent
_HIDDEN = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_SAID = ("changed", "checking", "comma", "cover", "declaration", "numbers", "verified")


def write_webpage(resolved: Resolved, briefing: Briefing) -> bytes:
    """Return the page.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    briefing
        Its declaration, kept inside so that it can be run again.
    """
    said = {key: say(f"pack_{key}")[resolved.language] for key in _SAID}
    findings, resolved = told_findings(resolved), without_conclusions(resolved)
    sections = [
        {
            "section": section,
            "captioned": captioned,
            "alt": resolved.alt(section),
            "tables": [group_rows(one) for one in section.tables],
            "picture": _encoded(section.picture.data) if section.picture is not None else "",
            "chart": _encoded(chart_picture(section.drawn)[0]) if section.drawn is not None else "",
        }
        for section, captioned in zip(resolved.sections, number_captions(resolved), strict=True)
    ]
    numbers = {
        key: {
            "shown": n.shown[resolved.language],
            "value": n.value,
            "figure": f"/figures/{n.figure}",
            "computed_at": n.computed_at,
            "versions": n.versions,
        }
        for key, n in resolved.numbers.items()
    }
    kept = orjson.dumps({"numbers": numbers, "versions": dict(resolved.versions)}, option=orjson.OPT_INDENT_2)
    told = (("numbers", kept.decode()), ("declaration", briefing_text(briefing)))
    parts = render_page(
        "briefing_parts.html",
        own={},
        said=said,
        fixed=fixed_words(resolved.language),
        resolved=resolved,
        findings=findings,
        listed=len(resolved.sections) >= _LISTED,
        longest=_LONGEST_TABLE,
        sections=sections,
        computed=resolved.computed(),
        kept=[(said[key], text.replace("\r", " ")) for key, text in told],
    )
    style, script = (f"\n{(_HERE / name).read_text('utf-8')}\n" for name in ("html.css", "html.js"))

    def page(policy: str, manifest: str) -> str:
        return render_page(
            "briefing.html",
            own={"style": style, "script": script, "parts": parts, "manifest": manifest, "policy": policy},
            language=resolved.language,
            title=resolved.title,
            seal=said["checking"],
        )

    found = part_hashes(page("", "{}"))
    manifest = {"parts": found, "seal": seal_of(found), "words": said}
    policy = content_policy([script[1:-1]], style[1:-1], pictures="data:")
    return page(policy, orjson.dumps(manifest).decode().translate(_HIDDEN)).encode()


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
