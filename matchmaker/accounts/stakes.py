"""Shareholders and controllers (股东与实际控制人) as people type them: one a line."""

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from matchmaker import identifiers

WHOLE = Decimal(100)
CONTROLLER = "实控"
MOST = 50
HELP = (
    "每行一位：名称，持股比例，信用代码（自然人不填代码），如：澜州某某控股有限公司，51%，9137…；"
    "不持股的实际控制人比例写“实控”"
)


class StakeError(ValueError):
    """A line cannot be read; the message names the line and the cure."""


def parse(text: str) -> list[dict[str, Any]]:
    """Return `[{name, ratio, uscc}]`; ratio is percent as text, "" for an actual controller.

    Raises StakeError for a line without name or ratio, a wrong code, or more than 100 % in all.
    """
    lines = [
        line for line in unicodedata.normalize("NFKC", text or "").splitlines() if line.strip()
    ]
    if len(lines) > MOST:
        message = f"最多填写 {MOST} 位"
        raise StakeError(message)
    found = [_line(line, number) for number, line in enumerate(lines, start=1)]
    total = sum((Decimal(one["ratio"]) for one in found if one["ratio"]), Decimal(0))
    if total > WHOLE:
        message = f"持股比例合计为 {total:f}%，不能超过 100%"
        raise StakeError(message)
    return found


def _line(line: str, number: int) -> dict[str, Any]:
    parts = [part.strip() for part in line.replace("、", ",").replace("\t", ",").split(",")]
    if len(parts) not in {2, 3} or not parts[0]:
        message = f"第 {number} 行应为“名称，比例，信用代码”，代码可不填"
        raise StakeError(message)
    code = parts[2] if len(parts) == 3 else ""  # noqa: PLR2004 - name, ratio, code
    try:
        code = identifiers.credit_code(code) if code else ""
    except identifiers.IdentifierError as error:
        message = f"第 {number} 行：{error}"
        raise StakeError(message) from error
    return {"name": parts[0][:100], "ratio": _ratio(parts[1], number), "uscc": code}


def _ratio(text: str, number: int) -> str:
    if text.startswith(CONTROLLER):
        return ""
    try:
        ratio = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        ratio = Decimal(0)
    if not (ratio.is_finite() and 0 < ratio <= WHOLE):
        message = f"第 {number} 行的持股比例应大于 0、不超过 100，如 51%；实际控制人写“实控”"
        raise StakeError(message)
    return f"{ratio.normalize():f}"


def written(stakes: list[dict[str, Any]]) -> str:
    """Return stored stakes as they are typed."""
    return "\n".join(
        "，".join(part for part in (one["name"], _shown(one), one.get("uscc") or "") if part)
        for one in stakes
    )


def _shown(one: dict[str, Any]) -> str:
    ratio = str(one.get("ratio") or "")
    return f"{ratio}%" if ratio else CONTROLLER
