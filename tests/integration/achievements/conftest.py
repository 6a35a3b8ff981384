"""Who posts achievements and who decides."""

import pytest

from matchmaker.lifecycles import Role
from tests import browser
from tests.integration.achievements.posting import PROOF, TRANSFER, WHAT, only, path


@pytest.fixture
def researcher(make):
    return make.user(Role.RESEARCHER)


@pytest.fixture
def officer(make):
    return make.user(Role.OFFICER)


@pytest.fixture
def posted(app, sign_in, researcher):
    """A researcher's client and the achievement it posted and submitted."""
    client = sign_in(researcher)
    answer = browser.post(client, "/achievements/new", WHAT)
    row = only(app)
    assert answer.location == path(row, "/edit/proof")
    answer = browser.post(client, path(row, "/edit/proof"), PROOF)
    assert answer.location == path(row, "/edit/transfer")
    answer = browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert answer.location == path(row)
    return client, only(app)
