"""Makes .venv and installs a set of requirements into it, unless that has been done already.

    python3 scripts/setup.py run        what the site needs
    python3 scripts/setup.py test       that, and what its tests and checks need
    python3 scripts/setup.py browser    that, and what the browser tests need

It runs before anything is installed, so it uses the standard library only.
"""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "good-ideas.json"

# Each set holds everything in the one before it, at the same versions.
SETS = ("run", "test", "browser")

# The newest Python is the last one that Django 5.2 supports; pinned packages have no ready-made files for later ones.
OLDEST, NEWEST = (3, 11), (3, 14)

# Of pip's own variables only those stay that say how to reach packages (a mirror, a proxy, a certificate). Others,
# such as PIP_USER or PIP_TARGET, would change what is installed, or where.
PIP_VARIABLES = {
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_KEYRING_PROVIDER",
    "PIP_NO_CACHE_DIR",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_RETRIES",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
}


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in SETS:
        sys.exit(f"Usage: setup.py {' | '.join(SETS)}")
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(f"Good Ideas needs Python 3.11, 3.12, 3.13 or 3.14; this is {sys.version.split()[0]}.")
    wanted = sys.argv[1]
    installed = read_stamp()
    if installed is None:
        make_environment()
    elif installed.get(wanted) == fingerprint(wanted):
        return
    install(wanted)


def fingerprint(name):
    """What the stamp remembers of a set: the hash of its requirements file."""
    return hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def environment_python():
    """Which Python .venv runs, such as "cpython-311"; None if it doesn't run, because that Python is gone, say."""
    command = [PYTHON, "-I", "-c", "import sys; print(sys.implementation.cache_tag)"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def read_stamp():
    """The sets in .venv and their fingerprints; None if .venv must be made anew.

    A moved or copied folder counts as none: programs in .venv hold the path at which they were installed.
    """
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        usable = stamp["folder"] == str(VENV) and stamp["python"] == environment_python()
        return stamp["sets"] if usable else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def make_environment():
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "This Python can't make a virtual environment, because its module ensurepip is missing; "
            "on Debian and Ubuntu install the package python3-venv (sudo apt install python3-venv) and try again."
        )
    say(f"Making .venv with Python {sys.version.split()[0]}.")
    call([sys.executable, "-I", "-m", "venv", "--clear", VENV], ".venv couldn't be made; the reason stands above.")


def install(wanted):
    """Installs the set, then stamps it and the smaller ones; a larger one has to be checked again."""
    # An installation that is broken off leaves no stamp, so the next one starts from nothing.
    STAMP.unlink(missing_ok=True)
    say(f"Installing requirements/{wanted}.txt; the first time takes about half a minute.")
    pip = [PYTHON, "-I", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-user"]
    pinned = ["--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements" / f"{wanted}.txt"]
    call(
        pip + pinned,
        f"pip couldn't install requirements/{wanted}.txt; its reason stands above. "
        'If it says "from versions: none", it reached no package index: check the network, the proxy or the mirror.',
    )
    sets = {name: fingerprint(name) for name in SETS[: SETS.index(wanted) + 1]}
    stamp = {"folder": str(VENV), "python": environment_python(), "sets": sets}
    STAMP.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")


def call(command, sentence):
    """Runs the command without a sound; what it said is shown, with our sentence after it, only if it fails."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PIP_") or name in PIP_VARIABLES
    }
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        sys.exit(sentence)


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
