"""The factory: what it refuses, and whose address it believes."""

import pytest

import config
from matchmaker import create_app

GOOD = "5f0c9b7e21d84a63b9d2e07c46a1f385"


def test_production_names_what_is_missing(tmp_path, monkeypatch):
    wanted = ("SECRET_KEY", "DATABASE_URL", "TRUSTED_HOSTS")
    for name in wanted:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError) as refused:
        create_app(config.Production(tmp_path))
    assert all(name in str(refused.value) for name in wanted)


def test_production_wants_a_long_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'p.db'}")
    monkeypatch.setenv("TRUSTED_HOSTS", "jbt.example.cn")
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(RuntimeError, match="至少 32 个字符"):
        create_app(config.Production(tmp_path))
    monkeypatch.setenv("SECRET_KEY", GOOD)
    settings = config.Production(tmp_path)
    assert settings.refuse() == []
    assert settings.ON_HTTPS


@pytest.mark.parametrize(("proxies", "believed"), [("0", "127.0.0.1"), ("1", "203.0.113.9")])
def test_a_forwarded_address_counts_only_behind_our_own_proxy(
    tmp_path, monkeypatch, proxies, believed
):
    monkeypatch.setenv("PROXIES", proxies)
    app = create_app(config.Testing(tmp_path))
    seen = []

    @app.before_request
    def note():
        from flask import request

        seen.append(request.remote_addr)

    forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    app.test_client().get("/healthz", headers=forged)
    assert seen == [believed]


def test_an_unknown_host_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TRUSTED_HOSTS", "jbt.example.cn")
    client = create_app(config.Testing(tmp_path)).test_client()
    assert client.get("/healthz", base_url="http://evil.example").status_code == 400
    assert client.get("/healthz", base_url="http://jbt.example.cn").status_code == 200
