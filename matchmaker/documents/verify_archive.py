"""核对归档包: 解压后在该文件夹运行 python verify.py [平台登记的清单摘要]."""

import hashlib
import json
import sys
from pathlib import Path


def sha256(path: Path) -> str:
    """Return a file's digest."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


here = Path(__file__).resolve().parent
manifest = here / "manifest.json"
if sys.argv[1:] and sha256(manifest) != sys.argv[1].strip().lower():
    sys.exit("不符: 清单不是平台登记的那一份")
listed = {one["path"]: one for one in json.loads(manifest.read_text("utf-8"))["files"]}
present = {path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()}
faults = [f"缺少: {name}" for name in listed if name not in present]
faults += [f"多出: {name}" for name in sorted(present - set(listed) - {"manifest.json"})]
faults += [
    f"改动: {name}"
    for name, one in listed.items()
    if name in present and sha256(here / name) != one["sha256"]
]
print(*faults, f"清单摘要 {sha256(manifest)}", sep="\n")
print("不符" if faults else f"相符: {len(listed)} 个文件")
sys.exit(bool(faults))
