"""gunicorn behind nginx: three processes of four threads on a socket file.

gunicorn --config deploy/gunicorn.conf.py
"""

import os
from pathlib import Path
from typing import Any

wsgi_app = "matchmaker:served()"
bind = os.environ.get("WEB_BIND", "unix:/run/jiebangtai/web.sock")
umask = 0o007  # nginx reaches the socket by its group
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "3"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 120
graceful_timeout = 30  # seconds a request under way gets when the site is told to stop
max_requests, max_requests_jitter = 5000, 500
preload_app = True  # an unsafe start is refused once, and the processes share memory
accesslog = None  # the site writes its own lines, without bodies
errorlog = "-"
loglevel = "warning"


def on_starting(server: Any) -> None:
    """Forget what the processes before have counted."""
    del server
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for path in Path(folder).glob("*.db") if folder else ():
        path.unlink(missing_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """Keep the counts of a process that ended."""
    del server
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
