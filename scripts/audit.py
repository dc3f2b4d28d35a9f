"""Asks whether a fault of security is known in anything that runs or is built here; says so when nobody answers.

Run by `make audit` in an environment of its own. Ends with 1 where a fault is known, and with 0 where none is, or where
whoever knows can't be reached from here: that is said, and is no proof.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AUDITED = ("run", "test", "browser")
COMMAND = ("-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")


def known_faults(name: str) -> list[str] | None:
    """Of each pinned dependency in a file of requirements, the faults that are known; None when nobody answered."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        pinned = ["--requirement", str(ROOT / "requirements" / f"{name}.txt"), "--output", str(answer)]
        try:
            done = subprocess.run([sys.executable, *COMMAND, *pinned], capture_output=True, text=True, timeout=120)
        except subprocess.TimeoutExpired:
            return None
        if not answer.exists():
            print(done.stderr.strip().rpartition("\n")[2], file=sys.stderr)
            return None
        packages = json.loads(answer.read_text(encoding="utf-8"))["dependencies"]
    return [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        for package in packages
        for fault in package.get("vulns", ())
    ]


def main() -> int:
    found = {name: known_faults(name) for name in AUDITED}
    for name, faults in found.items():
        said = "nobody answered: not audited" if faults is None else "; ".join(faults) or "no known fault"
        print(f"requirements/{name}.txt: {said}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
