"""Lists of accounts: an organisation's members, and everybody for the administrators."""

from typing import Any

from sqlalchemy import Select

from matchmaker import listing, web
from matchmaker.accounts.models import Organisation, RoleGrant, User
from matchmaker.lifecycles import Role, UserState

Column, Filter = listing.Column, listing.Filter


def _state(query: Select[Any], value: str) -> Select[Any]:
    known = value in {state.value for state in UserState}
    return query.where(User.state == UserState(value)) if known else query


def _role(query: Select[Any], value: str) -> Select[Any]:
    known = value in {role.value for role in Role}
    return query.where(User.grants.any(RoleGrant.role == Role(value))) if known else query


def _organisation(query: Select[Any], value: str) -> Select[Any]:
    return query.where(User.organisation.has(Organisation.name.contains(value, autoescape=True)))


def _name_of(part: Any) -> str:
    return str(part.name) if part else ""


_STATES = Filter("state", "状态", _state, choices=lambda: [(s.value, s.label) for s in UserState])
_COMMON = (
    Column("name", "姓名", lambda u: u.name, sort=User.name),
    Column("login", "登录账号", lambda u: str(u.login), sort=User.login),
    Column("title", "职务职称", lambda u: u.title),
    Column("roles", "角色", lambda u: u.role_labels),
    Column("state", "状态", lambda u: u.state, sort=User.state),
    Column("phone", "手机号", lambda u: str(u.phone_masked or "")),
    Column("email", "邮箱", lambda u: str(u.email_masked or ""), default=False),
    Column(
        "signed_in_at",
        "上次登录",
        lambda u: web.as_moment(u.signed_in_at) if u.signed_in_at else "从未登录",
        sort=User.signed_in_at,
    ),
)
MEMBERS = listing.Spec(
    resource="user",
    columns=_COMMON,
    filters=(_STATES,),
    default_sort="name",
    search=(User.name,),
    tie=User.id,
)
EVERYBODY = listing.Spec(
    resource="user",
    columns=(
        *_COMMON[:4],
        Column("waiting", "待批角色", lambda u: str(u.waiting_roles or "")),
        Column("organisation", "单位", lambda u: _name_of(u.organisation)),
        Column("section", "科室", lambda u: _name_of(u.section)),
        Column("town", "镇街", lambda u: _name_of(u.town), default=False),
        *_COMMON[4:],
    ),
    filters=(
        _STATES,
        Filter("role", "角色", _role, choices=lambda: [(r.value, r.label) for r in Role]),
        Filter("organisation", "单位", _organisation, kind="text"),
    ),
    default_sort="name",
    search=(User.name, User.login),
    tie=User.id,
)
