"""公示 and 异议答复书."""

from scripts.document_templates.publishing import contacts, issued
from scripts.document_templates.style import Sheet


def public_notice() -> Sheet:
    """公示."""
    sheet = Sheet("公示", small=True)
    sheet.head("{{ 发文单位 }}")
    sheet.title("{{ 公示标题 }}")
    sheet.line("（{{ 公示编号 }}）", "公文副标题")
    sheet.p("{{ 公示依据 }}")
    sheet.matrix(
        [("序号", 0.5, "{{ loop.index }}")], heads="公示栏目", row="行", rows="公示内容", cells="行"
    )
    sheet.when("公示说明", "{{ 公示说明 }}")
    sheet.p(
        "公示期：{{ 公示开始日期 }}至{{ 公示截止日期 }}（自{{ 公示发布日期 }}发布次日起"
        "{{ 公示工作日数 }}个工作日）。",
        "公示期内，任何单位和个人对公示内容有异议的，请以真实姓名或单位名称（加盖公章）向我局书面"
        "提出，写明具体理由并附证据材料。匿名、逾期或者无证据的异议不予受理。我局对异议人的身份"
        "予以保密。",
    )
    sheet.p("公示网址：{{ 公示网址 }}")
    contacts(sheet)
    issued(sheet)
    return sheet


def objection_reply() -> Sheet:
    """异议答复书."""
    sheet = Sheet("异议答复书")
    sheet.title("异议答复书")
    sheet.line("{{ 答复书编号 }}", "公文副标题")
    sheet.flush("{{ 异议人 }}：")
    sheet.p(
        "你（单位）对《{{ 公示标题 }}》（{{ 公示编号 }}）提出的异议，我局于{{ 收到日期 }}收到，"
        "{{ 受理日期 }}受理。经调查核实，现答复如下："
    )
    for heading, name in (
        ("一、异议事项", "异议事项"),
        ("二、调查核实情况", "调查核实情况"),
    ):
        sheet.h1(heading)
        sheet.p(f"{{{{ {name} }}}}")
    sheet.h1("三、处理结论")
    sheet.p("{{ 处理结论 }}。{{ 答复意见 }}")
    sheet.h1("四、后续处理")
    sheet.p("{{ 后续处理 }}")
    sheet.when("救济途径", "{{ 救济途径 }}")
    sheet.p("你（单位）提供的身份信息和材料，我局依法予以保密。")
    contacts(sheet)
    issued(sheet)
    return sheet


WRITERS = {"public_notice": public_notice, "objection_reply": objection_reply}
