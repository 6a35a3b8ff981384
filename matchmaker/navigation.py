"""The navigation, by role: one table; what the policy denies is left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from matchmaker import policy
from matchmaker.messages import operations as messages
from matchmaker.reviewing import desk as reviewing_desk


@dataclass(frozen=True)
class Entry:
    """One line: group, label, endpoint, and the (resource, action) that opens it."""

    group: str
    label: str
    endpoint: str
    resource: str
    action: str


# An endpoint that is not registered is left out, so that nouns stay removable.
ENTRIES = (
    Entry("工作", "首页", "home.index", "page", "home"),
    Entry("工作", "今日工作", "home.desk", "user", "read_desk"),
    Entry("工作", "榜单看板", "following.index", "bounty", "follow_board"),
    Entry("工作", "我的榜单", "following.mine", "bounty", "follow_own"),
    Entry("工作", "需求征集", "calls.index", "call", "list"),
    Entry("工作", "走访与问诊", "visits.index", "visit", "read_bureau"),
    Entry("工作", "配对台", "brokering.desk", "pairing", "list"),
    Entry("工作", "对接", "leads.index", "lead", "list"),
    Entry("工作", "关联与回避", "relations.index", "relation", "list"),
    Entry("工作", "疑似重复", "duplicates.index", "duplicate", "list"),
    Entry("工作", "技术合同", "contracts.index", "contract", "list"),
    Entry("工作", "兑付台账", "subsidies.payments", "payment", "list"),
    Entry("工作", "财政补助", "subsidies.index", "subsidy", "list"),
    Entry("工作", "认证台", "organisations.desk", "organisation", "verify"),
    Entry("工作", "我的揭榜", "bids.index", "bid", "read_existence"),
    Entry("工作", "公示台", "notices.desk", "notice", "list_desk"),
    Entry("工作", "公示", "notices.index", "notice", "read"),
    Entry("工作", "我的异议", "objections.index", "objection", "list_mine"),
    Entry("工作", "榜单", "bounties.index", "bounty", "list"),
    Entry("工作", "我的评审", "assignments.index", "expert", "read_own_assignment"),
    Entry("工作", "选定揭榜方", "choices.index", "bounty", "confirm_choice_by_demander"),
    Entry("工作", "评审", "reviews.index", "review", "list"),
    Entry("工作", "拟揭榜决定", "awards.index", "award", "list"),
    Entry("工作", "打分退回", "panelists.waiting", "score_sheet", "reopen_approve"),
    Entry("工作", "评审反馈", "feedback.index", "feedback", "list"),
    Entry("工作", "我的评审反馈", "feedback.mine", "bid", "read_own_feedback"),
    Entry("工作", "消息", "messages.index", "page", "messages"),
    Entry("四库", "难题库", "needs.index", "need", "list"),
    Entry("四库", "技术库", "achievements.index", "achievement", "list"),
    Entry("四库", "科研团队", "teams.index", "team", "list"),
    Entry("四库", "人才库", "experts.index", "expert", "list"),
    Entry("四库", "服务库", "services.index", "service", "list"),
    Entry("四库", "技术经纪人", "brokers.index", "broker", "list"),
    Entry("四库", "单位", "organisations.index", "organisation", "list_public"),
    Entry("管理", "导入", "imports.index", "batch", "create"),
    Entry("管理", "统计", "reporting.figures", "page", "figures"),
    Entry("管理", "本单位成员", "members.index", "organisation", "manage_members"),
    Entry("管理", "单位合并", "tidying.merges", "organisation", "merge_approve"),
    Entry("管理", "账号合并", "people.merges", "user", "merge_approve"),
    Entry("管理", "提请合并账号", "people.propose", "user", "merge_propose"),
    Entry("管理", "我的密钥", "holder_keys.show", "system", "hold_key_share"),
    Entry("管理", "移交工作", "tidying.hand_over", "user", "reassign_work"),
    Entry("管理", "账号与角色", "users.index", "user", "list_accounts"),
    Entry("管理", "角色审批", "users.grants", "user", "grant_role_approve"),
    Entry("管理", "词典与同义词", "terms.index", "system", "edit_terms"),
    Entry("管理", "匹配权重", "weights.index", "weight_set", "list"),
    Entry("管理", "文书模板", "papers.index", "system", "edit_templates"),
    Entry("管理", "参数设置", "settings.index", "system", "edit_settings"),
    Entry("管理", "审计日志", "audit.index", "audit_log", "read_all"),
    Entry("管理", "安全事件", "audit.security", "audit_log", "read_security_events"),
)

# What waits for the user behind an entry; nothing waiting shows no number.
BADGES: dict[str, Callable[[Any], int]] = {
    "messages.index": messages.unread,
    "assignments.index": reviewing_desk.waiting,
}


def groups(user: Any) -> list[dict[str, Any]]:
    """Return the groups of entries this user may open: label, items (label, url, active, badge)."""
    found: dict[str, list[dict[str, Any]]] = {}
    standing = policy.Standing.of(user)
    for entry in ENTRIES:
        if entry.endpoint not in current_app.view_functions:
            continue
        if not policy.may(standing, entry.resource, entry.action):
            continue
        url = url_for(entry.endpoint)
        active = request.path == url or (url != "/" and request.path.startswith(url))
        count = BADGES.get(entry.endpoint)
        badge = (count(user) or None) if count else None
        item = {"label": entry.label, "url": url, "active": active, "badge": badge}
        found.setdefault(entry.group, []).append(item)
    return [{"label": label, "items": items} for label, items in found.items()]


def own_links(user: Any) -> list[tuple[str, str]]:
    """Return (label, url) of what is one's own: account, entries of the trail, organisation."""
    if not user.is_authenticated:
        return []
    found = [("我的账号", url_for("accounts.show"))]
    if policy.may(user, "audit_log", "read_own_entries"):
        found.append(("我的操作记录", url_for("audit.mine")))
    if user.organisation is not None:
        url = url_for("organisations.show", public_id=user.organisation.public_id)
        found.append(("我的单位", url))
    return found
