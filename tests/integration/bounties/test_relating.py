"""Who would be invited is compared with the owners; what is found is kept and remembered."""

import pytest
from sqlalchemy import select

from matchmaker import outbox
from matchmaker.bounties import inviting, relating
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.kinship import Level
from matchmaker.relations import operations as relations
from matchmaker.relations.models import RelationHit
from tests.conftest import NOON
from tests.integration.bounties.conftest import need_values, published
from tests.integration.bounties.test_questions import suggestion

pytestmark = pytest.mark.database


@pytest.fixture
def bounty(writing, make, people):
    people.firm.contact_phone = "0634-5218866"
    return published(people, make.need(**need_values(people.firm)))


def test_a_holding_keeps_out_and_a_telephone_wants_a_word(bounty, people, make):
    owner = people.firm.name
    free = make.organisation(name="青岛碣石泵业有限公司")
    held = make.organisation(
        name="青岛观沧智造有限公司", controllers=[{"name": owner, "ratio": "30", "uscc": ""}]
    )
    near = make.organisation(name="澜州幸甚机电有限公司", contact_phone="(0634)5218866")
    names = {org.id: suggestion(bounty, org).public_id for org in (free, held, near)}

    def invite(*organisations, **notes):
        chosen = [names[org.id] for org in organisations]
        return inviting.invite(bounty, chosen, notes, by=people.officer, now=NOON)

    with pytest.raises(Invalid, match="持股30%"):
        invite(free, held)
    with pytest.raises(Invalid, match="核实意见"):
        invite(free, near)
    assert db.session.scalars(select(RelationHit)).all() == []
    note = {names[near.id]: "园区总机，已电话核实"}
    assert invite(free, near, **note) == 2
    relating.keep({"id": bounty.id})
    (kept,) = relations.of_subject("bounty", bounty.public_id)
    assert (kept.level, {kept.a_name, kept.b_name}) == (Level.NOTICE, {owner, near.name})


def test_what_was_found_untrue_keeps_nobody_out(bounty, people, make):
    held = make.organisation(
        name="青岛观沧智造有限公司", controllers=[{"name": people.firm.name, "ratio": "30"}]
    )
    row = suggestion(bounty, held)

    def tied():
        return [one["level"] for one in inviting.hits(bounty, [row], now=NOON)[row.id]]

    assert tied() == ["阻断"]
    (hit,) = relations.check("look_up", "", [people.firm], [held], now=NOON)
    relations.judge(
        hit, "dismiss", reason="股权已转让", version=str(hit.version), by=people.chief, now=NOON
    )
    assert tied() == []


def test_the_event_has_its_handler():
    assert "bounty.invited" in str(outbox.__dict__)
