"""The list of organisations."""

from typing import Any

from sqlalchemy import Select, and_

from matchmaker import codes, identifiers, listing, policy, web
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import OrganisationState
from matchmaker.places import operations as places


def label(name: str, code: Any) -> str:
    """Return a code's label, the code itself where the list no longer has it."""
    if not code:
        return str(code or "")
    return codes.label(name, code) if codes.is_code(name, code) else str(code)


def _kind(query: Select[Any], value: str) -> Select[Any]:
    known = value in {kind.value for kind in OrganisationKind}
    return query.where(Organisation.kind == OrganisationKind(value)) if known else query


def _state(query: Select[Any], value: str) -> Select[Any]:
    known = value in {state.value for state in OrganisationState}
    return query.where(Organisation.state == OrganisationState(value)) if known else query


def _town(query: Select[Any], value: str) -> Select[Any]:
    number = row_number(value)
    return query if number is None else query.where(Organisation.town_id == number)


def _code(query: Select[Any], value: str) -> Select[Any]:
    """Find by credit code, only among the rows whose code the viewer may see."""
    seen = policy.expression(web.me(), "organisation", "read_internal", "read_bureau", "read")
    wanted = "".join(value.split()).upper()
    return query.where(and_(seen, Organisation.uscc == wanted))


def _towns() -> list[tuple[str, str]]:
    return [(str(town.id), town.name) for town in places.towns()]


def _masked(row: Any) -> str:
    phone = row.contact_phone
    return identifiers.mask_phone(phone) if phone else str(phone or "")


Column, Filter = listing.Column, listing.Filter
SPEC = listing.Spec(
    resource="organisation",
    columns=(
        Column("name", "单位名称", lambda o: o.name, sort=Organisation.name),
        Column("kind", "类别", lambda o: o.kind.label, sort=Organisation.kind),
        Column("town", "镇街园区", lambda o: str(o.town or "")),
        Column("industry", "行业", lambda o: label("industry", o.industry_code)),
        Column(
            "field", "技术领域", lambda o: label("tech_field", o.tech_field_code), default=False
        ),
        Column("tier", "企业梯次", lambda o: label("enterprise_tier", o.tier)),
        Column("state", "认证状态", lambda o: o.state, sort=Organisation.state),
        Column("uscc", "信用代码", lambda o: str(o.uscc or ""), default=False),
        Column("contact_name", "联系人", lambda o: str(o.contact_name or ""), default=False),
        Column("contact_phone", "联系电话", _masked, default=False),
        Column(
            "created_at",
            "登记时间",
            lambda o: web.as_moment(o.created_at) if o.created_at else str(o.created_at),
            sort=Organisation.id,
            default=False,
        ),
    ),
    filters=(
        Filter(
            "kind", "类别", _kind, choices=lambda: [(k.value, k.label) for k in OrganisationKind]
        ),
        Filter("town", "镇街园区", _town, choices=_towns),
        Filter(
            "state",
            "认证状态",
            _state,
            choices=lambda: [(s.value, s.label) for s in OrganisationState],
        ),
        Filter("uscc", "信用代码", _code, kind="text", needs="uscc"),
    ),
    default_sort="name",
    search=(Organisation.name,),
    tie=Organisation.id,
)
