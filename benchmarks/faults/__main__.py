"""Breaks one thing after the other under real servers, and says what readers and editors see.

    python -m benchmarks.faults [NAME …] [--seconds 10] [--brief] [--postgres postgres://…] [--output FILE]

Every drill has a database of its own, made for it and taken away afterwards. On SQLite that is all there is to it; with
`--postgres` those that make sense there are played on both. Its exit status is 1 when a promise was broken. The brief
form plays several at once; one that broke there without a loss or an error is played once more, alone, and that counts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

ENVIRONMENT = {
    "SECRET_KEY": "for-drills-only",
    "SITE_URL": "http://127.0.0.1:8000",
    "DJANGO_SETTINGS_MODULE": "goodideas.settings",
}
IDEAS = 200
#: Drills at once: they mostly wait, but their servers have to start.
AT_ONCE = 3
#: Seconds of a fault, and reads of a drill that measures how fast they are; the brief form has the smaller of each.
SECONDS, READS = (5.0, 10.0), (600, 2000)
#: Seconds after which a drill is given up.
PATIENCE = 240


def main() -> None:
    from benchmarks.faults.drills import DRILLS

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of: {', '.join(DRILLS)}")
    parser.add_argument("--seconds", type=float, help=f"of a fault; {SECONDS[1]:g}, at least {SECONDS[0]:g}")
    parser.add_argument("--brief", action="store_true", help=f"{SECONDS[0]:g} seconds, and fewer reads")
    parser.add_argument("--postgres", metavar="URL", help="a database of a server in which databases may be made")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where the lines are kept as JSON")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    seconds = max(SECONDS[0], arguments.seconds or SECONDS[not arguments.brief])
    if arguments.play:
        play(arguments.play, seconds, READS[not arguments.brief])
        return
    if unknown := set(arguments.names) - set(DRILLS):
        parser.error(f"There is no drill {', '.join(map(repr, sorted(unknown)))}. There are: {', '.join(DRILLS)}.")
    wanted = {name: DRILLS[name] for name in arguments.names or DRILLS}
    options = ["--seconds", str(seconds), *(["--brief"] if arguments.brief else [])]
    results = []
    with Workshop(arguments.postgres) as workshop:
        jobs = [(name, vendor) for name, one in wanted.items() for vendor in one.on if vendor in workshop.vendors]
        work = partial(run, workshop, options)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for result in pool.map(work, [job for job in jobs if not wanted[job[0]].alone]):
                results.append(told(result))
        for job in jobs:
            if wanted[job[0]].alone:
                results.append(told(work(job)))
        for place, result in enumerate(results):
            if arguments.brief and may_be_late(result):
                print("Once more, alone:", flush=True)
                results[place] = told(work((result["name"], result["database"])))
    for name in [name for name, one in wanted.items() if not set(one.on) & workshop.vendors]:
        print(f"{name}: not played, since it needs --postgres")
    if arguments.output:
        keep(results, arguments.output)
    sys.exit(any(result["broken"] for result in results))


def play(name: str, seconds: float, reads: int) -> None:
    """One drill in this process, on the database of the settings; its verdict as the last line."""
    import django

    django.setup()
    from benchmarks.faults.drills import DRILLS
    from benchmarks.faults.judging import judge
    from benchmarks.faults.stage import Stage

    stage = Stage(seconds, reads)
    promise = DRILLS[name].work(stage)
    print(json.dumps(asdict(judge(stage.seen(), promise)) | {"note": stage.note}))


def run(workshop: "Workshop", options: list[str], job: tuple[str, str]) -> dict:
    """The verdict of one drill on one kind of database, played in a process of its own."""
    name, vendor = job
    with workshop.database(vendor, mounted=vendor == "sqlite" and "disk" in name) as url:
        command = [sys.executable, "-m", "benchmarks.faults", "--play", name, *options]
        environment = workshop.environment | {"DATABASE_URL": url}
        with tempfile.TemporaryFile("w+") as said:
            try:
                done = subprocess.run(
                    command, env=environment, stdout=subprocess.PIPE, stderr=said, text=True, timeout=PATIENCE
                )
                verdict = json.loads(done.stdout.splitlines()[-1])
            except (subprocess.TimeoutExpired, IndexError, ValueError):
                said.seek(0)
                verdict = {"broken": [f"The drill couldn't be played: {said.read()[-2000:]}"], "note": ""}
    return {"name": name, "database": vendor} | verdict


def may_be_late(result: dict) -> bool:
    """Whether what was broken may be the machine's: nothing was lost and no fault answered, so somebody only waited."""
    return bool(result["broken"]) and not result.get("lost") and not result.get("errors")


def told(result: dict) -> dict:
    """Prints a result, and what was broken; gives it on with its sentence."""
    result["sentence"] = sentence(result)
    print(f"{result['name']}, {result['database']}: {result['sentence']}", flush=True)
    for broken, number in Counter(result["broken"]).most_common(12):
        print(f"    BROKEN{f' {number} times' if number > 1 else ''}: {broken}", flush=True)
    return result


def sentence(result: dict) -> str:
    """The figures of a drill in words."""
    if "answers" not in result:
        return "not played to its end"
    recovery = "no page afterwards" if result["recovery"] is None else f"first page after {result['recovery']:.1f} s"
    figures = [
        f"{result['answers']:,} answers, {result['wrong']} wrong, {result['errors']} errors",
        f"{result['refused']} promised 503",
        f"longest silence {result['silence']:.1f} s",
        recovery,
        f"{result['lost']} of {result['acknowledged']} writes lost",
    ]
    return "; ".join([*figures, *([result["note"]] if result["note"] else [])])


def keep(results: list[dict], output: Path) -> None:
    """Writes the lines. Of drills that weren't played this time the file keeps what it had."""
    before = json.loads(output.read_text(encoding="utf-8")) if output.exists() else {"lines": {}, "figures": {}}
    by_name = {f"{result['name']}, {result['database']}": result for result in results}
    lines = before["lines"] | {name: result["sentence"] for name, result in by_name.items()}
    figures = before["figures"] | {
        name: {key: value for key, value in result.items() if key not in ("name", "sentence")}
        for name, result in by_name.items()
    }
    now = datetime.now(UTC).date().isoformat()
    text = json.dumps({"measured": now, "lines": lines, "figures": figures}, indent=1, ensure_ascii=False)
    output.write_text(text + "\n", encoding="utf-8")


class Workshop:
    """Makes a database for each drill, of a pattern that is made once; all of them are gone when it is left."""

    def __init__(self, postgres: str | None):
        self.postgres, self.vendors = postgres, {"sqlite", "postgresql"} if postgres else {"sqlite"}
        self.environment = os.environ | ENVIRONMENT
        for name in ("CACHE_URL", "ALLOWED_HOSTS", "BEHIND_HTTPS_PROXY", "DEBUG"):
            self.environment.pop(name, None)

    def __enter__(self):
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="drills-")))
        self.environment["STATIC_ROOT"] = str(self.folder / "static")
        self._manage("", "collectstatic", "--no-input")
        self.environment["STATIC_COLLECTED"] = "1"
        self._fill(f"sqlite:///{self.folder / 'pattern'}")
        if self.postgres:
            self.pattern = self._made("pattern")
            self._fill(self._url(self.pattern))
        return self

    def __exit__(self, *error):
        self.stack.close()

    @contextmanager
    def database(self, vendor: str, mounted: bool) -> Iterator[str]:
        """The address of a database with ideas in it; its file on a small disk of its own where one can be mounted."""
        with ExitStack() as stack:
            if vendor == "postgresql":
                self.made = getattr(self, "made", 0) + 1
                yield self._url(self._made(f"drill_{self.made}", self.pattern, stack))
                return
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=self.folder)))
            if mounted and _mount(folder):
                stack.callback(subprocess.run, ["umount", str(folder)], check=True)
            (folder / "site.sqlite3").write_bytes((self.folder / "pattern").read_bytes())
            yield f"sqlite:///{folder / 'site.sqlite3'}"

    def _fill(self, url: str) -> None:
        self._manage(url, "migrate")
        self._manage(url, "generate_ideas", str(IDEAS), "--seed", "1")

    def _manage(self, url: str, *arguments: str) -> None:
        environment = self.environment | {"DATABASE_URL": url or "sqlite:///:memory:"}
        command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
        subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)

    def _made(self, name: str, template: str = "template1", stack: ExitStack | None = None) -> str:
        """A database of a name like this, which is dropped in the end."""
        import psycopg

        name = f"good_ideas_{os.getpid()}_{name}"
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        (stack or self.stack).callback(self._drop, name)
        return name

    def _drop(self, name: str) -> None:
        import psycopg

        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url(self, name: str) -> str:
        from urllib.parse import urlsplit

        return urlsplit(self.postgres)._replace(path=f"/{name}").geturl()


def _mount(folder: Path) -> bool:
    """Mounts a small disk; False where that isn't ours to do."""
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "drill", str(folder)]
    try:
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
            return False
        # What a drill mounts over it must not be mounted elsewhere, too.
        return subprocess.run(["mount", "--make-private", str(folder)]).returncode == 0
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    main()
