"""What the interface offers: the pools' own queries and lists, read by programs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from matchmaker.achievements import operations as achievements
from matchmaker.achievements import teams
from matchmaker.achievements.models import Achievement, Team
from matchmaker.bounties import fields as bounty_fields
from matchmaker.bounties import listing as bounties_listing
from matchmaker.bounties import operations as bounties
from matchmaker.bounties.models import Bounty
from matchmaker.disclosure import HIDDEN_LABELS
from matchmaker.errors import NotFound
from matchmaker.experts import operations as experts
from matchmaker.experts.models import Expert
from matchmaker.listing import Spec
from matchmaker.needs import fields as need_fields
from matchmaker.needs import listing as needs_listing
from matchmaker.needs import operations as needs
from matchmaker.needs.models import Need
from matchmaker.pools import reading
from matchmaker.pools.specs import Pool
from matchmaker.services import brokers
from matchmaker.services import operations as services
from matchmaker.services.models import Broker, Service

Read = Mapping[str, Callable[[Any], Any]]
# In full they are shown only on the page, one by one and on the record.
MASKED: Read = {"phone": experts.phone, "email": experts.email}
LEVELS = {"P": "所有人", "I": "知情方（匿名需求除外的认证用户、科技局）", **HIDDEN_LABELS}
ALSO = {
    "state": "状态", "updated_at": "更新时间", "created_at": "登记时间", "handler": "经办人",
    "return_reason": "退回原因", "submitted_at": "提交时间", "published_at": "上架时间",
    "created_by": "录入人", "need_no": "需求编号", "town": "镇街园区", "owner_name": "提出企业",
    "accepted_at": "受理时间", "resolved_at": "解决时间", "need_type": "需求性质",
    "source": "来源", "source_note": "来源说明", "merged_into": "并入的需求",
    "enterprise": "企业（实名）", "enterprise_id": "企业编号", "directed_to": "定向单位",
    "audience": "公开范围", "expires_on": "有效期至", "is_anonymous": "是否匿名",
    "is_negotiable": "是否面议", "chain_node": "产业链环节", "team": "所属团队",
    "stage": "所处阶段",
    "integrity": "诚信状态", "draw_count": "被抽取次数", "review_count": "评审次数",
    "absent_count": "缺席次数", "consent_at": "同意入库时间", "organisation": "所在单位",
    "organisation_name": "所在单位名称", "phone": "电话", "email": "邮箱", "slots": "可约时段",
    "recent_partners": "近三年合作单位", "score": "考核得分", "grade": "考核等次", "staff": "人员",
    "has_consent": "是否已同意入库",
    "cert_no": "证书编号", "deal_count": "促成笔数", "deal_amount_fen": "促成金额（分）",
}  # fmt: skip


BOUNTY_LABELS = bounty_fields.LABELS | {
    "bounty_no": "榜单编号", "revision": "版次", "kind": "类型", "present_state": "当前状态",
    "owner_name": "发榜方", "published_at": "发布时间", "closed_at": "截榜办理时间",
    "chain_node": "产业链环节", "digest": "发布内容摘要（SHA-256）", "failure_kind": "流榜原因",
    "digest_sm3": "发布内容摘要（SM3）", "terms_version": "内容版本", "settlement": "流榜后处理",
    "change_statement": "重新发榜说明", "recognised_name": "认定的单位", "section": "主责科室",
    "reviewer": "会审人", "approver": "批准人", "secrecy_checked_at": "保密审查时间",
    "secrecy_checked_by": "保密审查人",
}  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """One noun of the interface: its scoped query, its list, what its fields are called."""

    key: str
    label: str
    resource: str
    model: Any
    readable: Callable[[Any], Select[Any]]
    spec: Callable[[Any], Spec]
    labels: Mapping[str, str]
    page: str  # endpoint of the page for people
    read: Read = field(default_factory=dict)  # fields told otherwise than they are stored

    def fields(self) -> list[tuple[str, str, str]]:
        """Return (name, label, who sees it) of every field, as the model discloses them."""
        names = {**ALSO, **self.labels}
        return [
            (name, names.get(name, name), LEVELS[letter])
            for name, letter in self.model.disclosure.items()
        ]


def _need_query(viewer: Any) -> Select[Any]:
    related = (Need.merged_into, Need.directed_to, Need.created_by)
    return needs.visible(viewer).options(*(selectinload(one) for one in related))


def _bounty_query(viewer: Any) -> Select[Any]:
    related = (Bounty.reviewer, Bounty.approver, Bounty.secrecy_checked_by)
    return bounties.public(viewer).options(*(selectinload(one) for one in related))


def _of_pool(key: str, pool: Pool, *related: Any, read: Read | None = None) -> Resource:
    options = [selectinload(one) for one in related]
    return Resource(
        key=key,
        label=pool.label,
        resource=pool.resource,
        model=pool.model,
        readable=lambda viewer: reading.readable(pool, viewer).options(*options),
        spec=lambda viewer: reading.spec_for(pool, viewer),
        labels=pool.labels(),
        page=f"{pool.views}.show",
        read=read or {},
    )


RESOURCES: dict[str, Resource] = {
    one.key: one
    for one in (
        Resource(
            key="needs",
            label="需求",
            resource="need",
            model=Need,
            readable=_need_query,
            spec=needs_listing.spec_for,
            labels=need_fields.LABELS,
            page="needs.show",
        ),
        Resource(
            key="bounties",
            label="榜单",
            resource="bounty",
            model=Bounty,
            readable=_bounty_query,
            spec=bounties_listing.spec_for,
            labels=BOUNTY_LABELS,
            page="bounties.show",
        ),
        _of_pool("achievements", achievements.POOL, Achievement.handler, Achievement.created_by),
        _of_pool("teams", teams.POOL, Team.handler),
        _of_pool("experts", experts.POOL, Expert.handler, read=MASKED),
        _of_pool("services", services.POOL, Service.handler),
        _of_pool("brokers", brokers.POOL, Broker.handler),
    )
}


def find(key: str) -> Resource:
    """Return the noun of this address; raise `NotFound`."""
    if key not in RESOURCES:
        raise NotFound
    return RESOURCES[key]
