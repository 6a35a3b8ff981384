"""Code lists that the national tables leave to the form: value, Chinese label."""

from matchmaker.workflow import Labelled


class NeedCategory(Labelled):
    """What kind of help a need asks for (需求类别)."""

    TACKLE = "tackle", "技术攻关"
    PROCESS = "process", "工艺改进"
    PRODUCT = "product", "产品开发"
    IMPORT = "import", "技术引进"
    TESTING = "testing", "检测"
    CONSULTING = "consulting", "咨询"
    TALENT = "talent", "人才"
    PLATFORM = "platform", "平台共建"


class NeedSource(Labelled):
    """How a need reached the bureau (来源)."""

    CALL = "call", "征集"
    VISIT = "visit", "企业走访"
    DIAGNOSIS = "diagnosis", "技术问诊"
    SELF = "self", "自主填报"
    SUPERIOR = "superior", "上级交办"


class NeedType(Labelled):
    """Whether several enterprises share a need (需求性质), settled by the bureau."""

    COMMON = "common", "共性需求"
    INDIVIDUAL = "individual", "个性化需求"


class Disclosure(Labelled):
    """Who may see a record's public fields (公开范围)."""

    PUBLIC = "public", "向社会公开"
    MEMBER = "member", "仅认证用户可见"
    DIRECTED = "directed", "仅定向单位可见"


class ResearchKind(Labelled):
    """Kind of research organisation (单位类别)."""

    UNIVERSITY = "university", "高等院校"
    INSTITUTE = "institute", "科研院所"
    NEW_RD_ORG = "new_rd_org", "新型研发机构"
    HOSPITAL = "hospital", "医疗机构"
    OTHER = "other", "其他"


class Origin(Labelled):
    """Where an achievement comes from (成果来源)."""

    DOMESTIC = "domestic", "国内"
    INTERNATIONAL = "international", "国际"


class Stage(Labelled):
    """Stage of an achievement (所处阶段), derived from its TRL."""

    EARLY = "early", "初期阶段"
    MIDDLE = "middle", "中期阶段"
    MATURE = "mature", "成熟应用阶段"


class Ownership(Labelled):
    """Who holds the rights of an achievement (权属)."""

    UNIT = "unit", "单位所有"
    INDIVIDUAL = "individual", "赋权个人"
    SHARED = "shared", "共有"


class ServiceKind(Labelled):
    """Category of a service organisation (服务类别)."""

    TRANSFER = "transfer", "技术转移"
    TESTING = "testing", "检测认证"
    INSTRUMENT = "instrument", "仪器共享"
    PILOT = "pilot", "中试"
    IP = "ip", "知识产权"
    FINANCE = "finance", "科技金融"
    ASSESSMENT = "assessment", "评估"
    TRAINING = "training", "培训"
    AGRI = "agri", "农技"


class ServiceLevel(Labelled):
    """Level at which a service organisation is recognised (级别)."""

    NATIONAL = "national", "国家级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    DISTRICT = "district", "区级"
    NONE = "none", "无"


class BrokerType(Labelled):
    """Kind of technology broker (经纪人类型)."""

    BROKER = "broker", "技术经纪（理）人"
    COMMISSIONER = "commissioner", "科技特派员"
    ASSISTANT = "assistant", "科技助理"
    CTO = "cto", "企业技术负责人"


class BrokerGrade(Labelled):
    """Grade of a broker; the last three are those of commissioners (等级)."""

    JUNIOR = "junior", "初级"
    MIDDLE = "middle", "中级"
    SENIOR = "senior", "高级"
    PROVINCIAL = "provincial", "省级特派员"
    MUNICIPAL = "municipal", "市级特派员"
    COUNTY = "county", "县级特派员"


class LeadSource(Labelled):
    """What a lead grew from (线索来源)."""

    MATCH = "match", "系统匹配"
    PUSH = "push", "定向推送"
    EVENT = "event", "对接活动"
    VISIT = "visit", "企业走访"
    DIAGNOSIS = "diagnosis", "技术问诊"
    BROKER = "broker", "经纪人推荐"
    SUPERIOR = "superior", "上级交办"


class DeadReason(Labelled):
    """Why a lead ended without a contract (失败原因)."""

    INDICATORS = "indicators", "指标不符"
    PRICE = "price", "价格"
    SCHEDULE = "schedule", "周期"
    RIGHTS = "rights", "产权"
    SILENCE = "silence", "无回应"
    OTHER = "other", "其他"


class Integrity(Labelled):
    """Standing on the research integrity list (诚信状态)."""

    NORMAL = "normal", "正常"
    WHITELIST = "whitelist", "白名单"
    BLACKLIST = "blacklist", "失信"


class BountyKind(Labelled):
    """榜单类型."""

    NEED_SOLVING = "need_solving", "技术攻关类"
    TRANSFER = "transfer", "成果转化类"


class BountyMode(Labelled):
    """组织方式."""

    SINGLE = "single", "择优揭榜"
    HORSE_RACE = "horse_race", "赛马制"
    RECOGNITION = "recognition", "认定制"


class Selector(Labelled):
    """决选权: who chooses among those the experts recommend."""

    EXPERTS_THEN_ENTERPRISE = "experts_then_enterprise", "专家推荐、发榜方选定"
    EXPERTS_ONLY = "experts_only", "专家评定"
    ENTERPRISE_ONLY = "enterprise_only", "发榜方自主选定"


class NoticeKind(Labelled):
    """What a public notice is about (公示类型)."""

    LIST = "list", "拟发榜公示"
    AWARD = "award", "拟揭榜公示"
    ACCEPTANCE = "acceptance", "验收结果公示"
    SUBSIDY = "subsidy", "补助公示"
    INTEGRITY = "integrity", "失信信息公示"


class ObjectionOutcome(Labelled):
    """What follows when an objection is upheld (异议成立的处理)."""

    REVOKE = "revoke", "取消公示的结果"
    RE_REVIEW = "re_review", "重新评审"
    STANDBY = "standby", "启用候补"


FIELD_LISTS: dict[str, type[Labelled]] = {
    "need_category": NeedCategory,
    "need_source": NeedSource,
    "need_type": NeedType,
    "disclosure": Disclosure,
    "org_kind": ResearchKind,
    "origin": Origin,
    "stage": Stage,
    "ownership": Ownership,
    "service_kind": ServiceKind,
    "service_grade": ServiceLevel,
    "broker_type": BrokerType,
    "broker_grade": BrokerGrade,
    "lead_source": LeadSource,
    "dead_reason": DeadReason,
    "integrity_status": Integrity,
}
