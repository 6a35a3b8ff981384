"""A visitor with a real browser who looks at every page it meets: axe, weight, width, errors."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

HEAVIEST = 300 * 1024  # bytes transferred for one page with an empty cache
GRAVE = {"serious", "critical"}
NARROW = {"width": 375, "height": 800}  # px
WIDE = {"width": 1366, "height": 800}  # px
CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def grave_faults(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, with the first element that shows it."""
    violations = Axe().run(page).response["violations"]
    grave = [one for one in violations if one["impact"] in GRAVE]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in grave]


@dataclass
class Walker:
    """Opens pages of one site and fails on what a visitor would complain about."""

    page: Page
    home: str
    heard: list[str] = field(default_factory=list)
    weight: int = 0  # bytes transferred since the last page was opened
    seen: dict[str, int] = field(default_factory=dict)  # path to bytes

    def __post_init__(self) -> None:
        protocol = self.page.context.new_cdp_session(self.page)
        protocol.send("Network.enable")
        protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
        protocol.on("Network.loadingFinished", self._add_weight)
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("console", self._listen)

    def _add_weight(self, event: dict[str, Any]) -> None:
        self.weight += int(event["encodedDataLength"])

    def _listen(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.heard.append(message.text)

    def open(self, path: str, *, status: int = 200, axe: bool = True) -> Page:
        """Open a page, expect its status, examine it."""
        self.weight = 0
        answer = self.page.goto(urljoin(self.home, path))
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        self.seen[path] = self.weight
        assert self.weight <= HEAVIEST, f"{path}: {self.weight} bytes"
        self.examine(axe=axe)
        return self.page

    def examine(self, *, axe: bool = True) -> None:
        """Check the page that is open now, wide and narrow."""
        where = urlsplit(self.page.url).path
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)
            found = grave_faults(self.page) if axe else []
            assert found == [], f"{where} at {size['width']} px: {found}"
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{where}: {wide} px wide on {size['width']} px"
        assert self.heard == [], f"{where}: {self.heard}"

    def links(self, selector: str = "nav.sidebar a, nav.topnav a") -> list[str]:
        """Return the paths the page's navigation leads to."""
        found = self.page.eval_on_selector_all(selector, "all => all.map(one => one.href)")
        return sorted({urlsplit(link).path for link in found if link.startswith(self.home)})

    def first_rows(self, lists: tuple[str, ...]) -> list[str]:
        """Return the path of the first row of each of these lists the visitor has seen."""
        found = []
        for path in (one for one in lists if one in self.seen):
            self.page.goto(urljoin(self.home, path))
            found += self.links("main td.lead-cell a[href]")[:1]
        return found

    def sign_in_as(self, role: str) -> Page:
        """Sign in with one click, as the demonstration's sign-in page offers for each role."""
        self.page.goto(self.home)
        self.page.locator("a.tool-strong").click()
        self.page.locator(f"button[name=demo_login][value={role}]").first.click()
        self.page.wait_for_selector("nav.sidebar", state="attached")
        return self.page

    def sign_out(self) -> None:
        """Leave, so that somebody else may sign in."""
        self.page.context.clear_cookies()
