"""Rules on the title, the keywords and what must not stand in a published text."""

import re
import unicodedata

from matchmaker.checkup.finding import NeedText, Remarks, Rule, Severity

_TITLE_LEAST, _TITLE_MOST = 8, 40
_KEYWORDS_LEAST, _KEYWORDS_MOST = 3, 8

_EMPTY_TITLE = re.compile(
    r"^(?:关于|我公司|我司|企业|公司|寻求|寻找|急需|急求|求助|求|诚邀|征集|有关|的|一项|各类|相关|新|"
    r"技术|需求|合作|产学研|难题|攻关|项目|升级|改造|改进|研发|开发|创新|问题|产品|设备|支持|专家|团队|高校|院所|转型|智能化|"
    r"数字化|绿色化|自动化|工艺|生产线|和|与|及|、|，)+$"
)
_PLEA = re.compile(
    r"^(?:寻求|寻找|急需|急求|求助|求购?|诚邀|诚征)|(?:求合作|合作需求|技术需求|求助|寻合作)$"
)
_COMPANY = re.compile(r"(?:有限公司|股份公司|有限责任公司|集团公司)")
_TITLE_JOIN = re.compile(r"[、；;]")
_MANY_JOINS = 3

_GENERIC_KEYWORD = re.compile(
    r"(?:新|高新|高|先进|智能|绿色)?(?:技术|科技|材料|工艺|产品|设备|系统|方法|装备|能源)|"
    r"研究|研发|开发|创新|合作|项目|应用|设计|制造|生产|加工|质量|效率|成本|性能|企业|市场|产学研|"
    r"技术(?:需求|攻关|创新|研发|改造|升级)|(?:智能|数字|自动|信息|国产|产业|绿色)化|绿色|环保|节能|智能|先进|"
    r"优化|改进|提升|升级|改造|转型升级"
)
_CONTACTS = (
    ("手机号", re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")),
    (
        "电话",
        re.compile(
            r"(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)|(?:电话|热线|tel)[:：]?\s*\d{7,12}", re.IGNORECASE
        ),
    ),
    ("邮箱", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        "QQ 号或微信号",
        re.compile(r"(?:QQ|微信|wechat)(?:号|群)?[:：]?\s*[A-Za-z0-9_-]{5,20}", re.IGNORECASE),
    ),
    ("联系人姓名", re.compile(r"联系人(?:为|是|[:：])\s*[\u4e00-\u9fff]{2,4}")),
    (
        "联系人姓名",
        re.compile(
            r"(?:请)?(?:联系|找|咨询)[\u4e00-\u9fff]{1,3}(?:总(?!成|线|装|体|站|厂|部|公司)|经理|主任|工程师|先生|女士)"
        ),
    ),
)


def _title_empty(need: NeedText) -> Remarks:
    title = need.title.strip()
    if title and _EMPTY_TITLE.match(title):
        yield "title", f"“{title[:20]}”没有说出对象和要解决的问题"
    elif title and _PLEA.search(title):
        yield "title", "名称写成了求助，请直接写对象和问题，去掉“寻求”“求合作”“技术需求”等字样"


def _title_shape(need: NeedText) -> Remarks:
    title = need.title.strip()
    if len(title) < _TITLE_LEAST:
        yield "title", f"名称只有 {len(title)} 个字，请写明对象和要解决的问题"
    elif len(title) > _TITLE_MOST:
        yield "title", f"名称有 {len(title)} 个字，建议 {_TITLE_MOST} 字以内"
    if _COMPANY.search(title):
        yield "title", "名称中有企业名，请去掉"
    if len(_TITLE_JOIN.findall(title)) >= _MANY_JOINS:
        yield "title", "名称并列了四项以上内容，请核对是否应当分开填报"


def _keyword_count(need: NeedText) -> Remarks:
    given = [word.strip() for word in need.keywords if word.strip()]
    different = len(set(given))
    if not _KEYWORDS_LEAST <= different <= _KEYWORDS_MOST:
        yield "keywords", f"关键词有 {different} 个，应为 {_KEYWORDS_LEAST} 至 {_KEYWORDS_MOST} 个"
    elif different < len(given):
        yield "keywords", "关键词有重复，请更换"


def _keyword_generic(need: NeedText) -> Remarks:
    empty = [word.strip() for word in need.keywords if _GENERIC_KEYWORD.fullmatch(word.strip())]
    if empty:
        yield "keywords", f"“{'、'.join(empty)}”过于笼统，匹配不到具体成果"


def _contact(need: NeedText) -> Remarks:
    for field, text in need.published:
        folded = unicodedata.normalize("NFKC", text)
        kinds = dict.fromkeys(kind for kind, pattern in _CONTACTS if pattern.search(folded))
        for kind in kinds:
            yield field, f"文中出现{kind}，需求公开后人人可见"


RULES = (
    Rule(
        "title_empty",
        Severity.ADVICE,
        _title_empty,
        "名称是院所最先看到、匹配时分量最重的一句，要有“什么东西”加“什么问题”。",
        "技术需求（寻求合作）",
        "密炼机转子表面耐磨防腐强化",
    ),
    Rule(
        "title_shape",
        Severity.ADVICE,
        _title_shape,
        "太短说不清，太长看不完；企业名称由系统另行显示，匿名展示时也不会泄露。",
        "远航轮胎有限公司轮胎项目",
        "低滚动阻力轮胎胎面胶白炭黑分散技术",
    ),
    Rule(
        "keyword_count",
        Severity.MUST,
        _keyword_count,
        "关键词少了匹配不准，多了冲淡重点。",
        "膜",
        "反渗透膜、抗污染、印染废水、中水回用、膜清洗",
    ),
    Rule(
        "keyword_generic",
        Severity.ADVICE,
        _keyword_generic,
        "“技术”“创新”“节能”几乎每条成果都有，起不到区分作用；请写材料、部件、工艺或方法名。",
        "技术、创新、设备",
        "硅烷偶联剂、湿法混炼、胎面胶",
    ),
    Rule(
        "contact_in_text",
        Severity.MUST,
        _contact,
        "联系方式在双方同意对接后由系统互相展示；写在正文里会被随意抓取。",
        "有意者请联系张经理 13812345678",
        "（删去；联系方式在“单位资料”中填写）",
    ),
)
