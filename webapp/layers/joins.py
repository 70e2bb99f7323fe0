"""Tables without places over HTTP: a table that was uploaded is looked at, then joined to a layer by a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from layers.imports.joining import JoinWish, join_table, parse_join, preview_join
from layers.imports.options import ImportOptions
from layers.library.ahead import find_ahead
from layers.library.library import Library
from webapp.accounts.rights import require_editor, sees_restricted
from webapp.http.bodies import json_body
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.jobs.routes import accept_job, current_jobs, deadline_of
from webapp.layers.uploads import PartOutOfPlace, Upload
from webapp.state import current_library, current_state

blueprint = Blueprint("joins", __name__)
_Wanted = tuple[JoinWish, ImportOptions]
_UPLOAD = Parameter("upload", "上传编号", "id of the upload", path=True, example="0123456789abcdef01234567")


def looked_to_join(
    opened: Library, progress: Callable[[float, float], None], upload: Upload, wanted: _Wanted
) -> dict[str, Any]:
    """Look at what a join would do, in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)`` while the table is read.
    upload
        The table.
    wanted
        The layer and the pair of columns, and how the table is read.
    """
    return preview_join(opened, upload.path, *wanted, progress=progress)


def joined_in_worker(
    opened: Library, progress: Callable[[float, float], None], upload: Upload, wanted: _Wanted, who: str
) -> dict[str, Any]:
    """Join a table in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``, its steps.
    upload
        The table.
    wanted
        The layer and the pair of columns, and how the table is read.
    who
        Who joins it.
    """
    done = join_table(opened, upload.path, *wanted, who=who, progress=progress)
    find_ahead(opened, wanted[0].layer, progress=lambda: progress(0.92, 1))
    return done


@blueprint.post("/api/uploads/<upload>/join-preview")
@declare_operation(
    Operation(
        "查看表格与图层如何对应",
        "Look at how a table meets a layer: matched, unmatched, doubled",
        "import",
        schema="Job",
        parameters=(_UPLOAD,),
        errors=(401, 403, 404, 409, 422, 503),
        body="JoinWanted",
    )
)
def look_to_join(upload: str) -> Response:
    """Start looking; nothing is changed."""
    found, wanted = _whole(upload), parse_join(json_body())
    current_library().layer(wanted[0].layer, restricted=sees_restricted())
    return accept_job(current_jobs().start(looked_to_join, found, wanted))


@blueprint.post("/api/uploads/<upload>/join")
@declare_operation(
    Operation(
        "把没有位置的表格按键连接到图层",
        "A table without places is joined to a layer by a key",
        "import",
        schema="Job",
        parameters=(_UPLOAD,),
        errors=(401, 403, 404, 409, 422, 503),
        body="JoinWanted",
    )
)
def join(upload: str) -> Response:
    """Start the join; the layer gets a new version."""
    who, found, wanted = require_editor().name, _whole(upload), parse_join(json_body())
    current_library().layer(wanted[0].layer, restricted=sees_restricted())
    deadline = deadline_of("max_import_seconds")
    return accept_job(current_jobs().start(joined_in_worker, found, wanted, who, deadline=deadline))


def _whole(key: str) -> Upload:
    found = current_state().uploads.find(key, require_editor().name)
    if found.have != found.size:
        raise PartOutOfPlace(have=found.have)
    return found
