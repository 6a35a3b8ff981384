"""The bureau's pages of related parties, over HTTP."""

import pytest

from matchmaker import web
from matchmaker.accounts.models import Organisation
from matchmaker.extensions import db
from matchmaker.lifecycles import RelationState, Role
from matchmaker.relations import operations
from matchmaker.relations.models import DeclaredRelation, RelationHit
from tests import browser
from tests.browser import text, values
from tests.conftest import NOON

pytestmark = pytest.mark.database
A, B = "海澜观沧机械有限公司", "青岛碣石泵业有限公司"
BLOCKS = [{"name": A, "ratio": "51", "uscc": ""}]


@pytest.fixture
def hit(app, make):
    """Return a function: a hit between two firms, kept; a notice unless they hold each other."""

    def made(**values):
        a = make.organisation(name=A, contact_phone="0634-5218866")
        b = make.organisation(name=B, **{"contact_phone": "(0634)5218866", **values})
        with app.app_context(), web.transaction():
            rows = [db.session.get_one(Organisation, one.id) for one in (a, b)]
            found = operations.check("bounty", 1, rows[:1], rows[1:], now=NOON, label="某榜单")
            return found[0].public_id

    return made


def post(client, path, *, page, **fields):
    """Send a form; what a test does not say comes from the page's hidden fields."""
    return browser.post(client, path, fields, page=page)


def row(app):
    with app.app_context():
        return db.session.query(RelationHit).one()


def url(public_id, rest=""):
    return f"/relations/{public_id}{rest}"


def test_the_list_and_a_hit_with_its_chain(make, hit, sign_in):
    public_id = hit()
    for role in (Role.OFFICER, Role.SECTION_CHIEF, Role.LEADER, Role.AUDITOR):
        client = sign_in(make.user(role))
        page = text(client.get("/relations"))
        assert A in page
        assert "待核实" in page
        assert "某榜单" in page
        assert B not in text(client.get("/relations?state=dismissed"))
        page = text(client.get(url(public_id)))
        assert "电话相同（063****8866）" in page
        assert "5218866" not in page
        judges = role in {Role.OFFICER, Role.SECTION_CHIEF}
        assert ("认定不构成" in page) is judges


@pytest.mark.parametrize(
    "role",
    [Role.ENTERPRISE_ADMIN, Role.RESEARCHER, Role.INSTITUTION_ADMIN, Role.EXPERT, Role.BROKER,
     Role.TOWN_OFFICER, Role.SYSADMIN, Role.SECADMIN],
)  # fmt: skip
def test_nobody_outside_learns_of_a_hit(make, hit, sign_in, role):
    public_id = hit()
    client = sign_in(make.user(role))
    for path in ("/relations", "/relations/look-up", "/relations/declared", url(public_id)):
        assert client.get(path).status_code == 404
    answer = post(client, url(public_id, "/judge/confirm"), page="/messages", reason="电话核实过了")
    assert answer.status_code == 404


def test_a_notice_is_dismissed_in_writing(app, make, hit, sign_in):
    public_id = hit()
    client = sign_in(make.user(Role.OFFICER))
    page = url(public_id)
    version = str(row(app).version)
    answer = post(client, url(public_id, "/judge/dismiss"), page=page, reason="无", version=version)
    assert answer.status_code == 422
    assert "不少于 5 个字" in text(answer)
    reason = "经电话核实，系园区总机，两家无关联"
    answer = post(
        client, url(public_id, "/judge/dismiss"), page=page, reason=reason, version=version
    )
    assert answer.status_code == 302
    assert row(app).state is RelationState.DISMISSED
    shown = text(client.get(page))
    assert reason in shown
    assert "重新核实" in shown
    answer = post(
        client, url(public_id, "/judge/dismiss"), page=page, reason=reason, version=version
    )
    assert answer.status_code == 409


def test_an_officer_does_not_dismiss_what_blocks(app, make, hit, sign_in):
    public_id = hit(controllers=BLOCKS, contact_phone="")
    officer, chief = sign_in(make.user(Role.OFFICER)), sign_in(make.user(Role.SECTION_CHIEF))
    page = text(officer.get(url(public_id)))
    assert "只能由科室负责人" in page
    assert "认定不构成" not in page.replace("只能由科室负责人认定不构成", "")
    send = {"page": url(public_id), "reason": "股权已于上月转让", "version": str(row(app).version)}
    answer = post(officer, url(public_id, "/judge/dismiss"), **send)
    assert answer.status_code == 403
    assert values(answer)["reason"] == "股权已于上月转让"
    assert row(app).state is RelationState.OPEN
    assert post(chief, url(public_id, "/judge/dismiss"), **send).status_code == 302


def test_what_joins_two_names(app, make, sign_in):
    make.organisation(name=A, aliases=["观沧机械"])
    make.organisation(name=B, controllers=BLOCKS)
    client = sign_in(make.user(Role.OFFICER))
    page = text(
        client.get(
            "/relations/look-up?a_organisation=观沧机械&b_organisation=青岛碣石泵业有限责任公司"
        )
    )
    assert "控股或参股" in page
    assert "持股51%" in page
    page = text(client.get(f"/relations/look-up?a_organisation={A}&b_organisation=青岛科技大学"))
    assert "没有查到关联" in page
    answer = client.get(f"/relations/look-up?a_organisation={A}")
    assert answer.status_code == 422
    assert "请填写主体二" in text(answer)
    assert values(answer)["a_organisation"] == A
    with app.app_context():
        assert db.session.query(RelationHit).count() == 0


def test_what_kept_somebody_out_comes_before_the_bureau(app, make, sign_in):
    firm = make.organisation(name=A)
    make.organisation(name=B, controllers=BLOCKS)
    client = sign_in(make.user(Role.OFFICER))
    asked = {"a_organisation": A, "b_organisation": B, "a_name": "", "b_name": ""}
    page = f"/relations/look-up?a_organisation={A}&b_organisation={B}"
    assert post(client, "/relations/look-up", page=page, **asked).status_code == 302
    kept = row(app)
    assert (kept.kind, kept.state) == ("holding", RelationState.OPEN)
    assert f"organisation:{firm.public_id}" in (kept.a_key, kept.b_key)
    chief = sign_in(make.user(Role.SECTION_CHIEF))
    send = {"reason": "股权已于上月转让", "version": str(kept.version)}
    answer = post(chief, url(kept.public_id, "/judge/dismiss"), page=url(kept.public_id), **send)
    assert answer.status_code == 302
    with app.app_context():
        rows = db.session.query(Organisation).order_by(Organisation.id).all()
        (found,) = operations.find(rows[:1], rows[1:], now=NOON)
    assert not found.blocks
    assert "此前核实：不构成关联" in text(client.get(page))
    leader = sign_in(make.user(Role.LEADER))
    assert post(leader, "/relations/look-up", page=page, **asked).status_code == 404


def test_declaring_and_revoking(app, make, sign_in):
    client = sign_in(make.user(Role.OFFICER))
    make.organisation(name="海澜芷江电子有限公司", legal_rep="沈芷江")
    page = "/relations/declared"
    send = {
        "kind": "kin", "source": "pledge", "a_name": "岑溪", "b_name": "沈芷江",
        "b_organisation": "海澜芷江电子有限公司", "words": "夫妻",
    }  # fmt: skip
    answer = post(client, page, page=page, **send)
    assert answer.status_code == 422
    assert "请填写甲方的单位" in text(answer)
    assert values(answer)["words"] == "夫妻"
    assert post(client, page, page=page, **send, a_organisation="济南大学").status_code == 302
    asked = (
        "/relations/look-up?a_name=岑溪&a_organisation=济南大学&b_organisation=海澜芷江电子有限公司"
    )
    assert "申报为近亲属（夫妻，承诺书申报）" in text(client.get(asked))
    with app.app_context():
        public_id = db.session.query(DeclaredRelation).one().public_id
    revoke = f"/relations/declared/{public_id}/revoke"
    assert post(client, revoke, page=page, reason=" ").status_code == 422
    assert post(client, revoke, page=page, reason="登记有误").status_code == 302
    assert "没有查到关联" in text(client.get(asked))
    assert post(client, revoke, page=page, reason="登记有误").status_code == 409


def test_renaming_and_stakes_over_http(app, make, sign_in):
    firm = make.organisation(name=A)
    officer = sign_in(make.user(Role.OFFICER))
    rename = f"/organisations/{firm.public_id}/rename"
    assert post(officer, rename, page=rename, name=A, basis="某通知书").status_code == 422
    answer = post(
        officer,
        rename,
        page=rename,
        name="海澜观沧智造有限公司",
        basis="变更登记通知书〔2026〕8 号",
    )
    assert answer.status_code == 302
    owner = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm))
    shown = text(owner.get(f"/organisations/{firm.public_id}"))
    assert "海澜观沧智造有限公司" in shown
    assert A in shown
    assert owner.get(rename).status_code == 404
    edit = f"/organisations/{firm.public_id}/edit"
    form = {"name": "海澜观沧智造有限公司", "controllers": "澜州某某控股有限公司，60%\n张三，50%"}
    answer = post(owner, edit, page=edit, **form)
    assert answer.status_code == 422
    assert "合计为 110%" in text(answer)
    form["controllers"] = "澜州某某控股有限公司，60%\n张三，实控"
    answer = post(owner, edit, page=edit, **form)
    assert answer.status_code == 302, text(answer)
    with app.app_context():
        stored = db.session.get_one(Organisation, firm.id).controllers
    assert stored == [
        {"name": "澜州某某控股有限公司", "ratio": "60", "uscc": ""},
        {"name": "张三", "ratio": "", "uscc": ""},
    ]
    assert values(owner.get(edit))["controllers"] == form["controllers"]
