"""Maps and figures inside other people's pages: light frames, oEmbed, links that end; pinned or following."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Blueprint, Response, g, render_template, request, url_for

from geo.text import Text, join_texts
from layers.errors import BadParameter
from layers.figures.figure import figure_of
from layers.figures.presentation import value_text
from layers.plan.views import View
from webapp.accounts.links import AS_OF, KEY, NotEmbeddable, link_scope, opened_by_link, read_moment
from webapp.accounts.rights import current_accounts, require_editor, sees_restricted
from webapp.embeds.newer import changed_since, is_outdated, not_kept_at
from webapp.figures.routes import readable_figure
from webapp.http.answers import bytes_answer, json_answer, note_answer
from webapp.http.bodies import json_body
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.map.onefile import OneFileWanted, kept_onefile
from webapp.messages import MESSAGES
from webapp.state import current_library, current_settings, current_state
from webapp.views.routes import chosen_view

blueprint = Blueprint("embeds", __name__)
_VIEW = Parameter("view", "视图编号；map 配合 v", "a view; map with v", path=True, example="map")
_FIGURE = Parameter("figure", "结果编号", "figure id", path=True, example="0123456789abcdef")
_STATE = Parameter("v", "地图地址中 # 之后的内容", "what a map's address says after #", example="z=13&on=parks")
_WIDTH, _HEIGHT, _MOST_DAYS = 800, 500, 366


@blueprint.get("/embed/<view>")
@declare_operation(
    Operation(
        "嵌入其他网页的地图",
        "A map for other people's pages",
        "embeds",
        HTML,
        parameters=(
            _VIEW,
            _STATE,
            KEY,
            AS_OF,
            Parameter(
                "controls",
                "是否带面板",
                "with the panel or the map alone",
                {"type": "string", "enum": ["yes", "no"]},
            ),
        ),
        errors=(400, 404, 422, 503),
    ),
    linked=True,
)
def embed(view: str) -> Response:
    """The map with its data inside; it asks nothing more, so it works in a sandboxed frame.

    Raises
    ------
    BadParameter
        ``controls`` is neither yes nor no.
    """
    wanted = chosen_view(view, linked=opened_by_link(request.path, request.args))
    chosen, as_of, controls = current_language(), read_moment(), request.args.get("controls", "no")
    if controls not in ("yes", "no"):
        raise BadParameter(name="controls", why_zh="应为 yes 或 no", why_en="yes or no is expected")
    said = MESSAGES.said
    shown = current_library().as_of(as_of).as_of(wanted.date).moment
    asked = {k: v for k, v in request.args.items() if k in ("v", "as_of", "key")}
    pinned = said("embed_as_of", chosen, moment=shown) if shown else said("embed_newest", chosen)
    if shown and changed_since(wanted, shown):
        pinned += f" · {said('embed_newer', chosen)}"
    if shown and (lacking := not_kept_at(wanted, shown)):
        layers = join_texts(Text("、", ", "), lacking)
        pinned += f" · {said('embed_not_kept', chosen, layers=layers[chosen])}"
    most = current_settings().number("decimals")
    oembed, properties = _head(view, wanted, asked)
    made = kept_onefile(
        wanted,
        OneFileWanted(
            language=chosen,
            restricted=sees_restricted(),
            decimals=min(6, most),
            most_decimals=most,
            as_of=as_of,
            controls=controls == "yes",
            state=pinned,
            fallback=f"/render/{view}.png?{urlencode({**asked, 'lang': chosen})}",
            oembed=oembed,
            properties=properties,
        ),
    )
    g.framed_policy = _framed(made.policy)
    response = bytes_answer(made.data, f"{HTML}; charset=utf-8", tag=made.tag, vary="Cookie, Accept-Language")
    return note_answer(response, made.notes)


@blueprint.get("/embed/figure/<figure>")
@declare_operation(
    Operation(
        "嵌入其他网页的指标卡片",
        "A figure's card for other people's pages",
        "embeds",
        HTML,
        parameters=(_FIGURE, KEY),
        errors=(404,),
    ),
    linked=True,
)
def embed_figure(figure: str) -> Response:
    """The value, its sentence, its state and where it comes from; a figure never changes."""
    told, chosen = readable_figure(figure), current_language()
    said = MESSAGES.said
    html = render_template(
        "embed_figure.html",
        figure=told,
        newer=is_outdated(told),
        lang=chosen,
        plan=current_library().catalog.plan,
        value_of=lambda one: value_text(figure_of(one)),
        said=lambda key, **values: said(key, chosen, **values),
        address=url_for("figure_pages.figure_page", figure=told["id"], _external=True),
    )
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = hashlib.sha256(style.group(1).encode()).digest() if style else b""
    g.framed_policy = _framed(f"default-src 'none'; style-src 'sha256-{_base64(digest)}'; base-uri 'none'")
    return bytes_answer(html.encode(), f"{HTML}; charset=utf-8", vary="Cookie, Accept-Language")


@blueprint.get("/oembed")
@declare_operation(
    Operation(
        "oEmbed：地址对应的嵌入代码",
        "oEmbed: the frame for an address",
        "embeds",
        schema="OEmbed",
        parameters=(
            Parameter("url", "本服务的地址", "an address of this service"),
            Parameter("format", "仅 json", "json only"),
            Parameter("maxwidth", "最大宽度（像素）", "most pixels wide", {"type": "integer"}),
            Parameter("maxheight", "最大高度（像素）", "most pixels high", {"type": "integer"}),
        ),
        errors=(400, 404, 501),
    )
)
def oembed() -> Response:
    """A rich response (oEmbed 1.0, https://oembed.com) for a map's or a figure's address.

    Raises
    ------
    BadParameter
        The format is unknown, or a number is none.
    """
    wanted = request.args.get("format", "json")
    if wanted not in ("json", "xml"):
        raise BadParameter(name="format", why_zh="应为 json", why_en="json is expected")
    if wanted != "json":  # as oEmbed asks for
        response = json_answer({"error": "json only"})
        response.status_code = 501
        return response
    width = min(_pixels("maxwidth", _WIDTH), _WIDTH)
    height = min(_pixels("maxheight", _HEIGHT), _HEIGHT)
    address, title, picture = _embedded(request.args.get("url", ""))
    frame = render_template("frame.html", address=address, title=title, width=width, height=height)
    plan = current_library().catalog.plan
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": plan.title[current_language()],
        "provider_url": request.host_url,
        "html": frame,
        "width": width,
        "height": height,
    }
    if picture:
        told |= {"thumbnail_url": picture, "thumbnail_width": 1200, "thumbnail_height": 630}
    return json_answer(told)


def _embedded(url: str) -> tuple[str, str, str]:
    """Return the embed's address, its title and a picture's address for one of our addresses."""
    try:
        parts, chosen = urlsplit(url), current_language()
    except ValueError:
        raise NotEmbeddable from None
    if parts.netloc != request.host or parts.scheme not in ("http", "https"):
        raise NotEmbeddable
    asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
    figure = re.fullmatch(r"/(?:embed/)?(?:figure|figures)/([0-9a-f]{16})", parts.path)
    if figure:
        told = readable_figure(figure.group(1))
        address = url_for("embeds.embed_figure", figure=told["id"], lang=chosen, _external=True)
        return address, str(told["sentence"][chosen]), ""
    embedded = re.fullmatch(r"/embed/([\w\-]+)", parts.path)
    name = embedded.group(1) if embedded else asked.get("view", "map") if parts.path == "/" else ""
    if not name:
        raise NotEmbeddable
    linked = opened_by_link(parts.path, asked)
    view = chosen_view(name, linked=linked) if name != "map" else None
    state = {"v": asked.get("v") or parts.fragment} if name == "map" and (asked.get("v") or parts.fragment) else {}
    title = (view.title if view else current_library().catalog.plan.title)[chosen]
    kept = {k: asked[k] for k in ("controls", "as_of", "key") if k in asked}
    address = url_for("embeds.embed", view=name, lang=chosen, **state, **kept, _external=True)
    kept.pop("controls", None)
    picture = url_for(
        "renders.picture", file=f"{name}.png", size="social", lang=chosen, **state, **kept, _external=True
    )
    return address, title, picture


@blueprint.post("/api/links")
@declare_operation(
    Operation(
        "为视图或指标新建限时链接（含二维码）",
        "A link that ends, with its QR code",
        "embeds",
        schema="Link",
        errors=(400, 401, 403, 404),
        body="LinkWanted",
    )
)
def new_link() -> Response:
    """Sign an embed's address, so that it opens where reading needs a login; never for restricted layers.

    Raises
    ------
    BadParameter
        The path is no embed's address, or the days are not allowed.
    """
    import segno  # noqa: PLC0415 - only where a code is drawn

    who, body = require_editor("views:write").account, json_body()
    path, days = body.get("path"), body.get("days", 30)
    if not isinstance(path, str) or len(path) > 4000 or not path.startswith("/embed/"):
        raise BadParameter(name="path", why_zh="应以 /embed/ 开头", why_en="it begins with /embed/")
    if type(days) is not int or not 1 <= days <= _MOST_DAYS:
        why = f"1–{_MOST_DAYS}"
        raise BadParameter(name="days", why_zh=f"应为 {why}", why_en=f"{why} is expected")
    try:
        parts = urlsplit(path)
    except ValueError:
        raise BadParameter(name="path", why_zh="不是有效的地址", why_en="it is no address") from None
    asked = [(k, v) for k, values in parse_qs(parts.query).items() for v in values if k != "key"]
    opens = (link_scope(parts.path, dict(asked)),)
    token, text = current_accounts().issue(
        current_state().keyring, opens, days=days, owner=who, label=parts.path, kind="link"
    )
    address = f"{request.host_url.rstrip('/')}{parts.path}?{urlencode([*asked, ('key', text)])}"
    try:
        code = segno.make(address, error="m", micro=False)
    except segno.DataOverflowError:
        current_accounts().tokens.revoke(token.id)
        raise BadParameter(
            name="path", why_zh="过长，二维码放不下", why_en="it is too long for a QR code"
        ) from None
    picture = code.svg_data_uri(scale=4, border=4)
    response = json_answer({"id": token.id, "url": address, "ends": token.ends, "qr": picture})
    response.status_code = 201
    response.headers["Cache-Control"] = "no-store"
    return response


def _head(name: str, view: View, asked: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return what other services read of an embed: where its code is, its title and its picture."""
    chosen, plan = current_language(), current_library().catalog.plan
    address = url_for("embeds.embed", view=name, lang=chosen, **asked, _external=True)
    about = {
        "og:type": "website",
        "og:title": view.title[chosen] or plan.title[chosen],
        "og:description": view.description[chosen] or plan.subtitle[chosen],
        "og:url": address,
        "og:image": url_for(
            "renders.picture", file=f"{name}.png", size="social", lang=chosen, **asked, _external=True
        ),
    }
    found = url_for("embeds.oembed", url=address, _external=True)
    return found, about


def _framed(policy: str) -> str:
    """Return a policy that lets our own pages and the sites of the setting ``frames`` frame the answer."""
    sites = " ".join(("'self'", *current_settings().frames))
    return f"{policy}; form-action 'none'; frame-ancestors {sites}"


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _pixels(name: str, usual: int) -> int:
    text = request.args.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) >= 100):
        raise BadParameter(name=name, why_zh="应为不小于 100 的整数", why_en="a whole number from 100 on")
    return int(text)
