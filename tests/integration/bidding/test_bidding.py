"""From the first screen to the receipt, and back: replaced, withdrawn, confirmed anew."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker import sealing, web
from matchmaker.audit.ledger import SealedEntry
from matchmaker.audit.models import Entry
from matchmaker.bidding.models import Bid, BidMark, BidParty
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, Role
from matchmaker.outbox.models import Event
from tests import browser
from tests.conftest import NOON
from tests.integration.bidding import conftest as steps

pytestmark = pytest.mark.database


def count(app, model, *conditions):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def row(app, base):
    with app.app_context():
        query = select(Bid).where(Bid.public_id == base.rsplit("/", 1)[1])
        return db.session.scalars(query).one()


def test_a_bid_goes_from_the_first_screen_to_a_receipt_that_holds_offline(
    app, stage, sign_in, tmp_path
):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base, package = steps.sealed(client, office, stage.bounty)
    page = client.get(base)
    bid = row(app, base)
    assert bid.state is BidState.SUBMITTED
    assert (bid.bid_no in browser.text(page), bid.commitment in browser.text(page)) == (True, True)
    receipt = client.get(f"{base}/receipt.json")
    (tmp_path / "p.zip").write_bytes(package)
    (tmp_path / "r.json").write_bytes(receipt.data)
    (tmp_path / "v.py").write_bytes(app.test_client().get("/bids/verify.py").data)
    done = subprocess.run(
        [sys.executable, "v.py", "p.zip", "r.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "相符" in done.stdout) == (0, True), done.stderr


def test_the_sealed_row_names_nobody_and_its_people_still_find_it(app, stage, make, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base, _ = steps.sealed(client, office, stage.bounty)
    bid = row(app, base)
    assert (bid.created_by_id, bid.lead_organisation_id, bid.draft, bid.content) == (
        None, None, None, {},
    )  # fmt: skip
    assert bid.endorsed_by_id is bid.shared_at is bid.quote_fen is None
    assert count(app, BidParty) == 0
    assert count(app, BidMark) == 2
    assert client.get(base).status_code == office.get(base).status_code == 200
    rival = sign_in(make.user(Role.RESEARCHER))
    colleague = sign_in(make.user(Role.RESEARCHER, organisation=stage.unit))
    holders = [sign_in(one) for one in (stage.officer, stage.leader, stage.auditor)]
    for other in (rival, colleague, *holders, app.test_client()):
        assert other.get(base).status_code in {404, 302}
        assert other.get(f"{base}/receipt.json").status_code in {404, 302}
    assert client.get(f"{base}/1").status_code == 404
    assert client.get(f"{base}/package").status_code == 404


def test_nothing_of_it_is_on_the_trail_in_the_outbox_or_among_messages(app, stage, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    before = [count(app, model) for model in (Entry, Event)]
    steps.sealed(client, office, stage.bounty)
    assert [count(app, model) for model in (Entry, Event)] == before
    assert count(app, SealedEntry) == 4  # begun, shared, endorsed, submitted
    with app.app_context():
        kept = db.session.scalars(select(SealedEntry)).all()
    names = (stage.researcher.name, stage.unit.name)
    assert not any(name in str(vars(one)) for one in kept for name in names)


def test_without_consent_or_package_the_check_list_names_it_and_links(stage, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base = steps.begin(client, stage.bounty)
    page = client.get(f"{base}/5")
    for said in ("请填写项目负责人姓名", "请上传技术方案文件", "请填写报价", "科研诚信承诺"):
        assert said in browser.text(page)
    assert {f"{base}/{n}" for n in (1, 2, 3, 4)} <= set(browser.links(page))
    steps.fill(client, base)
    told = browser.text(client.get(f"{base}/5"))
    assert "还没有确认现在的内容" in told
    assert "第 1 步" not in told
    answer = steps.seal(client, base)
    assert answer.status_code == 422
    steps.agree(client, office, base)
    answer = browser.post(client, f"{base}/submit", {}, page=f"{base}/5")
    assert (answer.status_code, "勾选已妥善保存" in browser.text(answer)) == (422, True)


def test_a_change_after_consent_asks_for_consent_and_package_again(app, stage, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base = steps.begin(client, stage.bounty)
    steps.fill(client, base)
    steps.agree(client, office, base)
    browser.post(client, f"{base}/4", {**steps.PLEDGE_SCREEN, "cases": "四条产线"})
    assert row(app, base).endorsed_at is None
    answer = steps.seal(client, base)
    assert answer.status_code == 422
    told = browser.text(answer)
    assert "还没有确认现在的内容" in told
    assert "还没有生成并保存材料包" in told


@pytest.mark.parametrize(
    ("number", "changed", "said"),
    [
        (1, {"pi_phone": "12345"}, "手机号"),
        (1, {"partners-0-name": "不存在的公司", "partners-0-task": "加工",
             "partners-0-amount_fen": "10"}, "不在平台上"),
        (2, {"solution_text": "太短"}, "不少于 50 字"),
        (2, {"indicator_responses-0-answer": "deviate"}, "为偏离，请说明理由"),
        (3, {"budget_lines-1-amount_fen": "79.999999"}, "少 0.01 元"),
        (3, {"milestones-2-share": "33.33"}, "可把末期改为 33.34%"),
        (3, {"milestones-2-share": "33.335"}, "至多两位小数"),
        (3, {"milestones-1-due_months": "6"}, "须晚于上一期"),
        (3, {"milestones-2-due_months": "19"}, "超过榜单规定的 18 个月"),
        (3, {"quote_fen": "201"}, "报价超过榜额"),
        (4, {"pledge_no_relation": ""}, "请阅读并勾选无关联承诺"),
    ],
)  # fmt: skip
def test_each_gap_is_named_on_its_screen_and_nothing_typed_is_lost(
    stage, sign_in, number, changed, said
):
    client = sign_in(stage.researcher)
    base = steps.begin(client, stage.bounty)
    sent = {**steps.SCREENS[number], **changed}
    sent = {name: value for name, value in sent.items() if value != ""}
    answer = browser.post(client, f"{base}/{number}", sent)
    assert answer.status_code == 422
    assert said in browser.text(answer)
    kept = browser.values(client.get(f"{base}/{number}"))
    for name, value in sent.items():
        if name not in {"action"} and not name.startswith("pledge_"):
            assert kept.get(name) == value, name


def test_what_cannot_be_read_stays_in_its_box(stage, sign_in):
    client = sign_in(stage.researcher)
    base = steps.begin(client, stage.bounty)
    answer = browser.post(client, f"{base}/3", {**steps.FIGURE_SCREEN, "quote_fen": "一百八"})
    assert answer.status_code == 422
    kept = browser.values(answer)
    assert (kept["quote_fen"], kept["milestones-2-share"]) == ("一百八", "33.34")


def test_it_is_saved_by_itself_and_two_windows_do_not_overwrite_each_other(stage, sign_in):
    client = sign_in(stage.researcher)
    base = steps.begin(client, stage.bounty)
    fields = browser.hidden(client.get(f"{base}/1"), f"{base}/1")
    fields.pop("submission_key")
    headers = {"X-Requested-With": "fetch"}
    sent = {**fields, **steps.PEOPLE_SCREEN}
    first = client.post(f"{base}/autosave/1", data=sent, headers=headers)
    assert (first.status_code, first.json["version"] > int(fields["version"])) == (200, True)
    assert client.post(f"{base}/autosave/1", data=sent, headers=headers).status_code == 409
    sent["version"] = str(first.json["version"])
    assert client.post(f"{base}/autosave/1", data=sent, headers=headers).status_code == 200
    assert browser.values(client.get(f"{base}/1"))["pi_name"] == "林海"


def test_a_mark_of_secrecy_is_not_stored(stage, sign_in):
    client = sign_in(stage.researcher)
    base = steps.begin(client, stage.bounty)
    sent = {**steps.ANSWER_SCREEN, "solution_text": f"机密★ {steps.SOLUTION}"}
    answer = browser.post(client, f"{base}/2", sent)
    assert (answer.status_code, "涉密" in browser.text(answer)) == (422, True)
    assert "机密" not in browser.values(client.get(f"{base}/2"))["solution_text"]


@pytest.mark.parametrize(
    ("body", "name", "said"),
    [
        (b"<html>", "方案.pdf", "请上传 DOCX、OFD、PDF 格式"),
        (b"MZ\x90", "方案.docx", "请上传 DOCX、OFD、PDF 格式"),
        (steps.PDF, "方案.docx", "扩展名与内容不符"),
        (b"", "方案.pdf", "请上传 DOCX、OFD、PDF 格式"),
    ],
)
def test_a_file_is_what_its_content_says(stage, sign_in, body, name, said):
    client = sign_in(stage.researcher)
    base = steps.begin(client, stage.bounty)
    answer = steps.upload(client, base, body, name)
    assert (answer.status_code, said in browser.text(answer)) == (422, True)


def test_partners_agree_to_their_task_and_amount_themselves(app, make, stage, sign_in):
    firm = make.organisation()
    partner = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm))
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base = steps.begin(client, stage.bounty)
    named = {"partners-0-name": firm.name, "partners-0-task": "产线验证",
             "partners-0-amount_fen": "20"}  # fmt: skip
    steps.fill(client, base, screen1=named)
    assert f"联合单位“{firm.name}”还没有确认" in browser.text(client.get(f"{base}/5"))
    assert "产线验证" in browser.text(partner.get("/bids"))
    assert partner.get(f"{base}/1").status_code == 404
    answer = browser.post(partner, f"{base}/accept", page="/bids")
    assert answer.status_code == 302
    assert "还没有确认任务" not in browser.text(client.get(f"{base}/5"))
    more = {**steps.PEOPLE_SCREEN, **named, "partners-0-amount_fen": "30"}
    browser.post(client, f"{base}/1", more)
    assert f"联合单位“{firm.name}”还没有确认" in browser.text(client.get(f"{base}/5"))
    browser.post(partner, f"{base}/accept", page="/bids")
    steps.agree(client, office, base)
    assert steps.seal(client, base).status_code == 302


def test_a_colleague_may_edit_and_finds_the_receipt(make, stage, sign_in):
    friend = make.user(Role.RESEARCHER, organisation=stage.unit)
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    other = sign_in(friend)
    base = steps.begin(client, stage.bounty)
    assert other.get(f"{base}/1").status_code == 404
    answer = browser.post(client, f"{base}/1", {**steps.PEOPLE_SCREEN, "editors": "no@example.cn"})
    assert "没有账号" in browser.text(answer)
    steps.fill(client, base, screen1={"editors": friend.login})
    assert other.get(f"{base}/1").status_code == 200
    steps.agree(other, office, base)
    assert steps.seal(other, base).status_code == 302
    assert client.get(base).status_code == other.get(base).status_code == 200


def test_who_may_not_bid_is_told_why(app, make, stage, sign_in):
    owner = make.user(Role.ENTERPRISE_ADMIN, organisation=stage.owner)
    client = sign_in(owner)
    page = client.get(f"/bids/start/{stage.bounty.public_id}")
    assert "发榜方不能揭自己的榜" in browser.text(page)
    answer = client.post(f"/bids/start/{stage.bounty.public_id}", data=browser.hidden(page))
    assert (answer.status_code, count(app, Bid)) == (409, 0)


def test_a_package_handed_back_fills_the_replacement_and_the_old_receipt_is_void(
    app, stage, sign_in
):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base, package = steps.sealed(client, office, stage.bounty)
    fields = browser.hidden(client.get(base), f"{base}/replace")

    def replaced(body):
        import io

        sent = {**fields, "submission_key": str(time.monotonic_ns()),
                "package": (io.BytesIO(body), "p.zip")}  # fmt: skip
        return client.post(f"{base}/replace", data=sent, content_type="multipart/form-data")

    other = sealing.Package({}, {}, b"n" * 32).pack()
    assert "不是原申请的材料包" in browser.text(replaced(other))
    assert "无法读取" in browser.text(replaced(b"PK broken"))
    answer = replaced(package)
    assert answer.status_code == 302
    new = answer.headers["Location"].removesuffix("/1")
    assert browser.values(client.get(f"{new}/3"))["quote_fen"] == "180"
    assert client.get(f"{new}/2").get_data(as_text=True).count("方案.pdf") == 1
    assert row(app, base).state is BidState.SUBMITTED
    assert browser.post(client, f"{new}/3", {**steps.FIGURE_SCREEN, "budget_lines-1-amount_fen":
                        "79", "quote_fen": "179"}).status_code == 302  # fmt: skip
    steps.agree(client, office, new)
    assert steps.seal(client, new).status_code == 302
    assert (row(app, base).state, row(app, new).state) == (BidState.REPLACED, BidState.SUBMITTED)
    assert count(app, Bid, Bid.valid_key.is_not(None)) == 1
    assert "已被新稿替换" in browser.text(client.get(base))


def test_a_unit_has_one_valid_bid_and_a_withdrawn_one_makes_room(app, make, stage, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base, _ = steps.sealed(client, office, stage.bounty)
    team = sign_in(make.user(Role.RESEARCHER, organisation=stage.unit))
    second = steps.begin(team, stage.bounty)
    steps.fill(team, second)
    browser.post(team, f"{second}/share", page=f"{second}/5")
    answer = browser.post(office, f"{second}/endorse")
    assert (answer.status_code, "已有一份有效" in browser.text(answer)) == (409, True)
    assert browser.post(client, f"{base}/withdraw", page=base).status_code == 302
    assert row(app, base).state is BidState.WITHDRAWN
    steps.agree(team, office, second)
    assert steps.seal(team, second).status_code == 302


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_from_the_deadline_on_nothing_is_received_equal_is_late(app, stage, sign_in, frozen, late):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base = steps.begin(client, stage.bounty)
    steps.fill(client, base)
    steps.agree(client, office, base)
    frozen.move_to(stage.bounty.bid_deadline_at - timedelta(seconds=1))
    fresh = sign_in(stage.researcher)
    fields = browser.hidden(fresh.get(f"{base}/5"), f"{base}/submit")
    frozen.move_to(stage.bounty.bid_deadline_at + late)
    answer = fresh.post(f"{base}/submit", data={**fields, "kept": "y"})
    assert answer.status_code == 409
    assert row(app, base).state is BidState.DRAFT


def test_after_an_amendment_the_bidder_confirms_his_bid(app, stage, sign_in):
    client, office = sign_in(stage.researcher), sign_in(stage.office)
    base, _ = steps.sealed(client, office, stage.bounty)
    with app.app_context(), web.transaction():
        db.session.get_one(Bounty, stage.bounty.id).terms_version += 1
    assert "重新确认" in browser.text(client.get(base))
    assert browser.post(client, f"{base}/reconfirm", page=base).status_code == 302
    assert row(app, base).terms_version == 2
    assert "榜单在您提交之后有更正" not in browser.text(client.get(base))


def test_an_expired_page_leaves_nothing_of_a_bid_in_the_session(app, stage, sign_in, frozen):
    client = sign_in(stage.researcher)
    base = steps.begin(client, stage.bounty)
    fields = browser.hidden(client.get(f"{base}/2"), f"{base}/2")
    frozen.move_to(NOON + timedelta(hours=3))
    answer = client.post(f"{base}/2", data={**fields, **steps.ANSWER_SCREEN})
    assert answer.status_code == 302
    from matchmaker.sessions import WebSession

    with app.app_context():
        assert "结构光" not in "".join(db.session.scalars(select(WebSession.content)))


def test_a_thrown_away_draft_leaves_nothing(app, stage, sign_in, instance):
    client = sign_in(stage.researcher)
    base = steps.begin(client, stage.bounty)
    steps.fill(client, base)
    name = base.rsplit("/", 1)[1]
    assert (instance / "bids" / "drafts" / name).is_dir()
    assert browser.post(client, f"{base}/discard", page=f"{base}/5").status_code == 302
    assert not (instance / "bids" / "drafts" / name).exists()
    assert row(app, base).draft is None
