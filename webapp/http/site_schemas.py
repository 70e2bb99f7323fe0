"""The shapes of what is answered and asked of sites: rules, checks, dossiers, kept outlines."""

from __future__ import annotations

from typing import Any

from webapp.http.schema_parts import COUNT, NUMBER, STRING, TEXT, list_of, object_of, schema_ref

_UNKNOWN = NUMBER | {"nullable": True}
_VERSIONS = {"type": "object", "additionalProperties": STRING}
_VERDICTS = ["conflict", "undecided", "conditional", "needs_layer", "noted", "allowed", "not_applicable"]
_VERDICT = {"type": "string", "enum": _VERDICTS}
_RULE = {
    "id": STRING,
    **dict.fromkeys(("label", "text", "source", "read_label", "severity_label", "kind_label", "needs"), TEXT),
    "read": {"type": "string", "enum": ["read", "second_hand", "to_check", "own"]},
    "severity": {"type": "string", "enum": ["forbids", "condition", "notes"]},
    "kind": STRING,
    "lines": list_of(COUNT),
    "layers": {"type": "object", "additionalProperties": STRING},
    "tolerance_mm": NUMBER,
    "valid_from": STRING,
    "valid_to": STRING,
}
_NEAR = {
    "layer": STRING,
    "layer_label": TEXT,
    "feature": STRING,
    "name": TEXT,
    "distance_m": NUMBER,
    "site_off_m": _UNKNOWN,
    "off_m": _UNKNOWN,
    "share": _UNKNOWN,
    "overlap_m2": NUMBER,
    "told": TEXT,
}
_BESIDE = ("within", "nearest", "neighbours")
_FACT = object_of("key label value", key=STRING, label=TEXT, value=TEXT)

SITE_SCHEMAS: dict[str, Any] = {
    "SiteRule": object_of(" ".join(_RULE), **_RULE),
    "RuleList": object_of(
        "declared sites rules industries kinds problems",
        declared={"type": "boolean"},
        sites=list_of(STRING),
        rules=list_of(schema_ref("SiteRule")),
        industries=list_of(object_of("id label", id=STRING, label=TEXT)),
        kinds=list_of(object_of("id label about", id=STRING, label=TEXT, about=TEXT)),
        problems=list_of(object_of("zh en", zh=STRING, en=STRING)),
    ),
    "SiteAbout": object_of(
        "layer feature name uncertainty_m industries area_m2 perimeter_m",
        layer=STRING,
        feature=STRING,
        name=TEXT,
        uncertainty_m=_UNKNOWN,
        industries=list_of(STRING) | {"nullable": True},
        area_m2=_UNKNOWN,
        perimeter_m=NUMBER,
    ),
    "SiteEvidence": object_of(
        "shown layer feature name uncertainty_m amount_m amount_m2 geometry",
        shown={"type": "string", "enum": ["overlap", "link", "outside"]},
        layer=STRING,
        feature=STRING,
        name=TEXT,
        uncertainty_m=_UNKNOWN,
        amount_m=_UNKNOWN,
        amount_m2=_UNKNOWN,
        geometry=schema_ref("Geometry"),
    ),
    "RuleFinding": object_of(
        "rule verdict verdict_label drawn drawn_label told unit value low high limit settles evidence",
        rule=schema_ref("SiteRule"),
        verdict=_VERDICT,
        drawn=_VERDICT,
        **dict.fromkeys(("verdict_label", "drawn_label", "told"), TEXT),
        unit=STRING,
        **dict.fromkeys(("value", "low", "high", "limit", "settles"), _UNKNOWN),
        evidence=list_of(schema_ref("SiteEvidence")),
    ),
    "SiteCheck": object_of(
        "site day verdict verdict_label drawn drawn_label said settles counts rules versions",
        site=schema_ref("SiteAbout"),
        day=STRING,
        **dict.fromkeys(("verdict", "drawn"), _VERDICT | {"nullable": True}),
        **dict.fromkeys(("verdict_label", "drawn_label", "said", "settles"), TEXT),
        counts=object_of(" ".join(_VERDICTS), **dict.fromkeys(_VERDICTS, COUNT)),
        rules=list_of(schema_ref("RuleFinding")),
        versions=_VERSIONS,
    ),
    "NearSite": object_of(" ".join(_NEAR), **_NEAR),
    "SiteDossier": object_of(
        f"site kind geometry keys where {' '.join(_BESIDE)} check quote quoted_at watch versions view address",
        site=schema_ref("SiteAbout"),
        kind=TEXT,
        geometry=schema_ref("Geometry"),
        keys=list_of(_FACT),
        where=list_of(_FACT),
        **dict.fromkeys(_BESIDE, list_of(schema_ref("NearSite"))),
        check=schema_ref("SiteCheck"),
        quote=STRING,
        quoted_at=TEXT,
        watch=list_of(TEXT),
        versions=_VERSIONS,
        view=STRING,
        address=STRING,
    ),
    "SiteAsked": object_of(
        "",
        polygon={"type": "object"},
        lon=NUMBER,
        lat=NUMBER,
        layer=STRING,
        feature=STRING,
        name=STRING,
        industries=list_of(STRING),
        uncertainty_m=NUMBER,
        day=STRING,
    ),
    "KeptSite": object_of("id name link days", id=STRING, name=STRING, link=STRING, days=COUNT),
}
