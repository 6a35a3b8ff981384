"""A need from the enterprise's first word to its acceptance; and what each role is refused."""

from pathlib import Path

import pytest

from tests.e2e.stories import administrator, ask, sign_in
from tests.e2e.walker import Walker

pytestmark = pytest.mark.browser
TITLE = "离心泵壳体铸造缩松的快速判定"
PROBLEM = "泵壳壁厚变化大，缩松只能解剖后才看得见，每炉抽检两件，等到发现已经浇完整批。"
REMARK = "请写明目前的废品率和检测方法。"
TOWN_OFFICER = """SELECT login FROM user_account WHERE town_id =
    (SELECT town_id FROM organisation JOIN need ON organisation.id = enterprise_id WHERE title = ?)
    AND organisation_id IS NULL"""
ANOTHERS = """SELECT public_id FROM need WHERE state = 'submitted'
    AND enterprise_id <>
        (SELECT organisation_id FROM user_account WHERE login = 'enterprise_user@demo')"""


def press(walker: Walker, name: str) -> None:
    """Press a button and look at what comes."""
    walker.page.get_by_role("button", name=name, exact=True).click()
    walker.page.wait_for_load_state("networkidle")
    walker.examine()


def write_problem(walker: Walker) -> None:
    page = walker.open("/needs/new")
    page.fill("[name=title]", TITLE)
    page.fill("[name=problem]", PROBLEM)
    page.fill("[name=keywords]", "缩松、泵壳、无损检测")
    page.locator("[name=tech_field_code]").select_option(index=3)


def write_the_rest(walker: Walker) -> None:
    page = walker.page
    page.fill("[name=key_indicators]", "缩松检出率≥95 %（以解剖为准）\n单件判定时间≤60 s")
    press(walker, "保存，下一步")
    page.fill("[name=duration_months]", "12")
    page.fill("[name=budget_total_fen]", "80")
    page.fill("[name=pay_to_bidder_fen]", "50")
    press(walker, "保存，下一步")
    page.locator("[name=coop_modes]").first.check()
    page.fill("[name=ip_arrangement]", "双方共有，企业优先实施。")
    press(walker, "保存，下一步")
    page.locator("[name=no_secret_declared]").check()
    press(walker, "提交科技局")


def test_a_need_survives_an_expired_session_and_a_return(walker: Walker, database: Path) -> None:
    walker.sign_in_as("enterprise_user")
    write_problem(walker)
    ask(database, "DELETE FROM web_session")
    walker.page.get_by_role("button", name="保存，下一步").click()
    walker.page.wait_for_load_state("networkidle")
    sign_in_again(walker)
    assert walker.page.input_value("[name=problem]") == PROBLEM
    assert walker.page.input_value("[name=title]") == TITLE
    press(walker, "保存，下一步")
    write_the_rest(walker)
    assert "待镇街初筛" in walker.page.inner_text("main")
    need = walker.page.url
    return_it(walker, database, need)
    mend_it(walker, need)
    accept_it(walker, database, need)


def sign_in_again(walker: Walker) -> None:
    """The expired page leads to the sign-in, the sign-in back to what was typed."""
    page = walker.page
    if not page.locator("button[name=demo_login]").count():
        page.locator("main a[href*='sign-in']").first.click()
    page.locator("button[name=demo_login][value=enterprise_user]").click()
    page.wait_for_selector("[name=problem]")


def as_town(walker: Walker, database: Path, need: str) -> None:
    sign_in(walker, str(ask(database, TOWN_OFFICER, TITLE)[0][0]))
    walker.open(f"{need}/review")


def return_it(walker: Walker, database: Path, need: str) -> None:
    as_town(walker, database, need)
    page = walker.page
    page.locator("summary", has_text="对“拟解决的主要技术问题”提意见").click()
    page.fill("[name=remark-problem]", REMARK)
    page.fill("#reason", "现状数据不清，补充后再报。")
    press(walker, "退回企业修改")
    assert "已退回企业修改" in page.inner_text("main")
    assert page.title().startswith("难题库"), "returned, it is no longer the town's to read"


def mend_it(walker: Walker, need: str) -> None:
    walker.sign_out()
    walker.sign_in_as("enterprise_user")
    page = walker.open(f"{need}/edit/1")
    assert REMARK in page.locator(".field.has-advice", has=page.locator("#problem")).inner_text()
    page.fill("[name=problem]", PROBLEM + "目前废品率约 7 %，以解剖法检测。")
    press(walker, "保存，下一步")
    walker.open(f"{need}/edit/5")
    press(walker, "提交科技局")


def accept_it(walker: Walker, database: Path, need: str) -> None:
    as_town(walker, database, need)
    press(walker, "通过初筛")
    walker.sign_out()
    walker.sign_in_as("officer")
    page = walker.open(f"{need}/review")
    press(walker, "受理，进入难题库")
    assert "已受理" in page.inner_text("main")


def test_another_firms_need_is_not_there(walker: Walker, database: Path) -> None:
    other = ask(database, ANOTHERS)[0][0]
    walker.sign_in_as("enterprise_user")
    walker.open(f"/needs/{other}", status=404)
    walker.open("/pairings", status=404)


def test_the_owner_reads_the_need_that_others_do_not_find(walker: Walker, database: Path) -> None:
    other, owner = ask(
        database,
        "SELECT need.public_id, organisation.name FROM need JOIN organisation"
        " ON organisation.id = enterprise_id WHERE need.state = 'submitted'",
    )[0]
    sign_in(walker, administrator(database, owner))
    walker.open(f"/needs/{other}")


def test_a_researcher_does_not_reach_the_bureaus_desks(walker: Walker) -> None:
    walker.sign_in_as("researcher")
    for path in ("/pairings", "/desk"):
        answer = walker.page.goto(walker.home.rstrip("/") + path)
        assert answer is not None
        assert answer.status in {403, 404}, path


def test_a_visitor_sees_no_expert(walker: Walker, database: Path) -> None:
    names = [row[0] for row in ask(database, "SELECT name FROM expert")]
    page = walker.page
    page.goto(f"{walker.home}experts")
    text = page.inner_text("body")
    for name in names:
        assert name not in text
    walker.open("/search?q=" + names[0])
    assert not walker.page.locator("main a", has_text=names[0]).count()
