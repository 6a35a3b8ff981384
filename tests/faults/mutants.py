"""Faults planted in the application itself, for the drills that run it in processes of its own."""

import io
import threading
import time

from sqlalchemy import event

from matchmaker import extensions, served
from matchmaker.extensions import db

LATE = 0.5  # seconds


def answers_first():
    """The site with one fault: an objection is acknowledged before it is written."""
    app = served()
    real = app.wsgi_app

    def early(environ, start_response):
        if environ["REQUEST_METHOD"] != "POST" or "/objections/new/" not in environ["PATH_INFO"]:
            return real(environ, start_response)
        body = environ["wsgi.input"].read()

        def later():
            time.sleep(LATE)
            b"".join(real({**environ, "wsgi.input": io.BytesIO(body)}, lambda *_: lambda _: None))

        threading.Thread(target=later, daemon=True).start()
        start_response("302 Found", [("Location", "/objections/early"), ("Content-Length", "0")])
        return [b""]

    app.wsgi_app = early
    return app


def syncs_seldom():
    """The site with one fault: a commit is not on the disk when it is acknowledged."""
    extensions.PRAGMAS = tuple(
        one.replace("synchronous=FULL", "synchronous=NORMAL") for one in extensions.PRAGMAS
    )
    return served()


def commits_lazily():
    """The site with one fault: PostgreSQL is told not to wait for its log."""
    app = served()
    with app.app_context():
        for engine in db.engines.values():

            @event.listens_for(engine, "connect")
            def relax(connection, _record):
                with connection.cursor() as cursor:
                    cursor.execute("SET synchronous_commit = off")
                connection.commit()

    return app
