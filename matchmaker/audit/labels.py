"""How entries of the trail read: actions, nouns and timelines in Chinese."""

from collections.abc import Iterable
from types import SimpleNamespace

from matchmaker import clock
from matchmaker.audit.models import Entry
from matchmaker.lifecycles import ALL

ACTIONS = {
    "create": "新建",
    "update": "修改",
    "register": "注册",
    "claim": "申请认领",
    "delete_draft": "删除草稿",
    "export": "导出",
    "import": "导入",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "demo_sign_in": "演示登录",
    "sign_out": "退出登录",
    "change_password": "修改密码",
    "use_link": "通过链接设置密码",
    "send_link": "发送链接",
    "end_session": "退出设备",
    "end_sessions": "退出其他设备",
    "update_self": "修改个人资料",
    "unlock": "解除登录限制",
    "invite": "邀请成员",
    "request_role": "申请角色",
    "approve_role": "批准角色",
    "refuse_role": "不予批准角色",
    "grant_role": "授予角色",
    "revoke_role": "收回角色",
    "change_setting": "修改参数",
    "edit_list": "维护字典",
    "merge_propose": "提请合并",
    "merge_refuse": "不予合并",
    "merge_approve": "合并",
    "unmerge": "撤销合并",
    "list_integrity": "登记诚信记录",
    "unlist_integrity": "结束诚信记录",
    "expire_integrity": "诚信记录到期",
    "reassign_work": "移交工作",
    "reveal": "查看敏感信息",
    "initialise": "初始化",
    "verify_chain": "校验日志",
}
NOUNS = {
    "setting": "参数",
    "town": "镇街园区",
    "section": "科室",
    "chain_node": "产业链",
    "holiday": "节假日",
    "audit_log": "审计日志",
    "system": "系统",
    **{lifecycle.noun: lifecycle.label for lifecycle in ALL},
}
_MOVES = {(life.noun, move.action): move for life in ALL for move in life.moves}
_STATES = {(life.noun, str(state)): state.label for life in ALL for state in life.states}


def action(noun: str, name: str) -> str:
    """Return how an action reads; an unknown one as it is stored."""
    move = _MOVES.get((noun, name))
    return move.label if move else ACTIONS.get(name, name)


def noun(name: str) -> str:
    """Return how a noun reads; an unknown one as it is stored."""
    return NOUNS.get(name, name)


def state(of: str, value: str) -> str:
    """Return how a noun's state reads, "" for none."""
    return _STATES.get((of, value), value)


def events(entries: Iterable[Entry]) -> list[SimpleNamespace]:
    """Return what `macros/timeline.html` renders, newest first."""
    return [
        SimpleNamespace(
            when=clock.local(entry.at).strftime("%Y-%m-%d %H:%M"),
            title=action(entry.noun, entry.action),
            by=entry.actor_name,
            detail=entry.reason,
            tone="neutral",
        )
        for entry in reversed(list(entries))
    ]
