"""The district's words: what its industries keep in one piece, and what they call the same."""

import json
from typing import Any

from matchmaker.brokering import terms
from matchmaker.seed import reading
from matchmaker.seed.parties import District


def written() -> dict[str, Any]:
    """Return the words as written: `words`, `synonyms` (standard word first), `provenance`."""
    path = reading.DATA / "terms.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def fill_terms(district: District) -> None:
    """Enter the words as the officer would, so that the first fit knows them."""
    found = written()
    told = {
        "provenance": found["provenance"],
        "by": district.users["officer"],
        "now": district.days_ago(1),
    }
    terms.add_words("\n".join(found["words"]), **told)
    terms.add_groups("\n".join("、".join(group) for group in found["synonyms"]), **told)
