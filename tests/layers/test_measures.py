"""How a number may be used, by what its field is called: in Chinese and English, in the ways files write it."""

from __future__ import annotations

import pytest

from geo.text import Text
from layers.plan.catalog import Field
from layers.plan.measures import usage_of

NAMES = {
    "ratio": "FloorAreaRatio popDensity pop_density GreenRatio 容积率 绿地率 建筑密度 人口密度 亩均税收 人均公园面积 投资强度 "
    "占地比例 比重 百分比 pct65plus pct_green percentGreen unemployment_rate 平均房价 均价 median_income 增速 同比 限高 "
    "income household_income monthlySalary rent 收入 居民收入 家庭年收入 月工资 租金 建筑高度 层数 storeys 红线宽度 X Y lon_wgs84 坡度 得分 容积率(FAR) 绿化覆盖率（%）",
    "identifier": "FID OBJECTID parcelId plot_no 地块号 宗地号 序号 编号 门牌号 id_parcel houseNumber serial",
    "code": "year_built YearOpened 建成年 竣工时间 zip 邮编 电话 built_year 建成年代 年度 land_class 星级 use_code 等级 "
    "ZipCode",
    "uncertainty": "MOE pop_moe 标准差 误差 accuracy_m std_err",
    "additive": "num_rooms no_of_homes number_of_households 户数 人口 建筑面积 年度用地 Y2024 2024 pop2020 population "
    "Shape_Area area_ha 用地面积(亩) 装机功率 班级数 床位 parkingSpaces floors_area households total 单位数 学生数 "
    "total_income net_income 财政收入 营业收入 总收入 工资总额 2024年度投资 车位数 floor_area 2024年",
}


@pytest.mark.parametrize(("measure", "name"), [(m, name) for m, names in NAMES.items() for name in names.split()])
def test_a_name_tells_how_its_numbers_may_be_used(measure: str, name: str) -> None:
    assert usage_of(Field(name, Text(name, name), type="number"), None).measure == measure


@pytest.mark.parametrize(
    ("unit", "measure"), [("%", "ratio"), ("万元/亩", "ratio"), ("℃", "ratio"), ("‰", "ratio"), ("亩", "additive")]
)
def test_a_unit_tells_it_too(unit: str, measure: str) -> None:
    assert usage_of(Field("v", Text("数值", "v"), unit=unit, type="number"), None).measure == measure


@pytest.mark.parametrize(
    ("unit", "measure"), [("元", "ratio"), ("", "ratio"), ("万元", "additive"), ("亿 CNY", "additive")]
)
def test_an_income_is_a_sum_where_its_unit_says_so(unit: str, measure: str) -> None:
    assert usage_of(Field("income", Text("收入", "Income"), unit=unit, type="number"), None).measure == measure
