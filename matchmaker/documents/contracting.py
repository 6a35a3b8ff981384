"""Contexts of the five statutory kinds of technology contract and of its registration.

The skeleton is what 民法典 第845条 recommends; each kind adds what its own articles ask for.
"""

from datetime import date
from typing import Annotated, NotRequired, TypedDict

from matchmaker.documents.fields import Fen
from matchmaker.documents.publishing import Indicator


class Party(TypedDict):
    """甲方 or 乙方."""

    name: Annotated[str, "名称"]
    credit_code: Annotated[str, "统一社会信用代码"]
    address: Annotated[str, "住所"]
    legal_rep: Annotated[str, "法定代表人"]
    contact: Annotated[str, "项目联系人"]
    phone: Annotated[str, "联系电话"]
    email: NotRequired[Annotated[str, "电子邮箱"]]
    bank: NotRequired[Annotated[str, "开户银行"]]
    account: NotRequired[Annotated[str, "银行账号"]]


class Partner(TypedDict):
    """联合单位: works under the lead unit."""

    name: Annotated[str, "单位名称"]
    task: Annotated[str, "承担任务"]
    amount_fen: Annotated[Fen, "分配金额"]


class Instalment(TypedDict):
    """A milestone with its payment; shares as text without the sign, "33.33"."""

    name: Annotated[str, "节点名称"]
    due_on: Annotated[date, "完成日期"]
    deliverables: Annotated[str, "交付物"]
    amount_fen: Annotated[Fen, "付款金额"]
    share: Annotated[str, "付款比例"]


class Patent(TypedDict):
    """What 845 asks to be stated of a patent."""

    title: Annotated[str, "发明创造名称"]
    owner: Annotated[str, "专利权人"]
    applied_on: Annotated[date, "申请日"]
    number: Annotated[str, "专利号"]
    expires_on: NotRequired[Annotated[date, "有效期至"]]


class Term(TypedDict):
    """名词和术语的解释."""

    word: Annotated[str, "名词"]
    meaning: Annotated[str, "释义"]


class Contract(TypedDict):
    """What every technology contract states."""

    contract_no: Annotated[str, "合同编号"]
    title: Annotated[str, "项目名称"]
    buyer: Annotated[Party, "甲方"]
    seller: Annotated[Party, "乙方"]
    partners: NotRequired[Annotated[list[Partner], "联合单位"]]
    signed_place: Annotated[str, "签订地点"]
    start_on: Annotated[date, "合同开始日期"]
    end_on: Annotated[date, "合同截止日期"]
    bounty_no: NotRequired[Annotated[str, "榜单编号"]]
    bounty_title: NotRequired[Annotated[str, "榜单名称"]]
    content: Annotated[str, "标的内容"]
    requirements: Annotated[str, "技术要求"]
    indicators: Annotated[list[Indicator], "考核指标"]
    place: Annotated[str, "履行地点"]
    manner: Annotated[str, "履行方式"]
    total_fen: Annotated[Fen, "合同总额"]
    payment_mode: Annotated[str, "付款方式"]
    royalty: NotRequired[Annotated[str, "提成约定"]]
    milestones: Annotated[list[Instalment], "里程碑"]
    secrecy: Annotated[str, "保密条款"]
    ip: Annotated[str, "成果归属"]
    benefit: Annotated[str, "收益分配"]
    acceptance: Annotated[str, "验收条款"]
    breach: Annotated[str, "违约责任"]
    dispute: Annotated[str, "争议解决"]
    terms: NotRequired[Annotated[list[Term], "名词解释"]]
    patents: NotRequired[Annotated[list[Patent], "涉及专利"]]
    attachments: NotRequired[Annotated[list[str], "合同附件"]]
    copies: Annotated[int, "合同份数"]
    pledge: NotRequired[Annotated[bool, "立军令状"]]


class Development(Contract):
    """技术开发合同（民法典 851–861）."""

    subtype: Annotated[str, "开发方式"]
    division: Annotated[str, "分工与协作"]
    equipment: Annotated[str, "设备归属"]
    risk: Annotated[str, "风险责任"]


class Transfer(Contract):
    """技术转让合同（862–877）."""

    subtype: Annotated[str, "转让标的"]
    status: Annotated[str, "权利现状"]
    documents: Annotated[list[str], "技术资料"]
    handover: Annotated[str, "资料交付"]
    guidance: Annotated[str, "技术指导"]
    improvement: Annotated[str, "后续改进"]


class License(Contract):
    """技术许可合同（862–877）."""

    subtype: Annotated[str, "许可标的"]
    exclusivity: Annotated[str, "许可方式"]
    territory: Annotated[str, "许可地域"]
    scope: Annotated[str, "许可范围"]
    sublicense: Annotated[str, "再许可约定"]
    status: Annotated[str, "权利现状"]
    documents: Annotated[list[str], "技术资料"]
    guidance: Annotated[str, "技术指导"]
    improvement: Annotated[str, "后续改进"]


class Consulting(Contract):
    """技术咨询合同（878–881、885–886）."""

    questions: Annotated[str, "咨询事项"]
    report: Annotated[str, "报告形式"]
    materials: Annotated[list[str], "背景资料"]
    reliance: Annotated[str, "采信约定"]
    costs: Annotated[str, "费用负担"]


class Service(Contract):
    """技术服务合同（878、882–887）."""

    subtype: Annotated[str, "服务类型"]
    goal: Annotated[str, "服务目标"]
    conditions: Annotated[list[str], "工作条件"]
    new_results: Annotated[str, "新成果归属"]
    costs: Annotated[str, "费用负担"]


class Registrant(TypedDict):
    """A side of the registration."""

    name: Annotated[str, "名称"]
    credit_code: Annotated[str, "统一社会信用代码"]
    nature: Annotated[str, "单位性质"]
    region: Annotated[str, "所在地"]
    legal_rep: Annotated[str, "法定代表人"]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]


class Registration(TypedDict):
    """技术合同登记表: what the seller hands to the registration office."""

    contract_no: Annotated[str, "合同编号"]
    title: Annotated[str, "合同名称"]
    contract_type: Annotated[str, "合同类别"]
    subtype: NotRequired[Annotated[str, "合同子类"]]
    signed_on: Annotated[date, "签订日期"]
    start_on: Annotated[date, "合同开始日期"]
    end_on: Annotated[date, "合同截止日期"]
    seller: Annotated[Registrant, "卖方"]
    buyer: Annotated[Registrant, "买方"]
    total_fen: Annotated[Fen, "合同成交总额"]
    tech_fen: Annotated[Fen, "技术交易额"]
    goods_fen: Annotated[Fen, "非技术性费用"]
    payment_mode: Annotated[str, "支付方式"]
    ip_kind: Annotated[str, "知识产权类型"]
    tech_field: Annotated[str, "技术领域"]
    industry: Annotated[str, "服务行业"]
    goal: Annotated[str, "社会经济目标"]
    plan: Annotated[str, "计划来源"]
    summary: Annotated[str, "项目简介"]
    with_public_funds: Annotated[bool, "含财政资金"]
    is_related: Annotated[bool, "关联交易"]
    agency: Annotated[str, "登记机构"]
    applied_on: Annotated[date, "申请日期"]
    agent: NotRequired[Annotated[str, "中介方"]]
