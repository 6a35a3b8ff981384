"""Chapter five: two universities write, endorse and seal their bids; one checks its receipt."""

import subprocess
import sys
from typing import Any

from play.cast import Cast
from play.person import Person, Refused, save

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
SOLUTION = (
    "采用结构光相机获取毛坯点云并与数模配准，恒力末端执行器以千赫频率补偿接触力，"
    "打磨后在线测量粗糙度并闭环修正，先样机后产线，连续运行三个月由第三方检测。"
)
MILESTONES = (("样机", "6", "打磨样机一台", "33.33"), ("产线", "12", "产线改造完成", "33.33"))
LAST = ("验收", "18", "第三方检测报告", "33.34")


def people(name: str, phone: str) -> dict[str, Any]:
    """Screen 1."""
    return {"pi_name": name, "pi_title": "教授", "pi_phone": phone}


def figures(quote: str) -> dict[str, Any]:
    """Screen 3: two lines that make the quote, three milestones that make 100 %."""
    half = f"{float(quote) / 2:g}"
    fields = {
        "quote_fen": quote,
        "budget_lines-0-name": "设备与材料",
        "budget_lines-0-amount_fen": half,
        "budget_lines-1-name": "人员",
        "budget_lines-1-amount_fen": half,
    }
    for number, (name, months, deliverables, share) in enumerate((*MILESTONES, LAST)):
        fields |= {
            f"milestones-{number}-name": name,
            f"milestones-{number}-due_months": months,
            f"milestones-{number}-deliverables": deliverables,
            f"milestones-{number}-share": share,
        }
    return fields


def answers(values: tuple[str, ...]) -> dict[str, Any]:
    """Screen 2: one answer an indicator."""
    fields: dict[str, Any] = {"solution_text": SOLUTION}
    for number, value in enumerate(values):
        fields[f"indicator_responses-{number}-answer"] = "meet"
        fields[f"indicator_responses-{number}-value"] = value
    return fields


PLEDGES = {"pledge_integrity": "y", "pledge_no_relation": "y", "pledge_employer": "y"}


def write(cast: Cast) -> None:
    """Both teams bid; the second one replaces nothing and withdraws nothing."""
    bounty = cast.made["bounty"]
    values = ("≤±4 N", "≤5.5 min", "≤6.3 μm")
    _bid(cast, "team_a", "office_a", bounty, "周启明", "13811110001", "172", values)
    _bid(cast, "team_b", "office_b", bounty, "吴思远", "13811110002", "178", values)


def _bid(
    cast: Cast,
    who: str,
    office: str,
    bounty: str,
    *said: Any,
) -> None:
    name, phone, quote, values = said
    person, admin = cast[who], cast[office]
    person.open(f"/bids/start/{bounty}")
    person.press("开始填写")
    base = person.page.url.rpartition("/")[0]
    person.press("下一步", people(name, phone), quiet=True)
    person.press("上传附件", {"file": ("技术方案.pdf", PDF)}, quiet=True)
    person.open(f"{base}/2")
    person.press("下一步", answers(values), quiet=True)
    written = figures(quote)
    last = {name: written.pop(name) for name in list(written) if "milestones-2" in name}
    person.press("先存草稿", written, quiet=True)
    person.press("下一步", last, quiet=True)
    person.press("下一步", {**PLEDGES, "cases": "三条产线投用"}, quiet=True)
    person.press("提交本单位确认")
    admin.open(f"{base}/endorse")
    admin.press("确认", action="endorse")
    person.open(f"{base}/5")
    person.press("生成材料包")
    package = person.fetch(f"{base}/package")
    person.press("密封提交", {"kept": "y"})
    cast.made[f"bid_{who}"] = person.page.url
    folder = cast.site.folder / "kept" / who
    save(folder / "package.zip", package)
    save(folder / "receipt.json", person.fetch(f"{person.page.url}/receipt.json"))
    save(folder / "verify.py", person.fetch("/bids/verify.py"))


def check_offline(cast: Cast, *more: str) -> None:
    """The bidder runs the site's script on his own machine, without the site."""
    folder = cast.site.folder / "kept" / "team_a"
    arguments = ["verify.py", "package.zip", "receipt.json", *more]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(done.stdout + done.stderr)
    cast["team_a"].say(f"离线核验回执：{done.stdout.strip()}")


def outsider_sees_nothing(cast: Cast) -> None:
    """Before the deadline the address of another's address of a bid exists for nobody."""
    for key in ("officer", "leader", "auditor", "team_b", "enterprise"):
        person: Person = cast[key]
        person.open(cast.made["bid_team_a"], status=404)
    cast["officer"].say("截榜前打开他人申请的网址：404，与不存在的地址一样")
