"""What only the PostGIS store has: tables and views other programmes open, exactness over jsonb, a server that fails."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from benchmarks.postgresql import Server
from layers.features.columns import content_of, read_content, write_content
from layers.store import Change, DamagedStore, EditConflict, StoreUnavailable, open_store
from layers.store.version import Reason
from tests.layers.store.test_store import add, content_file, state

psycopg = pytest.importorskip("psycopg")


def asked(address: str, sql: str) -> list[tuple[object, ...]]:
    base, schema = address.split("?schema=")
    with psycopg.connect(base, options=f"-c search_path={schema},public", autocommit=True) as connection:
        cursor = connection.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def test_nothing_is_made_by_reading(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path / "store", postgis)
    assert store.newest("plots") is None
    assert store.layers() == store.versions("plots") == ()
    schema = postgis.rsplit("=", maxsplit=1)[-1]
    assert asked(postgis, f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema}'") == []
    add(store, tmp_path)
    assert not (tmp_path / "store").exists()
    assert not list(tmp_path.glob("*.parquet"))


MOST_ROWS = """
CREATE FUNCTION most(n bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
IF n > 2 THEN RAISE EXCEPTION 'too long' USING ERRCODE = 'program_limit_exceeded'; END IF; RETURN n; END $$
"""


@pytest.mark.parametrize("ranges", ["one", "several", "halved"])
def test_what_is_kept_comes_back_to_the_bit(
    tmp_path: Path, postgis: str, ranges: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from layers.store import rows as reading

    floats = [0.1, -0.0, 1e308, 5e-324, math.nan, math.inf, 1 / 3, None, 2.0]
    texts = [
        "甲",
        "",
        "a\x00b",
        'q"\\u0000',
        "\u2028 \t\n",
        None,
        "x" * 5000,
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "1.50",
    ]
    rows = [
        {
            "number": i,
            "big": 2**62 + i,
            "ratio": x,
            "text": t,
            "yes": i % 2 == 0,
            "list": ["a", t or ""],
            "mixed": {"b": [1, 2.50], "a": t} if i % 2 else i,
            "very long name " + "地" * 40: i,
            "id": f"own {i}",
        }
        for i, (x, t) in enumerate(zip(floats, texts, strict=True))
    ]
    ring = shapely.Polygon([(104, 30), (104.1, 30), (104.1, 30.1 + 2**-45)], [])
    shapes = [
        shapely.Point(104.123456789012345, 30),
        None,
        ring,
        shapely.MultiPolygon([ring]),
        shapely.LineString([(1e-300, 2), (3, 4)]),
        shapely.Point(1, 2, 3),
        shapely.GeometryCollection(),
        shapely.MultiPoint([(1, 2), (3, 4)]),
        shapely.Polygon(),
    ]
    wanted = content_of([f"号{i:03}" for i in range(8, -1, -1)], shapes, rows)
    path = tmp_path / "odd.parquet"
    write_content(path, wanted, crs="EPSG:4490")
    wanted = read_content(path)
    store = open_store(tmp_path, postgis)
    store.add("odd", path, Reason(kind="import", who="li", why="", about={"说明": "\x00"}), expected=None)
    if ranges != "one":
        monkeypatch.setattr(reading, "_READ_AT_ONCE", 4)
    if ranges == "halved":
        asked(postgis, MOST_ROWS)
        monkeypatch.setattr(reading, "_RANGE", reading._RANGE.replace("count(*)", "most(count(*))"))
    found = store.read("odd", 1)
    assert list(found.ids) == list(wanted.ids)
    assert list(shapely.to_wkb(found.geometry)) == list(shapely.to_wkb(wanted.geometry))
    assert found.properties.schema.equals(wanted.properties.schema, check_metadata=True)
    for name in wanted.names:
        ours, theirs = found.properties.column(name), wanted.properties.column(name)
        if pa.types.is_floating(theirs.type):
            bits = [[v if v is None else struct.pack("<d", v) for v in c.to_pylist()] for c in (ours, theirs)]
            assert bits[0] == bits[1]
        else:
            assert ours.to_pylist() == theirs.to_pylist(), name
    assert len(asked(postgis, "SELECT * FROM layer_odd")) == 9


def test_an_empty_layer_and_one_without_properties(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path, postgis)
    for number, content in enumerate((content_of([], [], []), content_of(["a"], [None], [{}]))):
        write_content(tmp_path / "c.parquet", content, crs="EPSG:4326")
        store.add(
            "l", tmp_path / "c.parquet", Reason(kind="import", who="", why="", about={}), expected=number or None
        )
        found = store.read("l", number + 1)
        assert (len(found), found.names) == (len(content), ())


def test_a_view_shows_the_newest_version_with_its_edits(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path, postgis)
    add(store, tmp_path)
    assert asked(
        postgis, "SELECT DISTINCT type, srid FROM geometry_columns WHERE f_table_schema = current_schema"
    ) == [("GEOMETRY", 4490)]
    ask = "SELECT id, ST_X(geometry), name_zh, properties->>'new' FROM layer_plots ORDER BY id"
    changes = [
        Change("f1", state(104.01), state(105.25, name_zh="新\x00名", new=7)),
        Change("f0", state(104), None),
        Change("n", None, {"geometry": None, "properties": {"name_zh": "无处"}}),
    ]
    store.edit("plots", changes, who="wang", why="", expected=1)
    assert asked(postgis, ask) == [
        ("f1", 105.25, "新名", "7"),
        ("f2", 104.02, "地块2", None),
        ("n", None, "无处", None),
    ]
    store.restore("plots", 1, who="wang", why="")
    assert [row[0] for row in asked(postgis, ask)] == ["f0", "f1", "f2"]
    assert len(asked(postgis, "SELECT * FROM base")) == 1, "an old version restored is not written twice"
    indexed = asked(postgis, "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'features_%'")
    assert any("USING gist (geometry)" in str(row[0]) for row in indexed)


def test_an_edit_that_puts_text_into_a_number_column_leaves_the_view_open(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path, postgis)
    write_content(
        tmp_path / "c.parquet", content_of(["a", "b"], [None, None], [{"n": 1}, {"n": 2}]), crs="EPSG:4326"
    )
    store.add("l", tmp_path / "c.parquet", Reason(kind="import", who="", why="", about={}), expected=None)
    text = {"geometry": None, "properties": {"n": "约 3 亩"}}
    store.edit("l", [Change("a", {"geometry": None, "properties": {"n": 1}}, text)], who="", why="", expected=1)
    assert asked(postgis, "SELECT id, n, properties->>'n' FROM layer_l ORDER BY id") == [
        ("a", None, "约 3 亩"),
        ("b", 2, "2"),
    ]


def test_names_from_data_are_names_and_nothing_else(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path, postgis)
    hostile = "x\"; DROP TABLE version; --' {0} %s"
    write_content(tmp_path / "c.parquet", content_of(["a"], [None], [{hostile: "v"}]), crs="EPSG:4326")
    store.add(hostile, tmp_path / "c.parquet", Reason(kind="import", who="?", why="%s", about={}), expected=None)
    store.edit(
        hostile,
        [Change("a", {"geometry": None, "properties": {}}, {"geometry": None, "properties": {hostile: "w"}})],
        who="",
        why="",
        expected=1,
    )
    assert store.layers() == (hostile,)
    assert next(iter(store.read(hostile, 2).rows())) == {hostile: "w"}
    assert store.version(hostile, 1).why == "%s"


def test_two_plans_in_one_database_do_not_meet(tmp_path: Path, postgis: str) -> None:
    one, other = open_store(tmp_path, postgis), open_store(tmp_path, f"{postgis}b")
    add(one, tmp_path)
    assert other.newest("plots") is None
    add(other, tmp_path, 4)
    assert (len(one.read("plots", 1)), len(other.read("plots", 1))) == (3, 4)


def test_a_lost_table_or_row_is_told_and_other_versions_stay(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path, postgis)
    add(store, tmp_path)
    for number, harm in enumerate(("DELETE FROM {} WHERE position = 1", "DROP TABLE {} CASCADE"), 2):
        made = add(store, tmp_path, 3 + number, expected=number - 1)
        asked(postgis, harm.format(f"features_{made.digest[:24]}"))
        with pytest.raises(DamagedStore):
            store.read("plots", number)
    assert len(store.read("plots", 1)) == 3


def test_an_older_programme_does_not_touch_a_newer_store(tmp_path: Path, postgis: str) -> None:
    add(open_store(tmp_path, postgis), tmp_path)
    asked(postgis, "UPDATE about SET schema = 99")
    with pytest.raises(StoreUnavailable, match="99"):
        open_store(tmp_path, postgis).newest("plots")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path: Path, language: str) -> None:
    address = f"postgresql://planner:Geheim-4711@{str(tmp_path).replace('/', '%2F')}/plan"
    with pytest.raises(StoreUnavailable) as caught:
        open_store(tmp_path, address).newest("plots")
    told = caught.value.message(language)
    assert "Geheim-4711" not in told
    assert str(tmp_path) not in told
    assert "No such file" in told


def test_a_refused_statement_changes_nothing(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path, postgis)
    add(store, tmp_path)
    schema = postgis.rsplit("=", maxsplit=1)[-1]
    refuse = "CREATE FUNCTION {s}.no() RETURNS trigger AS $$BEGIN RAISE 'disk full'; END$$ LANGUAGE plpgsql;"
    asked(postgis, refuse.format(s=schema))
    asked(postgis, "CREATE TRIGGER no BEFORE INSERT ON base EXECUTE FUNCTION no()")
    with pytest.raises(StoreUnavailable, match="disk full"):
        add(store, tmp_path, 5, expected=1)
    assert len(store.versions("plots")) == 1
    assert (
        len(
            asked(
                postgis,
                "SELECT 1 FROM pg_tables WHERE tablename LIKE 'features_%' AND schemaname = current_schema",
            )
        )
        == 1
    )
    asked(postgis, "DROP TRIGGER no ON base")
    assert add(store, tmp_path, 5, expected=1).number == 2


def test_connections_cut_by_the_server_are_made_again(tmp_path: Path, postgis: str) -> None:
    store = open_store(tmp_path, postgis)
    add(store, tmp_path)
    asked(
        postgis,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    assert len(store.read("plots", 1)) == 3
    with pytest.raises(EditConflict):
        add(store, tmp_path, expected=None)


def test_the_rows_stand_in_their_order(tmp_path: Path, postgis: str) -> None:
    count = 45_000
    store = open_store(tmp_path, postgis)
    store.add(
        "plots", content_file(tmp_path, count), Reason(kind="import", who="", why="", about={}), expected=None
    )
    found = store.read("plots", 1)
    assert list(found.ids) == [f"f{i}" for i in range(count)]
    assert np.array_equal(shapely.get_x(found.geometry), [104 + i / 100 for i in range(count)])


def test_the_server_of_the_tests_listens_on_no_network(postgis_server: Server) -> None:
    assert postgis_server.sql("show listen_addresses") == ""
