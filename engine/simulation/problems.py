"""What goes wrong in the fictional city's streets: which subcategory how often, and how people put it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from engine.catalog.models import Category, CategoryKind, CodeSystem, FilingCondition
from engine.kit.db import db


@dataclass(frozen=True)
class Problem:
    """A subcategory (2013) with its share of all reports, what is seen, and words by which a complaint betrays it."""

    kind: str
    code: str
    weight: int
    sights: tuple[str, ...]
    words: tuple[str, ...] = ()


_E, _C = CategoryKind.event.value, CategoryKind.component.value
PROBLEMS = (
    Problem(
        _E,
        "0110",
        14,
        ("路边有暴露垃圾一处", "垃圾桶旁散落生活垃圾约两平方米", "小区门口垃圾未及时清运"),
        ("垃圾", "脏", "臭"),
    ),
    Problem(
        _E, "0112", 9, ("人行道路面不洁，有大量落叶泥沙", "路面油污明显", "路口路面有污渍"), ("路面脏", "清扫", "保洁")
    ),
    Problem(
        _E,
        "0410",
        9,
        ("共享单车占用盲道停放", "非机动车乱停放约十五辆", "电动车堵住消防通道出口"),
        ("单车", "电动车", "自行车"),
    ),
    Problem(
        _E,
        "0405",
        8,
        ("商铺店外经营，占用人行道", "水果店将货物摆出店外", "餐馆店外摆放桌椅"),
        ("店外", "摆摊", "占用人行道"),
    ),
    Problem(
        _E, "0201", 7, ("墙面张贴非法小广告十余处", "电线杆上有非法小广告", "公交站牌被贴小广告"), ("小广告", "张贴")
    ),
    Problem(
        _E,
        "0113",
        6,
        ("人行道地砖破损约三平方米", "路面坑槽一处，影响通行", "路缘石松动破损"),
        ("坑", "路面", "破损", "修路"),
    ),
    Problem(_E, "0406", 6, ("流动摊贩占道经营", "路口有商贩占道卖菜"), ("占道", "小贩")),
    Problem(_E, "0409", 6, ("机动车停放在人行道上", "机动车压占盲道停放"), ("停车", "乱停", "车位", "违停")),
    Problem(_E, "0136", 5, ("楼道口乱堆物料", "人行道上堆放装修材料"), ("堆放", "堆物", "杂物")),
    Problem(_E, "0111", 4, ("空地积存建筑垃圾约三立方米", "路边有装修渣土一堆"), ("渣土", "建筑垃圾")),
    Problem(_E, "0117", 4, ("绿化带内有白色垃圾", "绿地内散落饮料瓶"), ("绿化", "草坪", "树")),
    Problem(_E, "0304", 3, ("工地未洒水，扬尘明显", "渣土未覆盖，扬尘"), ("扬尘", "工地", "灰尘")),
    Problem(_E, "0301", 2, ("工地夜间施工噪声扰民",), ("施工", "噪声", "噪音", "夜间", "扰民")),
    Problem(_E, "0128", 2, ("商铺外放音响招揽顾客", "广场音响音量过大"), ("音响", "广场舞", "吵")),
    Problem(_E, "0127", 2, ("餐馆油烟直排，气味大",), ("油烟", "餐馆", "烧烤")),
    Problem(_E, "0101", 2, ("楼顶搭建彩钢房一处", "院内私自搭建"), ("违建", "搭建", "违章建筑")),
    Problem(_E, "0506", 2, ("雨后道路积水约十厘米",), ("积水", "下雨", "内涝")),
    Problem(_E, "0503", 2, ("排水管道堵塞，污水外溢",), ("污水", "下水", "堵塞", "管道")),
    Problem(_E, "0501", 1, ("供水管道破裂，路面冒水",), ("停水", "水管", "自来水", "漏水")),
    Problem(_E, "0606", 2, ("休闲座椅损坏", "健身器材损坏"), ("设施", "损坏", "坏了")),
    Problem(_E, "0203", 2, ("未经审批设置户外广告牌",), ("广告牌", "招牌")),
    Problem(_C, "0102", 4, ("污水井盖破损，有缺口", "污水井盖松动异响"), ("井盖",)),
    Problem(_C, "0103", 3, ("雨水井盖缺失，已临时围挡", "雨水井盖下沉"), ()),
    Problem(_C, "0104", 3, ("雨水箅子堵塞", "雨水箅子破损"), ("雨水口",)),
    Problem(_C, "0101", 2, ("供水井盖破损",), ()),
    Problem(_C, "0107", 2, ("通讯井盖破损",), ("通信",)),
    Problem(_C, "0127", 1, ("通讯交接箱箱门未关闭",), ("电话", "网络")),
)


@dataclass(frozen=True)
class Known:
    """A problem with its row of the catalogue."""

    problem: Problem
    category: int
    name: str


def known() -> list[Known]:
    """Those problems that this city's catalogue has, with a filing condition: in the order of the list."""
    statement = select(Category.kind, Category.code, Category.id, Category.name).where(
        Category.code_system == CodeSystem.gbt_2013.value, Category.is_active, Category.conditions.any()
    )
    rows = {(row.kind, row.code): row for row in db.session.execute(statement)}
    found = ((problem, rows.get((problem.kind, problem.code))) for problem in PROBLEMS)
    return [Known(problem, row.id, row.name) for problem, row in found if row is not None]


def draw(among: Sequence[Known], random: Random) -> Known:
    """One of them, common ones more often."""
    return random.choices(among, weights=[one.problem.weight for one in among])[0]


def recognise(text: str, among: Sequence[Known], random: Random) -> Known:
    """What a citizen's words are about, as an acceptor would guess; nothing recognised: one of the common problems."""
    for one in among:
        if one.name in text:
            return one
    scores = [sum(text.count(word) for word in one.problem.words) for one in among]
    best = max(scores)
    return among[scores.index(best)] if best else draw(among, random)


def condition_of(category_id: int, random: Random) -> FilingCondition | None:
    """A filing condition of a category: mostly the first that is not urgent."""
    category = db.session.get(Category, category_id, options=[selectinload(Category.conditions)])
    active = [one for one in category.conditions if one.is_active] if category else []
    calm = [one for one in active if not one.is_urgent]
    usable = calm or active
    if not usable:
        return None
    return usable[0] if random.random() < 0.75 else random.choice(usable)
