"""The engine over the table: may a role ever, and which rows exactly."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from flask import Flask
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from matchmaker.errors import NotAllowed, NotFound, SignInRequired
from matchmaker.extensions import db
from matchmaker.lifecycles.roles import EVERYBODY, Role
from matchmaker.policy import step_up, table

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M")
UNBOUND_ALLOWED = frozenset({"static", "bootstrap.static"})  # files only, no rows
BEFORE_VERIFICATION = frozenset({"create", "register", "list", "checkup", "dashboard", "template"})


class Viewer(Protocol):
    """What the policy asks of a user; the anonymous visitor has it too."""

    @property
    def roles(self) -> frozenset[Role]: ...  # noqa: D102
    @property
    def is_verified(self) -> bool: ...  # noqa: D102
    @property
    def is_authenticated(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Standing:
    """What the policy asks of a user, read once: for many questions about the same one."""

    roles: frozenset[Role]
    is_verified: bool
    is_authenticated: bool

    @classmethod
    def of(cls, user: Viewer) -> "Standing":
        """Read a user, once."""
        if isinstance(user, cls):
            return user
        return cls(user.roles, user.is_verified, user.is_authenticated)


Relation = Callable[[Any], ColumnElement[bool]]


@dataclass
class Binding:
    """What a noun tells the policy about its rows."""

    model: type[Any]
    states: Mapping[str, Collection[Any]]
    relations: Mapping[Role, Relation]
    limits: Mapping[str, Relation] = field(default_factory=dict)
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    state: ColumnElement[Any] | None = None
    by_action: Mapping[str, Mapping[Role, Relation]] = field(default_factory=dict)


_bindings: dict[str, Binding] = {}
LEVELS: dict[str, tuple[str, ...]] = {
    "P": ("read_public_fields", "read_full", "read", "read_bureau"),
    "M": ("read_limited_fields", "read_full", "read", "read_bureau"),
    "O": ("read_full", "read", "read_bureau"),
    "C": ("read_confidential_fields", "read"),
    "B": ("read_bureau",),
}


def register(
    resource: str,
    model: type[Any],
    *,
    states: Mapping[str, Collection[Any]],
    relations: Mapping[Role, Relation],
    limits: Mapping[str, Relation] | None = None,
    levels: Mapping[str, tuple[str, ...]] | None = None,
    state: ColumnElement[Any] | None = None,
    by_action: Mapping[str, Mapping[Role, Relation]] | None = None,
) -> None:
    """Bind a resource of the table to a model; each noun calls it once, at import.

    states : the table's state names → the model's states ("any" needs no entry).
    relations : role → SQL condition under which a row is the viewer's own.
    limits : action → condition on rows that `allow` (not `own`) opens.
    levels : disclosure letter → the actions that open it; the house's default unless given.
    state : what counts as a row's state where that is more than its column (a deadline passed).
    by_action : action → role → what is the role's own for this action alone (another side's).
    """
    _bindings[resource] = Binding(
        model, states, relations, limits or {}, levels or LEVELS, state, by_action or {}
    )


def extend(resource: str, role: Role, relation: Relation) -> None:
    """Widen what is a role's own by another relation: a later noun knows more (leads, panels)."""
    binding = _bindings[resource]
    known = binding.relations[role]
    binding.relations = {
        **binding.relations,
        role: lambda user: or_(known(user), relation(user)),
    }


def _effective(user: Viewer, row: table.Row) -> frozenset[Role]:
    """Return the roles that count for `allow`: those of an unverified organisation hardly do.

    What is open to visitors but not to all is for those who have not signed in.
    """
    if row.allow != EVERYBODY and user.is_authenticated and Role.VISITOR in row.allow:
        return user.roles - {Role.VISITOR}
    if user.is_verified or row.action in BEFORE_VERIFICATION:
        return user.roles
    return frozenset({Role.VISITOR})


def may(user: Viewer, resource: str, action: str) -> bool:
    """Tell whether the user may do this to any row at all, in any state."""
    standing = Standing.of(user)
    return any(
        row.allow & _effective(standing, row) or row.own & standing.roles
        for row in table.find(resource, action)
    )


def require(user: Viewer, resource: str, action: str) -> None:
    """Raise `NotAllowed` unless the user may do this at all."""
    if not may(user, resource, action):
        raise NotAllowed


def expression(user: Viewer, resource: str, *actions: str) -> ColumnElement[bool]:
    """Return the SQL condition of the rows on which the user may do any of `actions`."""
    binding, standing = _bindings[resource], Standing.of(user)
    found: list[ColumnElement[bool]] = []
    for action in actions:
        for row in table.find(resource, action):
            granted = _granted(user, standing, binding, row)
            if granted is not None:
                found.append(granted)
    return or_(false(), *found)


def _column(binding: Binding) -> Any:
    return binding.model.state if binding.state is None else binding.state


def _granted(
    user: Viewer, standing: Standing, binding: Binding, row: table.Row
) -> ColumnElement[bool] | None:
    if row.allow & _effective(standing, row):
        limit = binding.limits.get(row.action)
        here = _here(binding, row)
        return and_(here, limit(user)) if limit else and_(here)
    special = binding.by_action.get(row.action, {})
    relations = [
        special.get(role) or binding.relations[role] for role in sorted(row.own & standing.roles)
    ]
    mine = [relation(user) for relation in relations]
    return and_(_here(binding, row), or_(*mine)) if mine else None


def _here(binding: Binding, row: table.Row) -> ColumnElement[bool]:
    return true() if row.state == "any" else _column(binding).in_(binding.states[row.state])


def scope(user: Viewer, resource: str, *actions: str) -> Select[Any]:
    """Return `select(model)` limited to the rows on which the user may do any of `actions`."""
    return select(_bindings[resource].model).where(expression(user, resource, *actions))


def binding_of(resource: str) -> Binding | None:
    """Return what a noun told about a resource of the table, None where no model is bound."""
    return _bindings.get(resource)


def model_of(resource: str) -> type[Any]:
    """Return the model a resource of the table is bound to."""
    return _bindings[resource].model


def permits(user: Viewer, resource: str, action: str, row: Any) -> bool:
    """Tell whether the user may do this to this very row, by the same SQL."""
    if not may(user, resource, action):
        return False
    model = _bindings[resource].model
    query = select(model.id).where(model.id == row.id, expression(user, resource, action))
    return db.session.scalar(query) is not None


def level_labels(user: Viewer, resource: str) -> dict[str, ColumnElement[bool]]:
    """Return for each disclosure letter the condition under which the user may see it."""
    levels = _bindings[resource].levels
    return {letter: expression(user, resource, *actions) for letter, actions in levels.items()}


def endpoint(resource: str, action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Bind a view to one (resource, action); whoever may never do it gets 404 or sign-in.

    A weighty act wants its doer confirmed a short while ago: see `step_up`.
    """

    def bind(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            viewer = current_user._get_current_object()  # noqa: SLF001 - werkzeug's own name
            if not may(viewer, resource, action):
                raise NotFound if viewer.is_authenticated else SignInRequired
            if viewer.is_authenticated:
                step_up.check(resource, action)
            return view(*args, **kwargs)

        guarded.policy = (resource, action)  # type: ignore[attr-defined]
        return guarded

    return bind


def check_bound(app: Flask) -> None:
    """Refuse to start (RuntimeError) with a route that is unbound or bound to an unknown row."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in UNBOUND_ALLOWED:
            continue
        bound = getattr(app.view_functions[rule.endpoint], "policy", None)
        if bound is None or not table.find(*bound):
            message = f"route {rule.rule} ({rule.endpoint}) is bound to {bound}, not to the table"
            raise RuntimeError(message)
