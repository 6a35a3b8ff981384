"""Every document as pages: LibreOffice turns the samples into PDF in one go, poppler reads them.

Skipped where Debian's libreoffice-writer-nogui or poppler-utils is missing.
"""

import copy
import re
import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest

from matchmaker import documents
from matchmaker.documents.filling import filled
from tests.unit.documents.all_samples import SAMPLES

FEWEST_MOST = {
    "bounty_notice": (3, 5),
    "call_notice": (2, 3),
    "bid_guide": (2, 4),
    "opening_record": (1, 2),
    "receipt": (1, 1),
    "registration": (1, 1),
    **{name: (5, 7) for name in documents.names() if name.startswith("contract_")},
}
pytestmark = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="libreoffice-writer-nogui or poppler-utils is not installed",
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, list[str]]:
    """The text of every page of every document, white space taken out."""
    folder: Path = tmp_path_factory.mktemp("pages")
    for name in documents.names():
        path = folder / f"{name}.docx"
        path.write_bytes(documents.render(name, copy.deepcopy(SAMPLES[name])))
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    files = [str(path) for path in sorted(folder.glob("*.docx"))]
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=240)
    return {name: text_of(folder / f"{name}.pdf") for name in documents.names()}


def text_of(path: Path) -> list[str]:
    read = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True, encoding="utf-8"
    )
    return [bare(page) for page in read.stdout.split("\f")[:-1]]


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def printed(values, fields):
    """Yield what must be readable: every value given, an amount in 元."""
    for field in fields:
        value = values[field.label]
        if field.kind == "rows":
            for row in value:
                yield from printed(row, field.parts)
        elif field.kind == "part":
            yield from printed(value, field.parts)
        elif field.kind == "texts":
            yield from value
        elif field.kind == "grid":
            yield from (cell for row in value for cell in row)
        elif field.kind != "switch" and value:
            yield from str(value).split("\a")


@pytest.mark.parametrize("name", documents.names())
def test_every_value_can_be_read_on_a_page(pages, name):
    document = documents.get(name)
    values = filled(document.title, document.fields, SAMPLES[name])
    body = "".join(re.sub(r"—\d+—$", "", page) for page in pages[name])
    missing = [one for one in printed(values, document.fields) if bare(one) not in body]
    assert missing == []


@pytest.mark.parametrize("name", documents.names())
def test_nothing_is_left_open(pages, name):
    body = "".join(pages[name])
    for mark in ("{{", "}}", "{%", "____", "None", "nan", "□", "XX", "××"):
        assert mark not in body
    assert not [one for one in (date, datetime) if one.__name__ in body]


@pytest.mark.parametrize("name", documents.names())
def test_pages_are_numbered_and_none_is_empty(pages, name):
    fewest, most = FEWEST_MOST.get(name, (1, 3))
    assert fewest <= len(pages[name]) <= most
    for number, page in enumerate(pages[name], start=1):
        assert page.endswith(f"—{number}—")
        assert len(page) > len(f"—{number}—") + 10
