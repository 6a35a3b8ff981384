"""Photograph the pairing page of a running demonstration site, for the README."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "pairing.png"
HEAVIEST = 250 * 1024  # bytes
SIZE = {"width": 1200, "height": 1000}  # px


def main(home: str) -> None:
    """Sign in as officer, open the first pair of the desk, photograph its first screen."""
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("没有 chromium：以 root 运行 scripts/setup --test 可装。")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page(locale="zh-CN", viewport=SIZE)
        page.goto(f"{home}sign-in?next=/pairings%3Fkind%3Dachievement")
        page.locator("button[name=demo_login][value=officer]").click()
        page.locator("td.lead-cell a").first.click()
        page.wait_for_selector("mark")
        page.locator("main").evaluate("one => one.scrollIntoView()")
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=TARGET)
        running.close()
    weight = TARGET.stat().st_size
    if weight > HEAVIEST:
        sys.exit(f"{TARGET}：{weight} 字节，超过 {HEAVIEST}")
    print(f"{TARGET}：{weight} 字节")


if __name__ == "__main__":
    main(sys.argv[1])
