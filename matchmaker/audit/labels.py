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
    "enrol_factor": "启用动态验证码",
    "drop_factor": "停用动态验证码",
    "reset_factor": "重置动态验证码",
    "renew_recovery_codes": "重新生成恢复码",
    "use_recovery_code": "使用恢复码",
    "confirm_identity": "确认身份",
    "confirm_failed": "确认身份失败",
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
    "rename": "登记更名",
    "revoke": "撤销登记",
    "recheck": "重新比对",
    "verify_chain": "校验日志",
    "check_data": "核对数据",
    "backup": "备份",
    "drill": "恢复演练",
    "merge_book": "并入密封台账",
    "make_holder_key": "设置开标密钥",
    "renew_holder_key": "重新设置开标密钥",
    "change_passphrase": "更换开标口令",
    "share_key": "分发开标密钥",
    "publish_commitments": "公布密封凭证清单",
    "hand_share": "提供开标密钥份额",
    "open_bids": "开标",
    "put_on_record": "记入榜单公开记录",
    "hold_signing": "暂停签约",
    "release_signing": "恢复签约",
    "witness_opening": "见证开标",
    "wrong_passphrase": "开标口令错误",
    "share_with_institution": "提交本单位确认",
    "endorse": "本单位确认",
    "accept_partnership": "联合单位确认",
    "reconfirm": "更正后重新确认",
    "appeal": "申诉",
    "dismiss_appeal": "申诉不成立",
    "start_reissue": "补发密钥份额第一步",
    "reissue_share": "补发密钥份额",
    "add_terms": "词典新增词语",
    "add_synonyms": "新增同义词",
    "remove_term": "词典删除词语",
    "remove_synonyms": "删除同义词",
    "restore_term": "词典恢复词语",
    "restore_synonyms": "恢复同义词",
    "switch_off_group": "停用内置同义词",
    "switch_on_group": "启用内置同义词",
    "search_terms": "查找新词",
}
NOUNS = {
    "setting": "参数",
    "town": "镇街园区",
    "section": "科室",
    "chain_node": "产业链",
    "holiday": "节假日",
    "audit_log": "审计日志",
    "system": "系统",
    "figures": "统计",
    "match_quality": "匹配质量",
    "declaration": "关联申报",
    "term": "词典与同义词",
    "synonym": "同义词",
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
