"""Every noun's blueprints and event handlers, in the order of the process."""

from importlib import import_module
from types import SimpleNamespace

from flask import Flask, current_app

from matchmaker.places import operations as places

# Modules that hold a blueprint `bp`; importing one also registers its policy and handlers.
VIEWS: tuple[str, ...] = (
    "matchmaker.health",
    "matchmaker.display",
    "matchmaker.home.views",
    "matchmaker.messages.views",
    "matchmaker.accounts.views",
    "matchmaker.accounts.registration_views",
    "matchmaker.accounts.organisation_views",
    "matchmaker.accounts.member_views",
    "matchmaker.accounts.staff_views",
    "matchmaker.accounts.tidying_views",
    "matchmaker.accounts.integrity_views",
    "matchmaker.accounts.person_views",
    "matchmaker.places.views",
    "matchmaker.audit.views",
    "matchmaker.needs.views",
    "matchmaker.achievements.views",
    "matchmaker.achievements.teams",
    "matchmaker.reporting.views",
    "matchmaker.api.views",
    "matchmaker.brokering.views",
    "matchmaker.brokering.lead_views",
    "matchmaker.brokering.opening_views",
    "matchmaker.brokering.term_views",
    "matchmaker.experts.views",
    "matchmaker.services.views",
    "matchmaker.services.brokers",
    "matchmaker.imports.views",
)
# Modules imported for what they register: models, policy relations, outbox handlers.
PARTS: tuple[str, ...] = (
    "matchmaker.accounts.identity",
    "matchmaker.accounts.policy",
    "matchmaker.accounts.upkeep",
    "matchmaker.audit.models",
    "matchmaker.audit.policy",
    "matchmaker.outbox.models",
    "matchmaker.messages.policy",
    "matchmaker.messages.mail",
    "matchmaker.revisions.models",
    "matchmaker.needs.policy",
    "matchmaker.needs.records",
    "matchmaker.needs.upkeep",
    "matchmaker.needs.notices",
    "matchmaker.achievements.policy",
    "matchmaker.experts.policy",
    "matchmaker.services.policy",
    "matchmaker.brokering.policy",
    "matchmaker.brokering.lead_policy",
    "matchmaker.brokering.events",
    "matchmaker.brokering.notices",
    "matchmaker.imports.policy",
    "matchmaker.imports.events",
    "matchmaker.imports.submitting",
)


def init_app(app: Flask) -> None:
    """Import every part and register every blueprint."""
    for name in PARTS:
        import_module(name)
    for name in VIEWS:
        app.register_blueprint(import_module(name).bp)


def site() -> SimpleNamespace:
    """Return what the page frame says of this instance."""
    settings = places.settings()
    return SimpleNamespace(
        name="揭榜台",
        bureau_name=settings["bureau_name"],
        district_name=settings["district_name"],
        phone=settings["phone"],
        address=settings["address"],
        demo=bool(current_app.config["DEMONSTRATION"]),
        insecure=not current_app.config["ON_HTTPS"],
    )
