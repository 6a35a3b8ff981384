"""评审汇总表."""

from scripts.document_templates.style import Sheet


def review_summary() -> Sheet:
    """评审汇总表: on its side, for there are many columns."""
    sheet = Sheet("评审汇总表", wide=True, tight=True)
    sheet.title("{{ 汇总表标题 }}")
    sheet.form(
        [
            ("评审事项", "{{ 评审事项 }}{% if 编号 %}（{{ 编号 }}）{% endif %}"),
            ("评审日期", "{{ 评审日期 }}", "评审组织人", "{{ 评审组织人 }}"),
            ("计分规则", "{{ 计分规则 }}"),
        ],
        (12, 38, 12, 38),
    )
    sheet.space()
    sheet.when("专家抽取情况", "专家抽取：{{ 专家抽取情况 }}")
    sheet.h1("一、评审结果")
    sheet.table(
        [
            ("名次", 8, "{{ 行.名次 }}"),
            ("参评对象", 34, "{{ 行.参评对象 }}"),
            ("负责人", 12, "{{ 行.负责人 }}"),
            ("技术分", 10, "{{ 行.技术分 }}"),
            ("报价分", 10, "{{ 行.报价分 }}"),
            ("总分", 10, "{{ 行.总分 }}"),
            ("评审结论", 16, "{{ 行.评审结论 }}"),
        ],
        row="行",
        rows="评审结果",
    )
    sheet.h1("二、评委评分")
    sheet.matrix(
        [("评委", 0.6, "{{ 行.评委 }}")],
        heads="参评名单",
        row="行",
        rows="评委评分",
        cells="行.评分",
    )
    sheet.when("离群说明", "{{ 离群说明 }}")
    sheet.control("if 分项得分")
    sheet.h1("三、分项得分")
    sheet.matrix(
        [("评审项", 1.4, "{{ 行.评审项 }}"), ("权重", 0.4, "{{ 行.权重 }}")],
        heads="参评名单",
        row="行",
        rows="分项得分",
        cells="行.得分",
    )
    sheet.control("endif")
    sheet.h1("结论意见")
    sheet.p("{{ 结论意见 }}")
    sheet.signatures((("{{ 发文单位 }}", "结论人{{ 结论人 }}"),))
    return sheet


WRITERS = {"review_summary": review_summary}
