"""Ask every gate of the supply chain and write a report in Chinese; exit 1 where one failed."""

import csv
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LOCKS = ("run", "test", "semantic")
PASSED, FAILED, NOT_RUN = "通过", "未通过", "未运行"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==[^\s\\;]+")
HASHED = re.compile(r"--hash=sha256:[0-9a-f]{64}")
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
UNSCANNED = r"(\.lock$|package-lock\.json|\.csv$|\.jsonl$|\.svg$|node_modules/|\.min\.js$)"
SECONDS = 300


@dataclass(frozen=True)
class Result:
    """One gate: what it is, how it went, and what a reader should know."""

    gate: str
    verdict: str
    said: str


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool in the tree; a missing one or one that hangs answers with status 127."""
    words = [str(one) for one in command]
    try:
        return subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(words, 127, "", str(error))


def unpinned(text: str) -> list[str]:
    """Return the requirements of a pip lock that lack an exact version or a hash."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    return [one.split()[0] for one in lines if not (PINNED.match(one) and HASHED.search(one))]


def unhashed(lock: dict[str, Any]) -> list[str]:
    """Return the packages of an npm lock without an integrity value."""
    return [name for name, one in lock["packages"].items() if name and not one.get("integrity")]


def locks(_folder: Path) -> Result:
    """Hold where every package of every lock has one version and its hashes."""
    wrong, count = [], 0
    for name in LOCKS:
        text = (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")
        count += sum(bool(PINNED.match(line)) for line in text.splitlines())
        wrong += [f"{name}.lock {one}" for one in unpinned(text)]
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    wrong += [f"package-lock.json {one}" for one in unhashed(lock)]
    said = (
        "；".join(wrong) or f"PyPI {count} 项、npm {len(lock['packages']) - 1} 项均锁定版本和摘要"
    )
    return Result("锁定文件", FAILED if wrong else PASSED, said)


def bill(folder: Path) -> Result:
    """Write CycloneDX bills of material of what is installed to run the site."""
    python = folder / "sbom-pypi.json"
    made = run(BIN / "cyclonedx-py", "requirements", "requirements/run.lock", "--pyproject",
               "pyproject.toml", "--output-reproducible", "-o", python)  # fmt: skip
    if made.returncode:
        return Result("SBOM", FAILED, made.stderr.strip()[-200:])
    parts = json.loads(python.read_text("utf-8"))["components"]
    names = {part["name"] for part in parts}
    missing = [one for one in _run_packages() if one not in names]
    npm = _npm_bill()
    if missing or not npm:
        return Result("SBOM", FAILED, f"缺少 {'、'.join(missing) or 'npm 部分'}")
    (folder / "sbom-npm.json").write_text(npm, encoding="utf-8")
    count = len(json.loads(npm)["components"])
    return Result("SBOM", PASSED, f"CycloneDX：PyPI {len(parts)} 项，npm {count} 项")


def _run_packages() -> list[str]:
    text = (ROOT / "requirements" / "run.lock").read_text("utf-8")
    return [found[1] for line in text.splitlines() if (found := PINNED.match(line))]


def _npm_bill() -> str:
    """Return npm's bill; npm wants a version of the root, which the site's package has not."""
    with tempfile.TemporaryDirectory() as name:
        for file in ("package.json", "package-lock.json"):
            said = json.loads((ROOT / file).read_text("utf-8")) | {"version": "0.1.0"}
            if "packages" in said:
                said["packages"][""]["version"] = "0.1.0"
            (Path(name) / file).write_text(json.dumps(said), encoding="utf-8")
        made = run("npm", "--prefix", name, "sbom", "--sbom-format", "cyclonedx",
                   "--package-lock-only")  # fmt: skip
    return made.stdout if made.returncode == 0 else ""


def licences(folder: Path) -> Result:
    """Write the list of licences of what runs; strong copyleft among it fails."""
    made = run(BIN / "pip-licenses", "--format=json", "--with-system", "--python", sys.executable,
               "--packages", *_run_packages())  # fmt: skip
    if made.returncode:
        return Result("许可证", FAILED, made.stderr.strip()[-200:])
    found = [{**one, "License": one["License"].splitlines()[0]} for one in json.loads(made.stdout)]
    with (folder / "licences.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["Name", "Version", "License"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(found)
    strong = [
        f"{one['Name']}（{one['License']}）"
        for one in found
        if COPYLEFT.search(one["License"].replace("LGPL", "").replace("Lesser General", ""))
    ]
    unknown = [one["Name"] for one in found if one["License"] == "UNKNOWN"]
    said = f"运行所需 {len(found)} 个包，强传染许可证 {len(strong)} 个"
    said += f"：{'、'.join(strong)}" if strong else ""
    said += f"；未声明、须人工核对：{'、'.join(unknown)}" if unknown else ""
    return Result("许可证", FAILED if strong else PASSED, said)


def pip_audit(folder: Path) -> Result:
    """Ask for known weaknesses of the Python packages; only a whole answer counts."""
    target = folder / "pip-audit.json"
    made = run(BIN / "pip-audit", "--strict", "--require-hashes", "--disable-pip",
               "-r", "requirements/run.lock", "-f", "json", "-o", target)  # fmt: skip
    answer = json.loads(target.read_text("utf-8")) if target.exists() else None
    return judged_pip(answer, made.stderr)


def judged_pip(answer: dict[str, Any] | None, complaint: str) -> Result:
    """Judge pip-audit's answer, None where there was none."""
    asked = answer["dependencies"] if answer else []
    if not asked or any("skip_reason" in one for one in asked):
        said = (complaint.strip().splitlines() or ["没有得到答复"])[-1]
        return Result("pip-audit --strict", NOT_RUN, f"没有问到漏洞库：{said[:160]}")
    weak = [one["name"] for one in asked if one["vulns"]]
    said = "、".join(weak) or f"{len(asked)} 个包没有已知漏洞"
    return Result("pip-audit --strict", FAILED if weak else PASSED, said)


def npm_audit(_folder: Path) -> Result:
    """Ask for known weaknesses of the npm packages."""
    made = run("npm", "audit", "--json")
    try:
        return judged_npm(json.loads(made.stdout), made.stderr)
    except ValueError:
        return judged_npm({}, made.stderr)


def judged_npm(answer: dict[str, Any], complaint: str) -> Result:
    """Judge npm's answer; without a report version it was none."""
    if "auditReportVersion" not in answer:
        said = (complaint.strip().splitlines() or ["没有得到答复"])[0]
        return Result("npm audit", NOT_RUN, f"没有问到漏洞库：{said[:160]}")
    weak = sorted(answer["vulnerabilities"])
    return Result("npm audit", FAILED if weak else PASSED, "、".join(weak) or "没有已知漏洞")


def reviewed() -> dict[tuple[str, str, str], str]:
    """Return what somebody has looked at: (file, rule, digest) → why it stands."""
    with (ROOT / "scripts" / "reviewed.csv").open(encoding="utf-8", newline="") as file:
        return {
            (one["file"], one["rule"], one["digest"]): one["why"] for one in csv.DictReader(file)
        }


def short(text: str) -> str:
    """Return what stands for a line of code in the list of the reviewed."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def bandit(_folder: Path) -> Result:
    """Hold where bandit finds nothing of medium weight or more that nobody has reviewed."""
    made = run(BIN / "bandit", "-q", "-ll", "-r", "matchmaker", "config.py", "-f", "json")
    if made.returncode not in {0, 1} or not made.stdout:
        return Result("bandit", NOT_RUN, made.stderr.strip()[-160:])
    found = {
        (one["filename"].removeprefix("./"), one["test_id"], short(_line(one)))
        for one in json.loads(made.stdout)["results"]
    }
    return _against_review("bandit", found)


def _line(one: dict[str, Any]) -> str:
    lines = (ROOT / one["filename"]).read_text("utf-8").splitlines()
    return lines[one["line_number"] - 1]


def secrets(_folder: Path) -> Result:
    """Hold where no file of the repository holds what looks like a secret and is none we know."""
    made = run(BIN / "detect-secrets", "scan", "--exclude-files", UNSCANNED)
    if made.returncode or not made.stdout:
        return Result("密钥扫描", NOT_RUN, made.stderr.strip()[-160:])
    found = {
        (file, one["type"], one["hashed_secret"][:16])
        for file, hits in json.loads(made.stdout)["results"].items()
        for one in hits
    }
    return _against_review("密钥扫描", found)


def _against_review(gate: str, found: set[tuple[str, str, str]]) -> Result:
    new = sorted(found - set(reviewed()))
    said = f"{len(found)} 处，均已复核" if not new else "未复核：" + "；".join(map(",".join, new))
    return Result(gate, FAILED if new else PASSED, said)


GATES: tuple[Callable[[Path], Result], ...] = (
    locks, bill, licences, pip_audit, npm_audit, bandit, secrets,
)  # fmt: skip


def report(results: list[Result]) -> str:
    """Return the report, a line a gate."""
    lines = [
        "# 供应链与代码检查",
        "",
        "由 `scripts/supply-chain` 生成，"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC。“未运行”不等于没有问题。",
        "",
        "| 检查 | 结果 | 说明 |",
        "|---|---|---|",
    ]
    lines += [f"| {one.gate} | {one.verdict} | {one.said.replace('|', '/')} |" for one in results]
    return "\n".join(lines) + "\n"


def main(folder: Path) -> int:
    """Run every gate; return 1 where one failed."""
    folder.mkdir(parents=True, exist_ok=True)
    results = [gate(folder) for gate in GATES]
    text = report(results)
    (folder / "report.md").write_text(text, encoding="utf-8")
    print(text)
    return int(any(one.verdict == FAILED for one in results))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
