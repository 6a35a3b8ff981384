"""疑似重复 over HTTP: list, one pair, side by side; for the bureau alone."""

import pytest

from matchmaker import web
from matchmaker.duplicates.models import DuplicatePair
from matchmaker.extensions import db
from matchmaker.lifecycles import DuplicateState, NeedState, Role
from tests import browser
from tests.browser import links, text
from tests.integration.duplicates.test_checking import BODY, OTHER, PLAIN, check

pytestmark = pytest.mark.database


@pytest.fixture
def twins(app, make):
    """Two needs of two enterprises that say the same, compared."""
    one = make.need(title="辊道清理", problem=BODY, **PLAIN)
    two = make.need(title="铁皮清理", problem=BODY.replace("敲打", "铲除") + OTHER, **PLAIN)
    with app.app_context(), web.transaction():
        check()
    return one, two


def pair(app):
    with app.app_context():
        return db.session.query(DuplicatePair).one()


def test_the_list_filters_and_exports(app, make, sign_in, twins):
    client = sign_in(make.user(Role.OFFICER))
    page = client.get("/duplicates")
    assert "辊道清理" in text(page)
    assert "已比对 2 / 2 条" in text(page)
    assert f"/duplicates/{pair(app).public_id}" in links(page)
    wanted = {"noun": ("need", "achievement"), "state": ("open", "dismissed"),
              "kind": (pair(app).kind.value, "title"), "across": ("yes", "no")}  # fmt: skip
    for key, (met, missed) in wanted.items():
        assert "辊道清理" in text(client.get(f"/duplicates?{key}={met}"))
        assert "辊道清理" not in text(client.get(f"/duplicates?{key}={missed}"))
    assert client.get("/duplicates/export").status_code == 200


def test_an_empty_list_says_what_will_come(make, sign_in):
    assert "后台自动比对" in text(sign_in(make.user(Role.LEADER)).get("/duplicates"))


def test_the_officer_judges_and_goes_on_to_the_merge(app, make, sign_in, twins):
    client, where = sign_in(make.user(Role.OFFICER)), f"/duplicates/{pair(app).public_id}"
    page = text(client.get(where))
    assert "独有" in page
    assert "改写" in page
    assert "提议合并" not in page
    assert browser.post(client, f"{where}/judge/confirm", {}, page=where).status_code == 302
    assert pair(app).state is DuplicateState.CONFIRMED
    page = client.get(where)
    merge = next(link for link in links(page) if link.startswith("/needs/merge?"))
    assert all(need.public_id in merge for need in twins)
    assert "辊道清理" in text(client.get(merge))
    answer = browser.post(client, f"{where}/judge/reopen", {"reason": ""}, page=where)
    assert (answer.status_code, "须写明原因" in text(answer)) == (422, True)
    assert client.post(f"{where}/judge/nonsense").status_code in {400, 404}


def test_a_leader_reads_and_does_not_judge(app, make, sign_in, twins):
    client, where = sign_in(make.user(Role.LEADER)), f"/duplicates/{pair(app).public_id}"
    targets = [form.get("action") for form in browser.forms(client.get(where))]
    assert not [one for one in targets if "judge" in str(one)]


def test_nobody_outside_the_bureau_learns_of_a_pair(app, make, sign_in, twins):
    one, two = twins
    owner = make.user(Role.ENTERPRISE_ADMIN, organisation=make_of(one))
    where = f"/duplicates/{pair(app).public_id}"
    across = f"/duplicates/compare?noun=need&a={one.public_id}&b={two.public_id}"
    for user in (owner, make.user(Role.RESEARCHER), make.user(Role.BROKER)):
        client = sign_in(user)
        for path in ("/duplicates", "/duplicates/export", where, across):
            assert client.get(path).status_code == 404, path
    assert sign_in(make.user(Role.OFFICER)).get(across).status_code == 200


def make_of(need):
    class Firm:
        id = need.enterprise_id

    return Firm


def test_the_hint_of_an_owner_names_no_other_enterprise(app, make, sign_in):
    firm = make.organisation()
    owner = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    draft = make.need(
        title="辊道清理", problem=BODY, organisation=firm, state=NeedState.DRAFT, **PLAIN
    )
    mine = make.need(title="辊道旧清理", problem=BODY, organisation=firm, **PLAIN)
    theirs = make.need(title="辊道别家清理", problem=BODY, **PLAIN)
    page = sign_in(owner).get(f"/needs/{draft.public_id}/edit/5")
    assert "辊道旧清理" in text(page)
    assert "辊道别家清理" not in text(page)
    compare = f"/duplicates/compare?noun=need&a={draft.public_id}&b={mine.public_id}"
    assert compare in links(page)
    assert "逐句比对" in text(sign_in(owner).get(compare))
    assert f"/needs/{theirs.public_id}" not in links(page)


def test_everything_can_be_compared_anew(app, make, sign_in, twins):
    client = sign_in(make.user(Role.OFFICER))
    answer = browser.post(client, "/duplicates/recheck", {"noun": "need"}, page="/duplicates")
    assert answer.status_code == 302
    assert "已比对 0 / 2 条" in text(client.get("/duplicates"))
    wrong = browser.post(client, "/duplicates/recheck", {"noun": "moon"}, page="/duplicates")
    assert wrong.status_code == 404


@pytest.mark.parametrize("query", ["", "?noun=need", "?noun=moon&a=1&b=2", "?noun=need&a=x&b=x"])
def test_a_wrong_comparison_is_not_found(make, sign_in, query):
    assert sign_in(make.user(Role.OFFICER)).get(f"/duplicates/compare{query}").status_code == 404
