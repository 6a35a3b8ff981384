"""The page of a notice as it was published: whole, with its digest, never made again."""

import hashlib
from typing import Any

from flask import current_app
from markupsafe import Markup

from matchmaker.places import operations as places

_OPENS, _CLOSES = "<article", "</article>"


def render(template: str, **context: Any) -> tuple[str, str]:
    """Return a stand-alone page and its SHA-256; it knows neither viewer nor request."""
    page = current_app.jinja_env.get_template(template)
    html = page.render(bureau=places.settings()["bureau_name"], **context)
    return html, digest(html)


def digest(html: str) -> str:
    """Return the SHA-256 of a page as anybody recomputes it from the downloaded file."""
    return hashlib.sha256(html.encode()).hexdigest()


def article(html: str) -> Markup:
    """Return the part of a stored page that stands in the site's own frame, as it was stored.

    It was rendered with escaping on, at publication; nothing of it comes from elsewhere.
    """
    start, end = html.find(_OPENS), html.rfind(_CLOSES)
    return Markup(html[start : end + len(_CLOSES)]) if start >= 0 and end > start else Markup()  # noqa: S704
