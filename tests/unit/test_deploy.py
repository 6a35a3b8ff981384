"""The examples of `deploy/` fit the program: its commands, its settings, its probes."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_gunicorn_serves_what_refuses_an_unsafe_start():
    settings = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    assert settings["wsgi_app"] == "matchmaker:served()"
    assert (settings["workers"], settings["threads"], settings["graceful_timeout"]) == (3, 4, 30)
    assert settings["bind"].startswith("unix:")


def test_counts_of_processes_before_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    (tmp_path / "counter_1.db").write_bytes(b"")
    runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["on_starting"](None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.full
def test_gunicorn_reads_its_configuration():
    command = [sys.executable, "-m", "gunicorn", "--check-config", "--config"]
    subprocess.run(
        [*command, str(DEPLOY / "gunicorn.conf.py"), "flask:Flask"], check=True, cwd=ROOT
    )


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_well_formed_and_calls_commands_there_are(app_commands, path):
    text = path.read_text("utf-8")
    for line in text.splitlines():
        assert not line or re.match(r"\[\w+\]$|[A-Za-z]+=\S", line), line
    for group, name in re.findall(r"bin/flask (\w+)(?: ([a-z-]+))?$", text, re.MULTILINE):
        assert f"{group} {name}".strip() in app_commands
    if shutil.which("systemd-analyze"):
        subprocess.run(["systemd-analyze", "verify", "--man=no", str(path)], check=False)


@pytest.fixture(scope="module")
def app_commands(bare_app):
    return {
        f"{name} {inner}".strip()
        for name, command in bare_app.cli.commands.items()
        for inner in ("", *getattr(command, "commands", {}))
    }


def test_the_example_of_settings_names_what_the_program_reads():
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "jiebangtai.env.example").read_text(), re.M))
    text = (ROOT / "config.py").read_text("utf-8")
    read = set(re.findall(r'environ\.get\("([A-Z_]+)"', text))
    read |= {"FLASK_APP", "PROMETHEUS_MULTIPROC_DIR", "MAIL_FROM", "SITE_URL", "SMTP_HOST",
             "SMTP_USER", "SMTP_PASSWORD"}  # fmt: skip
    assert named <= read
    assert {"SECRET_KEY", "DATABASE_URL", "TRUSTED_HOSTS", "BACKUP_PUBLIC_KEY"} <= named


def test_nginx_keeps_the_probes_in_and_writes_the_callers_address():
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    for probe in ("/healthz", "/readyz", "/metrics"):
        assert re.search(rf"location = {probe}\s+\{{ return 404; \}}", text)
    assert "client_max_body_size 25m" in text
    assert "X-Forwarded-For $remote_addr" in (DEPLOY / "nginx-proxy.conf").read_text("utf-8")


@pytest.mark.full
def test_nginx_itself_accepts_the_configuration(tmp_path):
    if shutil.which("nginx") is None:
        pytest.skip("没有 nginx，配置没有由 nginx 核对")
    inner = (DEPLOY / "nginx-proxy.conf").read_text("utf-8")
    (tmp_path / "proxy.conf").write_text(inner)
    key, cert = tmp_path / "k.pem", tmp_path / "c.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    subprocess.run([*make, "-keyout", key, "-out", cert], check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("网站域名", "jbt.example.cn")
    text = text.replace("/etc/nginx/jiebangtai-proxy.conf", str(tmp_path / "proxy.conf"))
    text = text.replace("/etc/ssl/jiebangtai.pem", str(cert))
    text = text.replace("/etc/ssl/jiebangtai.key", str(key))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(whole), "-e", str(tmp_path / "log")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_guide_names_every_example():
    missing = [path.name for path in DEPLOY.iterdir() if f"deploy/{path.name}" not in GUIDE]
    assert missing == []
