import json

import pytest

from matchmaker.spreadsheets import Limits, Refusal
from matchmaker.spreadsheets.child import Request, serve


@pytest.fixture
def in_process():
    """Parse a file with the child's code but in this process; "read" or the refusal."""

    def parse(path):
        lines = []
        request = Request(path, "", frozenset(), Limits())
        serve(request, write=lambda text: lines.append(json.loads(text)))
        last = lines[-1]
        return "read" if "end" in last else Refusal(last["refusal"])

    return parse
