"""What the environment says about this installation, checked before anything starts.

With nothing set, the site runs on SQLite in the checkout for this machine's own addresses only. As soon as a
database address or a public host is named, somebody means to run it in public, and then a secret key and the site's
own address have to be given too: a wrong or missing value stops the start with one line that names it.
"""

import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import environ

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


class Stop(SystemExit):
    """Ends the start with one line on the error stream and exit status 1, without a stack trace."""

    def __init__(self, sentence: str):
        super().__init__(f"Good Ideas can't start: {sentence}")


class Environment:
    """The settings that come from the environment, read once by `settings.py`."""

    def __init__(self, base: Path):
        self.base = base
        self.env = environ.Env()

    @property
    def public(self) -> bool:
        """True when somebody named a database or a host that isn't this machine's own."""
        return bool(self.text("DATABASE_URL")) or any(host not in LOCAL_HOSTS for host in self.words("ALLOWED_HOSTS"))

    def text(self, name: str) -> str:
        return self.env.str(name, default="").strip()

    def words(self, name: str) -> list[str]:
        """A list separated by commas; blanks round a word don't count."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def contacts(self, name: str) -> list[str]:
        """Whom to write to, by commas, each the address of a page or of a mailbox."""
        contacts = self.words(name)
        for contact in contacts:
            scheme, _, rest = contact.partition(":")
            if scheme not in {"https", "mailto"} or not rest.strip("/") or not contact.isascii() or " " in contact:
                raise Stop(
                    f"{name} is no contact: {contact!r}. It looks like mailto:security@example.org or https://…."
                )
        return contacts

    def folder(self, name: str, usual: str) -> Path:
        """A folder; one that isn't given from the root on lies beside `manage.py`."""
        return self.base / (self.text(name) or usual)

    def log_file(self, name: str) -> str:
        """A file to which lines are added; empty when none is named. Its folder has to be there."""
        if not self.text(name):
            return ""
        path = self.base / self.text(name)
        if not path.parent.is_dir():
            raise Stop(f"{name} can't be written: there is no folder {str(path.parent)!r}. Make it first.")
        return str(path)

    def switch(self, name: str, default: bool = False) -> bool:
        value = self.text(name).lower()
        if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
            return default if value == "" else value in {"1", "true", "yes", "on"}
        raise Stop(f"{name} is neither yes nor no: {value!r}. Set it to 1 or 0, or leave it out.")

    def choice(self, name: str, known: list[str], usual: str) -> str:
        """One of a few words."""
        value = self.text(name) or usual
        if value not in known:
            raise Stop(f"{name} is {value!r}. It can be {' or '.join(known)}.")
        return value

    def number(self, name: str, usual: int) -> int:
        """A whole number from 1 up."""
        value = self.text(name)
        if value and not (value.isascii() and value.isdigit() and 0 < int(value) < 10_000):
            raise Stop(f"{name} is no whole number from 1 up: {value!r}. Leave it out for {usual}.")
        return int(value or usual)

    def allowed_hosts(self) -> list[str]:
        hosts = self.words("ALLOWED_HOSTS")
        if not hosts and self.text("SITE_URL"):
            hosts = [urlsplit(self.site_url()).hostname or ""]
        return [*hosts, *(host for host in LOCAL_HOSTS if host not in hosts)]

    def site_url(self) -> str:
        """The site's own address without a closing slash: every absolute link starts with it."""
        url = self.text("SITE_URL").rstrip("/")
        if not url:
            if self.public:
                raise Stop("SITE_URL isn't set. Give the site's own address, such as https://ideas.example.org.")
            return "http://127.0.0.1:8000"
        try:
            parts = urlsplit(url)
            well_formed = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
            _ = parts.port
        except ValueError:
            well_formed = False
        if not well_formed or parts.path:
            raise Stop(f"SITE_URL is no address of a site: {url!r}. It looks like https://ideas.example.org.")
        return url

    def secret_key(self) -> str:
        """The key that signs sessions: from the environment, else one made here once and kept out of git."""
        if key := self.text("SECRET_KEY"):
            return key
        if self.public:
            raise Stop("SECRET_KEY isn't set. Give fifty or more random characters, and keep them to yourself.")
        path = self.base / ".secret-key"
        try:
            if not path.exists():
                self._keep(path, secrets.token_urlsafe(50))
            return path.read_text(encoding="ascii")
        except OSError as error:
            raise Stop(f"SECRET_KEY isn't set, and none could be kept in {path}: {error.strerror}.") from None

    @staticmethod
    def _keep(path: Path, key: str) -> None:
        """Writes the key beside its place and links it there: of two processes that start at once, one wins whole."""
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(key)
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)

    def database(self) -> dict:
        """Django's description of the database; SQLite beside `manage.py` when none is named."""
        url = self.text("DATABASE_URL")
        if not url:
            return self._sqlite(self.base / "good-ideas.sqlite3")
        example = "It looks like postgres://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
        try:
            scheme = urlsplit(url).scheme
            database = self.env.db_url_config(url) if scheme in {"postgres", "postgresql", "sqlite"} else None
            _ = urlsplit(url).port
        except Exception:
            database = None
        # security: the address may hold a password, so the line names the setting and never its value.
        if not database or not database["NAME"]:
            raise Stop(f"DATABASE_URL can't be read as the address of a PostgreSQL or SQLite database. {example}")
        if scheme == "sqlite":
            return self._sqlite(database["NAME"])
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
        # A server that is gone without a word is given up in seconds; by default it takes a quarter of an hour.
        database.setdefault("OPTIONS", {})
        database["OPTIONS"] |= {"connect_timeout": 2, "tcp_user_timeout": 3000, "keepalives_idle": 5}
        # Whoever waits for longer for somebody who holds a table is told to come back (503); a migration holds up
        # readers for two seconds at most.
        database["OPTIONS"].setdefault("options", "-c lock_timeout=2500")
        return database

    def mail(self) -> dict:
        """Django's settings of the mail server; without one, letters stay in the outbox."""
        url = self.text("EMAIL_URL")
        if not url:
            return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        try:
            known = urlsplit(url).scheme in {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail"}
            mail = self.env.email_url_config(url) if known else {}
        except (ValueError, KeyError):
            mail = {}
        # security: the address may hold a password.
        if not mail or (mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not mail["EMAIL_HOST"]):
            raise Stop(
                "EMAIL_URL can't be read as the address of a mail server. It looks like smtp+tls://user:password@host:587."
            )
        return {name: value for name, value in mail.items() if name.startswith("EMAIL_")} | {"EMAIL_TIMEOUT": 10}

    def sender(self) -> str:
        """Whom letters are from."""
        return self.address("MAIL_FROM") or f"Good Ideas <good-ideas@{urlsplit(self.site_url()).hostname}>"

    def address(self, name: str) -> str:
        """An e-mail address, perhaps with a name before it."""
        value = self.text(name)
        address = parseaddr(value)[1]
        if value and (
            not value.isprintable() or address.count("@") != 1 or address.startswith("@") or address.endswith("@")
        ):
            raise Stop(f"{name} is no address: {value!r}. It looks like Good Ideas <ideas@example.org>.")
        return value

    def caches(self) -> dict:
        """Where rendered pages are kept: in Redis when CACHE_URL names one, else in each process."""
        url = self.text("CACHE_URL")
        if not url:
            local = "django.core.cache.backends.locmem.LocMemCache"
            rooms = {"pages": 2_000, "questions": 500}
            return {"default": {"BACKEND": local}} | {
                room: {"BACKEND": local, "LOCATION": room, "TIMEOUT": None, "OPTIONS": {"MAX_ENTRIES": entries}}
                for room, entries in rooms.items()
            }
        if urlsplit(url).scheme not in {"redis", "rediss"}:
            # security: the address may hold a password.
            raise Stop("CACHE_URL can't be read as the address of a Redis. It looks like redis://127.0.0.1:6379/0.")
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        redis = {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "TIMEOUT": 24 * 3600,
            # A page is rendered in less time than a cache that hangs is worth waiting for.
            "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "retry": Retry(NoBackoff(), 0)},
        }
        return {room: redis | {"KEY_PREFIX": f"good-ideas-{room}"} for room in ("default", "pages", "questions")}

    def _sqlite(self, name) -> dict:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "CONN_MAX_AGE": 60,
            # In a file, as in earnest: SQLite's database in memory knows neither WAL nor a second connection's wait.
            # One a process, so that two runs of the tests at once don't meet.
            "TEST": {"NAME": self.base / f"test-{os.getpid()}.sqlite3"},
            "OPTIONS": {
                # A writer that starts as a reader can fail at once with "locked"; one that says so waits its turn.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                # Read without copying what the machine has in memory anyway: search reads here and there.
                "PRAGMA mmap_size=2147418112;",
            },
        }
