"""The template language: names, rows and conditions, nothing that computes.

A replaced template comes from an upload. Whatever it asks beyond printing a field, walking rows
and asking whether something is there is refused when the template is compiled, wherever in the
file it stands.
"""

from typing import Any, Final

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

LOOP: Final = frozenset({"index", "first", "last", "length"})
_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
    nodes.Filter,
)
FILTERS: Final = frozenset({"length"})
_DEEPEST: Final = 3  # loops within loops
REFUSED: Final = "模板里只能写字段名、循环（for）和条件（if），请删去：{found}"


class Language(ImmutableSandboxedEnvironment):
    """Jinja2 reduced to what a document needs; unknown names raise, text is escaped."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check(tree, 0)
        return tree


def _check(node: nodes.Node, depth: int) -> None:
    if isinstance(node, nodes.For):
        depth += 1
    if not isinstance(node, _ALLOWED) or depth > _DEEPEST or _is_foreign(node):
        found = _said(node) if depth <= _DEEPEST else "过深的循环"
        raise TemplateSyntaxError(REFUSED.format(found=found), getattr(node, "lineno", 1))
    for child in node.iter_child_nodes():
        _check(child, depth)


def _is_foreign(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name not in FILTERS or bool(node.args or node.kwargs)
    return isinstance(node, nodes.Getattr) and node.attr.startswith("_")


def _said(node: nodes.Node) -> str:
    return str(getattr(node, "name", "") or getattr(node, "attr", "") or type(node).__name__)


def used_fields(tree: nodes.Template) -> set[str]:
    """Return what a template reads: "榜单编号", "考核指标.指标名称"; a row itself ends in a dot."""
    found: set[str] = set()
    _walk(tree, {}, found)
    return found


def _walk(node: nodes.Node, rows: dict[str, str], found: set[str]) -> None:
    if isinstance(node, nodes.For):
        path = _path(node.iter, rows)
        found.add(path)
        inner = {**rows, **_targets(node.target, path + "."), "loop": ""}
        for child in [*node.body, *([node.test] if node.test else [])]:
            _walk(child, inner, found)
        for child in node.else_:
            _walk(child, rows, found)
        return
    if isinstance(node, nodes.Getattr | nodes.Name):
        found.add(_path(node, rows))
        return
    for child in node.iter_child_nodes():
        _walk(child, rows, found)


def _targets(target: nodes.Node, path: str) -> dict[str, str]:
    return {target.name: path} if isinstance(target, nodes.Name) else {}


def _path(node: Any, rows: dict[str, str]) -> str:
    if isinstance(node, nodes.Name):
        return rows.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node, rows)
        if before == "" and node.attr in LOOP:
            return ""
        return f"{before.removesuffix('.')}.{node.attr}"
    return ""
