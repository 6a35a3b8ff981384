"""The pages of needs: who gets which, and what happens to what is typed."""

import pytest
import sqlalchemy as sa

from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState
from matchmaker.needs.models import Need
from tests import browser
from tests.integration.needs.conftest import STAGES

pytestmark = pytest.mark.database


def stored(app) -> Need:
    with app.app_context():
        return db.session.scalars(sa.select(Need)).one()


def fill(client, stages=STAGES) -> str:
    """Fill in all stages as a browser does; return the address of the need's page."""
    answer = browser.post(client, "/needs/new", stages[1])
    assert answer.status_code == 302, browser.text(answer)
    for stage in (2, 3, 4):
        answer = browser.post(client, answer.location, stages[stage])
        assert answer.status_code == 302, browser.text(answer)
    last = {**stages[5], "action": "submit"}
    return browser.post(client, answer.location, last).location


def test_an_enterprise_fills_five_stages_and_submits(app, sign_in, owner):
    client = sign_in(owner)
    page = client.get(fill(client))
    need = stored(app)
    assert need.state is NeedState.SUBMITTED
    assert need.budget_total_fen == 180_000_000
    assert need.duration_months == 18
    assert need.need_no.startswith("XQ")
    assert "待镇街初筛" in browser.text(page)
    assert "打磨接触力波动" in browser.text(page)


@pytest.mark.parametrize("path", ["/needs", "/needs/new"])
def test_pages_open(sign_in, owner, officer, path):
    for user in (owner, officer):
        answer = sign_in(user).get(path)
        assert answer.status_code == 200
        browser.parse(answer)
