"""What a geodatabase says of itself: sublayers, what they and their columns are called, domains, relationships.

Read in the hardened child, from the tables a geodatabase keeps about itself.

References
----------
ESRI, XML Schema of the Geodatabase.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

_XML, _CODES = 4_000_000, 2000
_RELATIONSHIP = "{B606A7E1-FA5B-439C-849C-6E9C2481537B}"  # its type in GDB_Items
_RASTER = "{5ED667A3-9CA9-44A2-8029-D95BF23704B9}"


def domain_of(definition: str) -> tuple[str, dict[str, Any]] | None:
    """Return a domain's name and what it allows: ``values`` by code, or ``range``; None when it is no domain.

    Examples
    --------
    >>> domain_of("<GPRangeDomain2><DomainName>层数</DomainName><MaxValue>9</MaxValue><MinValue>1</MinValue>"
    ...           "</GPRangeDomain2>")
    ('层数', {'range': ['1', '9']})
    """
    if "Domain" not in definition[:400] or len(definition) > _XML:
        return None
    root = _parsed(definition)
    if root is None:
        return None
    kind, name = _local(root), _child(root, "DomainName")
    if kind.startswith("GPCodedValueDomain"):
        pairs = [(_child(one, "Code"), _child(one, "Name")) for one in root.iter() if _local(one) == "CodedValue"]
        return name, {"values": dict(pairs[:_CODES])}
    if kind.startswith("GPRangeDomain"):
        return name, {"range": [_child(root, "MinValue"), _child(root, "MaxValue")]}
    return None


def subtypes_of(definition: str) -> tuple[str, dict[str, str]] | None:
    """Return the field that says the subtype of a feature and what its codes are called; None where there is none.

    Examples
    --------
    >>> subtypes_of("<DEFeatureClassInfo><SubtypeFieldName>LX</SubtypeFieldName><Subtypes><Subtype>"
    ...             "<SubtypeName>干路</SubtypeName><SubtypeCode>1</SubtypeCode></Subtype></Subtypes>"
    ...             "</DEFeatureClassInfo>")
    ('LX', {'1': '干路'})
    """
    if "SubtypeFieldName" not in definition or len(definition) > _XML:
        return None
    root = _parsed(definition)
    field = "" if root is None else _child(root, "SubtypeFieldName")
    if root is None or not field:
        return None
    pairs = [
        (_child(one, "SubtypeCode"), _child(one, "SubtypeName")) for one in root.iter() if _local(one) == "Subtype"
    ]
    return (field, dict(pairs[:_CODES])) if pairs else None


def subtype_domains_of(definition: str) -> dict[str, dict[str, str]]:
    """Return by field which domain each subtype gives it, by the subtype's name.

    Examples
    --------
    >>> subtype_domains_of("<DEFeatureClassInfo><SubtypeFieldName>LX</SubtypeFieldName><Subtypes><Subtype>"
    ...                    "<SubtypeName>干路</SubtypeName><FieldInfos><SubtypeFieldInfo><FieldName>DJ</FieldName>"
    ...                    "<DomainName>干路等级</DomainName></SubtypeFieldInfo></FieldInfos></Subtype></Subtypes>"
    ...                    "</DEFeatureClassInfo>")
    {'DJ': {'干路': '干路等级'}}
    """
    if "SubtypeFieldInfo" not in definition or len(definition) > _XML:
        return {}
    root = _parsed(definition)
    found: dict[str, dict[str, str]] = {}
    for subtype in [] if root is None else [one for one in root.iter() if _local(one) == "Subtype"][:_CODES]:
        for info in (one for one in subtype.iter() if _local(one) == "SubtypeFieldInfo"):
            if domain := _child(info, "DomainName"):
                found.setdefault(_child(info, "FieldName"), {})[_child(subtype, "SubtypeName")] = domain
    return found


def relationship_of(kind: str, definition: str) -> dict[str, str] | None:
    """Return a relationship class: its name, from which table to which, how many to how many."""
    if kind.upper() != _RELATIONSHIP or len(definition) > _XML:
        return None
    root = _parsed(definition)
    if root is None:
        return None
    ends = {}
    for one in root:
        if _local(one) in ("OriginClassNames", "DestinationClassNames"):
            ends[_local(one)] = ", ".join(text.strip() for part in one for text in [part.text or ""])
    return {
        "name": _child(root, "Name"),
        "origin": ends.get("OriginClassNames", ""),
        "destination": ends.get("DestinationClassNames", ""),
        "cardinality": _child(root, "Cardinality").removeprefix("esriRelCardinality"),
    }


def describe_gdb(path: str, layer: str) -> dict[str, Any]:
    """Return what a geodatabase says of itself; run in the child.

    Returns
    -------
    dict
        ``sublayers`` (name, alias, kind or None of a table, features), ``domains`` by name, ``relationships``,
        ``rasters`` (names), ``columns`` of the layer (``alias``, ``domain`` and ``length`` where it has them),
        ``subtypes`` (``field`` and ``values``, where it has them), ``by_subtype`` (by field, the domain each
        subtype gives it), ``tables`` (the number of the files each is
        in, by its name).
    """
    import pyogrio  # noqa: PLC0415 - GDAL only in the child

    sublayers = []
    for name, kind in pyogrio.list_layers(path).tolist():
        info = pyogrio.read_info(path, layer=name)
        alias = (info["layer_metadata"] or {}).get("ALIAS_NAME", "")
        sublayers.append({"name": name, "alias": alias, "kind": kind, "features": int(info["features"])})
    _, items = pyogrio.read_arrow(path, layer="GDB_Items", LIST_ALL_TABLES="YES", read_geometry=False)
    found: dict[str, Any] = {"sublayers": sublayers, "domains": {}, "relationships": [], "rasters": []}
    found["columns"] = _columns(path, layer)
    meta, catalog = pyogrio.read_arrow(
        path, layer="GDB_SystemCatalog", LIST_ALL_TABLES="YES", read_geometry=False, return_fids=True
    )
    numbers = catalog.column(meta["fid_column"] or "OGC_FID").to_pylist()
    found["tables"] = dict(zip(catalog.column("Name").to_pylist(), numbers, strict=True))
    for row in items.to_pylist():
        definition, kind = str(row.get("Definition") or ""), str(row.get("Type") or "")
        if str(row.get("Name")) == layer and (subtypes := subtypes_of(definition)) is not None:
            found["subtypes"] = {"field": subtypes[0], "values": subtypes[1]}
            found["by_subtype"] = subtype_domains_of(definition)
        if kind.upper() == _RASTER:
            found["rasters"].append(str(row.get("Name")))
        elif (domain := domain_of(definition)) is not None:
            found["domains"][domain[0]] = domain[1]
        elif (one := relationship_of(kind, definition)) is not None:
            found["relationships"].append(one)
    return found


def _columns(path: str, layer: str) -> dict[str, dict[str, str]]:
    import pyogrio  # noqa: PLC0415 - GDAL only in the child

    words = {b"GDAL:OGR:alternative_name": "alias", b"GDAL:OGR:domain_name": "domain", b"GDAL:OGR:width": "length"}
    with pyogrio.open_arrow(path, layer=layer, use_pyarrow=True) as (_, batches):
        return {
            field.name: {
                words[key]: value.decode() for key, value in (field.metadata or {}).items() if key in words
            }
            for field in batches.schema
        }


def _parsed(text: str) -> etree._Element | None:
    """Return XML from a stranger: no entity is resolved, nothing is fetched, nothing huge is taken."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _local(one: etree._Element) -> str:
    return str(one.tag).split("}")[-1]


def _child(root: etree._Element, name: str) -> str:
    return next(((one.text or "").strip() for one in root if _local(one) == name), "")
