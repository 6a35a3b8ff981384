"""专家: fields, form, rules and list of the expert pool (人才库), and its own deeds."""

from datetime import datetime
from typing import Any

from sqlalchemy import select as select_rows
from sqlalchemy.orm import joinedload

from matchmaker import identifiers, outbox, web
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.experts.forms import STAGES, ExpertForm, applies
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import ExpertState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.pools import filters, reading, writing
from matchmaker.pools.checks import between, some_of, words
from matchmaker.pools.specs import Field, Pool, Problems, field_names

X = Expert
NO_CONSENT = "尚未取得专家本人同意，请先由本人在线确认，或登记书面同意书，再提请入库"
SAME_HAND = "提请人与批准人不能是同一人，请由另一位负责人办理"
PROPOSALS = {
    "admit_approve": "admit_propose",
    "admit_refuse": "admit_propose",
    "remove_approve": "remove_propose",
    "remove_refuse": "remove_propose",
}
"""What the leader decides → the officer's proposal it answers."""


def _masked(name: str, mask: Any) -> Any:
    def read(shown: Any) -> Any:
        value = getattr(shown, name)
        return mask(value) if shown.sees(name) and value else value

    return read


phone = _masked("phone", identifiers.mask_phone)
email = _masked("email", identifiers.mask_email)


def check(row: Any) -> Problems:
    """Return field → what is missing and how to put it right."""
    found = {
        "name": between("姓名", row.name, 2, 50),
        "org_name": "" if row.organisation_name else "请填写工作单位",
        "title": between("职称职务", row.title, 2, 50),
        "tech_field_codes": some_of("技术领域", row.tech_field_codes, "tech_field", 3),
        "keywords": words("关键词", row.keywords, 3, 10),
        "phone": _number(identifiers.mobile_number, row.phone, "手机号"),
        "email": _number(identifiers.email_address, row.email, "邮箱") if row.email else "",
    }
    return {name: text for name, text in found.items() if text}


def _number(read: Any, text: str, label: str) -> str:
    if not text:
        return f"请填写{label}"
    try:
        read(text)
    except identifiers.IdentifierError as error:
        return str(error)
    return ""


def born(row: Any, by: Any, now: datetime) -> dict[str, Any]:
    """Tie one's own application to the account, once, with the consent ticked on the form."""
    if not applies(by):
        return {}
    if db.session.scalar(select_rows(X.id).where(X.user_id == by.id)) is not None:
        raise Invalid({"name": "您已提交过入库申请，请在原记录上修改"})
    row.user_id, row.consent_at = by.id, now
    return {"consent": "本人在线确认"}


def consent(row: Any, *, by: Any, now: datetime, basis: str) -> None:
    """Record that the expert agrees to be listed; `basis` says how that is known."""
    if not basis.strip():
        raise Invalid({"basis": "请写明同意的依据，如书面同意书的日期和存放处"})
    row.consent_at = now
    db.session.flush()
    trail.record("consent", "expert", row.public_id, by=by, now=now, reason=basis.strip())
    outbox.add("expert.saved", {"id": row.id}, now=now)


def withdraw_consent(row: Any, *, by: Any, now: datetime) -> None:
    """Take the consent back: from now on only the bureau and the expert see the entry."""
    if row.user_id != by.id:
        raise NotAllowed
    row.consent_at = None
    db.session.flush()
    trail.record("withdraw_consent", "expert", row.public_id, by=by, now=now)
    outbox.add("expert.saved", {"id": row.id}, now=now)


def decide(
    public_id: str, action: str, *, by: Any, now: datetime, reason: str = "", version: str = ""
) -> Any:
    """Propose or approve admission or removal; the approver is never the proposer."""
    row = reading.to_act_on(POOL, public_id, *POOL.moves.get(action, ()), viewer=by)
    if action == "admit_propose" and row.consent_at is None:
        raise Invalid({"consent": NO_CONSENT})
    if action in PROPOSALS and _proposer(row, PROPOSALS[action]) == by.id:
        raise NotAllowed(SAME_HAND)
    return writing.move(POOL, public_id, action, by=by, now=now, reason=reason, version=version)


def _proposer(row: Any, action: str) -> int | None:
    made = [one for one in trail.history("expert", row.public_id) if one.action == action]
    return made[-1].actor_id if made else None


def reveal(public_id: str, *, by: Any, now: datetime) -> dict[str, str]:
    """Return phone and e-mail in full; who looked is on the trail."""
    row = reading.to_act_on(POOL, public_id, "read_private_fields", viewer=by)
    trail.record("reveal", "expert", row.public_id, by=by, now=now)
    return {"手机": row.phone, "邮箱": row.email}


LIST = Spec(
    resource="expert",
    columns=(
        Column("name", "姓名", lambda s: s.name, sort=X.name),
        Column("organisation", "工作单位", lambda s: s.organisation_name),
        Column("position", "职称职务", lambda s: s.title, sort=X.title),
        Column("fields", "技术领域", field_names),
        Column("keywords", "关键词", lambda s: "、".join(s.keywords)),
        Column("phone", "手机", lambda s: str(phone(s)), default=False),
        Column("email", "邮箱", lambda s: str(email(s)), default=False),
        Column("state", "状态", lambda s: s.state, sort=X.state),
        Column("updated", "更新时间", lambda s: web.as_moment(s.updated_at), sort=X.updated_at),
    ),
    filters=(
        filters.by_state(X, ExpertState),
        filters.by_fields(X.tech_field_codes),
        Filter(
            "position",
            "职称职务",
            lambda query, value: query.where(filters.by_name(X.title, value)),
            kind="text",
        ),
        Filter(
            "organisation",
            "工作单位",
            lambda query, value: query.where(
                filters.by_name(X.org_name, value)
                | X.organisation.has(filters.by_name(Organisation.name, value))
            ),
            kind="text",
        ),
    ),
    default_sort="-updated",
    search=(X.name, X.title, X.bio, X.org_name),
    tie=X.id,
)
POOL = Pool(
    resource="expert",
    model=X,
    label="专家",
    title="人才库",
    views="experts",
    headline="name",
    owner="organisation",
    owner_kinds=tuple(OrganisationKind),
    intro="经本人同意入库的专家；认证用户可见姓名、单位、职称和领域，联系方式仅科技局可见。",
    fields=(
        Field("name", "姓名"),
        Field("org_name", "工作单位", lambda s: s.organisation_name),
        Field("title", "职称职务"),
        Field("tech_field_codes", "技术领域", field_names),
        Field("keywords", "关键词", lambda s: "、".join(s.keywords)),
        Field("bio", "研究方向与成就", wide=True),
        Field("slots", "可预约时段", lambda s: "、".join(s.slots)),
        Field("phone", "手机", phone),
        Field("email", "邮箱", email),
        Field("recent_partners", "近三年合作单位", lambda s: "、".join(s.recent_partners)),
        Field("has_consent", "本人同意"),
    ),
    stages=STAGES,
    form=ExpertForm,
    listing=LIST,
    check=check,
    born=born,
    public=False,
    options=(joinedload(X.organisation),),
    creates=("apply", "recommend"),
    writes=("write", "update"),
    drafts=False,
    verb="申请或推荐",
    mine="我申请或推荐的专家",
    moves={
        "admit_propose": ("admit_propose",),
        "refuse": ("admit_propose",),
        "admit_approve": ("admit_approve",),
        "admit_refuse": ("admit_approve",),
        "remove_propose": ("remove_propose",),
        "remove_approve": ("remove_approve",),
        "remove_refuse": ("remove_approve",),
    },
)
