"""The main line: two workbooks in, a pairing read and accepted, a lead followed."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.stories import administrator, ask, sign_in, workbook
from tests.e2e.walker import Walker

pytestmark = pytest.mark.browser
PAIR = """SELECT pairing.public_id, enterprise.name, institution.name FROM pairing
    JOIN need ON need.id = pairing.need_id
    JOIN organisation AS enterprise ON enterprise.id = need.enterprise_id
    JOIN achievement ON achievement.id = pairing.achievement_id
    JOIN organisation AS institution ON institution.id = achievement.institution_id
    WHERE pairing.state = 'new' ORDER BY pairing.score DESC"""
NEEDS = (
    ["需求名称", "拟解决的主要技术问题", "企业名称"],
    [
        "风电塔筒焊缝根部漏检",
        "环焊缝根部未熔合靠人工超声复查,漏检后返工一次要三天。",
        "澜州东屿精密铸造有限公司",
    ],
)
ACHIEVEMENTS = (
    ["成果名称", "成果简介", "完成单位"],
    [
        "相控阵超声焊缝根部缺陷识别",
        "用相控阵超声采集环焊缝根部回波,以时频特征区分未熔合、未焊透与几何回波,现场一次扫查即可给出缺陷位置与长度。",
        "澜州海事大学",
    ],
)


def carry_in(walker: Walker, noun: str, path: Path) -> Page:
    """Upload a workbook, look at the dry run, confirm."""
    page = walker.open("/imports/new")
    if page.locator("select#noun").count():
        page.select_option("#noun", noun)
    else:
        page.locator(f"input[name=noun][value={noun}]").check()
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并对应栏目").click()
    page.wait_for_url("**/mapping")
    walker.examine()
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="逐行核对").click()
    wait_for(page, "text=逐行核对结果")
    walker.examine()
    similar = page.get_by_role("button", name="未决定的全部照常导入")
    if similar.count():  # the district holds a title like it: a human decides
        with page.expect_navigation(wait_until="networkidle"):
            similar.click()
    page.get_by_role("checkbox", name="已核对").check()
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="确认导入 1 行").click()
    assert not page.locator("#errors").count(), page.inner_text("main")
    wait_for(page, "text=已导入 1 行")
    walker.examine()
    return page


def wait_for(page: Page, what: str, patience: float = 60) -> None:
    """Wait until the page says so; jobs may still be working on it."""
    deadline = time.monotonic() + patience
    while not page.locator(what).count():
        assert time.monotonic() < deadline, page.inner_text("main")
        page.wait_for_timeout(1000)
        page.goto(page.url)  # a page that waits for a job loads itself anew: not at once
        page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("noun", "rows"), [("need", NEEDS), ("achievement", ACHIEVEMENTS)])
def test_the_officer_imports_a_workbook_after_a_dry_run(
    walker: Walker, tmp_path: Path, noun: str, rows: tuple[list[str], ...]
) -> None:
    walker.sign_in_as("officer")
    carry_in(walker, noun, workbook(tmp_path / f"{noun}.xlsx", *rows))
    page = walker.open(f"/{noun}s?q={rows[1][0]}")
    assert rows[1][0] in page.inner_text("main")


def best_pair(database: Path, patience: float = 120) -> tuple[str, str, str]:
    """Return the heaviest new pair of need and achievement, waiting until the jobs ranked one."""
    deadline = time.monotonic() + patience
    while not (found := ask(database, PAIR)):
        assert time.monotonic() < deadline, "no pair was ever ranked"
        time.sleep(1)
    return found[0]


def test_a_pair_is_read_accepted_agreed_to_and_followed(walker: Walker, database: Path) -> None:
    pair, enterprise, institution = best_pair(database)
    walker.sign_in_as("officer")
    walker.open("/pairings")
    page = walker.open(f"/pairings/{pair}")
    assert page.locator(".columns-two section:nth-child(1) mark").count() > 0
    assert page.locator(".columns-two section:nth-child(2) mark").count() > 0
    page.get_by_role("button", name="采纳并发起对接").click()
    page.wait_for_url("**/leads/*")
    walker.examine()
    lead = page.url
    for name in (enterprise, institution):
        sign_in(walker, administrator(database, name))
        walker.open(lead)
        page.get_by_role("button", name="同意对接").click()
        page.wait_for_load_state()
        walker.examine()
    assert enterprise in page.inner_text("main"), "both agreed: the parties see each other"
    walker.sign_out()
    walker.sign_in_as("officer")
    walker.open(lead)
    assert "双方已同意" in page.inner_text("main")
    follow(walker)


def follow(walker: Walker) -> None:
    """Log a call, move the lead on, meet it on the day's desk."""
    page = walker.page
    panel = page.locator("details", has_text="登记跟进")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    panel.locator("[name=note]").fill("电话联系双方，约定下周到厂看现场。")
    panel.get_by_role("button", name="保存跟进").click()
    page.wait_for_load_state()
    assert "约定下周到厂看现场" in page.inner_text("main")
    page.get_by_role("button", name="登记接洽").click()
    page.wait_for_load_state()
    walker.examine()
    assert "已接洽" in page.inner_text("h1 + *, .page-header, main")
    walker.open("/desk")
    walker.open("/leads")


def test_the_keyboard_alone_reaches_and_accepts_a_pair(walker: Walker, database: Path) -> None:
    best_pair(database)
    walker.sign_in_as("officer")
    page = walker.open("/pairings")
    press_until(page, "a[href*='/pairings/']:not([href*='export'])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pairings/*")
    press_until(page, "form[action$='/accept'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/leads/*")
    assert "待双方同意" in page.inner_text("main")


def press_until(page: Page, selector: str, most: int = 250) -> None:
    """Press Tab until the focus, which must be visible, is on such an element."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    message = f"{selector} is not reached by {most} presses of Tab"
    raise AssertionError(message)
