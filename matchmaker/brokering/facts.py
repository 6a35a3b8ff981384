"""What the matcher is told of a row beside its words."""

from datetime import date
from typing import Any

from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement
from matchmaker.codes import Integrity
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import OPEN_NEEDS, ExpertState, PoolState
from matchmaker.matching import CandidateFacts, NeedFacts
from matchmaker.needs.models import Need


def stands(row: Any) -> bool:
    """Tell whether the row's state lets it be matched at all."""
    if isinstance(row, Need):
        return row.state in OPEN_NEEDS
    return row.state is (ExpertState.IN_POOL if isinstance(row, Expert) else PoolState.PUBLISHED)


def _blacklisted(organisation: Organisation | None, today: date) -> bool:
    if organisation is None or organisation.integrity is not Integrity.BLACKLIST:
        return False
    return organisation.integrity_until is None or organisation.integrity_until >= today


def need_facts(need: Need, *, today: date) -> NeedFacts:
    """Return what is known of a need beside its words."""
    return NeedFacts(
        tech_field=need.tech_field_code,
        coop_modes=frozenset(need.coop_modes),
        target_trl=need.target_trl,
        budget_fen=need.budget_total_fen,
        expires_on=need.expires_on,
        withdrawn=not stands(need),
        blacklisted=_blacklisted(need.enterprise, today),
    )


def candidate_facts(row: Any, *, today: date) -> CandidateFacts:
    """Return what is known of a candidate beside its words."""
    withdrawn = not stands(row)
    if isinstance(row, Achievement):
        return CandidateFacts(
            tech_fields=frozenset(filter(None, [row.tech_field_code])),
            transfer_modes=frozenset(row.transfer_modes),
            trl=row.trl,
            asking_price_fen=row.asking_price_fen,
            withdrawn=withdrawn,
            blacklisted=_blacklisted(row.institution, today),
        )
    blacklisted = _blacklisted(row.organisation, today)
    if isinstance(row, Expert):
        listed = blacklisted or row.integrity is Integrity.BLACKLIST
        fields = frozenset(row.tech_field_codes)
        return CandidateFacts(tech_fields=fields, withdrawn=withdrawn, blacklisted=listed)
    return CandidateFacts(withdrawn=withdrawn, blacklisted=blacklisted)


def facts_of(row: Any, *, today: date) -> Any:
    """Return what is known of either side."""
    if isinstance(row, Need):
        return need_facts(row, today=today)
    return candidate_facts(row, today=today)
