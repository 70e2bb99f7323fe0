"""Old versions are taken away when somebody says so: the newest stays, and all that later ones stand on."""

from __future__ import annotations

import orjson

from layers.store.records import Connection

_LAST = 2**62


def forget_rows(connection: Connection, layer: str, *, before: str | None) -> tuple[int, set[str]]:
    """Take a layer's old versions out of the journal, inside a transaction that alone writes the layer.

    Parameters
    ----------
    connection
        Inside that transaction.
    layer
        Id of the layer.
    before
        Versions made before this moment (UTC, ISO 8601) go, but for the newest; None: all go, the newest too.

    Returns
    -------
    tuple
        How many went, and the digests of what no version of any layer begins with any more.
    """
    rows = connection.execute(
        "SELECT number, base, folds, made_at FROM version WHERE layer=? ORDER BY number", (layer,)
    ).fetchall()
    old = len(rows)
    if before is not None:
        # Numbers have no holes: the first that is young enough, or the newest, stays and all that follow it.
        old = next((at for at, row in enumerate(rows) if row[3] >= before), len(rows) - 1)
    gone, kept = rows[:old], rows[old:]
    if not gone:
        return 0, set()
    first = kept[0][0] if kept else _LAST
    needed = {number for row in kept for number in orjson.loads(row[2])}
    connection.execute("DELETE FROM version WHERE layer=? AND number<?", (layer, first))
    dead = [(layer, row[0]) for row in gone if row[0] not in needed]
    connection.executemany("DELETE FROM change WHERE layer=? AND number=?", dead)
    left = {row[0] for row in connection.execute("SELECT DISTINCT base FROM version").fetchall()}
    return len(gone), {row[1] for row in gone} - left
