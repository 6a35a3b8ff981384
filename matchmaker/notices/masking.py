"""What must not stand in a public text: numbers of persons, and names that are to be withheld.

Pure. A hit is a finding for a human: a contract's number may look like a telephone's.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_PATTERNS = (
    (
        "身份证号",
        re.compile(r"(?<![0-9A-Z])\d{6}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dX](?![0-9A-Z])"),
    ),
    ("手机号", re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    ("电话号码", re.compile(r"(?<!\d)0\d{2,3}[- ]?[2-9]\d{6,7}(?!\d)")),
    ("电子邮箱", re.compile(r"[A-Z0-9._%+-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)+")),
)
_CARD = re.compile(r"(?<!\d)[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{4}(?:[ -]?\d{1,3})?(?!\d)")
_NINE = 9
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """Where (a field's label) what (kind) was found, as written."""

    field: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"“{self.field}”中有{self.kind}“{self.text}”"


def findings(texts: Mapping[str, str], *, withheld: Collection[str] = ()) -> list[Finding]:
    """Return every personal number and withheld name, in the order of the fields.

    texts : field label → text.  withheld : names of persons or units that must not appear; a name
    written with blanks between its characters is found as well.
    """
    return [hit for label, text in texts.items() for hit in _hits(label, text, withheld)]


def _hits(label: str, text: str, withheld: Collection[str]) -> Iterator[Finding]:
    folded = unicodedata.normalize("NFKC", text).upper()
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(folded):
            if not _overlaps(found.span(), taken):
                taken.append(found.span())
                yield Finding(label, kind, found[0])
    for found in _CARD.finditer(folded):
        if _luhn(found[0]) and not _overlaps(found.span(), taken):
            yield Finding(label, "银行卡号", found[0])
    plain = "".join(folded.split())
    for name in withheld:
        wanted = "".join(unicodedata.normalize("NFKC", name).upper().split())
        if len(wanted) >= _SHORTEST_NAME and wanted in plain:
            yield Finding(label, "不应公开的名称", name)


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and begin < span[1] for begin, end in taken)


def _luhn(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [2 * digit for digit in digits[-2::-2]]
    total = sum(digits[-1::-2]) + sum(n - _NINE if n > _NINE else n for n in doubled)
    return total % 10 == 0
