"""What a need says: cleaned on the way in, checked before submission, kept and shown by version."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from matchmaker import codes, money, secrecy
from matchmaker.accounts.models import Organisation
from matchmaker.codes import Disclosure, NeedCategory
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import OrganisationState
from matchmaker.needs.fields import BY_NAME, FIELDS, LABELS, Field
from matchmaker.needs.models import Need
from matchmaker.places.models import ChainNode

LONGEST_ENTRY = 200  # characters of one indicator
LONGEST_WORD = 30  # characters of one keyword
DECLARATION = "no_secret_declared"
FEWEST_MEASURED = 2  # indicators that carry a figure
READABLE_AS_SECRET = ("line", "text", "words", "lines")


def plain(text: str) -> str:
    """Return the text without control characters and outer blanks; emoji and markup stay text."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in joined if c == "\n" or unicodedata.category(c) != "Cc").strip()


def _entries(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for value in values if (text := plain(str(value)))))


def _text(field: Field, value: Any) -> str:
    text = plain(str(value or ""))
    if field.kind == "line":
        text = " ".join(text.split())
    if field.most and len(text) > field.most:
        problem = f"{field.label}最多 {field.most} 字，现为 {len(text)} 字，请删减后再保存"
        raise Invalid({field.name: problem})
    return text


def _list(field: Field, value: Any) -> list[str]:
    found = _entries(value or ())
    longest = LONGEST_WORD if field.kind == "words" else LONGEST_ENTRY
    if field.most and len(found) > field.most:
        raise Invalid({field.name: f"{field.label}最多 {field.most} 个，现为 {len(found)} 个"})
    if any(len(text) > longest for text in found):
        raise Invalid({field.name: f"{field.label}每个最多 {longest} 字，请拆开或写短些"})
    return found


def _number(field: Field, value: Any) -> int | None:
    if value in {None, ""}:
        return None
    number = int(value)
    if not field.least <= number <= field.most:
        problem = f"{field.label}应在 {field.least} 至 {field.most} 之间，现为 {number}"
        raise Invalid({field.name: problem})
    return number


def _money(field: Field, value: Any) -> int | None:
    if value in {None, ""}:
        return None
    if not 0 <= int(value) <= money.MAX_FEN:
        raise Invalid({field.name: f"{field.label}应为不小于 0 的金额"})
    if field.name == "budget_total_fen" and int(value) == 0:
        raise Invalid({field.name: "拟投入总额须大于 0，未定可先空着"})
    return int(value)


def _choices(field: Field, value: Any) -> list[str]:
    found = _entries(value or ())
    if not all(codes.is_code(field.code_list, code) for code in found):
        raise Invalid({field.name: f"{field.label}中有不在列表里的选项，请重新选择"})
    return found


def _choice(field: Field, value: Any) -> Any:
    """Read one choice; an empty one is no answer yet."""
    text = str(value or "")
    match field.code_list:
        case "category":
            known = text == "" or text in set(NeedCategory)
            converted: Any = NeedCategory(text) if text and known else None
        case "audience":
            known = text == "" or text in set(Disclosure)
            converted = Disclosure(text) if text and known else Disclosure.PUBLIC
        case "trl":
            known = text == "" or (row_number(text) in range(1, 10))
            converted = int(text) if text and known else None
        case "chain":
            known = text == "" or (_is_chain_node(row_number(text)))
            converted = int(text) if text and known else None
        case listed:
            known = text == "" or codes.is_code(listed, text)
            converted = text
    if not known:
        raise Invalid({field.name: f"{field.label}“{text[:30]}”不在列表里，请重新选择"})
    return converted


def _is_chain_node(number: int | None) -> bool:
    return number is not None and db.session.get(ChainNode, number) is not None


def _organisations(field: Field, value: Any) -> list[Organisation]:
    """Find organisations by full name, alias or credit code; rows are taken as they are."""
    found: list[Organisation] = []
    for one in value or ():
        row = one if isinstance(one, Organisation) else _organisation(field, plain(str(one)))
        if row not in found:
            found.append(row)
    if len(found) > field.most:
        raise Invalid({field.name: f"定向单位最多 {field.most} 家"})
    return found


def _organisation(field: Field, name: str) -> Organisation:
    live = Organisation.state.not_in((OrganisationState.MERGED, OrganisationState.SUSPENDED))
    named = or_(Organisation.name == name, Organisation.uscc == name.upper())
    row = db.session.scalars(select(Organisation).where(live, named).limit(1)).first()
    if row is None:
        problem = f"平台上没有“{name[:60]}”，请核对单位全称，或请科技局先建立单位档案"
        raise Invalid({field.name: problem})
    return row


_CLEANERS: dict[str, Callable[[Field, Any], Any]] = {
    "line": _text,
    "text": _text,
    "words": _list,
    "lines": _list,
    "number": _number,
    "money": _money,
    "choices": _choices,
    "choice": _choice,
    "organisations": _organisations,
    "tick": lambda _field, value: bool(value),
}


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the model keeps them; raise `Invalid` naming every wrong field.

    values : attribute → value as typed or stored; money in 分, lists as sequences, codes as codes.
    Raises KeyError for a name that is no field of the form.
    """
    cleaned: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in values.items():
        field = BY_NAME[name]
        try:
            cleaned[name] = _CLEANERS[field.kind](field, value)
        except Invalid as refusal:
            problems.update(refusal.fields)
        except ValueError:
            problems[name] = f"{field.label}应填数字"
    problems.update(_marks(cleaned))
    if problems:
        raise Invalid(problems)
    return cleaned


def _marks(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a refusal for every field that carries a mark of state secrecy."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if BY_NAME[name].kind in READABLE_AS_SECRET:
            text = value if isinstance(value, str) else "\n".join(value)
            hits = secrecy.guard({LABELS[name]: text})
            if hits:
                found[name] = secrecy.refusal(hits)
    return found


def write(need: Need, values: Mapping[str, Any]) -> None:
    """Put cleaned values into the row; refuse a payment above the budget."""
    for name, value in values.items():
        if getattr(need, name) != value:
            setattr(need, name, value)
    total, paid = need.budget_total_fen, need.pay_to_bidder_fen
    if total is not None and paid is not None and paid > total:
        name = "pay_to_bidder_fen" if "pay_to_bidder_fen" in values else "budget_total_fen"
        raise Invalid({name: "付给揭榜方的金额不能超过拟投入总额，请核对两个金额"})


def check_complete(need: Need) -> None:
    """Raise `Invalid` naming every field that keeps the need from being submitted."""
    problems = {
        field.name: problem
        for field in FIELDS
        if (problem := _lacking(field, getattr(need, field.name)))
    }
    measured = [text for text in need.key_indicators if any(c.isdigit() for c in text)]
    if "key_indicators" not in problems and len(measured) < FEWEST_MEASURED:
        problems["key_indicators"] = "核心考核指标至少 2 条须写明数值，例：单件节拍≤6 min"
    if need.audience is Disclosure.DIRECTED and not need.directed_to:
        problems["directed_to"] = "公开范围为“仅定向单位可见”，请至少写明一家定向单位"
    if not need.no_secret_declared:
        problems[DECLARATION] = "请勾选保密承诺后再提交"
    problems.update(_marks({name: getattr(need, name) for name in BY_NAME}))
    if problems:
        raise Invalid(problems)


def _lacking(field: Field, value: Any) -> str:
    """Say what is missing or too short; empty when nothing is."""
    if _is_blank(value):
        return f"{field.label}还没有填写" if field.required else ""
    if field.kind in {"line", "text"} and len(value) < field.least:
        return f"{field.label}至少 {field.least} 字，现为 {len(value)} 字，请补充"
    if field.kind in {"words", "lines"} and len(value) < field.least:
        return f"{field.label}至少 {field.least} 个，现为 {len(value)} 个，请补充"
    return ""


def snapshot(need: Need) -> dict[str, Any]:
    """Return the whole content as a version keeps it: plain values by attribute."""
    kept = {name: getattr(need, name) for name in BY_NAME}
    kept["directed_to"] = [one.name for one in need.directed_to]
    return kept


_READABLE: dict[str, Callable[[Field, Any], Any]] = {
    "money": lambda _field, value: f"{money.input_value(value)} 万元",
    "number": lambda _field, value: f"{value} 个月",
    "tick": lambda _field, value: "是" if value else "否",
    "choices": lambda field, value: [codes.label(field.code_list, code) for code in value],
    "choice": lambda field, value: _choice_label(field, value),
}


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [])


def readable(name: str, value: Any) -> Any:
    """Return a kept value as people read it: codes as labels, money in 万元; "" for nothing."""
    field = BY_NAME[name]
    if _is_blank(value):
        return ""
    shown = _READABLE.get(field.kind)
    return shown(field, value) if shown else value


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (label, before, after) of every field that differs between two versions."""
    return [
        (LABELS[name], _line(name, old.get(name)), _line(name, new.get(name)))
        for name in BY_NAME
        if old.get(name) != new.get(name)
    ]


def _line(name: str, value: Any) -> str:
    shown = readable(name, value)
    return "；".join(shown) if isinstance(shown, list) else str(shown)


def _choice_label(field: Field, value: Any) -> str:
    match field.code_list:
        case "category":
            return NeedCategory(value).label
        case "audience":
            return Disclosure(value).label
        case "trl":
            return f"{value} 级"
        case "chain":
            return str(db.session.get(ChainNode, value) or "")
        case listed:
            return codes.label(listed, value)
