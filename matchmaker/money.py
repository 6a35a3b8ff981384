"""Money as integer 分: reading what people type, showing it, splitting it without a lost cent."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

MAX_FEN = 10**15
"""Largest amount accepted (10 万亿元); far below what a BIGINT column holds."""

_CENT = Decimal("0.01")
_WHOLE = Decimal(100)
_MAX_DECIMALS = 6
_AMOUNT = re.compile(
    r"^[¥￥]?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)(?P<unit>亿元?|万元?|元|分)?整?$"
)
_PLAIN_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?$")


class Unit(Enum):
    """A unit of account: its Chinese name and its worth in 分."""

    FEN = "分", 1
    YUAN = "元", 100
    WAN = "万元", 1_000_000
    YI = "亿元", 10_000_000_000

    def __init__(self, label: str, fen: int) -> None:
        self.label = label
        self.fen = fen


class MoneyError(ValueError):
    """The text is no amount, or the parts do not make the whole; the message is fit to show."""


def parse_money(text: str, *, unit: Unit = Unit.WAN) -> int:
    """Read an amount as 分: "180", "1,234.5万", "１.2亿元", "¥300元".

    unit : what a figure without a unit means.
    Raises MoneyError for anything that is no amount ≥ 0, has more than six decimals,
    is finer than a 分, or exceeds MAX_FEN.
    """
    cleaned = "".join(unicodedata.normalize("NFKC", text).split())
    if not cleaned:
        raise MoneyError("金额不能为空，请填写数字，如 180 或 180万元")
    if cleaned.startswith(("-", "−")):
        raise MoneyError(f"金额“{text.strip()}”不能为负数")
    matched = _AMOUNT.match(cleaned)
    if matched is None or ("," in cleaned and not _PLAIN_GROUPS.match(matched["number"])):
        raise MoneyError(f"“{text.strip()}”不是有效的金额，请填写数字，如 180 或 180万元")
    number = matched["number"].replace(",", "")
    named = _unit_named(matched["unit"]) if matched["unit"] else unit
    return _exact_fen(number, unit=named)


def _unit_named(name: str) -> Unit:
    return next(unit for unit in Unit if name.removesuffix("元") == unit.label.removesuffix("元"))


def _exact_fen(number: str, *, unit: Unit) -> int:
    if len(number.partition(".")[2]) > _MAX_DECIMALS:
        raise MoneyError(f"金额“{number}{unit.label}”最多保留 {_MAX_DECIMALS} 位小数")
    if len(number) > len(str(MAX_FEN)) + _MAX_DECIMALS + 1:
        raise MoneyError("金额过大，请核对单位是元还是万元")
    fen = Decimal(number) * unit.fen
    if fen != fen.to_integral_value():
        raise MoneyError(f"金额“{number}{unit.label}”精确到分即可，请减少小数位数")
    if fen > MAX_FEN:
        raise MoneyError(f"金额“{number}{unit.label}”过大，请核对单位是元还是万元")
    return int(fen)


def fen_from_number(value: int | float | Decimal, *, unit: Unit = Unit.WAN) -> int:
    """Turn a spreadsheet's number into 分, rounding half up what binary fractions left over."""
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise MoneyError("金额不是有效的数字")
    if exact < 0:
        raise MoneyError(f"金额“{value}”不能为负数")
    if exact * unit.fen > MAX_FEN:
        raise MoneyError(f"金额“{value}”过大，请核对单位是元还是万元")
    return int((exact * unit.fen).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def in_unit(fen: int, unit: Unit) -> Decimal:
    """Return the amount in a unit with two decimals, half up. Add in 分 first, convert last."""
    return (Decimal(fen) / unit.fen).quantize(_CENT, rounding=ROUND_HALF_UP)


def format_money(fen: int, *, unit: Unit) -> str:
    """Show an amount in the named unit: "1,234.50 元", "180.00 万元"."""
    return f"{in_unit(fen, unit):,} {unit.label}"


def format_short(fen: int) -> str:
    """Show an amount in the unit a reader would choose: 元 below 1 万元, 亿元 from 1 亿元."""
    size = abs(fen)
    if size < Unit.WAN.fen:
        return format_money(fen, unit=Unit.YUAN)
    return format_money(fen, unit=Unit.WAN if size < Unit.YI.fen else Unit.YI)


def input_value(fen: int, *, unit: Unit = Unit.WAN) -> str:
    """Return the exact figure for a form's field, without padding: parse_money gives fen back."""
    text = f"{Decimal(fen) / unit.fen:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def split_installments(total_fen: int, percentages: Sequence[Decimal]) -> list[int]:
    """Split a total: each part but the last half up to the 分, the last takes the rest.

    percentages : of the whole, at least one, each > 0, adding up to exactly 100.
    Raises MoneyError if they do not, or if rounding would leave a negative last part.
    """
    if not percentages or any(share <= 0 for share in percentages):
        raise MoneyError("每期付款比例须大于 0，且至少一期")
    if sum(percentages) != _WHOLE:
        raise MoneyError(f"各期付款比例合计须为 100%，现为 {sum(percentages)}%")
    parts = [
        int((total_fen * share / _WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        for share in percentages[:-1]
    ]
    last = total_fen - sum(parts)
    if last < 0:
        raise MoneyError("按此比例末期付款为负数，请减少期数或调整比例")
    return [*parts, last]


def check_installments(total_fen: int, parts_fen: Sequence[int]) -> None:
    """Refuse parts that are not above zero or do not make the total to the 分."""
    if any(part <= 0 for part in parts_fen):
        raise MoneyError("每期付款金额须大于 0")
    if sum(parts_fen) != total_fen:
        raise MoneyError(
            f"各期付款合计 {format_money(sum(parts_fen), unit=Unit.YUAN)}，"
            f"与合同额 {format_money(total_fen, unit=Unit.YUAN)} 不一致"
        )


def resplit(
    new_total_fen: int, *, paid_fen: Sequence[int], percentages: Sequence[Decimal]
) -> list[int]:
    """Split again after an amendment (补充协议): what is paid stays, the balance is split anew.

    percentages : of the balance, adding up to exactly 100.
    Returns all parts, the paid ones first.
    """
    balance = new_total_fen - sum(paid_fen)
    if balance <= 0:
        raise MoneyError(f"新合同额须大于已付金额 {format_money(sum(paid_fen), unit=Unit.YUAN)}")
    return [*paid_fen, *split_installments(balance, percentages)]


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital_amount(fen: int) -> str:
    """Write an amount the way a contract does (大写金额): 100000.05 元 → 壹拾万元零伍分."""
    if not 0 <= fen <= MAX_FEN:
        raise MoneyError("大写金额须在 0 与 10 万亿元之间")
    yuan, cents = divmod(fen, Unit.YUAN.fen)
    jiao, rest = divmod(cents, 10)
    text = f"{_capital_integer(yuan)}元" if yuan else ""
    if not cents:
        return f"{text or '零元'}整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{_DIGITS[rest]}分" if rest else "整")


def _capital_integer(number: int) -> str:
    groups: list[int] = []
    while number:
        number, low = divmod(number, 10_000)
        groups.append(low)
    text = ""
    for place in range(len(groups) - 1, -1, -1):
        value = groups[place]
        if value and text and (value < 1000 or groups[place + 1] == 0):  # noqa: PLR2004 - the gap
            text += "零"
        if value:
            text += _capital_group(value) + _GROUPS[place]
    # 10,000 亿 is read 万亿, but 1,0001 亿 already carries its 亿 from the lower group.
    return text.replace("万亿", "万", 1) if "万亿" in text and text.count("亿") > 1 else text


def _capital_group(value: int) -> str:
    text = ""
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            text += _DIGITS[digit] + _PLACES[place]
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")
