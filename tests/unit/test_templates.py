"""Templates: every one parses, stays short and keeps to the content security policy."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
LONGEST = 120  # lines
FORBIDDEN = {
    "trusts a text unread": re.compile(r"\|\s*safe\b|\bMarkup\b|autoescape\s+false"),
    "a dict's method for its entry": re.compile(  # always true: Jinja finds the method first
        r"\bmay\.(?:update|pop|copy|get|items|keys|values|clear)\b(?!\()"
    ),
    "inline style": re.compile(r"\sstyle\s*="),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)|javascript:", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


def test_there_are_templates() -> None:
    assert {"base.html", "errors/500.html", "macros/form.html"} <= set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_parses(name: str) -> None:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=True
    )
    environment.filters.update(dict.fromkeys(_own_filters(), str))
    assert environment.get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_is_short(name: str) -> None:
    assert len((FOLDER / name).read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_keeps_to_the_content_policy(name: str) -> None:
    assert faults((FOLDER / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_posted_form_carries_a_token(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert re.search(r"csrf_token|tokens\(|hidden_tag\(", form), form[:80]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ text|safe }}", "trusts a text unread"),
        ('<p style="color: red">', "inline style"),
        ('<a onclick="go()">', "inline handler"),
        ("<script>go()</script>", "inline script"),
        ('<script src="//example.org/a.js"></script>', "another host"),
    ],
)
def test_what_breaks_the_policy_is_found(text: str, fault: str) -> None:
    assert faults(text) == [fault]


def faults(text: str) -> list[str]:
    return [fault for fault, pattern in FORBIDDEN.items() if pattern.search(text)]


def _own_filters() -> set[str]:
    """Names of the filters the application adds, whatever module adds them."""
    used = re.compile(r"\|\s*([a-z_]+)")
    return {
        name for path in TEMPLATES for name in used.findall((FOLDER / path).read_text("utf-8"))
    } - set(Environment().filters)
