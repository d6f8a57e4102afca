"""What the invented district's meetings talk about. No real place, no real person."""

from dataclasses import dataclass

from governance.lifecycle.meetings import Theme


@dataclass(frozen=True)
class Matter:
    """A problem, what was said about it, what was resolved, and what was seen afterwards."""

    theme: str
    title: str
    said: str
    resolved: str
    seen: str


MATTERS: tuple[Matter, ...] = (
    Matter(
        Theme.ENVIRONMENT,
        "楼道堆物怎么清",
        "大家说担架抬不出去。有两户怕东西没处放，愿意搬到煤棚。",
        "一周内清完，煤棚留两格给没处放的住户。",
        "楼道已通，煤棚放得下。",
    ),
    Matter(
        Theme.ENVIRONMENT,
        "垃圾桶放在哪里好",
        "一楼嫌味道，五栋嫌远。试过放在后门，清运车进得来。",
        "桶挪到后门，每天早上七点前清运。",
        "桶已挪好，一楼说没味道了。",
    ),
    Matter(
        Theme.ENVIRONMENT,
        "草坪变菜地，要不要恢复",
        "种菜的三户同意收完这一茬就退，大家说可以给一块共享菜园。",
        "月底前恢复草坪，围墙边划一块共享菜园。",
        "草皮已补，菜园分好了。",
    ),
    Matter(
        Theme.INFRASTRUCTURE,
        "化粪池老是满",
        "三年没彻底清过。每户出一点，社区补一点，大家同意。",
        "请有资质的单位清一次，账目贴在楼下。",
        "清完了，账目已贴。",
    ),
    Matter(
        Theme.INFRASTRUCTURE,
        "路灯从哪里先装",
        "老人多的东边路最黑，先装东边。",
        "东边先装四盏太阳能灯，下月装西边。",
        "东边四盏都亮。",
    ),
    Matter(
        Theme.INFRASTRUCTURE,
        "单元门锁坏了换什么样的",
        "有人想换刷卡的，老人怕忘带卡，定了卡和钥匙都能开的。",
        "换卡钥两用锁，每户两张卡。",
        "锁已换好，卡发齐了。",
    ),
    Matter(
        Theme.PARKING,
        "电动车停在哪里、怎么充电",
        "楼道充电不安全。棚子能停二十辆，还差八个位。",
        "棚子加八个位，装投币充电桩，楼道里不再停。",
        "新位画好，充电桩能用。",
    ),
    Matter(
        Theme.PARKING,
        "院里停车位怎么分",
        "先到先停常吵架。提出老人和残疾人的车靠门停。",
        "划线编号，靠门两个位留给行动不便的住户。",
        "线已划好，没有再吵。",
    ),
    Matter(
        Theme.SAFETY,
        "灭火器过期了谁来换",
        "查了十二个，有七个过期。",
        "社区统一换，楼栋长每季度看一次。",
        "七个都换了，挂了检查卡。",
    ),
    Matter(
        Theme.NEIGHBOURS,
        "跳舞的音响能不能小一点",
        "跳舞队愿意八点半结束，音响朝围墙放。",
        "晚上八点半结束，音响朝外，考试那周停。",
        "去听过两晚，都按时停了。",
    ),
    Matter(
        Theme.NEIGHBOURS,
        "养狗要不要立个公约",
        "遛狗牵绳、随手清理，大家都同意写下来。",
        "公约贴在每个单元口，楼栋长提醒。",
        "公约已贴，草坪干净多了。",
    ),
    Matter(
        Theme.PROPERTY,
        "物业费为什么不公开",
        "物业答应每季度贴一次账，大家想先看去年的。",
        "十天内公布去年的账，以后每季度一次。",
        "去年的账贴出来了，有人逐项看过。",
    ),
    Matter(
        Theme.CARE,
        "独居老人谁去敲敲门",
        "同楼的邻居愿意轮流，写了一张值日表。",
        "每天一户轮值，两次没人应就告诉楼栋长。",
        "表已贴，这周每天都有人去。",
    ),
    Matter(
        Theme.OTHER,
        "活动室晚上开到几点",
        "下棋的想开到九点，一楼想安静。",
        "开到八点半，钥匙放在楼栋长家。",
        "按时关门，没有再吵。",
    ),
)
TITLES = ("坐下来说说", "邻里一起定", "家门口的事大家议", "茶话会上聊聊")
OPENINGS = ("主持人说了发言规则：每人两分钟，最多两次。", "先看了上次几件事办得怎样，大家认可。", "")
FOLLOW_NOTES = ("决议的事已经办好，去看过。", "都办完了，没办好的会再说。", "已办，照片贴在楼下。")
REASONS = ("还没到修的年限，今年先看着。", "这件事归物业合同，请先找物业。")
WAITING = (
    ("门口能不能放一把长椅", Theme.CARE),
    ("楼顶漏雨，维修基金怎么用", Theme.PROPERTY),
    ("快递柜装在哪边", Theme.OTHER),
    ("夏天晚上烧烤的烟", Theme.NEIGHBOURS),
    ("树太高，二楼照不到太阳", Theme.ENVIRONMENT),
    ("消防通道老被车堵", Theme.SAFETY),
)
