"""Ready answers of the invented district: what a good clerk writes again and again, said once and well."""

from demo.cast import Cast
from governance.lifecycle.ready import ReadyStep
from governance.models import Category, ReadyAnswer

# step, what it is for, category, text, text of the second box
_TEXTS = (
    (
        ReadyStep.REPLY,
        "修好了",
        "",
        "您反映的{地点}的问题（{编号}），{办理单位}已派人到现场处理，今天已经修好。要是又出现同样的情况，请直接告诉我们，我们再来。",
        "",
    ),
    (
        ReadyStep.REPLY,
        "路灯修好了",
        "IN03",
        "{地点}的路灯已经更换灯头并检查了线路，今晚试灯全部亮了。附近要是还有不亮的，请把位置告诉我们，一并处理。",
        "",
    ),
    (
        ReadyStep.REPLY,
        "下水道疏通了",
        "IN01",
        "{地点}的下水道已经疏通，冲洗后观察半小时没有返水，周边地面也冲洗消毒了。请不要往里倒油渣、湿巾，容易再堵。",
        "",
    ),
    (
        ReadyStep.REPLY,
        "分两步办",
        "",
        "这件事要分两步办：现在先做了临时处理，保证安全；彻底解决要等材料进场，预计＿＿月＿＿日前完成。完成后我们再打电话给您，您不满意可以直接说。",
        "",
    ),
    (
        ReadyStep.RETURN,
        "不属于本单位管理范围",
        "",
        "现场看过，设施的产权和管养都不在本单位，建议改派＿＿＿＿。",
        "权责清单第＿＿项",
    ),
    (
        ReadyStep.RETURN,
        "地点不在辖区内",
        "",
        "{地点}不在本单位服务范围，已向＿＿＿＿核实。",
        "区划和管养范围图",
    ),
    (
        ReadyStep.REFUSE,
        "合同纠纷，走司法途径",
        "",
        "这是双方合同上的争议，街道和社区没有权力裁定谁对谁错。",
        "可以先找社区人民调解委员会免费调解（工作日 8:30 至 17:30），调解不成再向法院起诉；法律援助电话 12348。",
    ),
    (
        ReadyStep.REFUSE,
        "正在危险中，请打报警电话",
        "",
        "这样的情况要马上有人到场，网上办理来不及。",
        "遇险请拨 110、119 或 120。人安全以后，后续的事可以再来反映，我们接着办。",
    ),
    (ReadyStep.ASK, "问清具体位置", "", "您说的地方是几单元、几楼？方便的话补一张能看见门牌的照片，我们好直接去。", ""),
    (ReadyStep.ASK, "问清发生时间", "", "是一直这样，还是固定在某个时段？大概几点到几点？我们按那个时间去看。", ""),
    (
        ReadyStep.EXPLAIN,
        "已到现场，一时解决不了",
        "",
        "我们到{地点}看过，也问了{办理单位}。目前解决不了，原因是：＿＿＿＿。"
        "条件变了我们会主动联系您；您有新情况，15 天内可以重新打开。",
        "",
    ),
    (
        ReadyStep.EXTEND,
        "等材料或施工队",
        "",
        "要更换的材料已经订了，预计＿＿月＿＿日到货，到了马上施工。",
        "本区诉求办理规范：复杂诉求可延期一次",
    ),
    (ReadyStep.PAUSE, "等天气好转", "", "连日下雨，室外没法施工，天晴第二天就开工。", ""),
    (
        ReadyStep.PARK,
        "产权没有理清",
        "",
        "{地点}的产权还没有理清，谁来修、谁出钱都要等确认。我们每个月在这里说一次进展。",
        "",
    ),
)
_OF_THE_STREET = "分两步办"


def load_ready_answers(cast: Cast) -> int:
    """Texts of the district, and one that the first street has for itself; says how many."""
    categories = {category.code: category for category in Category.objects.all()}
    street = min((area for area in cast.areas.values() if area.level == 0), key=lambda area: area.code)
    rows = [
        ReadyAnswer(
            step=step,
            title=title,
            category=categories.get(code),
            owner=street if title == _OF_THE_STREET else None,
            text=text,
            second=second,
            order=number,
        )
        for number, (step, title, code, text, second) in enumerate(_TEXTS, 1)
    ]
    return len(ReadyAnswer.objects.bulk_create(rows))
