"""How far a job is, readable while its one transaction is still open: a small file."""

from matchmaker.files import store


def write(public_id: str, done: int, total: int) -> None:
    """State how many rows are done of how many; replaced as a whole, so never half read."""
    path = store.folder() / f"{public_id}.progress"
    partial = path.with_suffix(".next")
    partial.write_text(f"{done} {total}", encoding="ascii")
    partial.replace(path)


def read(public_id: str) -> tuple[int, int]:
    """Return (done, total); nothing done while no job has begun."""
    path = store.folder() / f"{public_id}.progress"
    try:
        done, total = path.read_text(encoding="ascii").split()
    except (FileNotFoundError, ValueError):
        return 0, 0
    return int(done), int(total)


def clear(public_id: str) -> None:
    """Forget how far it is."""
    (store.folder() / f"{public_id}.progress").unlink(missing_ok=True)
