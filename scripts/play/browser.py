"""Somebody at a real screen: the same deeds as `Person`, done in Chromium with clicks and keys."""

import re
import shutil
import sys
from pathlib import Path
from types import TracebackType
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from play.page import PICK, Page, picked
from play.person import Filling, Person, Refused, Value
from playwright.sync_api import ConsoleMessage, ElementHandle, Locator, Response, sync_playwright
from playwright.sync_api import Page as Tab

from tests.e2e.walker import CHROMIUM, NARROW, WIDE, grave_faults

LOOKED_AT = tuple(  # paths also read on a telephone and aloud, each once
    re.compile(pattern)
    for pattern in (
        *(r"^/bounties/(?!new$)[\w-]+$", r"^/bounties/[\w-]+/record$", r"^/bids/[\w-]+$"),
        *(rf"^/bids/[\w-]+/{screen}$" for screen in range(1, 6)),
        *(r"^/score-sheets/[\w-]+$", r"^/contracts/[\w-]+$", r"^/needs/(?!new$)[\w-]+$"),
    )
)
UNFOLD = "e => { const d = e.closest('details:not([open])'); return d && d.firstElementChild; }"
WAIT = 60_000  # ms for one answer of a busy machine


class Screen:
    """One Chromium for everybody; keeps the pictures and what was looked at closely."""

    def __init__(self, shots: Path, *, scripts: bool = True) -> None:
        self.shots, self.scripts = shots, scripts
        self.taken = 0
        self.looked: set[str] = set()

    def __enter__(self) -> "Screen":
        found = shutil.which("chromium")
        if found is None:
            sys.exit("没有 chromium：以 root 运行 scripts/setup --test 可装。")
        self.shots.mkdir(parents=True, exist_ok=True)
        for old in self.shots.glob("[0-9][0-9][0-9][0-9]-*.png"):
            old.unlink()
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.browser.close()
        self.playwright.stop()

    def visitor(self, home: str, name: str, login: str = "", password: str = "") -> "Visitor":
        """Return somebody with an empty browser; the signature of `Person`."""
        return Visitor(self, home, name, login, password)

    def photograph(self, tab: Tab, name: str) -> None:
        """Keep the whole page as the next numbered picture."""
        self.taken += 1
        where = urlsplit(tab.url).path.strip("/").replace("/", "_")[:60] or "home"
        tab.screenshot(path=self.shots / f"{self.taken:04}-{name}-{where}.png", full_page=True)

    def look(self, tab: Tab, name: str) -> None:
        """Read a key page on a telephone, and aloud where scripts run; each kind once."""
        path = urlsplit(tab.url).path
        kinds = [one.pattern for one in LOOKED_AT if one.match(path)]
        if not kinds or kinds[0] in self.looked:
            return
        self.looked.add(kinds[0])
        for size in (NARROW, WIDE):
            tab.set_viewport_size(size)  # type: ignore[arg-type]
            wide = tab.evaluate("document.documentElement.scrollWidth")
            faults = grave_faults(tab) if self.scripts else []
            if wide > size["width"]:
                faults.append(f"宽 {wide} px")
            if size is NARROW:
                self.photograph(tab, f"{name}-375px")
            if faults:
                message = f"{path}（{size['width']} px）：{faults}"
                raise Refused(message)


class Visitor(Person):
    """One user with a browser context of his own."""

    def __init__(
        self, screen: Screen, home: str, name: str, login: str = "", password: str = ""
    ) -> None:
        super().__init__(home, name, login, password)
        self._screen = screen
        self._context = screen.browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=WIDE,  # type: ignore[arg-type]
            java_script_enabled=screen.scripts,
        )
        self._context.set_default_timeout(WAIT)
        self._tab = self._context.new_page()
        self._heard: list[str] = []
        self._tab.on("pageerror", lambda error: self._heard.append(str(error)))
        self._tab.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._heard.append(message.text)

    def fetch(self, path: str) -> bytes:
        """Return a file as the site sends it to this browser."""
        answer = self._context.request.get(urljoin(self.home, path), timeout=WAIT)
        if not answer.ok:
            message = f"{self.name} 取 {path} → {answer.status}"
            raise Refused(message)
        return answer.body()

    def cookies(self) -> dict[str, str]:
        """Return what the browser remembers of the site, value by name."""
        return {one["name"]: one["value"] for one in self._context.cookies()}

    def remember(self, cookies: dict[str, str]) -> None:
        """Go on in the session of another browser."""
        self._context.add_cookies(
            [{"name": name, "value": text, "url": self.home} for name, text in cookies.items()]
        )

    def leave(self) -> None:
        """Close the browser."""
        self._context.close()

    def _visit(self, address: str, status: int) -> Page:
        return self._read(self._tab.goto(address), status)

    def _send(self, form: Element, pressed: Element, fields: Filling, status: int) -> Page:
        number = list(self.page.tree.iter("form")).index(form)
        place = list(form.iter("button")).index(pressed)
        shown = self._tab.locator("form").nth(number)
        button = shown.locator("button").nth(place).element_handle()
        for label, value in fields.items():
            self._fill(form, shown, self.page.name_of(form, label), value)
        asks = form.get("data-confirm") or pressed.get("data-confirm")
        with self._tab.expect_navigation() as going:
            self._reveal(button)
            button.click(no_wait_after=True)
            if asks and self._screen.scripts:
                self._tab.locator("#confirm-dialog button[value=yes]").click(no_wait_after=True)
        return self._read(going.value, status)

    def _reveal(self, element: ElementHandle) -> None:
        """Unfold what the element is folded into, outermost last, as a hand would."""
        while summary := element.evaluate_handle(UNFOLD).as_element():
            self._reveal_outer(summary)
            summary.click()

    def _reveal_outer(self, summary: ElementHandle) -> None:
        outer = "e => { const d = e.parentElement.parentElement.closest('details:not([open])');"
        while above := summary.evaluate_handle(f"{outer} return d && d.firstElementChild; }}"):
            found = above.as_element()
            if found is None:
                return
            self._reveal_outer(found)
            found.click()

    def _fill(self, form: Element, shown: Locator, name: str, value: Value) -> None:
        boxes = shown.locator(f'[name="{name}"]')
        first = boxes.first.element_handle()
        kind = first.evaluate("e => e.type")
        if kind == "hidden":
            message = f"{self.page.url}：“{name}”是隐藏的，人填不了"
            raise Refused(message)
        self._reveal(first)
        if isinstance(value, tuple):
            upload = {"name": value[0], "mimeType": "application/pdf", "buffer": value[1]}
            boxes.first.set_input_files(upload)  # type: ignore[arg-type]
            return
        wanted = [
            picked(form, name, one[1:]) if one.startswith(PICK) else one
            for one in ([value] if isinstance(value, str) else value)
        ]
        if kind.startswith("select"):
            boxes.first.select_option(wanted)
        elif kind in {"checkbox", "radio"}:
            self._tick(boxes, wanted, clear=kind == "checkbox")
        else:
            for box, text in zip(boxes.all(), wanted, strict=False):
                box.fill(text)

    def _tick(self, boxes: Locator, wanted: list[str], *, clear: bool) -> None:
        held = [(box, box.evaluate("e => e.value")) for box in boxes.all()]
        if missing := set(wanted) - {text for _, text in held}:
            message = f"{self.page.url} 没有可勾选的 {missing}"
            raise Refused(message)
        for box, text in held:
            if text in wanted:
                box.check()
            elif clear and box.is_checked():
                box.uncheck()

    def _read(self, answer: Response | None, status: int) -> Page:
        tab = self._tab
        self.page = Page(tab.url, answer.status if answer else 0, tab.content())
        self._screen.photograph(tab, self.name)
        path = urlsplit(tab.url).path
        if self.page.status != status:
            why = self.page.refused or self.page.told or self.page.text[:300]
            message = f"{self.name} {path} → {self.page.status}：{why}"
            raise Refused(message)
        self._screen.look(tab, self.name)
        if self._heard:
            message = f"{self.name} {path} 浏览器报错：{self._heard}"
            raise Refused(message)
        return self.page
