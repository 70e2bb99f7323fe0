"""The service: pages, maps, JSON and the command line. ``create_app`` is the only place where everything meets."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_compress import Compress

from layers.figures import FigureShelf
from layers.library import Library
from webapp import (
    access,
    api,
    assets,
    basemap,
    briefing_room,
    databases,
    edits,
    embeds,
    errors,
    figures,
    headers,
    incoming,
    login,
    onefile,
    openapi,
    outgoing,
    pages,
    questions,
    renders,
    reports,
    rights,
    site,
    viewing,
)
from webapp.jobs import Jobs
from webapp.saved import SavedViews
from webapp.settings import Settings
from webapp.uploads import Uploads

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings) -> Flask:
    """Build the service.

    Parameters
    ----------
    settings
        From ``read_settings``; relative folders are taken from the checkout.

    Raises
    ------
    DeclarationError
        The plan's catalogue cannot be read at all.
    MissingAsset
        The front-end packages are not installed.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.number("max_json"),
        MAX_FORM_MEMORY_SIZE=settings.number("max_form"),
        MAX_FORM_PARTS=settings.number("max_parts"),
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "image/svg+xml",
            "application/json",
            "application/geo+json",
            "application/problem+json",
        ],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=True,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    library = Library(ROOT / settings.path("data"), store=settings.text("store"))
    app.extensions["planatlas.settings"] = settings
    app.extensions["planatlas.library"] = library
    app.extensions["planatlas.assets"] = assets.Assets(ROOT / "node_modules")
    app.extensions["planatlas.shelf"] = FigureShelf(ROOT / settings.path("instance") / "figures")
    app.extensions["planatlas.views"] = SavedViews(
        ROOT / settings.path("instance"), most=settings.number("max_views")
    )
    app.extensions["planatlas.uploads"] = Uploads(ROOT / settings.path("instance") / "uploads")
    app.extensions["planatlas.jobs"] = Jobs(
        library.folder,
        store=library.store_address,
        workers=settings.number("max_jobs"),
        queue=settings.number("max_waiting"),
        seconds=settings.number("max_seconds"),
    )
    access.install(app, settings)
    rights.install(app, settings)
    headers.install(app, settings, library)
    errors.install(app)
    for module in (
        pages,
        login,
        api,
        edits,
        questions,
        figures,
        reports,
        site,
        renders,
        outgoing,
        incoming,
        databases,
        onefile,
        embeds,
        viewing,
        briefing_room,
        basemap,
        assets,
        openapi,
    ):
        app.register_blueprint(module.blueprint)
    missing = openapi.undeclared(app)
    if missing:
        raise RuntimeError(f"views without a declaration: {', '.join(missing)}")
    if library.catalog.problems:
        for problem in library.catalog.problems:
            app.logger.warning("%s", problem)
    Compress(app)
    return app
