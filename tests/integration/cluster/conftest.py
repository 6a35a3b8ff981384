"""A scheduler and two worker processes, as `scripts/cluster` starts them: once for the folder."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from matchmaker import cluster

ROOT = Path(__file__).resolve().parents[3]
WORKERS = 2
STARTING = 120  # seconds, on a machine that is busy with other tests


@pytest.fixture(scope="session")
def scheduler(tmp_path_factory):
    """The address of a scheduler with two workers; `TEST_SCHEDULER` names one that runs already."""
    if os.environ.get("TEST_SCHEDULER"):
        yield os.environ["TEST_SCHEDULER"]
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("cluster") / "log").open("wb")
    running = subprocess.Popen(
        [ROOT / "scripts" / "cluster", str(WORKERS)],
        env=os.environ | {"PORT": str(port), "MEMORY": "1500MiB"},
        stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        address = f"tcp://127.0.0.1:{port}"
        wait_for(address)
        yield address
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=60)
        log.close()


def wait_for(address):
    """Return when both workers are there."""
    import distributed

    with distributed.Client(address, timeout=f"{STARTING}s") as client:
        client.wait_for_workers(WORKERS, timeout=STARTING)


@pytest.fixture
def link(scheduler):
    with cluster.connected(scheduler) as link:
        yield link
