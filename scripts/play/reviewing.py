"""Chapter six: the deadline passes, two holders open, experts score, the enterprise chooses."""

import re
from typing import Any

from play.cast import Cast
from play.keys import PASSPHRASES
from play.person import save

COMMENT = "方案路线清楚，恒力控制与在线测量结合紧密，产线验证安排可行，风险应对还可以再具体一些。"


def close(cast: Cast) -> None:
    """Time passes to the day after the deadline; the system closes and publishes the list."""
    cast.site.pass_time("+36d")
    officer = cast["officer"]
    officer.open(f"/bounties/{cast.made['bounty']}/commitments")
    officer.say(f"截榜后公布承诺值清单：{officer.page.title}")
    body = officer.fetch(f"/bounties/{cast.made['bounty']}/commitments.json")
    save(cast.site.folder / "kept" / "team_a" / "commitments.json", body)


def open_bids(cast: Cast) -> None:
    """Any two of three holders, each in his own session; the supervisor is one here."""
    for key in ("officer", "auditor"):
        cast[key].open(f"/bounties/{cast.made['bounty']}/opening")
        cast[key].press("开标", {"passphrase": PASSPHRASES[key]})


def check(cast: Cast) -> None:
    """The formal check of each bid, item by item."""
    officer = cast["officer"]
    officer.open(f"/bids/of/{cast.made['bounty']}")
    addresses = dict.fromkeys(
        address for _, address in officer.page.links() if re.search(r"/bids/[\w-]+/check$", address)
    )
    for address in addresses:
        page = officer.open(address)
        form, _ = page.form("登记审查结果")
        names = {box.get("name", "") for box in form.iter("input") if box.get("type") == "radio"}
        officer.press("登记审查结果", dict.fromkeys(names, "pass"))


def draw(cast: Cast) -> None:
    """The officer sets the review up and draws, the leader approves the panel."""
    officer = cast["officer"]
    officer.open("/reviews/new")
    officer.press("建立揭榜评审", {"bounty": "≈泵阀", "panel_size": "≈3"})
    cast.made["review"] = officer.page.url.split("?")[0]
    reason = {"small_pool_reason": "专家库初建，在库相关专家全部列为候选"}
    officer.press("随机抽取", reason)
    cast["leader"].open(cast.made["review"])
    cast["leader"].press("批准并邀请")


def _invited(cast: Cast) -> list[str]:
    """Return the keys of the experts whose desk shows an assignment."""
    found = []
    for key in [key for key in cast.people if key.startswith("expert_")]:
        page = cast[key].open("/my-reviews")
        if any(re.search(r"/my-reviews/[\w-]+$", address) for _, address in page.links()):
            found.append(key)
    return found


def score(cast: Cast) -> None:
    """Three experts declare, score the technical part, then the price part."""
    panel = _invited(cast)
    for key in panel:
        cast.made[f"seat_{key}"] = cast[key].follow("泵阀").url
        cast[key].press("确认参加", {"declared": "y"})
    for part, base in (("技术部分", 80), ("报价部分", 85)):
        for place, key in enumerate(panel):
            _score(cast, key, part, base + 2 * place)


def _score(cast: Cast, key: str, part: str, points: int) -> None:
    expert = cast[key]
    expert.open(cast.made[f"seat_{key}"])
    sheets = [address for text, address in expert.page.links() if f"{part}打分表" in text]
    for number, address in enumerate(sheets):
        page = expert.open(address)
        form, _ = page.form("提交并锁定")
        boxes = [box.get("name", "") for box in form.iter("input") if box.get("type") == "text"]
        fields: dict[str, Any] = {name: str(points - 6 * number) for name in boxes}
        if part == "技术部分":
            fields |= {"comment": COMMENT, "advice": "≈推荐"}
        expert.press("提交并锁定", fields, quiet=True)
    expert.say(f"{part}打分 {len(sheets)} 张，提交并锁定")


def conclude(cast: Cast) -> None:
    """Aggregate, conclude by another than the organiser, choose, propose, endorse, approve."""
    review = cast.made["review"]
    cast["officer"].open(review)
    cast["officer"].press("汇总")
    cast["chief"].open(review)
    cast["chief"].press("作出结论", {"conclusion": "评审程序合规，同意专家组意见，按名次推荐。"})
    enterprise = cast["enterprise"]
    enterprise.open("/choices")
    enterprise.follow("泵阀")
    enterprise.press("提交选定意见", {"chosen": ["≈1"]})
    cast["officer"].open(review)
    cast["officer"].press("提出拟揭榜决定")
    for key, button in (("chief", "审核通过"), ("leader", "批准并起草公示")):
        cast[key].open("/awards")
        cast[key].follow("泵阀")
        cast[key].press(button)


def announce(cast: Cast) -> None:
    """The notice: drafted by the officer, checked by the chief, published by the leader."""
    officer = cast["officer"]
    officer.open("/notices/desk")
    officer.follow("泵阀")
    cast.made["notice"] = officer.page.url.split("?")[0]
    officer.press("提交审查")
    cast["chief"].open(cast.made["notice"])
    cast["chief"].press("审查通过", {"note": "仅含单位、负责人和金额区间，可公开"})
    cast["leader"].open(cast.made["notice"])
    cast["leader"].press("确认发布")
    cast.site.pass_time("+15d")
    officer.open(cast.made["notice"])
    officer.press("核定止日", {"basis": "已按国务院办公厅当年放假通知核对"})
    cast.site.pass_time("+1h")
    officer.open(f"/bounties/{cast.made['bounty']}")
    officer.say(f"公示期满：{officer.page.of_class('badge-state')[0]}")
