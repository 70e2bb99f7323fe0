"""PlanAtlas's statistics beside its peers on the same data: `python -m benchmarks --help`.

Needs, beside the service's own packages, pyarrow; for the peers duckdb, duckdb-extension-spatial,
duckdb-extensions, sedonadb, geoarrow-pyarrow, and Debian's postgresql and postgresql-15-postgis-3. Peers that are
missing are noted on the page.
"""
