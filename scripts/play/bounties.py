"""Chapter four: the need becomes a bounty; three people publish it, two teams are invited."""

from play.cast import Cast
from play.person import Refused


def draft(cast: Cast) -> None:
    """The officer drafts in one step from the need and completes four stages."""
    officer = cast["officer"]
    officer.open(f"/bounties/new?need={cast.made['need'].rpartition('/')[2]}")
    officer.press("起草榜单")
    cast.made["bounty"] = officer.page.url.split("/bounties/")[1].split("/")[0]
    methods = ("第三方检测", "现场实测", "第三方检测")
    tests = {f"indicators-{n}-test_method": text for n, text in enumerate(methods)}
    officer.press("下一步", {**tests, "indicators-0-is_key": "y"}, quiet=True)
    support = {"support_type": "≈后补助", "support_ratio": "20", "support_cap_fen": "30"}
    officer.press("下一步", {"amount_fen": "180", **support}, quiet=True)
    officer.press("下一步", {"selector": "≈专家推荐", "is_blind": "y"}, quiet=True)
    officer.press("保存并提交会审")
    if "待会审" not in officer.open(f"/bounties/{cast.made['bounty']}").text:
        officer.open(f"/bounties/{cast.made['bounty']}/edit/4")
        raise Refused(officer.page.text)


def agree(cast: Cast) -> None:
    """The enterprise that pays agrees to the text."""
    cast["enterprise"].open(f"/bounties/{cast.made['bounty']}")
    cast["enterprise"].press("同意")


def publish(cast: Cast) -> None:
    """The section chief reviews with the secrecy check, the leader approves, and it is public."""
    number = cast.made["bounty"]
    cast["chief"].open(f"/bounties/{number}/review")
    cast["chief"].press("会审通过", {"is_free_of_secrets": "y"})
    cast["leader"].open(f"/bounties/{number}")
    cast["leader"].press("批准发布")
