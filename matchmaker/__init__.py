"""揭榜台: the application factory."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, request
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from config import Config, from_environment
from matchmaker import (
    assets,
    cli,
    extensions,
    jobs,
    logs,
    metrics,
    navigation,
    policy,
    registry,
    sessions,
    starting,
    timekeeping,
    web,
)
from matchmaker.audit import heads
from matchmaker.files import incoming, serving

ROOT = Path(__file__).resolve().parent.parent


class RowNumber(IntegerConverter):
    """A number in an address: one that no 32-bit column holds names nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def create_app(settings: Config | None = None) -> Flask:
    """Build the application: settings, extensions, blueprints, errors, in that order.

    Raises RuntimeError where a required setting is missing or a route is not bound to the policy.
    """
    settings = settings or from_environment()
    problems = settings.refuse()
    if problems:
        message = "拒绝启动：" + "；".join(problems)
        raise RuntimeError(message)
    settings.INSTANCE.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), instance_path=str(settings.INSTANCE)
    )
    app.request_class = incoming.Request
    app.url_map.converters["int"] = RowNumber
    app.config.from_mapping(settings.values())
    app.extensions["settings"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.PROXIES:
        behind = ProxyFix(app.wsgi_app, x_for=settings.PROXIES, x_proto=1, x_host=1)
        app.wsgi_app = behind  # type: ignore[method-assign]
    logs.init_app(app)
    metrics.init_app(app)
    extensions.init_app(app)
    timekeeping.init_app(app)
    sessions.init_app(app)
    registry.init_app(app)
    web.init_app(app)
    assets.init_app(app)
    serving.init_app(app)
    jobs.init_app(app)
    heads.init_app(app)
    cli.register(app)
    app.context_processor(_page_context)
    policy.check_bound(app)
    timekeeping.refuse_moved(app)
    return app


def served() -> Flask:
    """Return the application for a web server; raise RuntimeError where it must not serve."""
    app = create_app()
    starting.refuse(app)
    return app


def _page_context() -> dict[str, Any]:
    """Return what every page needs."""
    viewer = web.me()
    return {
        "site": registry.site(),
        "me": viewer,
        "nav": navigation.groups(viewer),
        "own_links": navigation.own_links(viewer),
        "large_text": request.cookies.get("large_text") == "1",
        "S": SimpleNamespace,
    }
