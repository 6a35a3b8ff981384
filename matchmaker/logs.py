"""Structured logs: one JSON line an event, with the request's id, without bodies or names."""

import logging
import sys

import structlog
from flask import Flask


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
