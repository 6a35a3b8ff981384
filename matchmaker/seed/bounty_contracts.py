"""Contract, registration, milestones, acceptance, archive, race and termination of a bounty."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock
from matchmaker.accounts.models import User
from matchmaker.contracts import (
    accepting,
    archiving,
    bounty_steps,
    ending,
    negotiating,
    performing,
    racing,
    registering,
    signing,
    terms,
)
from matchmaker.contracts.closing_models import Cause, Registration
from matchmaker.contracts.models import Contract
from matchmaker.contracts.race_models import Outcome
from matchmaker.extensions import db
from matchmaker.files import documents
from matchmaker.files.documents import Received
from matchmaker.seed import bounty_judging
from matchmaker.seed.bounty_bids import upload
from matchmaker.seed.bounty_course import Course
from matchmaker.seed.bounty_judging import today
from matchmaker.seed.stage import Steps

AGENCY = "海澜区技术合同登记处"
DELIVERED = "本期约定的内容已经完成，交付物和自测记录随附，请发榜方到现场核对。"
CHECKED = "到现场核对了样品和原始记录，与合同约定一致，同意本期通过。"
OPINION = (
    "专家组听取了汇报，查阅了第三方检测报告和现场运行记录，认为合同规定的考核指标已经完成，"
    "资料齐全，经费使用与预算相符。"
)
SUMMARY = "合同约定的研究内容已全部完成，各项考核指标经第三方检测达到要求，现场运行稳定。"
EXPERTS = (
    ("樊绍文", "澜州市机械工程学会", "教授级高工"),
    ("冷月华", "省技术经济研究会", "研究员"),
    ("涂志远", "澜州市质量检验检测院", "高级工程师"),
)


def paper(name: str) -> Received:
    """Return a small PDF as it was stored."""
    return documents.receive(upload(name), field="files")


def contracts(course: Course) -> list[Contract]:
    """Return the bounty's contracts."""
    return bounty_steps.contracts(course.bounty)


def seller(course: Course, contract: Contract) -> User:
    """Return who answers for the team."""
    return db.session.get(User, contract.seller_user_id) or course.manager(contract.seller_id)


def text(contract: Contract) -> dict[str, Any]:
    """Return the contract's text as its page sends it."""
    names = (*terms.LABELS, "difference_reasons")
    return {name: getattr(contract, name) for name in names}


def negotiated(course: Course, contract: Contract, **changes: Any) -> None:
    """Let the buyer save the text and both sides confirm it."""
    buyer, other = course.manager(contract.buyer_id), course.manager(contract.seller_id)
    negotiating.save(contract, text(contract) | changes, version=None, by=buyer, now=course.now)
    for who in (buyer, other):
        negotiating.confirm(contract, number=contract.text_no, by=who, now=course.now)


def signed(course: Course, *, begins_in: int = 0) -> Steps:
    """Negotiate and sign every contract of the bounty; register the first days after."""
    yield from bounty_judging.awarded(course)
    yield course.after(4)
    for contract in contracts(course):
        changes = {} if not begins_in else _later(contract, begins_in)
        negotiated(course, contract, **changes)
    yield course.after(3)
    for contract in contracts(course):
        signing.sign(
            contract, scan=paper("合同扫描件"), signed_on=today(course), by=course.officer,
            now=course.now,
        )  # fmt: skip


def _later(contract: Contract, days: int) -> dict[str, Any]:
    """Return the term and the plan moved by so many days."""
    assert contract.start_on is not None and contract.end_on is not None  # noqa: S101, PT018
    move = timedelta(days=days)
    reasons = {**contract.difference_reasons, "term": "双方约定设备到场后开始计算履行期"}
    return {
        "start_on": contract.start_on + move,
        "end_on": contract.end_on + move,
        "plan": [
            {**one, "due_on": (date.fromisoformat(one["due_on"]) + move).isoformat()}
            for one in contract.plan
        ],
        "difference_reasons": reasons,
    }


def registered(course: Course) -> Steps:
    """Fill the registration sheet, hand it in and enter the certificate."""
    yield course.after(5)
    contract = contracts(course)[0]
    query = select(Registration).where(Registration.contract_id == contract.id)
    row = db.session.scalars(query).one()
    by, now = course.officer, course.now
    fields = {
        "declared_tech_fen": contract.total_fen * 9 // 10,
        "tech_field_code": course.bounty.tech_field_code,
        "industry_code": contract.buyer.industry_code,
        "ip_type": "know_how",
        "plan_source": registering.PLAN_SOURCES[-1][0],
        "social_goal": registering.SOCIAL_GOALS[0][0],
        "agent_name": course.manager(contract.seller_id).name,
        "agent_phone": "0639-5200118",
        "agency": AGENCY,
        "seller_address": "澜州市大学路 18 号",
        "seller_legal_rep": "许松涛",
        "buyer_address": contract.buyer.address,
        "buyer_legal_rep": contract.buyer.legal_rep,
    }
    registering.fill(contract, row, fields, by=by, now=now)
    registering.submit(contract, row, by=by, now=now)
    yield course.after(10)
    registering.register(
        contract, row, reg_no=f"2026371099{contract.id:06d}", reg_on=today(course),
        reg_agency=AGENCY, tech_fen=contract.total_fen * 9 // 10, certificate=paper("登记证明"),
        by=by, now=course.now,
    )  # fmt: skip


def deliver(course: Course, contract: Contract, seq: int) -> None:
    """Deliver, check and file one milestone."""
    row = bounty_steps.live_milestones(contract)[seq - 1]
    performing.submit(
        contract, row, note=DELIVERED, files=[paper(f"第{seq}期交付物")],
        by=seller(course, contract), now=course.now,
    )  # fmt: skip
    performing.check(
        contract, row, "pass", note=CHECKED, sheet=None, by=course.manager(contract.buyer_id),
        now=course.now,
    )  # fmt: skip
    performing.file(contract, row, by=course.officer, now=course.now)


def pay(course: Course, contract: Contract, seq: int) -> None:
    """Pay one milestone in full, with its voucher."""
    row = bounty_steps.live_milestones(contract)[seq - 1]
    payment = performing.record_payment(
        contract, row, amount_fen=row.due_fen, paid_on=today(course),
        voucher_no=f"YH{clock.local(course.now):%m%d}{contract.id:03d}{seq}",
        voucher=paper(f"第{seq}期银行回单"), by=course.manager(contract.buyer_id), now=course.now,
    )  # fmt: skip
    performing.verify_payment(contract, payment, by=course.officer, now=course.now)


def performed(course: Course, upto: int, *, every: int, unpaid: int = 0) -> Steps:
    """Deliver and pay the milestones up to that one; the last `unpaid` are only delivered."""
    for seq in range(1, upto + 1):
        yield course.after(every)
        for contract in contracts(course):
            deliver(course, contract, seq)
        if seq > upto - unpaid:
            continue
        yield course.after(4)
        for contract in contracts(course):
            pay(course, contract, seq)


def apply(course: Course) -> None:
    """Apply for acceptance, as the team."""
    contract = contracts(course)[0]
    results = [
        {"indicator": one, "value": "第三方检测合格", "reached": "yes"}
        for one in contract.indicators
    ]
    accepting.apply(
        contract, summary=SUMMARY, results=results, files=[paper("验收申请材料")],
        by=seller(course, contract), now=course.now,
    )  # fmt: skip


def convene(course: Course) -> None:
    """Hold the experts' meeting."""
    contract = contracts(course)[0]
    panel = [
        {"name": name, "organisation": unit, "title": title, "verdict": "pass"}
        for name, unit, title in EXPERTS
    ]
    accepting.convene(
        contract, accepting.required(contract), held_on=today(course), experts=panel,
        opinion=OPINION, place="发榜企业会议室", method="现场验收", by=course.officer,
        now=course.now,
    )  # fmt: skip


def conclude(course: Course, verdict: str, note: str) -> None:
    """Conclude the acceptance, as the section chief."""
    contract = contracts(course)[0]
    row = accepting.required(contract)
    accepting.conclude(contract, row, verdict, note=note, by=course.chief, now=course.now)


def archive(course: Course) -> None:
    """Pack and close."""
    contract = contracts(course)[0]
    archiving.close(contract, archiving.pack(contract), by=course.officer, now=course.now)


def race(course: Course, out: int) -> None:
    """Hold a stage on one table: everybody measured, one team drops out."""
    rows = racing.running(course.bounty)
    wanted = [(str(one["name"]), str(one["requirement"])) for one in course.bounty.indicators]
    results = [
        racing.Measured(
            contract.id,
            {name: need if place != out else f"未达到（要求{need}）" for name, need in wanted},
            Outcome.ELIMINATED if place == out else Outcome.PASSED,
            note="首件试制未能稳定，按规则淘汰" if place == out else "",
        )
        for place, contract in enumerate(rows)
    ]
    racing.hold(
        course.bounty, name="小样比测", tested_on=today(course), tested_by="澜州市质量检验检测院",
        results=results, by=course.officer, now=course.now,
    )  # fmt: skip


def terminate(course: Course, reason: str) -> Steps:
    """Ask for the end of the contract without anybody's fault, and approve it."""
    contract = contracts(course)[0]
    ending.request(
        contract, cause=Cause.EXEMPT, at_fault="", reason=reason, recover_fen=0,
        integrity_years=None, by=course.officer, now=course.now,
    )  # fmt: skip
    yield course.after(3)
    contract = contracts(course)[0]
    ending.decide(contract, approve=True, note="同意终止", by=course.leader, now=course.now)
