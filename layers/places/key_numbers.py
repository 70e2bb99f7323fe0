"""The few numbers of a site that stand alone: money, land, intensity and dates as a planner reads them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.measure.area import M2_PER
from geo.text import Text, join_texts, number_text
from layers.messages import say
from layers.places.derived import derived_values
from layers.places.kinds.entry import area_text
from layers.places.subject import Subject
from layers.plan.catalog import Field, Layer
from layers.units import MONEY_SCALES, measured_text

_WAN = 1e4
_MOST_SIDES = 6


@dataclass(frozen=True)
class Fact:
    """A line of a dossier: what is told, and that; ``key`` says which it is."""

    key: str
    label: Text
    value: Text


def key_numbers(subject: Subject, layer: Layer | None) -> tuple[Fact, ...]:
    """Return the four numbers that stand alone: of a project money, land, intensity, dates; else its size.

    ``layer`` is None of what was drawn.
    """
    out = []
    if layer is not None:
        money = _field(layer, "money")
        if money is not None:
            out.append(Fact("money", say("key_money"), _money(subject, money)))
    if subject.stated is not None:
        out.append(Fact("stated", say("key_land_stated"), area_text(subject.stated[1])))
    elif subject.area_m2:
        out.append(Fact("area", say("key_area"), areas_text(subject.area_m2)))
    if layer is not None:
        ratio = next(
            (one for one in derived_values(layer, subject.properties) if one.field.measure == "ratio"), None
        )
        if ratio is not None:
            out.append(Fact("intensity", say("key_intensity"), _intensity(subject, layer, ratio.value)))
        dates = [one for one in layer.fields if one.type == "date"]
        if dates:
            shown = [str(subject.properties.get(one.id) or "") for one in dates]
            texts = [Text(one, one) if one else say("not_written") for one in shown]
            out.append(Fact("dates", say("key_dates"), join_texts(Text(" → ", " → "), texts)))
    elif subject.perimeter_m:
        out.append(Fact("perimeter", say("key_perimeter"), measured_text(subject.perimeter_m, "m", 0)))
        sides = _sides(subject)
        if sides:
            out.append(Fact("sides", say("key_sides"), sides))
    return tuple(out[:4])


def _field(layer: Layer, measure: str) -> Field | None:
    return next((one for one in layer.fields if one.measure == measure), None)


def _money(subject: Subject, field: Field) -> Text:
    """Return an amount as it is read: in 亿 from one up, else in 万; in English in millions or billions."""
    value = subject.properties.get(field.id)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return say("not_written")
    code = str(subject.properties.get(field.currency) or "") if field.currency else ""
    whole = float(value) * MONEY_SCALES.get(field.unit, 1.0)
    return money_text(whole, code)


def money_text(amount: float, currency: str) -> Text:
    """Return an amount of money as it is read.

    Examples
    --------
    >>> money_text(1e10, "CNY"), money_text(3e7, "USD").zh
    (Text(zh='100.00 亿元', en='¥10.00 bn'), '3,000 万美元')
    """
    name = _currency(currency)
    if abs(amount) >= 1e9:
        return say("money_1bn", name=name, count=Text(number_text(amount / 1e8, 2), number_text(amount / 1e9, 2)))
    if abs(amount) >= 1e8:
        return say("money_100m", name=name, count=Text(number_text(amount / 1e8, 2), number_text(amount / 1e6, 1)))
    return say("money_less", name=name, count=Text(number_text(amount / 1e4, 0), number_text(amount / 1e6, 1)))


def _currency(code: str) -> Text:
    return say(f"currency_{code}") if code in ("CNY", "USD", "EUR") else Text(code, f"{code} ")


def _intensity(subject: Subject, layer: Layer, value: float) -> Text:
    money = _field(layer, "money")
    code = str(subject.properties.get(money.currency) or "") if money and money.currency else ""
    scaled = value * MONEY_SCALES.get(money.unit if money else "", 1.0)
    count = number_text(scaled / _WAN, 0)
    zh = say("money_less", count=Text(count, count), name=_currency(code)).zh
    return say("money_per_mu", amount=Text(zh, money_text(scaled, code).en))


def areas_text(area_m2: float) -> Text:
    """Return an area in mu and hectares, as it is read."""
    mu, ha = measured_text(area_m2 / M2_PER["mu"], "mu", 1), measured_text(area_m2 / M2_PER["ha"], "ha", 2)
    return say("site_areas", mu=mu, ha=ha)


def _sides(subject: Subject) -> Text:
    """Return the sides of an outline of few corners, m."""
    if subject.dimension != 2 or subject.shape.geom_type != "Polygon":
        return Text("", "")
    xy = shapely.get_coordinates(subject.shape.exterior)
    if len(xy) > _MOST_SIDES + 1:
        return Text("", "")
    sides = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    shown = " / ".join(
        number_text(one, 0) for one in np.asarray(geo.length_m(gpd.GeoSeries(sides, crs="EPSG:4326"))).tolist()
    )
    return say("site_sides", sides=shown)
