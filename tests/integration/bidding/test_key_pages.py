"""我的密钥: set up once, changed with the old passphrase, made anew when it is lost."""

import pytest

from matchmaker.bidding.key_models import HolderKey
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests import browser
from tests.factories import holder_words

pytestmark = pytest.mark.database
WORDS, OTHER = "海风 明月 石桥 江湖 七", "石径 竹林 晚钟 渡口 雨"


def current(app):
    with app.app_context():
        query = db.session.query(HolderKey).filter(HolderKey.current_of_id.is_not(None))
        return [row.id for row in query]


def test_a_holder_sets_his_key_up_and_changes_its_passphrase(app, make, sign_in):
    client = sign_in(make.user(Role.LEADER))
    assert "设置开标密钥" in browser.text(client.get("/my-key"))
    answer = browser.post(client, "/my-key", {"passphrase": "短", "again": "短"})
    assert answer.status_code == 422
    assert "至少 12 个字符" in browser.text(answer)
    answer = browser.post(client, "/my-key", {"passphrase": WORDS, "again": WORDS})
    assert answer.status_code == 302
    first = current(app)
    sent = {"present": "不对的口令", "passphrase": OTHER, "again": OTHER}
    answer = browser.post(client, "/my-key/passphrase", sent, page="/my-key")
    assert (answer.status_code, "口令不正确" in browser.text(answer)) == (422, True)
    answer = browser.post(client, "/my-key/passphrase", {**sent, "present": WORDS}, page="/my-key")
    assert answer.status_code == 302
    assert current(app) == first


def test_a_second_key_is_made_only_when_the_passphrase_is_said_to_be_lost(app, make, sign_in):
    officer = make.user(Role.OFFICER)
    make.holder_key(officer)
    client, first = sign_in(officer), current(app)
    answer = browser.post(client, "/my-key", {"passphrase": WORDS, "again": WORDS})
    assert (answer.status_code, current(app)) == (422, first)
    sent = {"passphrase": WORDS, "again": WORDS, "lost": "y"}
    assert browser.post(client, "/my-key", sent).status_code == 302
    assert current(app) != first
    assert holder_words(officer) not in browser.text(client.get("/my-key"))


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.RESEARCHER, Role.EXPERT])
def test_nobody_else_has_such_a_page(make, sign_in, role):
    assert sign_in(make.user(role)).get("/my-key").status_code == 404
