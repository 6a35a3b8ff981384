"""Bring the packages of a lock file, the front-end files and, for tests, a browser.

Quick the second time: a stamp in .venv holds the digest of what was installed from.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAMPS = Path(sys.prefix) / "stamps"
UV = "uv==0.13.9"
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")
OFFICE_PACKAGES = ("libreoffice-writer-nogui", "poppler-utils", "fonts-noto-cjk")


def main() -> None:
    """Install what the run (or, with --test, the tests) needs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", action="store_true", help="also what the tests need")
    parser.add_argument("--semantic", action="store_true", help="also the sentence encoder, 32 MB")
    given = parser.parse_args()
    wanted = "test" if given.test else "run"
    STAMPS.mkdir(exist_ok=True)
    install_packages(wanted)
    if given.semantic:
        install_encoder()
    subprocess.run([sys.executable, ROOT / "scripts" / "vendor.py"], check=True)
    if wanted == "test":
        bring_browser()
        bring_office()


def install_packages(wanted: str) -> None:
    """Install exactly the lock's packages; the test lock holds the run-time ones too."""
    if is_current("test") or (wanted == "run" and is_current("run")):
        return
    uv = find_uv()
    lock = lock_file(wanted)
    print(f"安装 {lock.relative_to(ROOT)} 中的软件包 …", flush=True)
    command = [*uv, "pip", "sync", "--quiet", "--python", sys.executable, str(lock)]
    subprocess.run(command, check=True)
    for stamp in STAMPS.iterdir():
        stamp.unlink()
    warm = "from matchmaker.matching import warm; warm()"
    subprocess.run([sys.executable, "-c", warm], cwd=ROOT, check=True)
    (STAMPS / wanted).write_text(digest(wanted), encoding="ascii")


def install_encoder() -> None:
    """Add the extra `[semantic]` to what is installed; another set-up may take it out again."""
    lock = str(lock_file("semantic"))
    install = ["pip", "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", lock]
    subprocess.run([*find_uv(), *install, "--python", sys.executable], check=True)


def find_uv() -> list[str]:
    """Return the command of uv, installed into .venv by pip where the machine has none."""
    own = Path(sys.prefix) / "bin" / "uv"
    if not own.exists() and not shutil.which("uv"):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", UV]
        subprocess.run([*pip, "--disable-pip-version-check"], check=True)
    return [str(own) if own.exists() else "uv"]


def lock_file(wanted: str) -> Path:
    """Return the lock of `run`, `test` or `semantic`."""
    return ROOT / "requirements" / f"{wanted}.lock"


def digest(wanted: str) -> str:
    """Return the digest of a lock's content."""
    return hashlib.sha256(lock_file(wanted).read_bytes()).hexdigest()


def is_current(wanted: str) -> bool:
    """Tell whether the packages of this lock are the installed ones."""
    stamp = STAMPS / wanted
    return stamp.is_file() and stamp.read_text(encoding="ascii") == digest(wanted)


def bring_browser() -> None:
    """Install Debian's Chromium and a Chinese font, as root; otherwise say what is skipped."""
    if not (shutil.which("chromium") and has_chinese_font()):
        install_debian(BROWSER_PACKAGES, "chromium 与中文字体", "浏览器测试")


def bring_office() -> None:
    """Install what turns documents into pages: LibreOffice's writer, poppler, a Chinese font."""
    if not (shutil.which("soffice") and shutil.which("pdftotext") and has_chinese_font()):
        install_debian(OFFICE_PACKAGES, "libreoffice-writer-nogui 与 poppler-utils", "文书版面测试")


def install_debian(packages: tuple[str, ...], said: str, tests: str) -> None:
    """Install Debian packages, as root; otherwise say which tests will not run."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"跳过：没有 {said}且无权安装，{tests}将不运行。")
        return
    print(f"安装 {said} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(f"跳过：{said}没有装上，{tests}将不运行。")
            return


def has_chinese_font() -> bool:
    """Tell whether pages would show more than empty boxes."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


if __name__ == "__main__":
    main()
