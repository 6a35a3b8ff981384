"""Numbers, money, dates and yes-or-no out of cells. Every reader refuses with `UnreadableError`."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from .reading import Cell
from .texts import FLOAT_DIGITS, UnreadableError, folded_text, shown, text_of

_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_MONEY: Final = re.compile(
    r"(?:人民币|rmb|cny|¥)*([+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:e[+-]?\d{1,2})?)"
    r"(?:(亿|千万|百万|万|千)?元?)(?:整|人民币)?",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(r"[亿万千元]")
_FEN: Final = {
    "元": 100,
    "千": 100_000,
    "千元": 100_000,
    "万": 1_000_000,
    "万元": 1_000_000,
    "百万": 100_000_000,
    "千万": 1_000_000_000,
    "亿": 10_000_000_000,
    "亿元": 10_000_000_000,
}
_MOST_FEN: Final = 10**16
_PLACES: Final = 6
_DIGITS: Final = 40
_DATE: Final = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?")
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK: Final = re.compile(r"(?<=[\d日])[ t]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?z?$", re.IGNORECASE)
_EPOCH: Final = date(1899, 12, 30)  # day 0 of a workbook's serial numbers
_SERIALS: Final = range(20_000, 90_000)  # 1954 to 2146: what a form can mean
_YEARS: Final = range(1900, 2200)
_TRUE: Final = frozenset("是 有 对 同意 可 可以 √ ✓ ✔ y yes true t 1".split())  # noqa: SIM905 - readable
_FALSE: Final = frozenset(
    "否 无 没有 不 不是 不同意 不可 不可以 × ✗ ✘ x n no false f 0".split()  # noqa: SIM905 - readable
)


def read_decimal(cell: Cell) -> Decimal:
    """An exact number; full-width digits and thousands commas are accepted; "15%" is 0.15."""
    text = _THOUSANDS.sub("", folded_text(cell))
    if isinstance(cell, float):
        text = format(cell, FLOAT_DIGITS)
    share = text.endswith("%")
    try:
        number = Decimal(text.removesuffix("%")) if len(text) <= _DIGITS else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or isinstance(cell, bool | date):
        raise UnreadableError(f"{shown(text_of(cell))}不是数字", "请只填一个数字，如 12 或 12.5")
    return number / 100 if share else number


def read_integer(cell: Cell) -> int:
    """A whole number; 12.0 is 12."""
    number = read_decimal(cell)
    if number != number.to_integral_value() or abs(number) > _MOST_FEN:
        raise UnreadableError(f"{shown(text_of(cell))}不是整数", "请填写整数，如 12")
    return int(number)


def read_percent(cell: Cell) -> Decimal:
    """A share as a fraction: "15%", 0.15 and 15 are all 0.15 (a bare number above 1 is points)."""
    number = read_decimal(cell)
    if not folded_text(cell).endswith("%") and abs(number) > 1:
        number /= 100
    if abs(number) > 1:
        raise UnreadableError(
            f"{shown(text_of(cell))}超过 100%", "请填写 0 至 100 之间的百分数，如 15%"
        )
    return number


def read_money(cell: Cell, *, unit: str) -> int:
    """Money in 分. A unit in the cell outranks `unit` (元, 千元, 万元 or 亿元).

    Refuses what is negative, a range, no whole number of 分, or above 10^14 元.
    """
    number, factor = _amount(cell, unit=unit)
    if number < 0:
        raise UnreadableError("金额不能为负数", "请填写 0 或正数")
    fen = number * factor
    if fen != fen.to_integral_value():
        raise UnreadableError(
            f"{shown(text_of(cell))}小数位数过多，精确不到分",
            "以万元计最多 6 位小数，以元计最多 2 位",
        )
    if fen > _MOST_FEN:
        raise UnreadableError(f"{shown(text_of(cell))}金额过大", "请核对单位是元还是万元")
    return int(fen)


def _amount(cell: Cell, *, unit: str) -> tuple[Decimal, int]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return read_decimal(cell), _FEN[unit]
    text = _THOUSANDS.sub("", folded_text(cell))
    found = _MONEY.fullmatch(text)
    if not found or isinstance(cell, bool | date):
        raise UnreadableError(
            f"{shown(text_of(cell))}不是金额", f"请只填一个数字（单位{unit}），如 50；面议请留空"
        )
    own = found.group(2) or ("元" if _UNIT.search(text) else unit)
    return Decimal(found.group(1)), _FEN[own]


def read_date(cell: Cell) -> date:
    """A day: a date, a workbook's serial number, 2026-1-5, 2026/1/5, 2026年1月5日, 20260105."""
    if isinstance(cell, date):
        return _sensible(cell.date() if isinstance(cell, datetime) else cell, cell)
    text = folded_text(_CLOCK.sub("", text_of(cell)))
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if found:
        try:
            return _sensible(date(*(int(part) for part in found.groups())), cell)
        except ValueError as cause:
            raise _no_date(cell) from cause
    return _from_serial(text, cell)


def _from_serial(text: str, cell: Cell) -> date:
    whole = text.partition(".")[0]
    if whole.isdecimal() and len(whole) == len("46027") and int(whole) in _SERIALS:
        return _EPOCH + timedelta(days=int(whole))
    raise _no_date(cell)


def _sensible(day: date, cell: Cell) -> date:
    if day.year not in _YEARS:
        raise _no_date(cell)
    return day


def _no_date(cell: Cell) -> UnreadableError:
    return UnreadableError(
        f"{shown(text_of(cell))}不是有效日期", "请写到日，如 2026-01-05 或 2026年1月5日"
    )


def read_boolean(cell: Cell) -> bool:
    """Yes or no: 是/否, 有/无, √/×, true/false, 1/0."""
    text = folded_text(cell).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise UnreadableError(f"{shown(text_of(cell))}看不出是或否", "请填“是”或“否”")
