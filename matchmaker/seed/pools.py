"""Teams, achievements and needs of the demonstration district."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from matchmaker import clock
from matchmaker.accounts.models import User
from matchmaker.achievements.models import Achievement, Team
from matchmaker.audit import trail
from matchmaker.codes import Disclosure, NeedCategory, NeedSource, NeedType, Origin, Ownership
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, PoolState, Role
from matchmaker.needs.models import Need
from matchmaker.needs.records import NeedSerial
from matchmaker.revisions import operations as revisions
from matchmaker.seed import reading
from matchmaker.seed.parties import District, add_user

FEN_PER_WAN = 1_000_000
SOURCES = (NeedSource.CALL, NeedSource.VISIT, NeedSource.SELF, NeedSource.DIAGNOSIS)
ACHIEVEMENT_FIELDS = [
    "title",
    "summary",
    "detail",
    "indicators",
    "trl",
    "ip_items",
    "transfer_modes",
    "keywords",
    "tech_field_code",
]
NEED_TEXTS = (
    *("title", "background", "problem", "key_indicators", "foundation", "bidder_conditions"),
    *("duration_months", "ip_arrangement", "coop_modes", "tech_field_code", "keywords"),
    *("target_trl", "is_anonymous"),
)
NEED_FIELDS = [
    "title",
    "background",
    "problem",
    "key_indicators",
    "foundation",
    "bidder_conditions",
    "duration_months",
    "budget_total_fen",
    "pay_to_bidder_fen",
    "ip_arrangement",
    "coop_modes",
    "tech_field_code",
    "keywords",
]
WAITING = (NeedState.SUBMITTED, NeedState.SCREENED, NeedState.RETURNED)
OPEN_POOL = (PoolState.PUBLISHED, PoolState.TRANSFORMED)


def spread(number: int, span: int) -> int:
    """Return a day between 1 and `span`, the same for the same number."""
    return number * 37 % span + 1


def _entered(district: District, number: int, *, waits: bool) -> datetime:
    """Return when a row was entered; what still waits for the bureau is days old, not months."""
    return district.days_ago(spread(number, 9) + 1 if waits else spread(number, 210) + 4)


def _fen(wan: float | None) -> int | None:
    return None if wan is None else round(wan * FEN_PER_WAN)


def fill_teams(district: District) -> dict[str, Team]:
    """Add the research teams, each led by a researcher with an account."""
    found: dict[str, Team] = {}
    for part in reading.parts():
        for entry in part.entries("teams"):
            number = len(found) + 1
            institution = district.organisations[part.name_of(entry["institution"])]
            login = "researcher" if number == 1 else f"researcher{number}"
            leader = add_user(
                district,
                login,
                entry["leader_name"],
                Role.RESEARCHER,
                organisation_id=institution.id,
                title=entry["leader_title"],
            )
            db.session.flush()
            team = Team(
                institution_id=institution.id,
                name=entry["name"],
                leader_name=entry["leader_name"],
                leader_title=entry["leader_title"],
                directions=entry["directions"],
                tech_field_codes=entry["tech_field_codes"],
                members=entry["members"],
                state=PoolState.PUBLISHED,
                created_at=district.days_ago(200),
                updated_at=district.days_ago(spread(number, 120)),
                created_by_id=leader.id,
            )
            found[part.name_of(entry["key"])] = team
            db.session.add(team)
    db.session.flush()
    district.teams = {key: team.id for key, team in found.items()}
    return found


def fill_achievements(district: District, teams: dict[str, Team]) -> dict[str, Achievement]:
    """Add the achievements, entered by the team's leader or by the institution."""
    found: dict[str, Achievement] = {}
    for part in reading.parts():
        for entry in part.entries("achievements"):
            team = teams[part.name_of(entry["team"])] if entry["team"] else None
            row = _achievement(district, part, entry, team, number=len(found) + 1)
            found[part.name_of(entry["key"])] = row
            db.session.add(row)
    _keep_submitted("achievement", found, ACHIEVEMENT_FIELDS)
    return found


def _achievement(
    district: District, part: reading.Part, entry: dict[str, Any], team: Team | None, *, number: int
) -> Achievement:
    institution = district.organisations[part.name_of(entry["institution"])]
    state = PoolState(entry["state"])
    created = _entered(district, number, waits=state is PoolState.SUBMITTED)
    price = _fen(entry["asking_price_wan"])
    return Achievement(
        institution_id=institution.id,
        team_id=team.id if team else None,
        created_by_id=team.created_by_id if team else None,
        handler_id=district.users["officer2" if number % 3 else "officer"].id,
        title=entry["title"],
        summary=entry["summary"],
        detail=entry["detail"],
        indicators=entry["indicators"],
        trl=entry["trl"],
        ip_items=[{**item, "valid_to": ""} for item in entry["ip_items"]],
        ownership=Ownership(entry["ownership"]),
        transfer_modes=entry["transfer_modes"],
        asking_price_fen=price,
        is_negotiable=price is None,
        cases=entry["cases"],
        tech_field_code=entry["tech_field_code"],
        keywords=entry["keywords"],
        origin=Origin(entry["origin"]),
        no_secret_declared=True,
        state=state,
        created_at=created,
        updated_at=created + timedelta(days=2),
        submitted_at=None if state is PoolState.DRAFT else created + timedelta(days=1),
        published_at=created + timedelta(days=2) if state in OPEN_POOL else None,
    )


def fill_needs(district: District, early: Mapping[str, float] | None = None) -> dict[str, Need]:
    """Add the needs in their written states, numbered in the order of submission.

    early : need → how many days ago it was entered at the latest.
    """
    found: dict[str, Need] = {}
    for part in reading.parts():
        for entry in part.entries("needs"):
            key, number = part.name_of(entry["key"]), len(found) + 1
            state = NeedState(entry["state"])
            created = _entered(district, number, waits=state in WAITING)
            if early and key in early:
                created = min(created, district.days_ago(early[key]))
            row = found[key] = _need(district, part, entry, number=number, created=created)
            db.session.add(row)
    _continue_numbers(found.values())
    _keep_submitted("need", found, NEED_FIELDS)
    district.needs = {key: row.id for key, row in found.items()}
    return found


def _need(
    district: District,
    part: reading.Part,
    entry: dict[str, Any],
    *,
    number: int,
    created: datetime,
) -> Need:
    firm = district.organisations[part.name_of(entry["enterprise"])]
    state = NeedState(entry["state"])
    submitted = None if state is NeedState.DRAFT else created + timedelta(days=1)
    accepted = created + timedelta(days=3) if state is NeedState.ACCEPTED else None
    members = [u for u in district.users.values() if u.organisation_id == firm.id]
    owner = members[number % len(members)] if members else None
    common = number % 9 == 0
    texts = {name: entry[name] for name in NEED_TEXTS}
    return Need(
        enterprise_id=firm.id,
        created_by_id=owner.id if owner else None,
        handler_id=district.users[("officer", "officer2", "officer3")[number % 3]].id,
        need_no=_need_no(firm.town.position if firm.town else 0, number, submitted),
        category=NeedCategory(entry["category"]),
        need_type=(NeedType.COMMON if common else NeedType.INDIVIDUAL) if accepted else None,
        source=SOURCES[number % len(SOURCES)],
        budget_total_fen=_fen(entry["budget_total_wan"]),
        pay_to_bidder_fen=_fen(entry["pay_to_bidder_wan"]),
        industry_code=firm.industry_code,
        audience=Disclosure(entry["disclosure"]),
        no_secret_declared=True,
        state=state,
        created_at=created,
        updated_at=accepted or submitted or created,
        submitted_at=submitted,
        accepted_at=accepted,
        expires_on=clock.today(created + timedelta(days=365)) if accepted else None,
        return_reason="请补充可量化的指标和现有水平。" if state is NeedState.RETURNED else "",
        **texts,
    )


def _continue_numbers(needs: Iterable[Need]) -> None:
    """Let the next submission go on after the highest number given in its year and town."""
    last: dict[str, int] = {}
    for number in filter(None, (need.need_no for need in needs)):
        prefix, serial = number[:-4], int(number[-4:])
        last[prefix] = max(serial, last.get(prefix, 0))
    db.session.add_all(NeedSerial(prefix=prefix, last=serial) for prefix, serial in last.items())


def _need_no(town: int, number: int, submitted: Any) -> str | None:
    return f"XQ{submitted.year}{town:02d}{number:04d}" if submitted else None


def _keep_submitted(noun: str, rows: dict[str, Any], fields: list[str]) -> None:
    """Put every row on the trail and keep its submitted version."""
    db.session.flush()
    for row in rows.values():
        by: Any = db.session.get(User, row.created_by_id) if row.created_by_id else None
        trail.enter(row, by=by or trail.SYSTEM, now=row.created_at)
        if row.submitted_at:
            content = {name: getattr(row, name) for name in fields}
            revisions.keep(noun, row.id, content, by=by, now=row.submitted_at)
