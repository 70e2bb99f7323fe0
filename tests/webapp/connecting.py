"""Gives the service everything that might make it call out; run under strace by the test, which reads the trace.

``python -m tests.webapp.connecting <folder>`` brings files that name an address in every way their formats know,
then asks for pages, tiles, exports and pictures of a plan whose texts are hostile. At the end it connects once itself,
to the port 9 of this machine, so that the trace is known to see it.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq
import shapely
from flask.testing import FlaskClient

from tests.hostile_plan import write_hostile_plan
from webapp import create_app
from webapp.settings import read_settings
from webapp.state import state_of

AWAY = "http://198.51.100.7:81/x"  # of no one (RFC 5737)
KML = (
    f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>{AWAY}</href></Link></NetworkLink>'
    f"<Style id='s'><IconStyle><Icon><href>{AWAY}</href></Icon></IconStyle></Style><Placemark><styleUrl>{AWAY}#s"
    f"</styleUrl><description><![CDATA[<img src='{AWAY}'>]]></description><Point><coordinates>104.05,30.05</coordinates>"
    "</Point></Placemark></Document></kml>"
)
VRT = f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{AWAY}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
GDALG = json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector read /vsicurl/{AWAY}"})
DTD = f'<!DOCTYPE k [<!ENTITY % e SYSTEM "{AWAY}"> %e;]><kml>&e;</kml>'
DXF = f"0\nSECTION\n2\nOBJECTS\n0\nIMAGEDEF\n5\nA\n1\n/vsicurl/{AWAY}\n0\nENDSEC\n0\nEOF\n"
POINT = {"type": "Point", "coordinates": [104.05, 30.05]}


def collection(crs: object) -> str:
    rows = [{"type": "Feature", "properties": {"name": AWAY}, "geometry": POINT}]
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows})


def files(folder: Path) -> Iterator[Path]:
    """Write and yield them."""
    texts = {
        "vrt": VRT,
        "gdalg": GDALG,
        "wfs": f"WFS:{AWAY}",
        "curl": f"/vsicurl/{AWAY}",
        "dtd": DTD,
        "kml": KML,
        "oapif": f"OAPIF:{AWAY}",
        "pg": "PG:host=198.51.100.7 dbname=x",
        "service": f"<OGRWFSDataSource><URL>{AWAY}</URL></OGRWFSDataSource>",
        "link": collection({"type": "link", "properties": {"href": AWAY}}),
        "named": collection({"type": "name", "properties": {"name": AWAY}}),
    }
    for name, text in texts.items():
        for ending in ("geojson", "kml", *(("dxf", "gpkg") if name in ("vrt", "curl") else ())):
            path = folder / f"{name}.{ending}"
            path.write_text(text, "utf-8")
            yield path
    (folder / "image.dxf").write_text(DXF)
    yield folder / "image.dxf"
    with zipfile.ZipFile(folder / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", KML)
    yield folder / "a.kmz"
    frame = gpd.GeoDataFrame({"name": [AWAY]}, geometry=[shapely.Point(104.05, 30.05)], crs=4490)
    parts = folder / "parts"
    parts.mkdir()
    frame.to_file(parts / "a.shp")
    (parts / "a.prj").write_text(AWAY)
    (parts / "b.vrt").write_text(VRT)
    shutil.make_archive(str(folder / "shape"), "zip", parts)
    yield folder / "shape.zip"
    frame.to_parquet(folder / "a.parquet")
    table = pq.read_table(folder / "a.parquet")
    about = json.loads(table.schema.metadata[b"geo"])
    about["columns"]["geometry"]["crs"] = AWAY
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), folder / "b.parquet")
    yield folder / "b.parquet"


def _job(client: FlaskClient, url: str, body: object, headers: dict[str, str]) -> str:
    started = client.post(url, json=body, headers=headers)
    if started.status_code != 202:
        return str(started.status_code)
    while (told := client.get(f"/api/jobs/{started.get_json()['job']}").get_json())["state"] in (
        "waiting",
        "running",
    ):
        time.sleep(0.01)
    return str(told["state"])


def main(folder: Path) -> None:
    """Bring, ask, and connect once."""
    plan = write_hostile_plan(folder / "plan")
    app = create_app(read_settings({}, {"data": str(plan), "instance": str(folder / "instance")}))
    token = state_of(app).accounts.issue(state_of(app).keyring, ("layers:write",), days=1)[1]
    headers = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    (folder / "files").mkdir()
    ended: dict[str, int] = {}
    for number, path in enumerate(files(folder / "files")):
        data = path.read_bytes()
        told = client.post("/api/uploads", json={"name": path.name, "size": len(data)}, headers=headers).get_json()
        key = told["upload"]
        client.put(f"/api/uploads/{key}?at=0", data=data, headers=headers)
        if path.suffix in (".parquet", ".zip"):
            _job(client, f"/api/uploads/{key}/preview", {"crs": AWAY}, headers)
        wanted = {"layer": f"n{number}", "label_zh": AWAY, "crs": "EPSG:4490"}
        state = _job(client, f"/api/uploads/{key}/import", wanted, headers)
        ended[state] = ended.get(state, 0) + 1
        client.delete(f"/api/uploads/{key}", headers=headers)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            client.get(rule.rule)
    for layer in client.get("/api/layers").get_json()["layers"]:
        client.get(f"/layers/{layer['id']}.geojson")
        for kind in ("gpkg", "kml", "xlsx", "zip", "fgb"):
            client.get(f"/export/{layer['id']}.{kind}")
    for crs in (AWAY, f"/vsicurl/{AWAY}", "urn:x-ogc:def:crs:http://198.51.100.7"):
        client.get("/export/zones.geojson", query_string={"crs": crs})
    for path in re.findall(r'"(/assets/[^"]+)"', client.get("/").text):
        client.get(path)
    state_of(app).close()
    with socket.socket() as one:
        one.connect_ex(("127.0.0.1", 9))
    print(json.dumps(ended))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(Path(sys.argv[1]))
