"""The invented district on paper: areas, compounds, units and people, the same every time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余"
DEMO_DOMAIN = "demo.invalid"  # a domain that can never exist (RFC 2606)
FIRST_DAY = "2022-03-01"  # posts and coverages of the invented district begin here

# (code, name, variant, communities); the streets exist, the communities are invented
STREETS = (
    ("430902005", "大码头街道", "street", ("麻石巷社区", "文昌坊社区", "桂花井社区", "临江里社区")),
    ("430902006", "汽车路街道", "street", ("文峰里社区", "柳岸社区", "银杏社区", "香樟里社区", "荷塘边社区")),
    ("430902401", "长春经济开发区", "park", ("锦澜社区", "新禾社区", "云栖里社区")),
)
GRIDS_PER_COMMUNITY = 5
BRANCHES = 83
COMPOUNDS = 110
ESTATES = (
    "桂雨",
    "银杏",
    "资水",
    "锦澜",
    "文峰",
    "柳岸",
    "荷风",
    "香樟",
    "云栖",
    "新禾",
    "临江",
    "麻石",
    "枫林",
    "竹韵",
    "石桥",
    "望江",
)
MANAGED_ENDINGS = ("苑", "园", "雅居", "家园", "花园")
FACTORIES = ("纺织厂", "机械厂", "印刷厂", "粮油站", "运输队", "苎麻厂", "农机厂", "罐头厂")

# name, short name, level
UNITS = (
    ("市政照明所", "照明所", "city"),
    ("城区排水公司", "排水公司", "city"),
    ("供水公司", "供水公司", "city"),
    ("供电公司营业所", "供电所", "city"),
    ("燃气公司", "燃气公司", "city"),
    ("环卫所", "环卫所", "district"),
    ("园林所", "园林所", "district"),
    ("市政维护所", "市政维护所", "district"),
    ("住房和城建局", "住建局", "district"),
    ("城市管理执法局", "城管局", "district"),
    ("市场监督管理局", "市场监管局", "district"),
    ("消防救援站", "消防站", "district"),
    ("交警大队", "交警", "district"),
    ("水利局", "水利局", "district"),
    ("应急管理局", "应急局", "district"),
    ("民政局", "民政局", "district"),
    ("人力资源和社会保障局", "人社局", "district"),
    ("医疗保障局", "医保局", "district"),
    ("生态环境分局", "生态环境分局", "district"),
    ("教育局", "教育局", "district"),
    ("司法局", "司法局", "district"),
    ("残疾人联合会", "残联", "district"),
    ("城北派出所", "派出所", "local"),
    ("社区卫生服务中心", "卫生中心", "local"),
    ("通信运营联合维护站", "通信维护站", "local"),
    ("桂雨物业", "桂雨物业", "local"),
    ("锦澜物业", "锦澜物业", "local"),
)
# which unit usually handles a category; the others stay with grid and community
UNIT_OF = {
    "EN01": "环卫所",
    "EN03": "园林所",
    "IN01": "排水公司",
    "IN02": "市政维护所",
    "IN03": "照明所",
    "IN04": "住建局",
    "IN05": "市场监管局",
    "UT01": "供水公司",
    "UT02": "供电所",
    "UT03": "燃气公司",
    "UT04": "通信维护站",
    "PR01": "桂雨物业",
    "TR01": "交警",
    "SF01": "消防站",
    "SF02": "派出所",
    "SF03": "水利局",
    "LW01": "城管局",
    "LW02": "城管局",
    "NS01": "派出所",
    "NS02": "生态环境分局",
    "WF01": "民政局",
    "WF02": "医保局",
    "HL01": "卫生中心",
}


@dataclass(frozen=True)
class AreaPlan:
    """An area to make; `parent` and `compound` are codes."""

    code: str
    name: str
    level: int
    parent: str = ""
    variant: str = ""
    compound: str = ""
    entrances: int = 0
    floors: int = 0
    households: int = 0


@dataclass(frozen=True)
class CompoundPlan:
    """A compound to make; `grid` and `branch` are codes of areas."""

    code: str
    name: str
    kind: str
    grid: str
    branch: str
    mode: str


@dataclass(frozen=True)
class PersonPlan:
    """Somebody with one post, in an area or in a unit."""

    key: str  # "grid_worker:430902005001001"
    name: str
    title: str
    area: str = ""
    unit: str = ""
    login: str = ""  # first part of the demo log-in, for one person of each role


@dataclass
class DistrictPlan:
    """Everything the invented district is made of, before it is written."""

    areas: list[AreaPlan] = field(default_factory=list)
    compounds: list[CompoundPlan] = field(default_factory=list)
    people: list[PersonPlan] = field(default_factory=list)


def person_name(rng: Random) -> str:
    """Surname and 某: nobody in particular."""
    return f"{rng.choice(SURNAMES)}某"


def plan_district(rng: Random) -> DistrictPlan:
    """The whole district: 3 trees, 12 communities, 60 grids, 83 branches, 110 compounds."""
    plan = DistrictPlan()
    grids = list(_plan_upper_levels(plan))
    branches = _plan_branches(grids)
    _plan_compounds(plan, rng, branches)
    _plan_people(plan, rng)
    return plan


def _plan_upper_levels(plan: DistrictPlan) -> Iterator[str]:
    for code, name, variant, communities in STREETS:
        plan.areas.append(AreaPlan(code, name, 0, variant=variant))
        for n, community in enumerate(communities, 1):
            community_code = f"{code}{n:03d}"
            plan.areas.append(AreaPlan(community_code, community, 1, parent=code))
            for g in range(1, GRIDS_PER_COMMUNITY + 1):
                grid_code = f"{community_code}{g:03d}"
                plan.areas.append(
                    AreaPlan(
                        grid_code, f"{community.removesuffix('社区')}第{'一二三四五'[g - 1]}网格", 2, community_code
                    )
                )
                yield grid_code


def _plan_branches(grids: list[str]) -> list[str]:
    """One branch in each grid, a second one in the first grids until there are 83."""
    extra = BRANCHES - len(grids)
    branches = []
    for index, grid in enumerate(grids):
        branches += [f"{grid}{n:02d}" for n in range(1, 3 if index < extra else 2)]
    return branches


def _plan_compounds(plan: DistrictPlan, rng: Random, branches: list[str]) -> None:
    names = _compound_names(rng)
    for index in range(COMPOUNDS):
        own = index < len(branches)
        branch = branches[index] if own else branches[(index * 7) % len(branches)]
        name, kind = next(names)
        mode = "own" if own else ("joint" if index % 2 else "nearby")
        compound = CompoundPlan(f"XQ{index + 1:04d}", name, kind, branch[:15], branch, mode)
        plan.compounds.append(compound)
        if own:
            plan.areas.append(AreaPlan(branch, f"{name.removesuffix('（示例）')}党支部", 3, parent=branch[:15]))
    serial: dict[str, int] = {}
    for compound in plan.compounds:
        for n in range(1, rng.randint(3, 7)):
            serial[compound.branch] = serial.get(compound.branch, 0) + 1
            plan.areas.append(
                AreaPlan(
                    f"{compound.branch}{serial[compound.branch]:03d}",
                    f"{n} 栋",
                    4,
                    parent=compound.branch,
                    compound=compound.code,
                    entrances=rng.randint(1, 4),
                    floors=rng.choice((4, 5, 6, 7, 11, 18)),
                    households=rng.choice((16, 24, 32, 40, 48)),
                )
            )


def _compound_names(rng: Random) -> Iterator[tuple[str, str]]:
    managed = [(f"{a}{b}", "managed") for a in ESTATES for b in MANAGED_ENDINGS]
    run = [(f"{a}里片区", "community_run") for a in ESTATES] + [(f"{a}巷片区", "community_run") for a in ESTATES]
    work = [(f"{a}{b}家属院（示例）", "work_unit") for a in FACTORIES for b in ("老", "新", "东")]
    rng.shuffle(managed)
    mixed = [*managed[:54], *run, *work]
    rng.shuffle(mixed)
    yield from mixed


# one person of each role gets a log-in; the first post of that title in the plan
LOGINS = {
    "street_lead": "streetlead",
    "street_dispatcher": "street",
    "callback_agent": "callback",
    "community_secretary": "secretary",
    "community_staff": "community",
    "grid_worker": "grid",
    "red_steward": "steward",
    "branch_secretary": "branch",
    "representative": "representative",
    "building_lead": "building",
    "unit_clerk": "clerk",
    "unit_lead": "unitlead",
    "property_contact": "property",
    "district_duty": "duty",
    "analyst": "analyst",
    "system_admin": "admin",
    "security_admin": "security",
    "auditor": "auditor",
}
TITLES_AT = {
    0: ("street_lead", "street_dispatcher", "street_dispatcher", "callback_agent"),
    1: ("community_secretary", "community_staff", "community_staff"),
    2: ("grid_worker",),
    3: ("branch_secretary", "representative"),
}

# one for the first grid of a community, the first building of a branch
FIRST_ONLY = {2: "red_steward", 4: "building_lead"}


def _plan_people(plan: DistrictPlan, rng: Random) -> None:
    given: set[str] = set()

    def add(title: str, place: str, *, area: str = "", unit: str = "") -> None:
        login = "" if title in given else LOGINS.get(title, "")
        given.add(title)
        plan.people.append(PersonPlan(f"{title}:{place}", person_name(rng), title, area, unit, login))

    for area in plan.areas:
        for n, title in enumerate(TITLES_AT.get(area.level, ())):
            add(title, f"{area.code}:{n}", area=area.code)
        if area.code.endswith("001") and area.level in FIRST_ONLY:
            add(FIRST_ONLY[area.level], area.code, area=area.code)
    for name, short_name, _level in UNITS:
        titles = ("property_contact",) if name.endswith("物业") else ("unit_clerk", "unit_lead")
        for title in titles:
            add(title, short_name, unit=short_name)
    for title in ("district_duty", "analyst", "system_admin", "security_admin", "auditor"):
        add(title, "district")
