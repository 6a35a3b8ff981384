"""我的揭榜: the list, the five screens, files, colleagues and partners."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.bidding import attachments, checklist, drafts, pages, rules, vault
from matchmaker.bidding import content as contents
from matchmaker.bidding.forms import SCREENS, FileForm, Screen, SubmitForm, filled
from matchmaker.bidding.models import Bid
from matchmaker.errors import Invalid, NotFound
from matchmaker.files import serving
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("bids", __name__, url_prefix="/bids")
FILES_ON = 2
LAST = len(SCREENS) + 1


@bp.get("")
@endpoint("bid", "read_existence")
def index() -> ResponseReturnValue:
    """The viewer's drafts and receipts, and what partners wait for."""
    asked = [(one, drafts.partner_entry(one.bid, one)) for one in pages.invitations(me())]
    return render_template(
        "bids/list.html",
        bids=pages.mine(me()),
        edits=pages.permitted(me(), "update"),
        endorses=pages.permitted(me(), "read_to_endorse"),
        asked=asked,
        agreed=_agreed,
    )


def _agreed(party: Any, entry: dict[str, Any]) -> bool:
    return bool(party.accepted_at) and party.accepted_terms == contents.partner_terms(entry)


@bp.get("/start/<public_id>")
@endpoint("bid", "create")
def start(public_id: str) -> ResponseReturnValue:
    """What a bid takes, before one is begun."""
    bounty = pages.bounty_of(public_id, viewer=me())
    known = [bid for bid in pages.mine(me()) if bid.bounty_id == bounty.id]
    refusal = drafts.refusal(bounty, me())
    return render_template("bids/start.html", bounty=bounty, known=known, refusal=refusal)


@bp.post("/start/<public_id>")
@endpoint("bid", "create")
def begin(public_id: str) -> ResponseReturnValue:
    """Begin a draft."""
    with transaction():
        bounty = pages.bounty_of(public_id, viewer=me())
        bid = drafts.begin(bounty, by=me(), now=clock.now())
        name = bid.public_id
    return redirect(url_for(".screen", public_id=name, stage=1))


@bp.get("/<public_id>/<int:stage>")
@endpoint("bid", "update")
def screen(public_id: str, stage: int) -> ResponseReturnValue:
    """One screen of a draft; the last is the check list."""
    bid = drafts.get(public_id, "update", viewer=me())
    if stage == LAST:
        return check_page(bid)
    if stage not in SCREENS:
        raise NotFound
    return _screen(bid, stage, filled(stage, drafts.read(bid), version=bid.version))


def _screen(bid: Bid, stage: int, form: Screen, **sent: Any) -> str:
    if "achievements" in form:
        pages.offer_achievements(form, bid)
    content = drafts.read(bid)
    return render_template(
        f"bids/screen{stage}.html",
        bid=bid,
        form=form,
        stage=stage,
        stages=pages.steps(bid),
        content=content,
        file_form=sent.get("file_form") or FileForm(formdata=None),
    )


def check_page(bid: Bid, **sent: Any) -> str:
    """Return the last screen: every gap with a link to its screen, then package and seal."""
    content = drafts.read(bid)
    gaps = checklist.of(bid, content, now=clock.now())
    return render_template(
        "bids/screen5.html",
        bid=bid,
        content=content,
        gaps=gaps,
        ready={gap.field for gap in gaps} <= {"package"},
        stage=LAST,
        stages=pages.steps(bid),
        endorses=bid.id in pages.permitted(me(), "read_to_endorse"),
        endorsed=bid.endorsed_digest == contents.digest(content),
        form=sent.get("form") or SubmitForm(formdata=None),
    )


@bp.post("/<public_id>/<int:stage>")
@endpoint("bid", "update")
def save(public_id: str, stage: int) -> ResponseReturnValue:
    """Save a screen; stepping on shows what it still lacks, with everything kept."""
    if stage not in SCREENS:
        raise NotFound
    form = SCREENS[stage]()
    action = request.form.get("action", "save")
    if not _is_sound(form):
        return _screen(drafts.get(public_id, "update", viewer=me()), stage, form), 422
    try:
        with transaction():
            bid = drafts.get(public_id, "update", viewer=me())
            content = drafts.save(bid, _changes(form, bid), version=_version(form))
            version = bid.version
    except Invalid as refusal:
        form.show(refusal)
        return _screen(drafts.get(public_id, "update", viewer=me()), stage, form), 422
    bid = drafts.get(public_id, "update", viewer=me())
    if action == "next":
        return _step(bid, stage, content, version=version)
    flash("草稿已保存", "good")
    return redirect(url_for(".screen", public_id=public_id, stage=stage))


def _step(bid: Bid, stage: int, content: dict[str, Any], *, version: int) -> ResponseReturnValue:
    """Go on to the next screen, or show (422) what this one still lacks: it is saved either way."""
    found = rules.gaps(content, checklist.terms_of(bid.bounty))
    missing = {gap.field: gap.text for gap in reversed(found) if gap.screen == stage}
    if not missing:
        return redirect(url_for(".screen", public_id=bid.public_id, stage=stage + 1))
    shown = filled(stage, content, version=version)
    shown.show(Invalid(missing))
    flash("已保存；本页还有需要补充的地方，也可以先填后面的页", "warn")
    return _screen(bid, stage, shown), 422


def _is_sound(form: Screen) -> bool:
    """Tell whether everything typed can be read; what is missing is told on stepping on."""
    return bool(form.validate())


def _version(form: Screen) -> int | None:
    text = form.version.data or ""
    return int(text) if text.isdigit() else None


def _changes(form: Screen, bid: Bid) -> dict[str, Any]:
    """Return what a screen changes: partner units and colleagues are looked up by name."""
    found = form.changes()
    if "partners" in found:
        for one in found["partners"]:
            unit = drafts.find_unit(one["name"])
            one["unit"] = unit.public_id if unit else ""
            one["organisation"] = one["name"] = unit.name if unit else one["name"].strip()
        found["editors"] = _colleagues(found["editors"], bid)
    return found


def _colleagues(logins: list[str], bid: Bid) -> list[str]:
    found = []
    for login in logins:
        user = drafts.find_colleague(login, of=bid.lead_organisation_id)
        if user is None:
            raise Invalid({"editors": f"本单位没有账号“{login}”，请核对；外单位成员填在团队中"})
        found.append(user.public_id)
    return found


@bp.post("/<public_id>/autosave/<int:stage>")
@endpoint("bid", "update")
def autosave(public_id: str, stage: int) -> ResponseReturnValue:
    """Keep what was typed so far."""
    if stage not in SCREENS:
        raise NotFound
    form = SCREENS[stage]()
    if not _is_sound(form):
        told = {name: "；".join(map(str, said)) for name, said in form.errors.items() if name}
        raise Invalid(told)
    with transaction():
        bid = drafts.get(public_id, "update", viewer=me())
        drafts.save(bid, _changes(form, bid), version=_version(form))
        version = bid.version
    return jsonify(version=version)


@bp.post("/<public_id>/files")
@endpoint("bid", "update")
def upload(public_id: str) -> ResponseReturnValue:
    """Add a file to the draft."""
    form = FileForm()
    try:
        with transaction():
            bid = drafts.get(public_id, "update", viewer=me())
            attachments.add(bid, request.files.get("file"))
    except Invalid as refusal:
        form.show(refusal)
        bid = drafts.get(public_id, "update", viewer=me())
        shown = filled(FILES_ON, drafts.read(bid), version=bid.version)
        return _screen(bid, FILES_ON, shown, file_form=form), 422
    flash("附件已加密保存", "good")
    return redirect(url_for(".screen", public_id=public_id, stage=FILES_ON))


@bp.get("/<public_id>/files/<digest>")
@endpoint("bid", "update")
def file(public_id: str, digest: str) -> Response:
    """One of the draft's files."""
    name, body = attachments.body_of(drafts.get(public_id, "update", viewer=me()), digest)
    return serving.download(body, name)


@bp.post("/<public_id>/files/<digest>/delete")
@endpoint("bid", "update")
def delete_file(public_id: str, digest: str) -> ResponseReturnValue:
    """Take a file out of the draft."""
    with transaction():
        attachments.remove(drafts.get(public_id, "update", viewer=me()), digest)
    flash("附件已删除", "good")
    return redirect(url_for(".screen", public_id=public_id, stage=FILES_ON))


@bp.post("/<public_id>/discard")
@endpoint("bid", "discard")
def discard(public_id: str) -> ResponseReturnValue:
    """Throw the draft away."""
    with transaction():
        drafts.discard(drafts.get(public_id, "discard", viewer=me()), by=me(), now=clock.now())
    vault.destroy_draft(public_id)
    flash("草稿已删除，内容和附件不再保留", "good")
    return redirect(url_for(".index"))
