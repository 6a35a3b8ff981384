"""Half-written files a crash left behind: found by their names, removed once nobody writes them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

PARTIAL = ".part"
WORK = (".backup-*", ".restore-*")  # folders a backup or a restore works in
PLACES = ("uploads", "bids", "bids/sealed", "bids/drafts", "backups", "mail")


def leftovers(instance: Path, *, before: float) -> list[Path]:
    """Return half-written files and work folders older than `before` (seconds since 1970)."""
    return sorted(path for path in _found(instance) if path.stat().st_mtime < before)


def _found(instance: Path) -> Iterator[Path]:
    for place in PLACES:
        folder = instance / place
        if folder.is_dir():
            yield from folder.glob(f"*{PARTIAL}")
            yield from folder.glob(f"*/*{PARTIAL}")
            for pattern in WORK:
                yield from folder.glob(pattern)
    for pattern in WORK:
        yield from instance.parent.glob(pattern)


def sweep(instance: Path, *, before: float) -> list[Path]:
    """Remove them; return what was removed. A second run finds nothing."""
    gone = leftovers(instance, before=before)
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return gone
