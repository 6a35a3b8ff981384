"""★ The terms of a bounty in four stages; what may be amended once it is published.

Limits are characters, entries, months or points. What a field may hold at most binds as soon as a
draft is saved; the least and the required bind when it goes for approval.
"""

from dataclasses import dataclass

STAGES: tuple[tuple[int, str], ...] = (
    (1, "任务与指标"),
    (2, "榜额与组织方式"),
    (3, "条件与评审"),
    (4, "期限与发布"),
)
LAST_STAGE = len(STAGES)


@dataclass(frozen=True)
class Field:
    """One field, named as the attribute of the model it fills.

    kind : line text words choice choices number money percent tick indicators stages rubric
    organisation deadline.
    """

    name: str
    label: str
    stage: int
    kind: str
    required: bool = False
    least: int = 0
    most: int = 0
    help: str = ""
    code_list: str = ""
    suffix: str = ""
    amendable: bool = True


FIELDS: tuple[Field, ...] = (
    Field("title", "榜单名称", 1, "line", required=True, least=5, most=120,
          help="一句话说清要攻克什么，5–120 字。"),
    Field("task_text", "任务书", 1, "text", required=True, least=50, most=8000,
          help="写清背景、要解决的技术问题、交付什么、在哪里用。50–8000 字。"),
    Field("indicators", "考核指标", 1, "indicators", required=True, least=2, most=20,
          help="逐条写明名称、要求（含数值）和验收时用什么方法测；关键指标不响应即否决。"),
    Field("duration_months", "执行期", 1, "number", required=True, least=1, most=48,
          suffix="个月"),
    Field("tech_field_code", "技术领域", 1, "choice", required=True, code_list="tech_field"),
    Field("chain_node_id", "产业链环节", 1, "choice", code_list="chain"),
    Field("keywords", "关键词", 1, "words", required=True, least=3, most=8,
          help="3–8 个词，用顿号隔开；系统据此寻找合适的揭榜方。"),
    Field("mode", "组织方式", 2, "choice", required=True, code_list="mode", amendable=False,
          help="择优：一家中选；赛马：两三家并行、逐阶段淘汰；认定：定向邀请，须说明理由并公示。"),
    Field("amount_fen", "榜额（揭榜资金）", 2, "money", required=True,
          help="由发榜方付给揭榜方的总额，单位万元。"),
    Field("max_awards", "最多中选数", 2, "number", required=True, least=1, most=3, suffix="家",
          help="择优、认定为 1 家；赛马为 2–3 家。"),
    Field("stages", "赛马阶段", 2, "stages", most=6,
          help="赛马制填写：至少两个阶段；每家该阶段金额 × 该阶段家数，合计不超过榜额。"),
    Field("recognised_id", "认定的单位", 2, "organisation", amendable=False,
          help="认定制填写：平台上已有单位的全称。"),
    Field("recognised_team", "认定的团队", 2, "line", most=100, amendable=False),
    Field("recognition_reason", "认定理由", 2, "text", most=2000,
          help="认定制填写：为什么只能由该团队承担；随榜单公示。"),
    Field("support_type", "财政支持方式", 2, "choice", required=True, code_list="support_type"),
    Field("support_ratio", "支持比例", 2, "percent", suffix="%",
          help="按合同实际支付额计，0–100。"),
    Field("support_cap_fen", "支持上限", 2, "money"),
    Field("require_pledge", "揭榜须立军令状", 2, "tick"),
    Field("eligibility", "对揭榜方的条件", 3, "text", required=True, most=2000,
          help="业绩、设备、资质等；院所揭榜的不得指定单位、限定地域。"),
    Field("ip_arrangement", "产权归属与利益分配", 3, "text", required=True, least=4, most=1000),
    Field("coop_modes", "合作方式", 3, "choices", required=True, least=1, code_list="coop_mode"),
    Field("selector", "决选权", 3, "choice", required=True, code_list="selector"),
    Field("is_blind", "评审时隐去揭榜方名称（盲评）", 3, "tick"),
    Field("pass_line", "合格线", 3, "number", required=True, least=0, most=100, suffix="分"),
    Field("rubric", "打分表", 3, "rubric", required=True,
          help="权重合计须为 100，每项写明四档标准；留空名称的行不计。"),
    Field("limited_text", "限定附件", 3, "text", most=8000,
          help="只给通过认证的揭榜方看的技术细节；公告页不显示。"),
    Field("bid_deadline_at", "截榜时间", 4, "deadline", required=True, amendable=False,
          help="北京时间 17:00 或 24:00；发布后不少于规定的自然日，不得提前。"),
    Field("question_deadline_at", "提问截止", 4, "deadline",
          help="不填则为截榜前第 5 个工作日 17:00（以参数设置为准）。"),
    Field("with_list_notice", "发布前先做拟发榜公示", 4, "tick", amendable=False),
    Field("section_id", "主责科室", 4, "choice", code_list="section", amendable=False),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
LABELS = {field.name: field.label for field in FIELDS}
AMENDABLE = tuple(field for field in FIELDS if field.amendable)
SECRET = ("limited_text",)  # never in the snapshot nor in the public record, only its digest


def of_stage(stage: int) -> tuple[Field, ...]:
    """Return the fields of one stage, in the order of the page."""
    return tuple(field for field in FIELDS if field.stage == stage)


def stage_of(name: str) -> int:
    """Return the stage a field is on; what is on none (sources, shares) is before the first."""
    return BY_NAME[name].stage if name in BY_NAME else 1
