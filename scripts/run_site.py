"""Migrate, seed when empty, then run the web server and one job consumer; stop both together.

gunicorn with threads: a request that waits for SQLite's write lock holds a thread, not the site.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
WORKERS = os.environ.get("WEB_WORKERS", "2")
THREADS = os.environ.get("WEB_THREADS", "4")
PATIENCE = 35  # seconds both processes get to finish what they do
COUNTS = Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance") / "metrics"
ENVIRONMENT = {
    **os.environ,
    "FLASK_APP": "matchmaker",
    "PYTHONUNBUFFERED": "1",
    "PROMETHEUS_MULTIPROC_DIR": str(COUNTS),
}
FLASK = [sys.executable, "-m", "flask"]
WEB = [
    *(sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{PORT}", "--workers", WORKERS),
    *("--threads", THREADS, "--worker-class", "gthread", "--preload", "--graceful-timeout", "30"),
    *("--timeout", "120", "--log-level", "warning", "matchmaker:served()"),
]


class Stopped(Exception):
    """A signal asked the site to stop."""


def main() -> int:
    """Run until a signal (0) or until one of the two processes ends by itself (1)."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    prepare_database()
    shutil.rmtree(COUNTS, ignore_errors=True)  # counts of the processes before
    COUNTS.mkdir(mode=0o700, parents=True)
    running = [start(WEB), start([*FLASK, "jobs"])]
    try:
        announce(running)
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
        print("有一个进程意外退出，全部停止。", file=sys.stderr)
    except Stopped:
        print("正在停止 …", flush=True)
        return 0
    finally:
        finish(running)
    return 1


def stop(number: int, frame: FrameType | None) -> None:
    """Turn a signal into `Stopped` in the main loop."""
    del number, frame
    raise Stopped


def prepare_database() -> None:
    """Migrate; fill the demonstration district where the database is empty, unless SEED=0."""
    steps = [["db", "upgrade"]]
    demonstration = os.environ.get("MATCHMAKER_ENV", "development") != "production"
    if demonstration and os.environ.get("SEED") != "0":
        steps.append(["seed", "--if-empty"])
    COUNTS.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [sys.executable, __file__, *(" ".join(step) for step in steps)]
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True)


def run_commands(steps: list[str]) -> None:
    """Run several `flask` commands in one process: starting each anew costs seconds."""
    sys.path.insert(0, str(ROOT))
    from flask.cli import ScriptInfo

    from matchmaker import create_app

    app = create_app()
    for step in steps:
        app.cli.main(step.split(), standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start in a session of its own: the terminal's Ctrl-C reaches only this program."""
    return subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, start_new_session=True)


def announce(running: list[subprocess.Popen[bytes]]) -> None:
    """Print the address once the site answers; probes stay on this machine."""
    probe = "127.0.0.1" if HOST in {"0.0.0.0", "::"} else HOST  # noqa: S104
    while running[0].poll() is None:
        try:
            urllib.request.urlopen(f"http://{probe}:{PORT}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.2)
        else:
            break
    else:
        return
    print(f"揭榜台已启动：http://{HOST}:{PORT}/ （按 Ctrl-C 停止）", flush=True)


def finish(running: list[subprocess.Popen[bytes]]) -> None:
    """Ask both to end, then insist."""
    for process in running:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(run_commands(sys.argv[1:]))
    try:
        sys.exit(main())
    except Stopped:
        sys.exit(0)
    except subprocess.CalledProcessError as error:
        sys.exit(f"启动失败：{'、'.join(error.cmd[2:])} 返回 {error.returncode}")
