"""Chapter seven: contract, three milestones with payment, acceptance, 兑榜, archive."""

import re
from typing import Any

from play.bids import PDF, check_offline
from play.cast import Cast
from play.person import save

SCAN = ("技术合同扫描件.pdf", PDF)
OPINION = "专家组听取汇报、查验现场并核对检测报告，认为各项指标达到合同要求，同意通过验收。"
DONE = "本期内容已全部完成，详见附件。"


def find_out(cast: Cast) -> None:
    """The winner's receipt is in the published list; the loser reads his feedback."""
    check_offline(cast, "commitments.json")
    officer = cast["officer"]
    officer.open("/feedback")
    officer.follow("滨海")
    officer.press("审阅无误")
    cast["team_b"].open("/feedback/mine")
    cast["team_b"].say(f"落选反馈：{cast['team_b'].page.text[:60]}")


def sign(cast: Cast) -> None:
    """Both sides confirm the drafted text, the officer verifies the signed scan."""
    firm = cast["enterprise"]
    firm.open("/contracts")
    cast.made["contract"] = firm.follow("泵阀").url.split("?")[0]
    firm.open(f"{cast.made['contract']}/text")
    firm.press("保存为新版本", {"ip_clause": "专利由双方共有，需方在本行业独占实施。"})
    for key in ("enterprise", "office_a"):
        cast[key].open(cast.made["contract"])
        cast[key].press("确认", action="/confirm")
    officer = cast["officer"]
    officer.open(f"{cast.made['contract']}/signing")
    officer.press("核验无误，登记签订", {"signed_on": cast.site.today(), "scan": SCAN})


def milestones(cast: Cast) -> None:
    """Deliver, check, file, pay, verify: three times."""
    page = cast["officer"].open(cast.made["contract"])
    found = [a for _, a in page.links() if re.search(r"/milestones/[\w-]+$", a)]
    for number, address in enumerate(dict.fromkeys(found), start=1):
        cast.site.pass_time("+8d")
        _pay_out(cast, address, number)


def _pay_out(cast: Cast, address: str, number: int) -> None:
    today = cast.site.today()
    team, firm, officer = cast["team_a"], cast["enterprise"], cast["officer"]
    team.open(address)
    team.press("提交", {"note": DONE, "files": (f"第{number}期报告.pdf", PDF)}, action="/deliver")
    firm.open(address)
    firm.press("提交检查结论", {"verdict": "≈通过", "note": "同意"})
    officer.open(address)
    officer.press("备案，进入付款")
    due = re.search(r"本期应付余额 ([\d,.]+) 元", firm.open(address).text)
    yuan = float(due[1].replace(",", "")) if due else 0.0
    paying: dict[str, Any] = {"amount_fen": f"{yuan / 10_000:.6f}", "paid_on": today}
    firm.press("提交付款凭证", {**paying, "voucher_no": f"A{number}", "voucher": ("回单.pdf", PDF)})
    officer.open(address)
    officer.press("核对无误", action="/verify")


def accept(cast: Cast) -> None:
    """The team applies, the officer holds the meeting, the section chief concludes."""
    url = f"{cast.made['contract']}/acceptance"
    team, officer = cast["team_a"], cast["officer"]
    team.open(url)
    reached = {f"reached-{n}": "yes" for n in range(3)}
    values = {f"value-{n}": text for n, text in enumerate(("±4 N", "5.5 min", "Ra 6.1 μm"))}
    summary = "合同约定的研究内容和三项考核指标全部完成，产线连续运行三个月。"
    team.press(
        "申请验收",
        {"summary": summary, "funds": "按预算使用。", **values, **reached, "files": SCAN},
    )
    officer.open(url)
    experts = {
        "expert-name": ["郑国华", "冯志远", "卫明远"],
        "expert-organisation": ["华东工业大学", "江南大学堂", "关中精密研究所"],
        "expert-title": ["教授", "教授", "研究员"],
    }
    meeting = {"held_on": cast.site.today(), "place": "企业车间", "method": "现场验收"}
    officer.press("登记专家意见", {**meeting, "opinion": OPINION, **experts})
    cast["chief"].open(url)
    cast["chief"].press("审定", {"verdict": "≈通过", "note": "同意"})


def archive(cast: Cast) -> None:
    """The bounty is paid out; its file is packed into one ZIP."""
    officer = cast["officer"]
    page = officer.open(f"/bounties/{cast.made['bounty']}")
    officer.say(f"榜单状态：{page.of_class('badge-state')[0]}")
    officer.open(cast.made["contract"])
    officer.press("归档", action="/archive")
    path = save(
        cast.site.folder / "kept" / "archive.zip",
        officer.fetch(f"{cast.made['contract']}/archive.zip"),
    )
    officer.say(f"档案包 {path.stat().st_size} 字节；{_state(cast)}")


def _state(cast: Cast) -> str:
    page = cast["officer"].open(f"/bounties/{cast.made['bounty']}")
    return f"榜单状态：{page.of_class('badge-state')[0]}"


def verify(cast: Cast) -> None:
    """The auditor verifies the whole trail; anybody the bounty's public record."""
    cast["auditor"].open("/audit")
    cast["auditor"].press("校验完整性")
    page = cast["team_b"].open(f"/bounties/{cast.made['bounty']}/record")
    cast["team_b"].say(f"公开记录：{page.text[:80]}")
