"""What the environment may say, and the one line that stops a start."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PUBLIC = {"SECRET_KEY": "x" * 60, "SITE_URL": "https://ideas.example.org"}


def start(*, code="print(settings.SITE_URL, settings.ALLOWED_HOSTS, settings.DATABASES['default']['ENGINE'])", **env):
    """Starts Django with these settings alone; what it printed, and how it ended."""
    keep = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "HOME") if name in os.environ}
    script = f"from django.conf import settings; settings.DEBUG; {code}"
    return subprocess.run(
        [sys.executable, "-c", script],
        env=keep | {"DJANGO_SETTINGS_MODULE": "goodideas.settings"} | env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"DATABASE_URL": "postgres://a@b/c", "SITE_URL": "https://x.example"}, "SECRET_KEY"),
        ({"DATABASE_URL": "postgres://a@b/c", "SECRET_KEY": "x"}, "SITE_URL"),
        ({"ALLOWED_HOSTS": "ideas.example.org", "SITE_URL": "https://ideas.example.org"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "ideas.example.org", "SECRET_KEY": "x"}, "SITE_URL"),
        (PUBLIC | {"SITE_URL": "ideas.example.org"}, "SITE_URL"),
        (PUBLIC | {"SITE_URL": "ftp://ideas.example.org"}, "SITE_URL"),
        (PUBLIC | {"SITE_URL": "https://ideas.example.org/folder"}, "SITE_URL"),
        (PUBLIC | {"SITE_URL": "https://ideas.example.org:port"}, "SITE_URL"),
        (PUBLIC | {"SECURITY_CONTACT": "security@example.org"}, "SECURITY_CONTACT"),
        (PUBLIC | {"SECURITY_CONTACT": "https://x.example, mailto:"}, "SECURITY_CONTACT"),
        (PUBLIC | {"EMAIL_URL": "mail.example.org"}, "EMAIL_URL"),
        (PUBLIC | {"EMAIL_URL": "smtp://"}, "EMAIL_URL"),
        (PUBLIC | {"MAIL_FROM": "nobody"}, "MAIL_FROM"),
        (PUBLIC | {"MAIL_RETURNS": "nobody"}, "MAIL_RETURNS"),
        (PUBLIC | {"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        (PUBLIC | {"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL"),
        (PUBLIC | {"DATABASE_URL": "postgres://a:secret@b:port/c"}, "DATABASE_URL"),
        (PUBLIC | {"DATABASE_URL": "postgres://"}, "DATABASE_URL"),
        (PUBLIC | {"BEHIND_HTTPS_PROXY": "perhaps"}, "BEHIND_HTTPS_PROXY"),
    ],
)
def test_wrong_or_missing_setting_stops_the_start_with_one_line_naming_it(env, named):
    ended = start(**env)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("Good Ideas can't start: ")
    assert named in ended.stderr
    assert "secret" not in ended.stderr.replace("SECRET", "").replace("secret key", "")


def test_nothing_set_runs_on_sqlite_for_this_machine_alone():
    assert start().stdout.strip() == (
        "http://127.0.0.1:8000 ['localhost', '127.0.0.1', '[::1]'] django.db.backends.sqlite3"
    )


def test_secret_key_is_generated_once_and_kept():
    keys = {start(code="print(settings.SECRET_KEY)").stdout for _ in range(2)}
    assert len(keys) == 1
    assert len(keys.pop().strip()) > 50


def test_site_url_alone_names_its_host():
    ended = start(**PUBLIC)
    assert "'ideas.example.org'" in ended.stdout


def test_proxy_that_speaks_https_makes_cookies_secure():
    code = "print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS)"
    assert start(code=code, BEHIND_HTTPS_PROXY="1", **PUBLIC).stdout.strip() == "True True 31536000"
    assert start(code=code).stdout.strip() == "False False 0"


def test_mail_server_comes_from_one_address():
    code = "print(settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.MAIL_FROM)"
    said = start(code=code, EMAIL_URL="smtp+tls://ana:secret@mail.example.org:587", **PUBLIC)
    assert said.stdout == "mail.example.org 587 True Good Ideas <good-ideas@ideas.example.org>\n"
    said = start(code="print(settings.EMAIL_BACKEND)", **PUBLIC)
    assert said.stdout == "django.core.mail.backends.dummy.EmailBackend\n"
