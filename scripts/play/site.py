"""The real site on a blank district: web server and job consumer in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180  # seconds to migrate and answer


def free_port() -> int:
    """Return a port of the loopback address nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """Starts on an empty instance folder, stops at the end; `flask` runs a command beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.home = f"http://127.0.0.1:{self.port}/"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "INSTANCE_PATH": str(folder / "instance"),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SITE_URL": self.home.rstrip("/"),
            "WEB_WORKERS": "1",
            "MATCHMAKER_ENV": "development",
            "FLASK_APP": "matchmaker",
            "SEED": "0",
        }

    def __enter__(self) -> "Site":
        self.flask("db", "upgrade")
        log = (self.folder / "site.log").open("wb")
        command = [sys.executable, str(ROOT / "scripts" / "run_site.py")]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.home}healthz", timeout=5).close()  # noqa: S310
            except OSError:
                time.sleep(0.3)
            else:
                return self
        message = f"网站没有启动：\n{(self.folder / 'site.log').read_text('utf-8')[-3000:]}"
        raise RuntimeError(message)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def flask(self, *arguments: str) -> str:
        """Run `flask …` here; return what it printed; RuntimeError if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            message = f"flask {' '.join(arguments)}：{done.stderr or done.stdout}"
            raise RuntimeError(message)
        return done.stdout

    def pass_time(self, words: str) -> None:
        """Move the instance's time forward and print what fell due on the way."""
        print(self.flask("demo-clock", words).strip(), flush=True)

    def today(self) -> str:
        """Return the instance's date in Beijing, as forms take it."""
        return self.flask("demo-clock").split("：")[1].split()[0]
