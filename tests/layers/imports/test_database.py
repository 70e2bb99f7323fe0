"""A table of a named PostGIS database becomes a layer as a file does; it is only read, and no secret is told."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks.postgresql import Server
from geo.errors import Cancelled
from layers.imports import database
from layers.imports.crs_gate import NeedsCRS
from layers.imports.database import Named, Origin, TakeBounds, spatial_tables, take_table
from layers.imports.draft import Draft
from layers.imports.formats.reading import read_source
from layers.imports.importer import import_layer
from layers.imports.in_number import notes_in_number
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import wanted
from tests.small_plan import write_plan

psycopg = pytest.importorskip("psycopg")
PASSWORD = "geheim:wort/9 %"
BOX = "POLYGON((104.05 30.05,104.06 30.05,104.06 30.06,104.05 30.06,104.05 30.05))"


class Place:
    """A schema of the server, its owner's SQL, and a connection whose role may only read."""

    def __init__(self, server: Server, schema: str) -> None:
        self.server, self.schema = server, schema
        self.named = Named("survey", self.address(PASSWORD))

    def address(self, password: str, name: str = "postgres") -> str:
        host = quote(str(self.server.folder), safe="")
        return f"postgresql://reader:{quote(password, safe='')}@{host}/{name}"

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.server.address, autocommit=True) as connection:
            connection.execute(f'SET search_path TO "{self.schema}", public')
            cursor = connection.execute(text)
            return list(cursor.fetchall()) if cursor.description else []

    def take(self, table: str, out: Path, **more: Any) -> Origin:
        bounds = TakeBounds(seconds=more.pop("seconds", 20), most=more.pop("most", 10**8))
        return take_table(self.named, f"{self.schema}.{table}", out, bounds=bounds, **more)

    def draft(self, table: str, out: Path, **more: Any) -> Draft:
        origin = self.take(table, out, **more)
        return read_source(out, origin=origin)


@pytest.fixture(scope="module")
def reader(postgis_server: Server) -> None:
    """A role that signs in with a password and may read."""
    rules = postgis_server.data / "pg_hba.conf"
    with psycopg.connect(postgis_server.address, autocommit=True) as connection:
        made = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'reader'").fetchone()
        if made is None:
            connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
            rules.write_text("local all reader scram-sha-256\n" + rules.read_text())
            connection.execute("SELECT pg_reload_conf()")


@pytest.fixture
def place(postgis_server: Server, reader: None) -> Iterator[Place]:
    made = Place(postgis_server, f"城 {secrets.token_hex(4)}")
    made.sql(f'CREATE SCHEMA "{made.schema}"')
    made.sql(f'GRANT USAGE ON SCHEMA "{made.schema}" TO reader')
    made.sql(f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{made.schema}" GRANT SELECT ON TABLES TO reader')
    yield made
    made.sql(f'DROP SCHEMA "{made.schema}" CASCADE')


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "taken.parquet"


def test_every_type_comes_as_what_it_is_and_what_does_not_is_said(place: Place, out: Path) -> None:
    place.sql("CREATE TYPE mood AS ENUM ('好', '坏')")
    place.sql("CREATE DOMAIN code AS varchar(8)")
    place.sql(
        "CREATE TABLE kinds (gid serial PRIMARY KEY, 名称 text, area numeric(12,2), big numeric, whole numeric(10),"
        " single float4, double float8, d date, ts timestamptz, at timestamp, j jsonb, list text[], deep int[],"
        " raw bytea, u uuid, yes bool, m mood, c code, fixed char(6), geom geometry(Polygon,4490), other geometry)"
    )
    place.sql(
        "INSERT INTO kinds (名称, area, big, whole, single, double, d, ts, at, j, list, deep, raw, u, yes, m, c,"
        " fixed, geom) VALUES ('滨江公园', 324.25, 12345678901234567890, 7, 0.1, 'NaN', '2024-05-01',"
        " '2024-05-01 08:00+08', '2024-05-01 08:00', '{\"a\": \"值\"}', '{甲,\"b,c\"}', '{{1,2}}', '\\x00',"
        f" 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true, '好', 'R2', 'ab', ST_GeomFromText('{BOX}', 4490)),"
        " (NULL, NULL, 1.5, 8, NULL, 1.5, 'infinity', NULL, '-infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
        " NULL, NULL, NULL)"
    )
    draft = place.draft("kinds", out, geometry="geom")
    first, second = draft.properties.to_pylist()
    assert first == {
        "gid": 1,
        "名称": "滨江公园",
        "area": 324.25,
        "big": "12345678901234567890",
        "whole": 7,
        "single": 0.1,
        "double": None,
        "d": "2024-05-01",
        "ts": "2024-05-01 00:00:00+00:00",
        "at": "2024-05-01 08:00:00",
        "j": '{"a": "值"}',
        "list": ["甲", "b,c"],
        "deep": "[[1,2]]",
        "u": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "yes": True,
        "m": "好",
        "c": "R2",
        "fixed": "ab",
    }
    assert {name for name, value in second.items() if value is not None} == {"gid", "big", "whole", "double"}
    assert draft.ids == ("1", "2")
    assert (draft.format, draft.crs, draft.encoding) == ("PostGIS", "EPSG:4490", "utf-8")
    assert draft.geometry[0].equals_exact(shapely.from_wkt(BOX), 0)
    assert draft.geometry[1] is None
    said = " ".join(note.en for note in notes_in_number(draft.notes))
    for words in (
        "raw (bytea), other (geometry)",
        "1 value of double is not finite",
        "1 value of d is infinite",
        "1 value of at is infinite",
        "big holds numbers",
        "primary key gid",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("numeric", "0.1", 0.1),
        ("numeric", "123456789012345678", 123456789012345678),
        ("numeric", "1234567890.12345678901234", 1234567890.12345678901234),
        ("numeric(15,2)", "1234567890123.45", 1234567890123.45),
        ("numeric(20,0)", "99999999999999999999", "99999999999999999999"),
        ("numeric", "'Infinity'", None),
        ("int8", "9223372036854775807", 9223372036854775807),
        ("float4", "0.3", 0.3),
        ("text", "'＝1+1'", "＝1+1"),
        ("text", "''", ""),
        ("interval", "'90 minutes'", "PT1H30M"),
        ("bool[]", "'{t,NULL}'", ["true", None]),
        ("int4range", "'[1,5)'", "[1,5)"),
    ],
)
def test_a_value(place: Place, out: Path, kind: str, value: str, expected: object) -> None:
    place.sql(f"CREATE TABLE one (v {kind}, geom geometry(Point,4490))")
    place.sql(f"INSERT INTO one VALUES ({value}, ST_SetSRID(ST_Point(104.1,30.1),4490))")
    assert place.draft("one", out).properties.to_pylist() == [{"v": expected}]


def test_shapes_of_every_kind_are_taken_or_said(place: Place, out: Path) -> None:
    place.sql("CREATE TABLE shapes (gid int PRIMARY KEY, geom geometry)")
    shapes = [
        BOX,
        "POLYGON Z((104.05 30.05 9,104.06 30.05 9,104.06 30.06 9,104.05 30.05 9))",
        "POINT M(104.1 30.1 5)",
        "CURVEPOLYGON(CIRCULARSTRING(104 30,104.01 30.01,104.02 30,104.01 29.99,104 30))",
        "TIN(((104 30,104.01 30.01,104.02 30,104 30)),((104 30,104.01 29.99,104.02 30,104 30)))",
        "POLYHEDRALSURFACE(((104 30,104.02 30,104.02 30.02,104 30),(104.01 30.005,104.015 30.01,104.015 30.005,"
        "104.01 30.005)))",
        "GEOMETRYCOLLECTION(TIN(((104 30,104.01 30.01,104.02 30,104 30))))",
        "POLYGON EMPTY",
        "POLYGON((104.05 30.05,104.06 30.06,104.06 30.05,104.05 30.06,104.05 30.05))",
        "MULTILINESTRING((104 30,104.1 30.1),(104 30.1,104.1 30))",
        "POINT(NaN NaN)",
    ]
    for number, text in enumerate(shapes):
        place.sql(f"INSERT INTO shapes VALUES ({number}, ST_SetSRID('{text}'::geometry, 4490))")
    draft = place.draft("shapes", out)
    kinds = [None if shape is None else shape.geom_type for shape in draft.geometry]
    assert kinds == [
        "Polygon",
        "Polygon",
        "Point",
        "Polygon",
        "MultiPolygon",
        "MultiPolygon",
        None,
        "Polygon",
        "Polygon",
        "MultiLineString",
        "Point",
    ]
    assert shapely.get_coordinates(draft.geometry[1], include_z=True)[:, 2].tolist() == [9.0] * 4, "heights stay"
    assert draft.geometry[3].area == pytest.approx(np.pi * 1e-4, rel=1e-5)
    assert shapely.get_num_interior_rings(shapely.get_parts(draft.geometry[5])).sum() == 1
    said = " ".join(note.en for note in notes_in_number(draft.notes))
    for words in ("1 curve became lines", "2 TIN or polyhedral", "1 geometry cannot be read"):
        assert words in said


@pytest.mark.parametrize("epsg", [4490, 4326, 4549, 4544])
def test_the_crs_is_that_of_the_table(place: Place, out: Path, epsg: int) -> None:
    place.sql(f"CREATE TABLE t (geom geometry(Polygon,{epsg}))")
    place.sql(f"INSERT INTO t SELECT ST_Transform(ST_GeomFromText('{BOX}',4326),{epsg})")
    assert place.draft("t", out).crs == f"EPSG:{epsg}"


def test_srids_of_ones_own_and_of_nobody(place: Place, out: Path) -> None:
    place.sql(
        "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) SELECT 990001, 'ours', 1,"
        " replace(srtext, '500000', '400000'), proj4text FROM spatial_ref_sys WHERE srid = 4544"
    )
    try:
        place.sql(
            "CREATE TABLE own (geom geometry(Point,990001)); INSERT INTO own VALUES ('SRID=990001;POINT(1 2)')"
        )
        crs = place.draft("own", out).crs
        assert crs is not None
        assert "400000" in crs
    finally:
        place.sql("DROP TABLE own; DELETE FROM spatial_ref_sys WHERE srid = 990001")
    place.sql("CREATE TABLE nobody (geom geometry); INSERT INTO nobody VALUES ('SRID=990002;POINT(1 2)')")
    draft = place.draft("nobody", out)
    assert draft.crs is None
    assert "990002" in draft.notes[0].en


def test_geography_is_read_as_degrees(place: Place, out: Path) -> None:
    place.sql("CREATE TABLE g (geog geography(Point,4326)); INSERT INTO g VALUES ('POINT(104.1 30.1)')")
    assert [(t.kind, t.geography) for t in spatial_tables(place.named) if t.schema == place.schema] == [
        ("POINT", True)
    ]
    draft = place.draft("g", out)
    assert (draft.crs, draft.geometry[0].wkt) == ("EPSG:4326", "POINT (104.1 30.1)")


def test_without_srid_the_gate_asks_and_shows_what_fits(place: Place, library: Library, out: Path) -> None:
    place.sql("CREATE TABLE bare (geom geometry)")
    place.sql(f"INSERT INTO bare SELECT ST_SetSRID(ST_Transform(ST_GeomFromText('{BOX}',4490),4542),0)")
    origin = place.take("bare", out)
    with pytest.raises(NeedsCRS):
        import_layer(library, out, wanted(), who="li", origin=origin)
    assert library.store.newest("new") is None
    seen = preview(library, out, origin=origin)
    assert seen["declared_crs"] is None
    assert "EPSG:4542" in [one["crs"] for one in seen["places"]]
    report = import_layer(library, out, wanted(crs="EPSG:4542"), who="li", origin=origin)
    assert report.placed == 1


def test_the_same_numbers_as_by_geopackage(place: Place, library: Library, tmp_path: Path, out: Path) -> None:
    rng = np.random.default_rng(4)
    corners = np.array([404_000, 3_325_000]) + rng.uniform(0, 2000, (60, 2))
    boxes = [shapely.box(x, y, x + w, y + w) for (x, y), w in zip(corners, rng.uniform(5, 90, 60), strict=True)]
    frame = gpd.GeoDataFrame(
        {"gid": range(60), "名称": [f"地块{i}" for i in range(60)], "share": rng.uniform(0, 1, 60)},
        geometry=boxes,
        crs=4543,
    )
    frame.to_file(tmp_path / "parcels.gpkg")
    place.sql("CREATE TABLE parcels (gid int, 名称 text, share float8, geom geometry(Polygon,4543))")
    with psycopg.connect(place.server.address) as connection, connection.cursor() as cursor:
        rows = zip(
            frame.gid, frame["名称"], frame.share, shapely.to_wkb(frame.geometry.values, hex=True), strict=True
        )
        cursor.executemany(
            f'INSERT INTO "{place.schema}".parcels VALUES (%s, %s, %s, ST_SetSRID(%s::geometry, 4543))',
            [(int(g), n, float(s), w) for g, n, s, w in rows],
        )
    origin = place.take("parcels", out)
    ours = import_layer(library, out, wanted(layer="table"), who="li", origin=origin)
    theirs = import_layer(library, tmp_path / "parcels.gpkg", wanted(layer="file"), who="li")
    assert ours.placed == theirs.placed == 60
    a, b = (library.store.read(name, 1) for name in ("table", "file"))
    assert shapely.equals_exact(a.geometry, b.geometry, 1e-9).all()
    assert a.properties.to_pylist() == b.properties.to_pylist()


def test_the_record_says_where_a_layer_came_from_and_nothing_secret(
    place: Place, library: Library, out: Path
) -> None:
    place.sql('CREATE TABLE "t" (name text, geom geometry(Polygon,4490))')
    place.sql(f"INSERT INTO t VALUES ('甲', ST_GeomFromText('{BOX}',4490))")
    origin = place.take("t", out)
    report = import_layer(library, out, wanted(), who="li", origin=origin)
    told = report.version.about["origin"]
    assert (told["database"], told["table"], told["rows"]) == ("survey", f"{place.schema}.t", 1)
    assert told["read_at"][:2] == "20"
    library = Library(library.folder)
    assert library.layer("new").source.en.startswith(f"imported from the database survey, {place.schema}.t (20")
    written = b"".join(p.read_bytes() for p in library.folder.rglob("*") if p.is_file()) + out.read_bytes()
    for secret in (PASSWORD, quote(PASSWORD, safe=""), str(place.server.folder), "reader:"):
        assert secret.encode() not in written
        assert secret not in repr((place.named, origin, report))


def test_names_are_names_whatever_is_in_them(place: Place, out: Path) -> None:
    table, column, shape = 'x"; DROP TABLE kept; --', "a'b\"c%s{0}", "几何 \"; SELECT '"
    place.sql("CREATE TABLE kept (n int)")
    quoted = [name.replace('"', '""') for name in (table, column, shape)]
    with psycopg.connect(place.server.address, autocommit=True) as raw:
        at = f'"{place.schema}"."{quoted[0]}"'
        raw.execute(f'CREATE TABLE {at} ("{quoted[1]}" text, "{quoted[2]}" geometry(Point,4490))'.encode())
        raw.execute(f"INSERT INTO {at} VALUES ('<b>', 'SRID=4490;POINT(104.1 30.1)')".encode())
    found = [one for one in spatial_tables(place.named) if one.schema == place.schema]
    assert [(one.table, one.geometry) for one in found] == [(table, shape)]
    assert place.draft(table, out).properties.to_pylist() == [{column: "<b>"}]
    assert place.sql("SELECT count(*) FROM kept") == [(0,)]


@pytest.mark.parametrize(
    "written",
    [
        "CREATE FUNCTION wr() RETURNS int LANGUAGE sql AS 'INSERT INTO kept VALUES (1) RETURNING n'",
        "CREATE FUNCTION wr() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SET transaction_read_only = off; "
        "INSERT INTO kept VALUES (1); RETURN 1; END $$",
        "CREATE FUNCTION wr() RETURNS int LANGUAGE sql AS 'SELECT nextval(''counted'')::int'",
    ],
)
def test_reading_writes_nothing(place: Place, out: Path, written: str) -> None:
    place.sql("CREATE TABLE kept (n int)")
    place.sql("CREATE SEQUENCE counted")
    place.sql("GRANT INSERT ON kept TO reader; GRANT ALL ON counted TO reader")
    with psycopg.connect(place.server.address, autocommit=True) as raw:
        raw.execute(f'SET search_path TO "{place.schema}", public')
        raw.execute(f'{written}; ALTER FUNCTION wr() SET search_path = "{place.schema}", public'.encode())
    place.sql("CREATE VIEW v AS SELECT wr() AS n, ST_SetSRID(ST_Point(104,30),4490)::geometry(Point,4490) AS geom")
    with pytest.raises((database.WriteRefused, database.DatabaseFault)):
        place.take("v", out)
    assert place.sql("SELECT count(*) FROM kept") == [(0,)]
    assert place.sql("SELECT is_called FROM counted") == [(False,)]
    assert not out.exists()


FAILURES: list[tuple[str, Callable[[Place, Path], object], type[database.TableError]]] = [
    ("unreachable", lambda p, out: _as(p, "postgresql://127.0.0.1:1/x", out), database.DatabaseUnreachable),
    ("no socket", lambda p, out: _as(p, "host=/nonexistent dbname=x", out), database.DatabaseUnreachable),
    ("wrong password", lambda p, out: _as(p, p.address("no-" + PASSWORD), out), database.SignInRefusedByDatabase),
    (
        "no such database",
        lambda p, out: _as(p, p.address(PASSWORD, "gone"), out),
        database.SignInRefusedByDatabase,
    ),
    ("not an address", lambda p, out: _as(p, "passwort=geheim frob=1", out), database.DatabaseUnreachable),
    ("PostGIS missing", lambda p, out: _as(p, p.address(PASSWORD, "template1"), out), database.NoPostGIS),
    ("no such table", lambda p, out: p.take("nothing", out), database.UnknownTable),
    ("no right", lambda p, out: p.take("closed", out), database.NoRight),
    ("no geometry", lambda p, out: p.take("plain", out), database.NoGeometry),
    ("which geometry", lambda p, out: p.take("two", out), database.NoGeometry),
    ("empty", lambda p, out: p.take("void", out), database.EmptyTable),
    ("several SRIDs", lambda p, out: p.take("mixed", out), database.MixedSRID),
    ("too long", lambda p, out: p.take("slow", out, seconds=1), database.ReadTooLong),
    ("too large", lambda p, out: p.take("good", out, most=100), database.TableTooLarge),
    ("fails", lambda p, out: p.take("broken", out), database.DatabaseFault),
    ("bad name", lambda p, out: p.take("\ud800", out), database.DatabaseFault),
]


def _as(place: Place, address: str, out: Path) -> object:
    return take_table(
        Named("survey", address), f"{place.schema}.good", out, bounds=TakeBounds(seconds=20, most=10**8)
    )


@pytest.mark.parametrize(("_", "do", "kind"), FAILURES, ids=[one[0] for one in FAILURES])
def test_a_failure_is_told_with_what_to_do_and_leaves_nothing(
    place: Place, out: Path, _: str, do: Callable[[Place, Path], object], kind: type[database.TableError]
) -> None:
    point = "ST_SetSRID(ST_Point(104,30),4490)"
    place.sql(f"CREATE TABLE good AS SELECT {point}::geometry(Point,4490) AS geom FROM generate_series(1, 9)")
    place.sql("CREATE TABLE closed (LIKE good)")
    place.sql("REVOKE ALL ON closed FROM reader")
    place.sql("CREATE TABLE plain (n int)")
    place.sql("CREATE TABLE void (LIKE good)")
    place.sql(f"CREATE TABLE two AS SELECT {point} AS a, {point} AS b")
    place.sql(f"CREATE TABLE mixed AS SELECT {point} AS geom UNION ALL SELECT ST_SetSRID(ST_Point(1,1),4326)")
    place.sql(f"CREATE VIEW slow AS SELECT pg_sleep(5)::text AS n, {point}::geometry(Point,4490) AS geom")
    place.sql("CREATE VIEW broken AS SELECT 1/(ST_X(geom)::int-104) AS n, geom FROM good")
    with pytest.raises(kind) as told:
        do(place, out)
    for language in ("zh", "en"):
        said = told.value.message(language)
        assert len(said) > 20
        for secret in ("geheim", quote(PASSWORD, safe=""), str(place.server.folder), "reader", "127.0.0.1"):
            assert secret not in said
    assert told.value.__cause__ is None
    assert not out.exists()
    ours = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'idle in transaction'"
    assert place.sql(ours) == [(0,)]


def test_a_table_that_vanishes_while_it_is_listed(
    place: Place, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from layers.imports.database import taking

    place.sql("CREATE TABLE t AS SELECT ST_SetSRID(ST_Point(104,30),4490) AS geom")
    known: Any = vars(taking)["key_of"]

    def dropped(*told: Any) -> tuple[str, ...]:
        place.sql("DROP TABLE t")
        return known(*told)

    monkeypatch.setattr(taking, "key_of", dropped)
    with pytest.raises(database.UnknownTable):
        place.take("t", out)


def test_progress_is_told_and_cancelling_ends_the_reading(place: Place, out: Path) -> None:
    place.sql(
        "CREATE TABLE many AS SELECT n, ST_SetSRID(ST_Point(104+n/1e6,30),4490)::geometry(Point,4490) AS geom"
        " FROM generate_series(1, 90000) n"
    )
    place.sql("ANALYZE many")
    told: list[tuple[float, float]] = []
    place.take("many", out, progress=lambda read, of: told.append((read, of)))
    assert len(told) >= 4
    assert told == sorted(told)
    assert told[-1] == (90_000, 90_000)

    def cancel(_read: float, _of: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        place.take("many", out, progress=cancel)
    assert not out.exists()
    assert place.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active'") == [
        (0,)
    ]


def test_large_shapes_are_held_few_at_a_time(place: Place, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from layers.imports.database import taking

    place.sql(
        "CREATE TABLE large AS SELECT n, ST_SetSRID(ST_Point(104,30),4490) AS geom FROM generate_series(1, 9) n"
    )
    monkeypatch.setattr(taking, "_STEP", 2)
    monkeypatch.setattr(taking, "_BATCH_BYTES", 60)
    told: list[float] = []
    origin = place.take("large", out, progress=lambda read, _of: told.append(read))
    assert [n["n"] for n in read_source(out, origin=origin).properties.to_pylist()] == list(range(1, 10))
    assert len(told) == 3


def test_without_the_driver_it_is_said(place: Place, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("listing", "taking"):
        monkeypatch.setitem(sys.modules, f"layers.imports.database.{name}", None)
    with pytest.raises(database.NoDatabaseDriver):
        spatial_tables(place.named)
    with pytest.raises(database.NoDatabaseDriver, match="setup --postgis"):
        place.take("t", out)


def test_text_in_gbk_of_a_database_without_an_encoding(place: Place, out: Path) -> None:
    from psycopg import sql

    from layers.imports.database.columns import ColumnQuery, Values

    values = Values([ColumnQuery("n", sql.SQL("n"), "bytea")])
    assert values.batch([["滨江公园".encode("gbk"), "白屈港".encode(), None]])[0].to_pylist() == [
        "滨江公园",
        "白屈港",
        None,
    ]
    assert values.encoding == "gb18030"
    assert "GB18030" in values.notes()[0].en
