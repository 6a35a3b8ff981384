"""What a browser does and Flask's test client does not: parse pages, send hidden fields back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def parse(response: TestResponse) -> Element:
    """Return the page as a tree; markup that breaks the standard raises ParseError."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.get_data(as_text=True))


def text(response: TestResponse) -> str:
    """Return what a reader sees of the page's main part, blanks folded."""
    tree = parse(response)
    found = tree.find(".//main")
    return " ".join("".join((tree if found is None else found).itertext()).split())


def links(response: TestResponse) -> list[str]:
    """Return every address the page links to."""
    return [a.get("href", "") for a in parse(response).iter("a")]


def forms(response: TestResponse) -> list[Element]:
    """Return the page's POST forms."""
    return [f for f in parse(response).iter("form") if f.get("method", "").lower() == "post"]


def _path(address: str) -> str:
    return urlsplit(address).path


def hidden(response: TestResponse, action: str = "") -> dict[str, str]:
    """Return the hidden fields of the form that posts to `action`; failing that, the token."""
    tree = parse(response)
    for form in tree.iter("form"):
        if form.get("method", "").lower() == "post" and _path(form.get("action", "")) == action:
            return {
                field.get("name", ""): field.get("value", "")
                for field in form.iter("input")
                if field.get("type") == "hidden"
            }
    token = next((m for m in tree.iter("meta") if m.get("name") == "csrf-token"), None)
    return {"csrf_token": token.get("content", "")} if token is not None else {}


def values(response: TestResponse) -> dict[str, str]:
    """Return what the page's fields hold: inputs, text areas and chosen options by name."""
    found: dict[str, str] = {}
    tree = parse(response)
    for field in tree.iter("input"):
        if field.get("type") not in {"checkbox", "radio"} or field.get("checked") is not None:
            found[field.get("name", "")] = field.get("value", "")
    for field in tree.iter("textarea"):
        found[field.get("name", "")] = field.text or ""
    for field in tree.iter("select"):
        for option in field.iter("option"):
            if option.get("selected") is not None:
                found[field.get("name", "")] = option.get("value", "")
    return found


def post(
    client: FlaskClient,
    url: str,
    data: Mapping[str, Any] | None = None,
    *,
    page: str = "",
    **options: Any,
) -> TestResponse:
    """Open the page that carries the form (`url` itself unless told), then send the form.

    Hidden fields (CSRF token, submission key, version) come along; `data` overrides them.
    """
    opened = client.get(page or url)
    fields = {**hidden(opened, _path(url)), **(data or {})}
    return client.post(url, data=fields, **options)
