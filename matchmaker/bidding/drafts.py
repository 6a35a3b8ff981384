"""Drafts: begun, saved, shared with the office, endorsed, accepted by partners, thrown away.

The content is one encrypted value; its key lies outside the database and ends with the draft.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import identifiers, policy, sealing, secrecy, web
from matchmaker.accounts.models import Organisation, OrganisationKind, User
from matchmaker.audit import trail
from matchmaker.bidding import content as contents
from matchmaker.bidding import keys, vault
from matchmaker.bidding.models import Bid, BidParty, PartyKind
from matchmaker.bounties.models import Bounty, takes_bids
from matchmaker.codes import BountyKind, BountyMode, Integrity
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, OrganisationState, UserState

Content = dict[str, Any]


def get(public_id: str, *actions: str, viewer: Any) -> Bid:
    """Return the bid on which the viewer may do any of `actions`; raise `NotFound`."""
    query = policy.scope(viewer, "bid", *actions).where(Bid.public_id == public_id)
    if db.session.info.get("writing"):
        query = query.with_for_update(of=Bid).execution_options(populate_existing=True)
    found: Bid = web.found(db.session.scalars(query).one_or_none())
    return found


def bounty_for(public_id: str, *, viewer: Any) -> Bounty:
    """Return a published bounty; raise `NotFound`."""
    query = policy.scope(viewer, "bounty", "read_public").where(Bounty.public_id == public_id)
    found: Bounty = web.found(db.session.scalars(query).one_or_none())
    return found


def require_open(bounty: Bounty) -> None:
    """Raise `WrongState` unless the bounty takes bids by the database's clock; equal is late."""
    if db.session.scalar(select(Bounty.id).where(Bounty.id == bounty.id, takes_bids())) is None:
        raise WrongState("本榜单已截榜或不在揭榜期内，不能再办理揭榜。")


def refusal(bounty: Bounty, user: Any) -> str:
    """Say why this user's organisation may not answer this bounty; "" where it may."""
    unit: Organisation | None = user.organisation
    if unit is None or unit.state is not OrganisationState.ACTIVE:
        return "揭榜须以已认证的单位名义提出，请先完成单位认证。"
    if unit.integrity is Integrity.BLACKLIST:
        return "本单位在科研失信名单期内，不能揭榜。"
    if unit.id == bounty.owner_id or any(one.organisation_id == unit.id for one in bounty.sources):
        return "发榜方不能揭自己的榜。"
    if bounty.kind is BountyKind.TRANSFER and (
        unit.kind is not OrganisationKind.ENTERPRISE or not unit.is_resident
    ):
        return "成果转化类榜单由本区企业揭榜。"
    if bounty.mode is BountyMode.RECOGNITION and bounty.recognised_id != unit.id:
        return "认定制榜单由认定的单位揭榜，不接受其他单位申请。"
    return ""


def begin(bounty: Bounty, *, by: User, now: datetime) -> Bid:
    """Begin a draft in the name of the user's organisation."""
    policy.require(by, "bid", "create")
    require_open(bounty)
    keys.key_of(bounty)
    refused = refusal(bounty, by)
    if refused:
        raise WrongState(refused)
    bid = Bid(
        bounty_id=bounty.id,
        lead_organisation_id=by.organisation_id,
        created_by_id=by.id,
        created_at=now,
        terms_version=bounty.terms_version,
    )
    db.session.add(bid)
    db.session.flush()
    vault.new_draft(bid.public_id)
    write(bid, contents.empty(by.organisation, bounty.indicators))
    trail.enter(bid, by=by, now=now)
    return bid


def read(bid: Bid) -> Content:
    """Return a draft's content; raise `WrongState` in words where its key is gone."""
    if bid.draft is None:
        raise WrongState("这份申请不是草稿，内容已密封或已删除。")
    try:
        held: Content = json.loads(vault.unlock(bid.public_id, bid.draft))
    except sealing.SealingFault as fault:
        raise WrongState(fault.message) from fault
    return held


def write(bid: Bid, content: Content) -> None:
    """Encrypt and keep a draft's content."""
    bid.draft = vault.lock(bid.public_id, json.dumps(content, ensure_ascii=False).encode())


def save(bid: Bid, changes: Mapping[str, Any], *, version: int | None = None) -> Content:
    """Change some of a draft's content; return all of it.

    version : the row's when the form was opened; `Stale` where somebody saved meanwhile. A package
    made before and the office's consent end with the content they were given for.
    """
    if version is not None and version != bid.version:
        raise Stale
    before = read(bid)
    after = {**before, **changes}
    _refuse_secrets(after, changes)
    if contents.digest(after) != contents.digest(before):
        after.pop("_nonce", None)
        _forget_consent(bid, after)
    write(bid, after)
    _sync_parties(bid, after)
    db.session.flush()
    return after


def _forget_consent(bid: Bid, content: Content) -> None:
    if bid.endorsed_digest and bid.endorsed_digest != contents.digest(content):
        bid.endorsed_at, bid.endorsed_by_id, bid.endorsed_digest = None, None, ""


def _refuse_secrets(content: Content, changes: Collection[str]) -> None:
    hits = secrecy.guard(contents.texts(content))
    if hits:
        field = next((name for name in changes if name in content), "solution_text")
        raise Invalid({field: secrecy.refusal(hits)})


def _sync_parties(bid: Bid, content: Content) -> None:
    """Keep one row for each partner unit and each colleague named, and no other."""
    partners = {one["unit"] for one in content["partners"] if one["unit"]}
    units = db.session.scalars(select(Organisation).where(Organisation.public_id.in_(partners)))
    colleagues = db.session.scalars(select(User).where(User.public_id.in_(content["editors"])))
    wanted: dict[tuple[int, int | None], PartyKind] = {
        **{(unit.id, None): PartyKind.PARTNER for unit in units},
        **{(user.organisation_id or 0, user.id): PartyKind.MEMBER for user in colleagues},
    }
    for party in list(bid.parties):
        if wanted.pop((party.organisation_id, party.user_id), None) is None:
            bid.parties.remove(party)
    for (organisation_id, user_id), kind in wanted.items():
        bid.parties.append(BidParty(kind=kind, organisation_id=organisation_id, user_id=user_id))


def find_unit(text: str) -> Organisation | None:
    """Return the organisation a full name or credit code names, None where there is none."""
    said = text.strip()
    query = select(Organisation).where(Organisation.state == OrganisationState.ACTIVE)
    by_name = db.session.scalars(query.where(Organisation.name == said).limit(2)).all()
    if len(by_name) == 1:
        return by_name[0]
    try:
        code = identifiers.credit_code(said)
    except identifiers.IdentifierError:
        return None
    return db.session.scalar(query.where(Organisation.uscc == code))


def find_colleague(login: str, *, of: int | None) -> User | None:
    """Return the active account of the same organisation, None where there is none."""
    query = select(User).where(User.login == login.strip().lower(), User.organisation_id == of)
    found = db.session.scalar(query)
    return found if found is not None and found.state is UserState.ACTIVE else None


def share(bid: Bid, *, by: Any, now: datetime) -> None:
    """Show the draft to the unit's office (or the firm's administrator) for its consent."""
    if bid.shared_at is None:
        bid.shared_at = now
        trail.note(bid, "share_with_institution", by=by, now=now)


def endorse(bid: Bid, *, by: Any, now: datetime) -> None:
    """Consent in the unit's name to exactly what the draft says now."""
    if bid.shared_at is None:
        raise WrongState("团队还没有提交本单位确认。")
    if other_of_unit(bid) is not None:
        raise WrongState("本单位对这个榜单已有一份有效的密封申请，请先由该团队撤回或替换。")
    bid.endorsed_at, bid.endorsed_by_id = now, by.id
    bid.endorsed_digest = contents.digest(read(bid))
    trail.note(bid, "endorse", by=by, now=now)


def other_of_unit(bid: Bid) -> Bid | None:
    """Return the unit's valid sealed bid on the same bounty, unless the draft replaces it."""
    key = vault.mark("valid", bid.bounty_id, bid.lead_organisation_id)
    found = db.session.scalar(select(Bid).where(Bid.valid_key == key))
    if found is None or found.bid_no == read(bid).get("_replaces"):
        return None
    return found


def accept(bid: Bid, *, by: Any, now: datetime) -> None:
    """Agree, for a partner unit, to its task and amount as they stand."""
    party = partner_of(bid, by.organisation_id)
    terms = partner_entry(bid, party)
    party.accepted_at, party.accepted_by_id = now, by.id
    party.accepted_terms = contents.partner_terms(terms)
    trail.note(bid, "accept_partnership", by=by, now=now)


def partner_of(bid: Bid, organisation_id: int | None) -> BidParty:
    """Return an organisation's row as a partner; raise `NotAllowed` where it is none."""
    for party in bid.parties:
        if party.kind is PartyKind.PARTNER and party.organisation_id == organisation_id:
            return party
    raise NotAllowed


def partner_entry(bid: Bid, party: BidParty) -> dict[str, Any]:
    """Return what the draft says of a partner: its name, task and amount."""
    name = party.organisation.public_id
    return next(one for one in read(bid)["partners"] if one["unit"] == name)


def unaccepted(bid: Bid, content: Content) -> list[str]:
    """Return the partner units that have not agreed to what the draft says now."""
    agreed = {
        party.organisation.public_id: party.accepted_terms
        for party in bid.parties
        if party.kind is PartyKind.PARTNER and party.accepted_at
    }
    return [
        one["name"]
        for one in content["partners"]
        if one["unit"] and agreed.get(one["unit"]) != contents.partner_terms(one)
    ]


def discard(bid: Bid, *, by: Any, now: datetime) -> None:
    """Throw a draft away: nothing of its content is left."""
    if bid.state is not BidState.DRAFT:
        raise WrongState("已密封的申请请用“撤回”。")
    wipe(bid)
    trail.advance(bid, "withdraw", by=by, now=now)


def wipe(bid: Bid) -> None:
    """Take everything of the draft out of the row; its files go with `vault.destroy_draft`."""
    bid.draft, bid.endorsed_digest = None, ""
    bid.endorsed_at = bid.endorsed_by_id = None
    bid.parties.clear()
