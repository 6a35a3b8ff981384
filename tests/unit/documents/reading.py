"""What a rendered .docx says, without Word."""

import io
import zipfile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part(content: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return etree.fromstring(package.read(name))


def lines(content: bytes) -> list[str]:
    """Return the text of every paragraph."""
    return [
        "".join(run.text or "" for run in paragraph.iter(f"{W}t"))
        for paragraph in part(content).iter(f"{W}p")
    ]


def text(content: bytes) -> str:
    return "\n".join(lines(content))
