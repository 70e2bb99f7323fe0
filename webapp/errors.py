"""Which error is which status, and how an error is told: problem+json to programs, a page to people.

References
----------
RFC 9457, Problem Details for HTTP APIs.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from briefings.map import presets
from briefings.resolve import declaration
from briefings.write import template
from geo.errors import PlanAtlasError
from layers import errors as layers_errors
from layers import exports, store
from layers.figures import difference, figure, kept, kept_versions
from layers.figures.functions.entry import BadQuestion
from layers.imports import crs_gate, crs_names, database, datum_parameters, joining, options
from layers.imports import errors as import_errors
from layers.library import editing, entry, upkeep
from layers.plan import crosswalk, measures, views
from webapp import instance
from webapp.accounts import links, own_files, passwords, provider, second
from webapp.figures import questions
from webapp.http import access, status
from webapp.http.assets import current_assets
from webapp.http.language import current_language
from webapp.http.status import status_of
from webapp.jobs import errors as jobs_errors
from webapp.jobs import memory, passing_files, visitors
from webapp.layers import uploads
from webapp.messages import MESSAGES
from webapp.sites import kept as kept_sites
from webapp.views import saved

# Looked up along the class's bases; an error without an entry is the service's own fault.
STATUS: dict[type[PlanAtlasError], int] = {
    layers_errors.UnknownLayer: 404,
    layers_errors.UnknownFeature: 404,
    layers_errors.LayerUnavailable: 503,
    layers_errors.DeclarationError: 503,
    layers_errors.FeatureFileError: 503,
    kept_sites.UnknownSite: 404,
    kept_sites.TooManySites: 409,
    layers_errors.BadBox: 400,
    layers_errors.BadFilter: 400,
    access.NoToken: 401,
    access.BadToken: 401,
    access.WrongScope: 403,
    access.CrossSite: 403,
    access.ForeignHost: 400,
    layers_errors.OverLimit: 413,
    layers_errors.BadParameter: 400,
    own_files.OwnFileFails: 503,
    passing_files.NoRoomAside: 507,
    instance.InstanceFails: 503,
    passwords.SignInRefused: 403,
    provider.ProviderFails: 503,
    provider.NoProvider: 404,
    passwords.TooManyTries: 429,
    passwords.SignInBusy: 503,
    passwords.BadPassword: 422,
    passwords.BadName: 422,
    passwords.LinkEnded: 404,
    passwords.LastAdministrator: 409,
    second.NeedsSecond: 409,
    BadQuestion: 422,
    measures.NotAdditive: 422,
    measures.NotNumbers: 422,
    figure.UnknownFigure: 404,
    figure.FigureNotKept: 507,
    kept.DamagedEvidence: 503,
    kept.DamagedFigure: 503,
    difference.NotComparable: 422,
    uploads.UnknownUpload: 404,
    uploads.PartOutOfPlace: 409,
    uploads.TooManyUploads: 409,
    import_errors.UnreadableFile: 422,
    import_errors.OpenReading: 422,
    import_errors.ChangedTypes: 409,
    options.BadOption: 400,
    joining.DoubledKeys: 409,
    joining.NothingMatches: 422,
    crs_names.UnknownDatum: 422,
    database.TableError: 422,
    database.UnknownDatabase: 404,
    database.UnknownTable: 404,
    database.TableTooLarge: 413,
    database.NoDatabaseDriver: 503,
    database.DatabaseUnreachable: 503,
    database.SignInRefusedByDatabase: 503,
    crs_gate.NeedsCRS: 422,
    crs_gate.ImplausibleCRS: 422,
    crs_gate.UnknownCRS: 422,
    crs_gate.UnnamedDatum: 422,
    datum_parameters.BadDatumParameters: 422,
    datum_parameters.NeedsDatumParameters: 422,
    crosswalk.AmbiguousScheme: 422,
    crosswalk.BadCrosswalk: 503,
    uploads.NoRoom: 507,
    jobs_errors.UnknownJob: 404,
    jobs_errors.Busy: 503,
    jobs_errors.TooLong: 422,
    jobs_errors.Stopped: 409,
    jobs_errors.WorkerEnded: 503,
    memory.NeedsMemory: 422,
    visitors.QuotaSpent: 429,
    questions.ShelfFull: 507,
    store.UnknownVersion: 404,
    store.EditConflict: 409,
    store.StoreUnavailable: 503,
    store.DamagedStore: 503,
    editing.BadEdit: 422,
    editing.NothingToUndo: 409,
    entry.BadLayerId: 422,
    upkeep.LayerOfPlan: 409,
    entry.LayerExists: 409,
    entry.CatalogReadOnly: 503,
    links.NotEmbeddable: 404,
    exports.BadExport: 422,
    links.UnknownFile: 404,
    saved.BadView: 422,
    saved.NotYourView: 403,
    kept_sites.NotYourSite: 403,
    saved.TooManyViews: 409,
    views.UnknownView: 404,
    presets.BadSize: 422,
    presets.BadDpi: 422,
    presets.NoSheets: 422,
    kept_versions.VersionGone: 409,
    template.BadTemplate: 422,
    declaration.UnknownBriefing: 422,
    declaration.UnboundNumber: 422,
    declaration.BadDay: 422,
    declaration.UnknownIndicator: 422,
    presets.BadDecimals: 422,
    PlanAtlasError: 500,
}

_HTTP = {
    400: ("请求无效", "The request is not valid"),
    404: ("没有这个地址", "There is nothing at this address"),
    405: ("此地址不支持该方法", "This address does not take that method"),
    408: ("请求超时", "The request took too long"),
    413: ("请求过大，限制见 /limits", "The request is too large; see /limits"),
    414: ("地址过长，限制见 /limits", "The address is too long; see /limits"),
    415: ("不支持该内容类型", "That content type is not supported"),
    431: ("请求头过大", "The request headers are too large"),
    500: ("服务内部错误，已记录", "The service failed; the failure is logged"),
    507: ("服务器磁盘已满", "The service's disk is full"),
    503: ("服务暂不可用", "The service is not available now"),
}


def install_errors(app: Flask) -> None:
    """Answer every error of the app."""
    status.install_status(app, STATUS)
    app.register_error_handler(PlanAtlasError, _told)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _told(error: PlanAtlasError) -> Response:
    status = status_of(error)
    titles = (error.message("zh"), error.message("en"))
    response = _answer(status, error.code, titles, dict(error.params))
    if status == 503:
        response.headers["Retry-After"] = "5"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = _answer(status, f"http_{status}", _HTTP.get(status, _HTTP[400 if status < 500 else 500]), {})
    if status == 405 and isinstance(getattr(error, "valid_methods", None), list | set | tuple):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def _unforeseen(error: Exception) -> Response:
    where = request.url_rule or "an address that is none"  # never the path: a one-time link's key is in it
    current_app.logger.error("unforeseen error at %s", where, exc_info=error)
    return _answer(500, "internal", _HTTP[500], {})


def _answer(status: int, code: str, titles: tuple[str, str], params: dict[str, Any]) -> Response:
    chosen = current_language()
    if _wants_page():
        body = _error_page(status, code, titles[chosen != "zh"], chosen)
        response = Response(body, status, content_type="text/html; charset=utf-8")
    else:
        problem = {
            "type": "about:blank",
            "status": status,
            "code": code,
            "title": titles[chosen != "zh"],
            "title_zh": titles[0],
            "title_en": titles[1],
            "params": {k: _plain(v) for k, v in params.items()},
        }
        response = Response(orjson.dumps(problem), status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(value: object) -> str | int | float | bool:
    """Return a value as JSON can hold it: whole numbers up to 64 bits, all else as text."""
    if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63):
        return value
    return str(value)


def _error_page(status: int, code: str, title: str, chosen: str) -> str:

    def said(key: str) -> str:
        return MESSAGES.said(key, chosen)

    own = current_assets().own_url
    return render_template("error.html", status=status, code=code, title=title, lang=chosen, said=said, own=own)


def _wants_page() -> bool:
    """Whether a person at a browser asked: an address that is a page, accepting HTML first."""
    if request.path.startswith(("/api/", "/layers/", "/features/", "/basemap/", "/assets/", "/static/")):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
