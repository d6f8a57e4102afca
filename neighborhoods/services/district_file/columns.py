"""What the columns and kinds of the table are called. The Chinese name is what the template prints."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import get_language

from neighborhoods.actors import Level
from neighborhoods.models import Compound, Coverage, PartnerUnit

T = TypeVar("T")


class Kind(StrEnum):
    """What a row describes."""

    STREET = "street"
    PARK = "park"
    COMMUNITY = "community"
    GRID = "grid"
    BRANCH = "branch"
    BUILDING = "building"
    COMPOUND = "compound"
    UNIT = "unit"
    POST = "post"


AREA_LEVELS = {
    Kind.STREET: Level.STREET,
    Kind.PARK: Level.STREET,
    Kind.COMMUNITY: Level.COMMUNITY,
    Kind.GRID: Level.GRID,
    Kind.BRANCH: Level.BRANCH,
    Kind.BUILDING: Level.BUILDING,
}
# What people may write; the first is what we write.
KIND_WORDS = {
    Kind.STREET: ("街道", "街道办", "street"),
    Kind.PARK: ("园区", "工业园", "park"),
    Kind.COMMUNITY: ("社区", "community"),
    Kind.GRID: ("网格", "grid"),
    Kind.BRANCH: ("支部", "小区党支部", "党支部", "branch"),
    Kind.BUILDING: ("楼栋", "楼", "building"),
    Kind.COMPOUND: ("小区", "compound"),
    Kind.UNIT: ("单位", "unit"),
    Kind.POST: ("岗位", "人员", "post"),
}
COLUMN_WORDS = {
    "kind": ("类型", "kind"),
    "code": ("代码", "编码", "code"),
    "name": ("名称", "姓名", "name"),
    "parent": ("所属代码", "上级代码", "belongs to", "parent"),
    "compound_kind": ("小区类型", "compound kind"),
    "covered_by": ("覆盖支部代码", "covered by"),
    "mode": ("覆盖方式", "mode"),
    "built_year": ("建成年份", "built in"),
    "compound": ("所在小区代码", "小区代码", "compound"),
    "entrances": ("单元数", "entrances"),
    "floors": ("层数", "floors"),
    "households": ("户数", "households"),
    "approval_no": ("批准文号", "approval number"),
    "approved_on": ("批准日期", "approved on"),
    "duty_phone": ("值班电话", "duty phone"),
    "duty_hours": ("值班时间", "duty hours"),
    "title": ("岗位", "岗位名称", "title"),
    "phone": ("手机号", "手机", "phone"),
    "unit": ("单位名称", "unit"),
    "short_name": ("简称", "short name"),
    "unit_level": ("单位级别", "unit level"),
}
REQUIRED_COLUMNS = ("kind", "code", "name", "parent")
COMPOUND_KIND_WORDS = {
    Compound.Kind.MANAGED: ("物管小区", "物管", "managed"),
    Compound.Kind.COMMUNITY_RUN: ("社管小区", "社管", "community_run"),
    Compound.Kind.WORK_UNIT: ("单位家属小区", "单位家属", "家属院", "work_unit"),
}
MODE_WORDS = {
    Coverage.Mode.OWN: ("单独组建", "单建", "own"),
    Coverage.Mode.JOINT: ("联合组建", "联建", "joint"),
    Coverage.Mode.NEARBY: ("就近纳入", "就近", "nearby"),
}
UNIT_LEVEL_WORDS = {
    PartnerUnit.Level.CITY: ("市直", "市级", "city"),
    PartnerUnit.Level.DISTRICT: ("区直", "区级", "district"),
    PartnerUnit.Level.LOCAL: ("驻区", "local"),
}


def meaning_of(word: str, words: Mapping[T, tuple[str, ...]]) -> T | None:
    """The thing somebody means by a word, upper or lower case."""
    word = word.strip().lower()
    return next((thing for thing, spellings in words.items() if word in spellings), None)


def column_title(column: str) -> str:
    """What the template calls a column, in the reader's language."""
    return in_language(COLUMN_WORDS[column])


def in_language(spellings: tuple[str, ...]) -> str:
    """The Chinese word stands first, the English one last."""
    return spellings[0] if (get_language() or "zh").startswith("zh") else spellings[-1]
