"""The accessible palette: families of classes stay apart for every kind of colour vision.

References
----------
Machado, Oliveira, Fernandes (2009), A physiologically-based model for simulation of color vision deficiency: the
matrices of severity 1. Differences are CIE 1976 (L*a*b*, D65).
"""

from __future__ import annotations

import csv
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
VISIONS = {
    "typical": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
D65 = np.array([0.95047, 1.0, 1.08883])


def palette(column):
    used = {
        one["properties"]["class"]
        for one in json.loads((DATA / "geojson" / "landuse.geojson").read_text("utf-8"))["features"]
    }
    with (DATA / "landuse_classes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row[column] for row in csv.DictReader(file) if row["code"] in used}


def lab(color, vision):
    srgb = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.asarray(VISIONS[vision]) @ linear, 0, 1) / D65
    bent = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])])


def differences(column, vision):
    seen = {code: lab(color, vision) for code, color in palette(column).items()}
    return {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in combinations(sorted(seen), 2)}


@pytest.mark.parametrize("vision", VISIONS)
def test_families_of_classes_are_told_apart(vision):
    apart = {pair: far for pair, far in differences("accessible", vision).items() if pair[0][:2] != pair[1][:2]}
    assert min(apart.values()) >= 10, min(apart, key=lambda pair: apart[pair])


@pytest.mark.parametrize("vision", VISIONS)
def test_classes_of_one_family_differ(vision):
    within = {pair: far for pair, far in differences("accessible", vision).items() if pair[0][:2] == pair[1][:2]}
    assert min(within.values()) >= 5, min(within, key=lambda pair: within[pair])


def test_the_official_colours_do_not_pass():
    assert min(differences("color", "deutan").values()) < 5
