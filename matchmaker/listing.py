"""Lists: filters, sorting, paging and column choice, all in the URL; one spec a noun."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, func, or_, select
from werkzeug.datastructures import MultiDict

from matchmaker import disclosure
from matchmaker.disclosure import Shown
from matchmaker.extensions import db

SIZES = (20, 50, 100)
MOST_EXPORTED = 50_000
LONGEST = 200  # characters of one query argument
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """One column: `value(shown)` is text, a number, or a labelled state."""

    key: str
    label: str
    value: Callable[[Any], Any]
    sort: Any = None
    default: bool = True
    align: str = "start"

    @property
    def sortable(self) -> bool:
        """Tell whether the list can be sorted by this column."""
        return self.sort is not None


@dataclass(frozen=True)
class Filter:
    """One filter: `apply(query, value)` narrows the query; a wrong value narrows nothing."""

    key: str
    label: str
    apply: Callable[[Select[Any], str], Select[Any]]
    kind: str = "select"  # text select date number check
    choices: Callable[[], Choices] = tuple
    needs: str = ""  # attribute the viewer must be able to see in general, "" for none


@dataclass(frozen=True)
class Spec:
    """A noun's list: resource of the policy, columns, filters, what text search reads."""

    resource: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    default_sort: str
    search: tuple[Any, ...] = ()
    tie: Any = None  # the model's id, so that pages never overlap


@dataclass
class ShownFilter:
    """A filter with its present value, for the page."""

    key: str
    label: str
    kind: str
    value: str
    choices: Choices


@dataclass
class ListRow:
    """One row of the page."""

    public_id: str
    url: str
    cells: dict[str, Any]
    shown: Shown


@dataclass
class Listing:
    """What `macros/table.html` renders."""

    spec: Spec
    columns: list[Column]
    choices: list[dict[str, Any]]
    rows: list[ListRow]
    total: int
    page: int
    per_page: int
    sort: str
    filters: list[ShownFilter]
    path: str
    args: MultiDict[str, str]
    bulk: list[tuple[str, str, bool]] = field(default_factory=list)
    bulk_url: str = ""
    export_path: str = ""
    empty: dict[str, str] = field(default_factory=lambda: {"title": "没有符合条件的记录"})

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.per_page))

    def url(self, **changes: Any) -> str:
        """Return this list's URL with some query arguments changed; None removes one."""
        return _url(self.path, self.args, changes)

    def export_url(self, *, all_fields: bool = False) -> str:
        """Return the URL that exports exactly what is on screen, or all fields."""
        changes = {"page": None, "all": "1" if all_fields else None}
        return _url(self.export_path, self.args, changes) if self.export_path else ""

    @property
    def active_filters(self) -> list[dict[str, str]]:
        """The filters in force: label, value as text, URL without it."""
        return [
            {
                "label": shown.label,
                "value": dict(shown.choices).get(shown.value, shown.value),
                "url": self.url(**{shown.key: None, "page": None}),
            }
            for shown in self.filters
            if shown.value
        ]


def _url(path: str, args: MultiDict[str, str], changes: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in args.items() if key not in changes and value}
    kept.update({key: str(value) for key, value in changes.items() if value is not None})
    return f"{path}?{urlencode(kept)}" if kept else path


def narrowed(spec: Spec, query: Select[Any], args: Mapping[str, str]) -> Select[Any]:
    """Apply the search text and every filter of `args` to a scoped query."""
    text = args.get("q", "").strip()[:100]
    if text and spec.search:
        for word in text.split():
            pattern = "%" + word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
            query = query.where(or_(*(c.ilike(pattern, escape="\\") for c in spec.search)))
    for one in spec.filters:
        value = args.get(one.key, "").strip()
        if value:
            query = one.apply(query, value)
    return query


def ordered(spec: Spec, query: Select[Any], sort: str) -> Select[Any]:
    """Sort by a column's key, `-` before it for descending; ties by id."""
    key = sort.lstrip("-")
    column = next((c for c in spec.columns if c.key == key and c.sortable), None)
    if column is not None:
        query = query.order_by(column.sort.desc() if sort.startswith("-") else column.sort.asc())
    return query.order_by(spec.tie.asc()) if spec.tie is not None else query


def _plain(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return one short value a key; the ticked boxes of the column choice become one value."""
    joined = {key: args[key] for key in args} | {"cols": ",".join(args.getlist("cols"))}
    return MultiDict({key: value for key, value in joined.items() if len(value) <= LONGEST})


def chosen_columns(spec: Spec, args: Mapping[str, str]) -> list[Column]:
    """Return the columns the URL asks for, the default ones where it asks for none."""
    asked = [key for key in args.get("cols", "").split(",") if key]
    chosen = [column for column in spec.columns if column.key in asked]
    return chosen or [column for column in spec.columns if column.default]


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default  # noqa: PLR2004


@dataclass(frozen=True)
class Frame:
    """Where a list stands: its URLs, bulk actions and what an empty list says."""

    path: str
    row_url: Callable[[Shown], str]
    export_path: str = ""
    bulk: Sequence[tuple[str, str, bool]] = ()
    bulk_url: str = ""
    empty: dict[str, str] | None = None


def build(
    spec: Spec, query: Select[Any], args: MultiDict[str, str], *, viewer: Any, **frame: Any
) -> Listing:
    """Read one page of a list. `query` is already scoped: `policy.scope(viewer, …)`.

    frame : the fields of `Frame`.
    """
    around = Frame(**frame)
    plain = _plain(args)
    sort = plain.get("sort") or spec.default_sort
    found = narrowed(spec, query, plain)
    total = _count(found)
    page, per_page = _page(plain, total)
    ready = ordered(spec, found, sort).limit(per_page).offset((page - 1) * per_page)
    columns = chosen_columns(spec, plain)
    keys = {column.key for column in columns}
    return Listing(
        spec=spec,
        columns=columns,
        choices=[{"key": c.key, "label": c.label, "shown": c.key in keys} for c in spec.columns],
        rows=[
            ListRow(one.public_id, around.row_url(one), {c.key: c.value(one) for c in columns}, one)
            for one in disclosure.shown(ready, viewer, spec.resource)
        ],
        total=total,
        page=page,
        per_page=per_page,
        sort=sort,
        filters=_shown_filters(spec, plain),
        path=around.path,
        args=plain,
        bulk=list(around.bulk),
        bulk_url=around.bulk_url,
        export_path=around.export_path,
        empty=around.empty or {"title": "没有符合条件的记录"},
    )


def _page(args: Mapping[str, str], total: int) -> tuple[int, int]:
    """Return (page, rows a page) within what the list has."""
    size = _number(args.get("size", ""), SIZES[0])
    per_page = size if size in SIZES else SIZES[0]
    return min(max(1, _number(args.get("page", ""), 1)), max(1, -(-total // per_page))), per_page


def _shown_filters(spec: Spec, args: Mapping[str, str]) -> list[ShownFilter]:
    return [
        ShownFilter(f.key, f.label, f.kind, args.get(f.key, ""), f.choices()) for f in spec.filters
    ]


def export_rows(
    spec: Spec, query: Select[Any], args: MultiDict[str, str], *, viewer: Any
) -> tuple[list[Column], Iterable[list[Any]]]:
    """Return (columns, rows of values) of the whole filtered list, for an export."""
    all_fields = args.get("all") == "1"
    columns = list(spec.columns) if all_fields else chosen_columns(spec, args)
    found = ordered(spec, narrowed(spec, query, args), args.get("sort") or spec.default_sort)

    def rows() -> Iterable[list[Any]]:
        for start in range(0, MOST_EXPORTED, 500):
            part = disclosure.shown(found.limit(500).offset(start), viewer, spec.resource)
            yield from ([column.value(one) for column in columns] for one in part)
            if len(part) < 500:  # noqa: PLR2004
                return

    return columns, rows()
