"""我的密钥: setting up the key by which one's shares of the bounties' keys are opened."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.bidding import keys
from matchmaker.bidding.key_forms import HolderKeyForm, PassphraseForm
from matchmaker.bidding.key_models import Chair
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("holder_keys", __name__, url_prefix="/my-key")


@bp.get("")
@endpoint("system", "hold_key_share")
def show() -> ResponseReturnValue:
    """The holder's key and the shares he has."""
    return _page()


def _page(**sent: Form) -> str:
    return render_template(
        "bidding/key.html",
        key=keys.current(me()),
        holds=any(keys.may_hold(me(), chair) for chair in Chair),
        shares=keys.held_by(me()),
        usable=keys.usable,
        set_up=sent.get("set_up") or HolderKeyForm(formdata=None),
        change=sent.get("change") or PassphraseForm(formdata=None),
    )


@bp.post("")
@endpoint("system", "hold_key_share")
def set_up() -> ResponseReturnValue:
    """Make a key, or another one after the passphrase was lost."""
    form = HolderKeyForm()
    given = {"passphrase": form.passphrase.data or "", "again": form.again.data or ""}
    try:
        if not form.validate():
            return _page(set_up=form), 422
        if keys.current(me()) is not None and not form.lost.data:
            raise Invalid({"lost": "您已有密钥；只有忘记口令时才需要重新设置，请勾选确认"})
        with transaction():
            keys.set_up(me(), **given, now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _page(set_up=form), 422
    flash("开标密钥已设置。请把口令写在纸上封存，平台不保存口令，也无法找回。", "good")
    return redirect(url_for(".show"))


@bp.post("/passphrase")
@endpoint("system", "hold_key_share")
def change() -> ResponseReturnValue:
    """Change the passphrase; the shares stay."""
    form = PassphraseForm()
    try:
        if not form.validate():
            return _page(change=form), 422
        with transaction():
            keys.change_passphrase(
                me(),
                present=form.present.data or "",
                passphrase=form.passphrase.data or "",
                again=form.again.data or "",
                now=clock.now(),
            )
    except Invalid as refusal:
        form.show(refusal)
        return _page(change=form), 422
    flash("开标口令已更换，手中的份额不受影响", "good")
    return redirect(url_for(".show"))
