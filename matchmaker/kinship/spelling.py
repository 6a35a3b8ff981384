"""One spelling for what people write in many ways: names, numbers, codes."""

import re
import unicodedata

_CODE_LENGTH = 18
_GAPS = re.compile(r"[\s\u200b]+")
_QUOTES = re.compile(r"[\"'“”‘’《》,,、。;；:：]")
_DOTS = re.compile(r"[·•‧・.．\-\s]")  # noqa: RUF100 - as NFKC leaves them
_EXTENSION = re.compile(r"转|分机|ext\.?|x|#")
_NOT_DIGIT = re.compile(r"\D")
_SHORTEST_PHONE, _MOBILE, _TAIL = 7, 11, 7

# Short forms that stand for one word each in the names of institutions.
_SHORT_WORDS = (
    ("中科院", "中国科学院"),
    ("农科院", "农业科学院"),
    ("化物所", "化学物理研究所"),
    ("理工大(?!学)", "理工大学"),
    ("交大(?!学)", "交通大学"),
    ("科大(?!学)", "科技大学"),
    ("工大(?!学)", "工业大学"),
    ("农大(?!学)", "农业大学"),
    ("师大(?!学)", "师范大学"),
    ("医大(?!学)", "医科大学"),
)
_EXPANSIONS = tuple((re.compile(short), long) for short, long in _SHORT_WORDS)


def fold(text: str) -> str:
    """Return the text half-width, lower-case and without blanks."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text)).lower()


def name_key(name: str) -> str:
    """Return an organisation's name in one spelling; 有限责任公司 is 有限公司 in full."""
    key = _QUOTES.sub("", fold(name).replace("〔", "(").replace("〕", ")"))
    key = key.replace("有限责任公司", "有限公司")
    if key.endswith("股份公司"):
        key = key.removesuffix("股份公司") + "股份有限公司"
    return key


def expanded(key: str) -> str:
    """Return an institution's name with the usual short words written out."""
    for short, long in _EXPANSIONS:
        key = short.sub(long, key)
    return key


def person_key(name: str) -> str:
    """Return a person's name without blanks and separator dots, which come in many kinds."""
    return _DOTS.sub("", fold(name))


def code_key(code: str) -> str:
    """Return a credit code in one spelling; "" for what is none."""
    key = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", code)).upper()
    return key if len(key) == _CODE_LENGTH else ""


def phone_keys(text: str) -> set[str]:
    """Return the numbers in the text, digits only, an extension behind an x.

    Masked numbers, made-up ones (all digits alike) and ones too short to tell apart are left out.
    """
    found = set()
    for one in re.split(r"[,;、；/]|\s{2,}", unicodedata.normalize("NFKC", text).lower()):
        main, *rest = _EXTENSION.split(one, maxsplit=1)
        digits = _NOT_DIGIT.sub("", main)
        if digits.startswith("0086"):
            digits = digits[4:]
        if digits.startswith("86") and len(digits) == _MOBILE + 2:
            digits = digits[2:]
        if len(digits) < _SHORTEST_PHONE or "*" in main or len(set(digits[-_TAIL:])) == 1:
            continue
        extension = _NOT_DIGIT.sub("", rest[0]) if rest else ""
        found.add(f"{digits}x{extension}" if extension else digits)
    return found


# The hundred most frequent surnames and the characters most frequent in given names: whoever bears
# such a name shares it with thousands, so that the name alone tells nothing.
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
    "雷钱汤尹黎易常武乔贺赖龚文"
)
_MOST_SURNAMES = frozenset("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马")
_GIVEN = frozenset(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰华建国志文玉红春梅海燕波鹏辉飞斌宇浩宁"
    "婷雪琳晶欣倩俊峰龙云玲凤珍荣淑金永福生庆林东洪亮新利健立成光忠宏德晓小子雨佳思诗梓浩轩涵"
)


def is_common(name: str) -> bool:
    """Tell whether many people bear the name: it proves nothing by itself."""
    key = person_key(name)
    if len(key) == 2:  # noqa: PLR2004 - surname and one character
        return key[0] in _SURNAMES
    if len(key) == 3:  # noqa: PLR2004 - surname and two characters
        return key[0] in _MOST_SURNAMES and key[1] in _GIVEN and key[2] in _GIVEN
    return False
