"""Cells that need more than their kind: codes as people write them, months, levels, rights."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from matchmaker import codes, identifiers
from matchmaker.spreadsheets import UnreadableError

LONGEST_ENTRY, LONGEST_WORD = 200, 30  # characters
WITHOUT_FIGURE = "说明"  # what an indicator that states no figure is called
SHORTEST_LABEL = 4  # characters of a type of right that is not written out
_LINES = re.compile(r"[\n；;]+|(?<=[^\d])[、](?=\D)")
_ORDINAL = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）.、．](?!\d)|[①-⑳])\s*")
_MEASURE = re.compile(r"^(.+?)\s*(≤|≥|＜|＞|<|>|=|＝|±|约|达)?\s*([+-]?\d[\d.,~～\-–×]*)\s*(.*)$")
_MONTHS = re.compile(r"(\d{1,3})(?:个月|月)?")
_YEARS = re.compile(r"(\d{1,2}(?:\.5)?)年")
_LEVEL = re.compile(r"(?:trl)?[-:]?([1-9])(?:级|[^\d].*)?", re.IGNORECASE)


def _folded(value: Any) -> str:
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def code_list(name: str) -> Callable[[Any], list[str]]:
    """Return a reader of several codes given as codes, labels or the usual other names."""

    def read(items: Sequence[str]) -> list[str]:
        try:
            return list(dict.fromkeys(codes.code_of(name, item) for item in items))
        except codes.UnknownCodeError as error:
            cause, _, cure = str(error).partition("，")
            raise UnreadableError(cause, cure or "请按模板的填写说明填写") from None

    return read


def months(value: Any) -> int:
    """Read a span as months: 18, 18个月, 2年. Between 1 and 48."""
    text = _folded(value)
    found, years = _MONTHS.fullmatch(text), _YEARS.fullmatch(text)
    if not found and not years:
        raise UnreadableError(f"“{text[:20]}”不是期限", "请填月数，如 18")
    number = int(found.group(1)) if found else int(float(years.group(1)) * 12)  # type: ignore[union-attr]
    if not 1 <= number <= 48:  # noqa: PLR2004 - months
        raise UnreadableError(f"期限为 {number} 个月，超出范围", "请填 1 至 48 个月")
    return number


def level(value: Any) -> int:
    """Read a technology readiness level: 7, TRL7, 7级."""
    found = _LEVEL.fullmatch(_folded(value))
    if not found:
        raise UnreadableError(f"“{str(value)[:20]}”不是技术就绪度", "请填 1 至 9 的整数")
    return int(found.group(1))


def words(most: int) -> Callable[[Sequence[str]], list[str]]:
    """Return a reader of keywords: at most so many, each short."""

    def read(items: Sequence[str]) -> list[str]:
        if len(items) > most:
            raise UnreadableError(f"共 {len(items)} 个词", f"请保留最要紧的 {most} 个以内")
        long = next((item for item in items if len(item) > LONGEST_WORD), "")
        if long:
            cure = f"请用顿号隔开，每个词不超过 {LONGEST_WORD} 个字"
            raise UnreadableError(f"“{long[:20]}…”过长", cure)
        return list(items)

    return read


def lines(value: Any) -> list[str]:
    """Cut a cell into its entries: by line, by semicolon, else by 、; leading ordinals go."""
    parts = (_ORDINAL.sub("", part).strip(" 。，,") for part in _LINES.split(str(value)))
    found = list(dict.fromkeys(part for part in parts if part))
    if len(found) > 20 or any(len(part) > LONGEST_ENTRY for part in found):  # noqa: PLR2004
        cause = f"共 {len(found)} 条，或有一条超过 {LONGEST_ENTRY} 字"
        raise UnreadableError(cause, "请每行写一条，不超过 20 条")
    return found


def indicators(value: Any) -> list[dict[str, Any]]:
    """Cut indicators into name, comparison, value and unit where they are written so."""
    return [_indicator(line) for line in lines(value)]


def _indicator(line: str) -> dict[str, Any]:
    found = _MEASURE.match(line)
    if not found:
        return {"name": WITHOUT_FIGURE, "op": "", "value": line, "unit": ""}
    name, operator, value, unit = (part or "" for part in found.groups())
    return {"name": name, "op": operator, "value": value, "unit": unit}


def rights(items: Sequence[str]) -> list[dict[str, Any]]:
    """Read rights as "发明专利 ZL202010123456.7": the type's name, then the number if any."""
    return [_right(item) for item in items]


def _right(item: str) -> dict[str, Any]:
    head, _, rest = item.partition(" ")
    for text, number in ((item, ""), (head, rest), _cut_number(item)):
        code = _right_type(text)
        if code:
            return {"type": code, "no": number.strip(" :："), "status": "", "valid_to": ""}
    raise UnreadableError(
        f"“{item[:20]}”看不出知识产权类型", "请写“类型 号码”，如 发明专利 ZL202010123456.7"
    )


def _right_type(text: str) -> str:
    """Return the type's code, also for a label cut short (植物新品种); "" where it is none."""
    try:
        return codes.code_of("ip_type", text)
    except codes.UnknownCodeError:
        cut_short = [
            code
            for code, label in codes.choices("ip_type")
            if len(text) >= SHORTEST_LABEL and label.startswith(text)
        ]
        return cut_short[0] if len(cut_short) == 1 else ""


def _cut_number(item: str) -> tuple[str, str]:
    found = re.match(r"([^\dA-Za-z(（:：]+)[(（:：]?(.*?)[)）]?$", item)
    return (found.group(1), found.group(2)) if found else (item, "")


def offers(items: Sequence[str]) -> list[dict[str, Any]]:
    """Read a service's offers, one name each."""
    return [{"name": item[:LONGEST_ENTRY], "price": ""} for item in items]


def credit_code(value: Any) -> str:
    """Read a 统一社会信用代码; the refusal carries the likely correction."""
    try:
        return identifiers.credit_code(str(value))
    except identifiers.IdentifierError as error:
        cause, _, cure = str(error).rpartition("，")
        raise UnreadableError(cause or cure, cure if cause else "请核对营业执照") from None


def phone(value: Any) -> str:
    """Read a telephone number of at most 40 characters."""
    text = _folded(value)
    if len(text) > 40 or not re.fullmatch(r"[\d+\-()转,，/]+", text):  # noqa: PLR2004
        raise UnreadableError(f"“{text[:20]}”不是电话号码", "请填手机号或带区号的座机号")
    return text


def mail(value: Any) -> str:
    """Read a mail address."""
    text = _folded(value)
    if len(text) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):  # noqa: PLR2004
        raise UnreadableError(f"“{text[:20]}”不是邮箱地址", "请填如 name@example.cn 的地址")
    return text
