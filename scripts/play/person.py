"""Somebody with a browser of his own: opens pages, fills forms, presses buttons, over HTTP."""

import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from http.cookiejar import Cookie, CookieJar
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from play.page import PICK, Fields, Page, held, picked

Upload = tuple[str, bytes]
Value = str | list[str] | Upload
Filling = Mapping[str, Value]
WAIT = 120  # seconds for one answer


class Refused(Exception):
    """The site did not do what the story says it does."""


class Person:
    """One user with cookies of his own."""

    steps = 0  # of all persons together

    def __init__(self, home: str, name: str, login: str = "", password: str = "") -> None:
        self.home, self.name, self.login, self.password = home, name, login, password
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        )
        self.inside = False  # has signed in; the session may have ended meanwhile
        self.page = Page(home, 0, "")

    def fetch(self, path: str) -> bytes:
        """Return a file as the site sends it."""
        with self._opener.open(urljoin(self.home, path), timeout=WAIT) as answer:
            body: bytes = answer.read()
            return body

    def open(self, path: str, *, status: int = 200) -> Page:
        """Open a page, signing in again where the session has ended; `Refused` if not `status`."""
        page = self._visit(urljoin(self.home, path), status)
        if self.inside and "退出登录" not in page.markup:
            self.sign_in()
            page = self._visit(urljoin(self.home, path), status)
        return page

    def follow(self, text: str) -> Page:
        """Follow the link with this text on the page that is open."""
        return self.open(self.page.link(text))

    def press(
        self,
        button: str,
        fields: Filling | None = None,
        *,
        action: str = "",
        status: int = 200,
        quiet: bool = False,
    ) -> Page:
        """Fill the form with this button on the open page and send it; print what the site said.

        fields : by name or label; "≈企业" takes the option whose label contains 企业; a list ticks
        several; (file name, bytes) uploads.
        """
        form, pressed = self.page.form(button, action)
        here = self.page
        page = self._send(form, pressed, fields or {}, status)
        if page.refused and status == 200 and not page.told:  # noqa: PLR2004
            message = f"{self.name} 在 {urlsplit(here.url).path} 按“{button}”：{page.refused}"
            raise Refused(message)
        if not quiet:
            self.say(f"{button} → {page.told or page.title}")
        return page

    def cookies(self) -> dict[str, str]:
        """Return what the browser remembers of the site, value by name."""
        return {one.name: one.value or "" for one in self._cookies}

    def remember(self, cookies: dict[str, str]) -> None:
        """Go on in the session of another browser."""
        host = urlsplit(self.home).hostname or ""
        for name, text in cookies.items():
            self._cookies.set_cookie(_cookie(name, text, host))

    def leave(self) -> None:
        """Close the browser; this one has nothing to close."""

    def say(self, text: str) -> None:
        """Print one numbered step of the story."""
        Person.steps += 1
        print(f"{Person.steps:>3} {self.name}：{text}", flush=True)

    def sign_in(self) -> "Person":
        """Sign in with the account's password."""
        self.inside = False
        self.open("/sign-in")
        self.press("登录", {"login": self.login, "password": self.password}, quiet=True)
        if "/sign-in" in self.page.url:
            message = f"{self.name} 未能登录：{self.page.refused or self.page.told}"
            raise Refused(message)
        self.inside = True
        return self

    def _visit(self, address: str, status: int) -> Page:
        return self._go(_request(address), status)

    def _send(self, form: Element, pressed: Element, fields: Filling, status: int) -> Page:
        values, files = self._filled(form, fields)
        if pressed.get("name"):
            values.append((pressed.get("name", ""), pressed.get("value", "")))
        target = pressed.get("formaction") or form.get("action") or self.page.url
        address = urljoin(self.page.url, target)
        if form.get("method", "get").lower() == "get":
            return self.open(f"{address}?{urllib.parse.urlencode(values)}", status=status)
        return self._go(_request(address, values, files), status)

    def _filled(self, form: Element, fields: Filling) -> tuple[Fields, list[tuple[str, Upload]]]:
        values, files = held(form), []
        for label, value in fields.items():
            name = self.page.name_of(form, label)
            if isinstance(value, tuple):
                files.append((name, value))
                continue
            values = [pair for pair in values if pair[0] != name]
            for one in [value] if isinstance(value, str) else value:
                text = picked(form, name, one[1:]) if one.startswith(PICK) else one
                values.append((name, text))
        return values, files

    def _go(self, request: urllib.request.Request, status: int) -> Page:
        try:
            answer = self._opener.open(request, timeout=WAIT)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.page = Page(
                answer.geturl(), answer.status, answer.read().decode("utf-8", "replace")
            )
        if self.page.status != status:
            path = urlsplit(request.full_url).path
            why = self.page.refused or self.page.told or self.page.text[:300]
            message = f"{self.name} {request.get_method()} {path} → {self.page.status}：{why}"
            raise Refused(message)
        return self.page


def _cookie(name: str, text: str, host: str) -> Cookie:
    return Cookie(
        *(0, name, text, None, False, host, False, False, "/", True),
        *(False, None, False, None, None, {}),
    )


def _request(
    address: str, values: Fields | None = None, files: Sequence[tuple[str, Upload]] = ()
) -> urllib.request.Request:
    if values is None:
        return urllib.request.Request(address)  # noqa: S310 - the story's own site
    if not files:
        body = urllib.parse.urlencode(values).encode()
        return urllib.request.Request(address, body)  # noqa: S310 - the story's own site
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values
    ]
    for name, (filename, content) in files:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"'
        parts.append(f"{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
        parts.append(content + b"\r\n")
    parts.append(f"--{mark}--\r\n".encode())
    kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return urllib.request.Request(address, b"".join(parts), kind)  # noqa: S310


def save(path: Path, content: bytes) -> Path:
    """Write a downloaded file; return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
