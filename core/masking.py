"""What strangers may see of a person: 张*, 138****5678, and text with numbers struck out."""

import re
from dataclasses import dataclass

# Mainland mobile numbers with the separators people type, landlines with area code, and 18- or 15-digit ID numbers.
# Between any two digits one mark may stand, and marks nobody sees; between the usual groups 3-4-4 up to three of any
# kind (a list of buildings, 1、3、5、7, is no number).
_UNSEEN = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
# The mark comes with its own unseen ones: two runs of the same class beside each other would be split in every way,
# and a text of 40 characters took seconds.
_SEPARATED = rf"[{_UNSEEN}]*(?:[\s\-－—.·][{_UNSEEN}]*)?"
_APART = rf"[\s\-－—_.·,，、/／()（）:：*{_UNSEEN}]{{0,3}}"
_COUNTRY = rf"(?:(?:00|\+)?86{_APART})?"
_MOBILE = rf"(?<!\d){_COUNTRY}1{_SEPARATED}(?:\d{_SEPARATED}){{9}}\d(?!\d)"
_GROUPED = rf"(?<!\d){_COUNTRY}1\d\d{_APART}\d{{4}}{_APART}\d{{4}}(?!\d)"
_OLD_ID_NUMBER = r"(?<!\d)[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)"
_ID_NUMBER = rf"(?<!\d)[1-9](?:{_SEPARATED}\d){{16}}{_SEPARATED}[\dXx](?!\d)"
_LANDLINE = rf"(?<!\d)0\d{{2,3}}{_SEPARATED}\d{{3,4}}{_SEPARATED}\d{{4}}(?!\d)"
PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("id", _ID_NUMBER),
        ("id", _OLD_ID_NUMBER),
        ("phone", _MOBILE),
        ("phone", _GROUPED),
        ("phone", _LANDLINE),
    )
)
# Neighbours must not read who lives behind which door. Possessive and bounded throughout: nothing is tried twice; and
# each begins with a set of characters, which a text without them is passed over by.
_FIGURE = r"(?:\d{1,3}+|[一二三四五六七八九十]{1,3}+)"
_ROOM = r"(?:\d{3,4}+|[一二三四五六七八九零〇]{3,4}+)"
_NOT_COUNTED = r"(?!\s?[户人个元块米天年度多])"  # 3 栋 100 户停水: households, not a door
_BUILDING = rf"(?<!\d){_FIGURE}\s?+(?:栋|幢|座|号楼|[#＃])\s?+"
_UNIT = rf"{_FIGURE}\s?+单元\s?+"
_FLOOR = rf"{_FIGURE}\s?+[楼层]\s?+"
_DOOR_SIGN = r"\s?+(?:号房|[室号]|房(?![产屋子东价租]))"
_DOORS = (
    rf"(?:{_BUILDING}(?:{_UNIT})?+|(?<!\d){_UNIT})(?:{_FLOOR})?+{_ROOM}{_NOT_COUNTED}(?:{_DOOR_SIGN})?+",
    rf"{_ROOM}\s?+(?:号房|室(?![内外])|房(?![产屋子东价租间]))",
    r"(?<![\d-])\d{1,2}+-(?:\d{1,2}+-)?+\d{3,4}+(?![\d-])" + _NOT_COUNTED,
    r"门牌号?+[是为:：]?+\s?+\d{1,4}+号?+",
    r"[RrFfAa](?<![A-Za-z].)(?i:oom|lat|partment|pt\.?+)\s?+#?+\d{1,4}+[A-Za-z]?+\b",
)
_SURNAME = (
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂殷欧申翟符盛]"
)
_TITLE = "(?:大爷|大妈|大娘|阿姨|奶奶|爷爷|爹爹|娭毑|嗲嗲|婆婆|老太|师傅|先生|女士|小姐|叔|婶|伯|嫂|姐|哥)"
_NAMES = (
    rf"{_SURNAME}(?:[\u4e00-\u9fff]{{2}})?{_TITLE}",
    rf"(?<=我是|我叫|本人|名叫|姓名){_SURNAME}[\u4e00-\u9fff]{{1,2}}?(?=[，。、；：,.;:！!\s（(]|$|住|家|电话|手机|身份)",
)
NEIGHBOUR_PATTERNS = (
    *PATTERNS,
    *(("door", re.compile(pattern)) for pattern in _DOORS),
    *(("name", re.compile(pattern)) for pattern in _NAMES),
)
# Where the building alone tells who it is about.
BUILDING_PATTERNS = (
    *NEIGHBOUR_PATTERNS,
    ("door", re.compile(rf"{_FIGURE}\s?+(?:栋|幢|号楼|单元)(?:\s?+{_FIGURE}\s?+单元)?+")),
    ("door", re.compile(r"[Bb](?<![A-Za-z].)(?i:uilding|lock)\s?+#?+\d{1,3}+\b")),
)
# Full-width digits are digits to a reader, so they are to us.
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
BLOCK = "▇▇▇▇▇▇"


@dataclass(frozen=True)
class Finding:
    """A stretch of text that looks like personal data."""

    kind: str
    start: int
    end: int


def find_personal(text: str, *, for_neighbours: bool = False, buildings: bool = False) -> list[Finding]:
    """Phone and ID numbers in a text, for neighbours also doors and names, if asked buildings; without overlaps."""
    patterns = BUILDING_PATTERNS if buildings else NEIGHBOUR_PATTERNS if for_neighbours else PATTERNS
    plain = text.translate(_FULL_WIDTH)
    found: list[Finding] = []
    for kind, pattern in patterns:
        for match in pattern.finditer(plain):
            if all(match.end() <= f.start or match.start() >= f.end for f in found):
                found.append(Finding(kind, match.start(), match.end()))
    return sorted(found, key=lambda f: f.start)


def mask_text(text: str, *, for_neighbours: bool = False, buildings: bool = False) -> str:
    """The text with every phone and ID number struck out, for neighbours also doors and names, if asked buildings."""
    parts, last = [], 0
    for finding in find_personal(text, for_neighbours=for_neighbours, buildings=buildings):
        parts += [text[last : finding.start], BLOCK]
        last = finding.end
    return "".join([*parts, text[last:]])


def mask_name(name: str) -> str:
    """张某 becomes 张*, 张小明 becomes 张*明; other scripts keep the first letter."""
    name = name.strip()
    if len(name) <= 1:
        return "*" if name else ""
    return f"{name[0]}*{name[-1]}" if len(name) >= 3 else f"{name[0]}*"


def mask_phone(phone: str) -> str:
    """13812345678 becomes 138****5678, for the person it belongs to."""
    digits = _digits_of(phone)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


def mask_phone_from_staff(phone: str) -> str:
    """13812345678 becomes 138********: its last four digits open the private page and so speak for the resident."""
    digits = _digits_of(phone)
    return f"{digits[:3]}{'*' * (len(digits) - 3)}" if len(digits) >= 8 else "****"


def _digits_of(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return digits.removeprefix("86") if len(digits) > 11 else digits
