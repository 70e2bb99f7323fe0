"""The errors of declarations, feature files and what is asked; branches of the one error tree."""

from __future__ import annotations

from geo.errors import PlanAtlasError


class DeclarationError(PlanAtlasError):
    """A declaration file says something it cannot mean."""

    code = "bad_declaration"
    zh = "{file} 第 {line} 行 {path}：{found_zh}；应为：{expected_zh}。"
    en = "{file}, line {line}, {path}: {found_en}; expected {expected_en}."


class FeatureFileError(PlanAtlasError):
    """A feature file as a whole cannot be used."""

    code = "bad_feature_file"
    zh = "{file}：{found_zh}；应为：{expected_zh}。"
    en = "{file}: {found_en}; expected {expected_en}."


class UnknownLayer(PlanAtlasError):
    """No layer of that id is in the catalog, or the reader may not see it."""

    code = "unknown_layer"
    zh = "目录中没有名为“{layer}”的图层。现有图层见 /api/layers。"
    en = "The catalog has no layer “{layer}”. /api/layers lists what there is."


class UnknownFeature(PlanAtlasError):
    """The layer has no feature of that id."""

    code = "unknown_feature"
    zh = "图层“{layer}”中没有编号为“{feature}”的要素。"
    en = "Layer “{layer}” has no feature “{feature}”."


class LayerUnavailable(PlanAtlasError):
    """The layer is declared but cannot be read now."""

    code = "layer_unavailable"
    zh = "图层“{layer}”暂不可用：{reason_zh}"
    en = "Layer “{layer}” is not available: {reason_en}"


class BadBox(PlanAtlasError):
    """A bounding box parameter is not four ordered numbers."""

    code = "bad_bbox"
    zh = "bbox={found} 无效。请写成 bbox=西,南,东,北（经纬度，度），西<东，南<北。"
    en = "bbox={found} is not valid. Write bbox=west,south,east,north in degrees with west<east and south<north."


class BadFilter(PlanAtlasError):
    """A filter does not name a declared field, a known operator or a fitting value."""

    code = "bad_filter"
    zh = (
        "筛选条件 {found} 无效：{why_zh}。写法：where=字段=值，运算符 = != >= <= > < ~（含有），范围 a..b。"
        "可用字段：{fields}。"
    )
    en = (
        "The filter {found} is not valid: {why_en}. Write where=field=value with = != >= <= > < or ~ (holds), "
        "a range as a..b. Declared fields: {fields}."
    )


class OverLimit(PlanAtlasError):
    """Something is larger than a limit shown at /limits."""

    code = "over_limit"
    zh = "超出限制 {limit}：{seen}，最多 {most}。设置项 {setting}，见 /limits。"
    en = "Over the limit {limit}: {seen} where {most} is the most. Setting {setting}; see /limits."


class BadParameter(PlanAtlasError):
    """A query parameter is unknown or its value does not fit."""

    code = "bad_parameter"
    zh = "参数 {name} 无效：{why_zh}。"
    en = "The parameter {name} is not valid: {why_en}."
