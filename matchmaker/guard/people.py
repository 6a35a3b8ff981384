"""I6 and I12: who decides is not who asked, judges stand apart, administrators stay three."""

from matchmaker.guard.checks import Check

ADMINISTRATORS = "('sysadmin', 'secadmin', 'auditor')"


def _same(what: str, table: str, first: str, second: str, name: str = "public_id") -> Check:
    """Name the rows of a table on which two steps were made by one person."""
    sql = f"SELECT {name}, '' FROM {table} WHERE {first} = {second}"  # noqa: S608 - our own names
    return Check("I6", f"{what}由同一人办理", sql)


TWO_PERSONS = (
    _same("中选决定的提出与审核", "award", "proposed_by_id", "endorsed_by_id"),
    _same("中选决定的审核与批准", "award", "endorsed_by_id", "approved_by_id"),
    _same("中选决定的提出与批准", "award", "proposed_by_id", "approved_by_id"),
    _same("榜单的起草与会审", "bounty", "created_by_id", "reviewer_id"),
    _same("榜单的会审与批准", "bounty", "reviewer_id", "approver_id"),
    _same("榜单的起草与批准", "bounty", "created_by_id", "approver_id"),
    _same("榜单变更的提出与会审", "bounty_change", "requested_by_id", "reviewed_by_id"),
    _same("榜单变更的会审与批准", "bounty_change", "reviewed_by_id", "decided_by_id"),
    _same("榜单变更的提出与批准", "bounty_change", "requested_by_id", "decided_by_id"),
    _same("公示的起草与审查", "public_notice", "created_by_id", "checked_by_id"),
    _same("公示的审查与批准", "public_notice", "checked_by_id", "published_by_id"),
    _same("公示的起草与批准", "public_notice", "created_by_id", "published_by_id"),
    _same("更正公告的提出与批准", "notice_correction", "requested_by_id", "decided_by_id"),
    _same("单位合并的提出与批准", "organisation_merge", "proposed_by_id", "decided_by_id"),
    _same("人员合并的提出与批准", "person_merge", "proposed_by_id", "decided_by_id"),
    _same("补助的提出与批准", "subsidy_batch", "proposed_by_id", "approved_by_id"),
    _same("终止合同的提出与批准", "termination", "requested_by_id", "decided_by_id",
          "CAST(contract_id AS VARCHAR(12))"),
    _same("评审专家名单的抽取与批准", "review", "drawn_by_id", "approved_by_id"),
    Check(
        "I6",
        "角色的申请与批准由同一人办理，或授予自己",
        "SELECT u.login, g.role FROM role_grant g JOIN user_account u ON u.id = g.user_id"
        " WHERE g.approved_at IS NOT NULL AND (g.requested_by_id = g.approved_by_id"
        " OR g.approved_by_id = g.user_id)",
    ),
    Check(
        "I6",
        "评委与申请方同属一个单位",
        "SELECT r.review_no, p.name FROM panelist p JOIN review r ON r.id = p.review_id"
        " JOIN expert e ON e.id = p.expert_id JOIN review_subject s ON s.review_id = r.id"
        " JOIN bid d ON d.id = s.bid_id"
        " WHERE p.state IN ('drawn', 'invited', 'confirmed') AND r.state <> 'voided'"
        " AND e.organisation_id = d.lead_organisation_id",
    ),
)  # fmt: skip
ACCOUNTS = (
    Check(
        "I12",
        "停用的账号仍有登录",
        "SELECT u.login, u.state FROM web_session s JOIN user_account u ON u.id = s.user_id"
        " WHERE u.state <> 'active'",
    ),
    Check(
        "I12",
        "一人兼任两种管理员，或管理员兼任业务角色",
        "SELECT u.login, min(g.role) || ' / ' || max(g.role) FROM role_grant g"  # noqa: S608
        " JOIN user_account u ON u.id = g.user_id"
        " WHERE g.approved_at IS NOT NULL AND g.role <> 'visitor'"
        f" GROUP BY u.login HAVING count(*) > 1 AND max(CASE WHEN g.role IN {ADMINISTRATORS}"
        " THEN 1 ELSE 0 END) = 1",
    ),
)
CHECKS = (*TWO_PERSONS, *ACCOUNTS)
