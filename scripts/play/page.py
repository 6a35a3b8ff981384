"""A page as a person reads it: its forms by their buttons, its fields by label or name."""

from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib

Fields = list[tuple[str, str]]
PICK = "≈"  # before a value: take the option or box whose label contains what follows


def said(element: Element | None) -> str:
    """Return an element's text, blanks folded."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


class Page:
    """One answer of the site."""

    def __init__(self, url: str, status: int, markup: str) -> None:
        self.url = url
        self.status = status
        self.markup = markup
        self.tree = html5lib.parse(markup, namespaceHTMLElements=False)

    @property
    def title(self) -> str:
        """The page's main heading."""
        return said(self.tree.find(".//main//h1")) or said(self.tree.find(".//title"))

    @property
    def text(self) -> str:
        """What the main part says."""
        return said(self.tree.find(".//main"))

    def of_class(self, name: str) -> list[str]:
        """Return the texts of the elements that carry a class."""
        return [said(one) for one in self.tree.iter() if name in str(one.get("class", "")).split()]

    @property
    def told(self) -> str:
        """What the site answered: its flashed messages."""
        return "；".join(self.of_class("flash"))

    @property
    def refused(self) -> str:
        """What is wrong, where something is."""
        return "；".join(self.of_class("errors-summary") or self.of_class("error"))

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield (text, address) of every link."""
        for link in self.tree.iter("a"):
            if link.get("href"):
                yield said(link), urljoin(self.url, link.get("href", ""))

    def link(self, text: str) -> str:
        """Return the address of the first link whose text contains `text`; LookupError if none."""
        for found, address in self.links():
            if text in found:
                return address
        message = f"{self.url} 没有链接“{text}”"
        raise LookupError(message)

    def form(self, button: str, action: str = "") -> tuple[Element, Element]:
        """Return (form, button) of the first form with this button; LookupError if none."""
        for form in self.tree.iter("form"):
            if action not in form.get("action", ""):
                continue
            for one in form.iter("button"):
                if button in said(one) and one.get("disabled") is None:
                    return form, one
        buttons = "、".join(said(one) for one in self.tree.iter("button"))
        message = f"{self.url} 没有按钮“{button}”，只有：{buttons}"
        raise LookupError(message)

    def name_of(self, form: Element, label: str) -> str:
        """Return the name of the field with this label or name; LookupError if none."""
        fields = [f for kind in ("input", "textarea", "select") for f in form.iter(kind)]
        if any(f.get("name") == label for f in fields):
            return label
        ids = {f.get("id"): f.get("name", "") for f in fields if f.get("id")}
        for one in form.iter("label"):
            if said(one).startswith(label) and one.get("for") in ids:
                return ids[one.get("for")]
        for group in form.iter("fieldset"):
            if said(group.find("legend")).startswith(label):
                return next(f.get("name", "") for f in group.iter("input"))
        message = f"{self.url} 的表单没有“{label}”"
        raise LookupError(message)


def held(form: Element) -> Fields:
    """Return what a form would send if nothing were changed."""
    found: Fields = []
    for field in form.iter():
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        if field.tag == "input" and field.get("type") in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                found.append((name, field.get("value", "on")))
        elif field.tag == "input" and field.get("type") not in {"submit", "button", "file"}:
            found.append((name, field.get("value", "")))
        elif field.tag == "textarea":
            found.append((name, (field.text or "").removeprefix("\n")))
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None]
            found += [(name, o.get("value", said(o))) for o in chosen or options[:1]]
    return found


def picked(form: Element, name: str, text: str) -> str:
    """Return the value of the option or box of `name` whose label contains `text`."""
    for select in form.iter("select"):
        if select.get("name") == name:
            for option in select.iter("option"):
                if text in said(option):
                    return option.get("value", "")
    labels = {one.get("for"): said(one) for one in form.iter("label")}
    for box in form.iter("input"):
        if box.get("name") == name and text in labels.get(box.get("id"), ""):
            return box.get("value", "on")
    message = f"“{name}”没有“{text}”这一项"
    raise LookupError(message)
