"""Structured logs: one JSON line an event, with the request's id, without bodies or names."""

import logging
import sys
from contextlib import suppress

import structlog
from flask import Flask


class Lines(structlog.PrintLogger):
    """Prints lines; a log that cannot be written (a full disk) fails no request."""

    def msg(self, message: str) -> None:
        """Print one line."""
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def init_app(app: Flask) -> None:
    """Write JSON lines to standard error; tests keep them out of the way."""
    level = logging.ERROR if app.config.get("TESTING") else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: Lines(sys.stderr),
        cache_logger_on_first_use=False,
    )
