"""Tables of the databases that the setting names: listed for editors, and taken over as if they were files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from geo.errors import PlanAtlasError
from layers.errors import BadParameter
from layers.imports.database import Named, TakeBounds, spatial_tables
from layers.imports.database.origin import named_connection
from layers.library.library import Library
from webapp.accounts.rights import require_editor
from webapp.http.answers import json_answer
from webapp.http.bodies import json_body
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.jobs.errors import Busy
from webapp.jobs.job import Deadline
from webapp.jobs.routes import accept_job, current_jobs
from webapp.layers.imports import current_uploads, plain_upload
from webapp.layers.uploads import Upload, fill_upload
from webapp.state import current_settings

blueprint = Blueprint("databases", __name__)
_DATABASE = Parameter("database", "数据库连接的名称", "name of the connection", path=True, example="survey")
_LONGEST = 500
_AT_ONCE = 4  # lists being asked for; each waits some seconds at the most
_GRACE_S = 30  # after the database's own deadline, whose error says more
_asking = threading.BoundedSemaphore(_AT_ONCE)


@blueprint.get("/api/databases")
@declare_operation(
    Operation(
        "可从中导入表的数据库",
        "Databases that tables may be imported from",
        "import",
        schema="DatabaseList",
        errors=(401, 403),
    )
)
def names() -> Response:
    """Return the names of the setting; never an address."""
    require_editor()
    return _fresh({"databases": list(current_settings().databases)})


@blueprint.get("/api/databases/<database>")
@declare_operation(
    Operation(
        "数据库中可导入的空间表",
        "The spatial tables of a database",
        "import",
        schema="TableList",
        parameters=(_DATABASE,),
        errors=(401, 403, 404, 422, 503),
    )
)
def tables(database: str) -> Response:
    """Return what the connection may read: tables and views with a geometry.

    Raises
    ------
    Busy
        Others are asking a database just now.
    TableError
        The database cannot be asked.
    """
    require_editor()
    asked = named_connection(current_settings().databases, database)
    if not _asking.acquire(blocking=False):
        raise Busy(most=_AT_ONCE)
    try:
        found = spatial_tables(asked)
    finally:
        _asking.release()
    return _fresh({"database": asked.name, "tables": [{"name": one.name, **asdict(one)} for one in found]})


@blueprint.post("/api/databases/<database>/take")
@declare_operation(
    Operation(
        "读取一张表，供查看与导入",
        "Read a table, to be looked at and imported like a file",
        "import",
        schema="Job",
        parameters=(_DATABASE,),
        errors=(401, 403, 404, 409, 422, 503),
        body="TableWanted",
    )
)
def take(database: str) -> Response:
    """Start reading; the job's rows are the upload, which then takes the steps of a file.

    Raises
    ------
    BadParameter
        The body has an unknown word, or no table.
    """
    who, body = require_editor().name, json_body()
    for name in body:
        if name not in ("table", "geometry"):
            raise BadParameter(name=name[:60], why_zh="未知", why_en="unknown; known: table, geometry")
    table, geometry = _text(body, "table"), _text(body, "geometry")
    asked = named_connection(current_settings().databases, database)
    if not table:
        raise BadParameter(name="table", why_zh="应为 模式.表名", why_en="schema.table is expected")
    seconds, most = current_settings().number("max_import_seconds"), current_settings().number("max_upload")
    told = {"table": table, "geometry": geometry, "bounds": TakeBounds(seconds=seconds, most=most)}
    waiting = current_uploads()
    upload = waiting.begin_table(table, who)

    def ended(future: Future[Any]) -> None:
        if future.cancelled() or future.exception() is not None:
            waiting.remove(upload)

    deadline = Deadline(seconds + _GRACE_S, "max_import_seconds")
    try:
        job = current_jobs().start(table_taken, upload, asked, told, deadline=deadline, after=ended)
    except PlanAtlasError:  # no place for it, none for its passing files, or the service stops
        waiting.remove(upload)
        raise
    return accept_job(job)


def table_taken(
    _opened: Library, progress: Callable[[float, float], None], upload: Upload, asked: Named, told: dict[str, Any]
) -> dict[str, Any]:
    """Read a table in a worker.

    Parameters
    ----------
    _opened
        The plan, which every computation is handed.
    progress
        ``progress(done, total)`` in rows.
    upload
        Where the table goes.
    asked
        The connection.
    told
        Table, geometry column and bounds, as `fill_upload` takes them.
    """
    return plain_upload(fill_upload(upload, asked, progress=progress, **told))


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST or "\x00" in value:
        raise BadParameter(
            name=name, why_zh=f"应为文本，最多 {_LONGEST} 字", why_en=f"text of at most {_LONGEST} characters"
        )
    return value


def _fresh(told: dict[str, Any]) -> Response:
    response = json_answer(told)
    response.headers["Cache-Control"] = "no-store"
    return response
