"""The contract's pages, as both parties and the bureau use them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker import jobs, web
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Payment
from matchmaker.contracts.subsidy_models import SubsidyBatch
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, ContractState
from tests import browser
from tests.conftest import NOON
from tests.integration.contracts import conftest as scene
from tests.integration.contracts.test_closing import EXPERTS, OPINION, SUMMARY

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("matchmaker.clock.now", lambda: NOON)


@pytest.fixture
def clients(sign_in, world):
    """Return a function: the client of one of the world's people."""
    kept = {}

    def of(name):
        if name not in kept:
            kept[name] = sign_in(getattr(world, name))
        return kept[name]

    return of


def begun(app, world, make):
    """Commit a contract: `draft`, or `signed` where told."""
    with app.app_context(), web.transaction():
        contract = make(world)
        return contract.public_id


@pytest.fixture
def draft(app, world):
    return f"/contracts/{begun(app, world, scene.drafted)}"


@pytest.fixture
def running(app, world):
    return f"/contracts/{begun(app, world, scene.signed)}"


def send(client, url, data=None, *, page="", status=302):
    files = {"content_type": "multipart/form-data"} if data and any(
        isinstance(value, tuple | list) for value in data.values()
    ) else {}  # fmt: skip
    answer = browser.post(client, url, data or {}, page=page, **files)
    assert answer.status_code == status, browser.text(answer)[:900]
    return answer


def text_fields(client, url):
    """What the edit page would send back unchanged."""
    fields = browser.values(client.get(url))
    stages = {}
    for name in ("stage-name", "stage-due_on", "stage-deliverables", "stage-share"):
        stages[name] = [
            one.get("value", "")
            for one in browser.parse(client.get(url)).iter("input")
            if one.get("name") == name
        ]
    return {key: value for key, value in fields.items() if not key.startswith("stage-")} | stages


def save(client, home, **changes):
    fields = text_fields(client, f"{home}/text") | changes
    return client.post(f"{home}/text", data=fields)


def confirm(client, home):
    hidden = browser.hidden(client.get(home), f"{home}/confirm")
    return client.post(f"{home}/confirm", data=hidden)


def milestone_urls(client, home):
    found = [one for one in browser.links(client.get(home)) if "/milestones/" in one]
    return list(dict.fromkeys(found))


def contract(app):
    with app.app_context():
        return db.session.scalars(sa.select(Contract)).one()


def test_the_main_line_from_draft_to_payout(app, world, clients, draft):
    home = draft
    assert "核对草稿" in browser.text(clients("firm_admin").get(home))
    assert save(clients("firm_admin"), home).status_code == 302
    for who in ("firm_admin", "institute_admin"):
        assert confirm(clients(who), home).status_code == 302
    officer = clients("officer")
    send(officer, f"{home}/sign", {"signed_on": "2026-11-20", "scan": scene.upload()},
         page=f"{home}/signing")  # fmt: skip
    for url in milestone_urls(officer, home):
        _through(clients, home, url)
    assert contract(app).state is ContractState.COMPLETED
    _accept(clients, home)
    row = contract(app)
    with app.app_context():
        assert db.session.get(type(world.bounty), row.bounty_id).state is BountyState.PAID_OUT
    send(officer, f"{home}/archive", page=home)
    with officer.get(f"{home}/archive.zip") as packed:
        assert packed.data[:2] == b"PK"
    assert clients("firm_admin").get(f"{home}/archive.zip").status_code == 404
    with app.app_context():
        assert db.session.get(type(world.bounty), row.bounty_id).state is BountyState.ARCHIVED
        jobs.drain()


def _through(clients, home, url):
    """Deliver, check, file, pay and verify one milestone."""
    note = {"note": "本期内容已全部完成，详见附件。"}
    send(clients("inventor"), f"{url}/deliver", note | {"files": scene.upload()}, page=url)
    send(clients("firm_admin"), f"{url}/check", {"verdict": "pass", "note": "同意"}, page=url)
    send(clients("officer"), f"{url}/file", page=url)
    page = browser.text(clients("firm_admin").get(url))
    amount = "3.333002" if "33,330.02" in page else "3.334001"
    paying = {"amount_fen": amount, "paid_on": "2026-11-20", "voucher_no": "A1"}
    send(clients("firm_admin"), f"{url}/payments", paying | {"voucher": scene.upload("回单.pdf")},
         page=url)  # fmt: skip
    officer = clients("officer")
    actions = [one.get("action") for one in browser.forms(officer.get(url))]
    verify = next(one for one in actions if one.endswith("/verify"))
    send(officer, verify, page=url)


def _accept(clients, home):
    url = f"{home}/acceptance"
    applying = {
        "summary": SUMMARY, "funds": "按预算使用。", "value-0": "±4.2 N", "reached-0": "yes",
        "value-1": "5.6 min", "reached-1": "yes",
    }  # fmt: skip
    send(clients("inventor"), f"{url}/apply", applying | {"files": scene.upload("测试报告.pdf")},
         page=url)  # fmt: skip
    meeting = {
        "held_on": "2026-11-20", "place": "企业车间", "method": "现场验收", "opinion": OPINION,
        "expert-name": [one["name"] for one in EXPERTS],
        "expert-organisation": [one["organisation"] for one in EXPERTS],
        "expert-title": [one["title"] for one in EXPERTS],
    }  # fmt: skip
    send(clients("officer"), f"{url}/convene", meeting, page=url)
    send(clients("chief"), f"{url}/conclude", {"verdict": "pass", "note": "同意"}, page=url)


PAGES = ("", "/text", "/versions", "/signing", "/registration", "/supplement", "/acceptance",
         "/ending", "/papers/contract")  # fmt: skip


@pytest.mark.parametrize("stage", ["draft", "signed"])
def test_another_firms_url_is_not_found(app, world, clients, stage):
    home = (
        f"/contracts/{begun(app, world, getattr(scene, 'drafted' if stage == 'draft' else stage))}"
    )
    for who in ("stranger", "outsider"):
        for path in PAGES:
            assert clients(who).get(home + path).status_code == 404, (who, path)
    assert browser.links(clients("stranger").get("/contracts")).count(home) == 0
    assert home in browser.links(clients("firm_admin").get("/contracts"))


def test_a_milestone_or_file_of_another_contract_is_not_found(app, world, make, clients, running):
    url = milestone_urls(clients("firm_admin"), running)[0]
    other = scene.build(make, codes=(None, None))
    strange = f"/contracts/{begun(app, other, scene.drafted_other)}"
    assert clients("officer").get(url).status_code == 200
    milestone = url.rsplit("/", 1)[1]
    assert clients("officer").get(f"{strange}/milestones/{milestone}").status_code == 404
    file = next(one for one in browser.links(clients("officer").get(running)) if "/files/" in one)
    assert clients("officer").get(f"{strange}/files/{file.rsplit('/', 1)[1]}").status_code == 404
    assert clients("stranger").get(file).status_code == 404


def test_the_bureau_reads_what_the_table_says(clients, running):
    for who, status in (("leader", 200), ("chief", 200), ("auditor", 200)):
        assert clients(who).get(running).status_code == status
    told = browser.text(clients("auditor").get(running))
    assert "100,000.05 元" in told
    assert "成果归双方共有" not in told  # metadata only
    assert clients("auditor").get(f"{running}/versions").status_code == 404
    assert clients("colleague").get(f"{running}/registration").status_code == 404  # not his


def test_what_was_typed_is_kept_on_refusal(clients, draft):
    answer = save(clients("firm_admin"), draft, title="短", **{"stage-share": ["33.33"] * 3})
    assert answer.status_code == 422
    page = browser.text(answer)
    assert "合同名称为 5 至 200 字" in page
    answer = save(clients("firm_admin"), draft, **{"stage-share": ["33.33"] * 3})
    assert answer.status_code == 422
    assert "99.99%" in browser.text(answer)
    shares = [one.get("value") for one in browser.parse(answer).iter("input")
              if one.get("name") == "stage-share"]  # fmt: skip
    assert shares[:3] == ["33.33"] * 3


def test_versions_are_shown_side_by_side(clients, draft):
    save(clients("firm_admin"), draft)
    save(clients("institute_admin"), draft, ip_clause="成果归乙方所有，甲方免费使用。")
    told = browser.text(clients("officer").get(f"{draft}/versions"))
    assert "成果归双方共有 成果归乙方所有，甲方免费使用。" in told
    assert "成果归属" in told
    assert "收益分配" not in told  # equal fields are folded


def test_the_officer_does_not_write_the_text(clients, draft):
    assert clients("officer").get(f"{draft}/text").status_code == 404
    assert browser.post(clients("officer"), f"{draft}/confirm", page=draft).status_code == 404


NOT_TAKEN, BROKEN = "不是可接收的文件", "不完整，请重新导出后上传"


@pytest.mark.parametrize(
    ("bad", "told"), [(b"MZ\x90", NOT_TAKEN), (b"%PD", NOT_TAKEN), (b"PK\x03\x04junk", BROKEN)]
)
def test_a_scan_is_told_by_its_content(clients, draft, bad, told):
    save(clients("firm_admin"), draft)
    for who in ("firm_admin", "institute_admin"):
        confirm(clients(who), draft)
    data = {"signed_on": "2026-11-20", "scan": scene.upload("合同.pdf", bad)}
    answer = send(clients("officer"), f"{draft}/sign", data, page=f"{draft}/signing", status=422)
    assert told in browser.text(answer)


def test_lists_filter_sum_and_export(clients, running):
    officer = clients("officer")
    assert "成交额合计 100,000.05 元" in browser.text(officer.get("/contracts?state=performing"))
    assert "成交额合计 0.00 元" in browser.text(officer.get("/contracts?state=lapsed"))
    for path in ("/contracts/export?all=1", "/subsidies/export", "/subsidies/payments/export"):
        assert officer.get(path).status_code == 200, path
    assert clients("firm_admin").get("/contracts/export").status_code == 404
    for query in ("overdue=1", "town=1", "officer=x", "registered=preparing", "kind=development",
                  "signed_from=2026-11-20&signed_to=x", "text=阀门"):  # fmt: skip
        assert officer.get(f"/contracts?{query}").status_code == 200


def test_registration_on_the_page(clients, running):
    url = f"{running}/registration"
    assert "登记表还缺" in browser.text(clients("inventor").get(url))
    sheet = {
        "declared_tech_fen": "9", "tech_field_code": "804", "industry_code": "C34",
        "ip_type": "invention", "plan_source": "bounty", "social_goal": "industry",
        "agency": "市技术市场", "agent_name": "李", "agent_phone": "1",
    }  # fmt: skip
    answer = send(clients("inventor"), url, sheet | {"agency": "", "deed": "submit"}, status=422)
    assert "登记表还缺：登记机构" in browser.text(answer)
    send(clients("inventor"), url, sheet | {"deed": "submit"})
    done = {"reg_no": "2026370000001234", "reg_on": "2026-11-20", "reg_agency": "市技术市场",
            "tech_fen": "10.0000051"}  # fmt: skip
    answer = send(clients("officer"), f"{url}/certificate", done, page=url, status=422)
    send(clients("officer"), f"{url}/certificate", done | {"tech_fen": "9"}, page=url)
    assert "已登记" in browser.text(clients("leader").get(url))


def test_a_supplement_on_the_page(clients, running):
    url = f"{running}/supplement"
    told = {
        "reason": "增加一种工件", "total_fen": "12", "end_on": "2028-06-30",
        "stage-name": ["改进", "验收"], "stage-due_on": ["2027-09-30", "2028-06-30"],
        "stage-deliverables": ["", ""], "stage-share": ["50", "50"],
    }  # fmt: skip
    send(clients("institute_admin"), url, told | {"stage-share": ["50", "49.99"]}, status=422)
    send(clients("institute_admin"), url, told)
    send(clients("firm_admin"), f"{url}/confirm", page=url)
    send(clients("officer"), f"{url}/apply", {"scan": scene.upload()}, page=url)
    assert "60,000.00 元" in browser.text(clients("firm_admin").get(running))


def test_ending_on_the_page(app, clients, running):
    url = f"{running}/ending"
    send(clients("firm_admin"), f"{running}/dispute", {"reason": "进度严重滞后"}, page=url)
    send(clients("officer"), f"{running}/terminate", {"cause": "fraud", "reason": "伪造报告"},
         page=url, status=422)  # fmt: skip
    asked = {"cause": "fraud", "at_fault": "seller", "reason": "伪造报告", "integrity_years": "5"}
    send(clients("officer"), f"{running}/terminate", asked, page=url)
    assert "审批终止" in browser.text(clients("leader").get(url))
    assert clients("officer").post(f"{running}/terminate/decide").status_code in {400, 404}
    send(clients("leader"), f"{running}/terminate/decide", {"decision": "approve", "note": "同意"},
         page=url)  # fmt: skip
    assert contract(app).state is ContractState.TERMINATED


def test_subsidies_on_the_page(app, world, clients):
    with app.app_context(), web.transaction():
        row = scene.signed(world)
        row.bounty.support_type = "grant"
        scene.performed(world, row)
        name = row.public_id
    stated = {"year": "2026", "total_fen": "1.5", "source_doc": "区财 1 号"}
    send(clients("leader"), "/subsidies/budget", stated, page="/subsidies")
    page = "/subsidies/new"
    assert "20,000.01 元" in browser.text(clients("officer").get(page))
    data = {"name": "第一批", "year": "2026", "contracts": name}
    send(clients("officer"), page, data | {f"excluded-{name}": "x"}, status=422)
    send(clients("officer"), page, data)
    with app.app_context():
        batch = db.session.scalars(sa.select(SubsidyBatch)).one()
    url = f"/subsidies/{batch.public_id}"
    assert "15,000.00 元" in browser.text(clients("leader").get(url))
    assert clients("officer").post(f"{url}/decide").status_code in {400, 404}
    send(clients("leader"), f"{url}/decide", {"decision": "approve"}, page=url)
    send(clients("officer"), f"{url}/publish", page=url)
    assert clients("firm_admin").get(url).status_code == 200
    assert clients("stranger").get(url).status_code == 404


def test_the_ledger_adds_up_in_cents(app, world, clients):
    with app.app_context(), web.transaction():
        row = scene.signed(world)
        scene.performed(world, row)
    told = browser.text(clients("officer").get("/subsidies/payments"))
    assert "付款合计 100,000.05 元（10 万元）" in told
    assert "付款合计 0.00 元" in browser.text(clients("stranger").get("/subsidies/payments"))


def test_what_is_next_and_who_must_act(app, world, clients, running):
    told = browser.text(clients("inventor").get(running))
    assert "乙方：交付第 1 期“方案设计” 该您办理" in told
    assert "个工作日" in told
    firm = browser.text(clients("firm_admin").get(running))
    assert "交付第 1 期“方案设计” 该您办理" not in firm


def test_late_is_told_whatever_a_job_has_done(clients, draft, monkeypatch):
    monkeypatch.setattr("matchmaker.clock.now", lambda: NOON + timedelta(days=40))
    told = browser.text(clients("firm_admin").get(draft))
    assert "有逾期事项" in told
    assert "已逾期 14 个工作日" in told or "已逾期" in told


def test_one_voucher_sent_twice_counts_once(app, world, clients):
    with app.app_context(), web.transaction():
        row = scene.signed(world)
        scene.delivered(world, row, scene.milestones(row)[0])
        home = f"/contracts/{row.public_id}"
    url = milestone_urls(clients("firm_admin"), home)[0]
    fields = browser.hidden(clients("firm_admin").get(url), f"{url}/payments")
    paying = {**fields, "amount_fen": "1", "paid_on": "2026-11-20", "voucher_no": "1"}
    for _ in range(2):
        clients("firm_admin").post(
            f"{url}/payments", data=paying | {"voucher": scene.upload()},
            content_type="multipart/form-data",
        )  # fmt: skip
    with app.app_context():
        assert len(db.session.scalars(sa.select(Payment)).all()) == 1
