"""Rows as JSON: only what the viewer may see; a closed field's key is absent."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from matchmaker import clock
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid
from matchmaker.listing import SIZES, Listing, Spec

PAGING = ("page", "size", "sort", "q")
MOST_PAGE = 999_999


def document(shown: Shown, read: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Return a row's open fields by name, its `public_id` first.

    read : field → what is told of the row instead of the stored value (masked contacts).
    """
    fields = {
        name: plain(read[name](shown) if name in read else getattr(shown, name))
        for name in shown.visible()
    }
    return {"public_id": shown.public_id, **fields}


def plain(value: Any) -> Any:
    """Return a value as JSON knows it; of another row only its name and public id."""
    if isinstance(value, date):
        return _day_or_moment(value)
    if hasattr(value, "label"):
        return {"code": str(value), "label": value.label}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if value is None or isinstance(value, str | int | float):
        return value
    return _reference(value)


def _day_or_moment(value: date) -> str:
    """Return ISO 8601, a moment in Beijing time."""
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    return value.isoformat()


def _reference(row: Any) -> Any:
    name = getattr(row, "name", None) or getattr(row, "title", None) or str(row)
    known = getattr(row, "public_id", None)
    return {"public_id": known, "name": name} if known else str(row)


def check(spec: Spec, args: Mapping[str, str]) -> None:
    """Refuse (Invalid) what a list would silently ignore: unknown names and wrong values."""
    filters = {one.key: one for one in spec.filters}
    wrong: dict[str, str] = {}
    for key, value in args.items():
        if key in filters:
            choices = filters[key].choices() if filters[key].kind == "select" else ()
            if value and choices and value not in {code for code, _label in choices}:
                codes = "、".join(code for code, _label in choices[:8])
                wrong[key] = f"取值不在代码表中，可用：{codes}{'等' if len(choices) > 8 else ''}"  # noqa: PLR2004
        elif key not in PAGING:
            known = "、".join([*filters, *PAGING])
            wrong[key] = f"没有这个参数，可用：{known}"
    wrong |= _check_paging(spec, args)
    if wrong:
        raise Invalid(wrong)


def _check_paging(spec: Spec, args: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    page, size = args.get("page", "1"), args.get("size", str(SIZES[0]))
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:9]) <= MOST_PAGE):
        wrong["page"] = "页码应为从 1 开始的整数"
    if size not in {str(one) for one in SIZES}:
        wrong["size"] = f"每页条数可用：{'、'.join(str(one) for one in SIZES)}"
    sortable = [column.key for column in spec.columns if column.sortable]
    if args.get("sort", sortable[0]).removeprefix("-") not in sortable:
        wrong["sort"] = f"排序字段可用：{'、'.join(sortable)}；前加减号为倒序"
    return wrong


def page(found: Listing, read: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Return a page of a list with where the next one is."""
    after = found.page + 1 if found.page < found.pages else None
    before = found.page - 1 if found.page > 1 else None
    return {
        "items": [document(row.shown, read) for row in found.rows],
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "size": found.per_page,
        "next": found.url(page=after) if after else None,
        "previous": found.url(page=before) if before else None,
    }
