"""Where everything meets: the service with its settings, stores, jobs and addresses."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

from layers.figures.figure import FigureShelf
from layers.library.library import Library
from webapp import ROOT, errors
from webapp.accounts import rights
from webapp.accounts.accounts import Accounts
from webapp.accounts.closed import ClosedLayers
from webapp.accounts.provider import provider_of
from webapp.figures.warmup import Warmup
from webapp.http import access, assets, headers
from webapp.http.compressing import install_compression
from webapp.http.kept import KeptBodies
from webapp.http.openapi import undeclared_views
from webapp.instance import instance_of, make_instance
from webapp.jobs.job import Bounds, Deadline
from webapp.jobs.visitors import Visitors
from webapp.jobs.workers import Jobs
from webapp.layers.uploads import Uploads
from webapp.settings import Settings
from webapp.state import AppState, state_of
from webapp.views.saved import SavedViews

_LOOKS_WAITING = 6  # each holds a thread while it waits
_BODIES_B = 96 << 20


def build(settings: Settings) -> Flask:
    """Build the service.

    Parameters
    ----------
    settings
        From ``read_settings``; relative folders are taken from the checkout.

    Raises
    ------
    DeclarationError
        The plan's catalog cannot be read at all.
    MissingAsset
        The front-end packages are not installed.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.number("max_json"),
        MAX_FORM_MEMORY_SIZE=settings.number("max_form"),
        MAX_FORM_PARTS=settings.number("max_parts"),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    library = Library(ROOT / settings.path("data"), store=settings.text("store"), holds_shapes=False)
    instance = make_instance(instance_of(settings, ROOT))
    shelf = FigureShelf(instance / "figures")
    jobs = Jobs(library.folder, _computations(settings), store=library.store_address, instance=instance)
    AppState(
        settings=settings,
        instance=instance,
        library=library,
        shelf=shelf,
        keyring=access.Keyring(instance),
        accounts=Accounts(instance),
        assets=assets.Assets(ROOT / "node_modules"),
        views=SavedViews(instance, most=settings.number("max_views")),
        closed=ClosedLayers(instance),
        uploads=Uploads(instance / "uploads"),
        jobs=jobs,
        looks=Jobs(library.folder, _looks(settings), store=library.store_address),
        visitors=Visitors(),
        provider=provider_of(settings),
        warmup=Warmup(library, shelf, jobs),
        bodies=KeptBodies(_BODIES_B),
    ).of(app)
    state_of(app).closed.hidden(library.catalog)
    access.install_access(app, settings)
    rights.install_rights(app, settings)
    headers.install_headers(app, settings)
    errors.install_errors(app)
    for blueprint in found_blueprints():
        app.register_blueprint(blueprint)
    missing = undeclared_views(app)
    if missing:
        raise RuntimeError(f"views without a declaration: {', '.join(missing)}")
    if library.catalog.problems:
        for problem in library.catalog.problems:
            app.logger.warning("%s", problem)
    install_compression(app, state_of(app).bodies)
    return app


def _computations(settings: Settings) -> Bounds:
    return Bounds(
        settings.number("max_jobs"),
        settings.number("max_waiting"),
        Deadline(settings.number("max_seconds"), "max_seconds"),
        settings.number("max_memory"),
    )


def _looks(settings: Settings) -> Bounds:
    deadline = Deadline(settings.number("max_look_seconds"), "max_look_seconds")
    return Bounds(settings.number("max_looks"), _LOOKS_WAITING, deadline, settings.number("max_memory"))


def found_blueprints() -> Iterator[Blueprint]:
    """Yield the blueprint of every module of a room that has one: a new address is one module, listed nowhere.

    The command line has none, and is not looked through.
    """
    for room in iter_modules([str(ROOT / "webapp")], "webapp."):
        if room.ispkg and room.name != "webapp.cli":
            for module in iter_modules(import_module(room.name).__path__, f"{room.name}."):
                blueprint = getattr(import_module(module.name), "blueprint", None)
                if isinstance(blueprint, Blueprint):
                    yield blueprint
