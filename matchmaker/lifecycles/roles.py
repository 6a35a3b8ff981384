"""Every role of the platform, with its Chinese label. Order: outside, bureau, administrators."""

from matchmaker.workflow import Labelled


class Role(Labelled):
    """Who somebody is on the platform; a person may hold several within one organisation."""

    VISITOR = "visitor", "访客"
    ENTERPRISE_USER = "enterprise_user", "企业用户"
    ENTERPRISE_ADMIN = "enterprise_admin", "企业管理员"
    RESEARCHER = "researcher", "科研人员"
    INSTITUTION_ADMIN = "institution_admin", "院所科研处"
    BROKER = "broker", "技术经纪人"
    EXPERT = "expert", "评审专家"
    TOWN_OFFICER = "town_officer", "镇街科技助理"
    OFFICER = "officer", "局经办"
    SECTION_CHIEF = "section_chief", "科室负责人"
    LEADER = "leader", "分管局长"
    AUDITOR = "auditor", "督查审计"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全保密管理员"
    SYSTEM = "system", "系统"


ENTERPRISE = frozenset({Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN})
INSTITUTION = frozenset({Role.RESEARCHER, Role.INSTITUTION_ADMIN})
BUREAU = frozenset({Role.TOWN_OFFICER, Role.OFFICER, Role.SECTION_CHIEF, Role.LEADER})
ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})
STAFF = BUREAU | ADMINISTRATORS
EVERYBODY = frozenset(Role) - {Role.SYSTEM}
