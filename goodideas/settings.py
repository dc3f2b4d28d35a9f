"""Django's settings: safe by default, and whatever differs between installations comes from the environment."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from goodideas.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
environment = Environment(BASE_DIR)

SECRET_KEY = environment.secret_key()
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
SITE_URL = environment.site_url()
ALLOWED_HOSTS = environment.allowed_hosts()
DATABASES = {"default": environment.database()}
CACHES = environment.caches()
DEBUG = environment.switch("DEBUG")
SECURITY_CONTACT = environment.contacts("SECURITY_CONTACT")
DUMP_ROOT = environment.folder("DUMP_ROOT", "dumps")
MEDIA_ROOT = environment.folder("MEDIA_ROOT", "media")
# Letters to people who proposed something; EMAIL_BACKEND, EMAIL_HOST and so on.
vars().update(environment.mail())
MAIL_FROM = environment.sender()
# Where a letter that can't be delivered is sent back to; empty where that is its sender.
MAIL_RETURNS = environment.address("MAIL_RETURNS")
VIEWS_LOG = environment.log_file("VIEWS_LOG")
HTTPS = environment.switch("BEHIND_HTTPS_PROXY")
PROXIES = environment.number("PROXIES", 1)
LOG_FORMAT = environment.choice("LOG_FORMAT", ["line", "json"], usual="json" if HTTPS else "line")

INSTALLED_APPS = [
    "catalogue",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
]

MIDDLEWARE = [
    # Before all others: whatever is logged of a request has its id.
    "goodideas.logs.request_id",
    # Sees every answer as it leaves, the kept ones too.
    "goodideas.view_log.ViewLog",
    # Before all others, so that whatever answers, a fault too, answers in it.
    "goodideas.middleware.language_of_the_address",
    # Before the rest: what they add is kept with the page.
    "goodideas.page_cache.PageCache",
    "goodideas.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    # Before the files that never change, which get its header, too.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "goodideas.middleware.DatabaseAway",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "goodideas.middleware.token_of_the_desk",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Last, as it has to be: it looks at what the login page answered.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "goodideas.urls"
WSGI_APPLICATION = "goodideas.wsgi.application"
# The last address in the map adds the slash itself, because it resolves old addresses in the same hop.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "catalogue.views.site.site",
                "django.template.context_processors.request",
                # For the admin. A public template never touches `user` or `messages`: either would read the session
                # and make the page differ by cookie. A test visits every public page and finds no such difference.
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "catalogue.second_factor.Backend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Each is named in itself, for whoever reads no other. English lives at the root, the others under their prefix.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "catalogue" / "locale"]
FORMAT_MODULE_PATH = "goodideas.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", "static-served")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# security: nothing is allowed but what is named. Pages hold no inline script or style, the admin neither.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# An idea with three hundred pieces of evidence and sources is one form of the desk; Django's own limit is 1,000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000
FILE_UPLOAD_HANDLERS = [
    "goodideas.uploads.Quota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_COOKIE_HTTPONLY = True
# A form of the desk whose token is stale keeps its text.
CSRF_FAILURE_VIEW = "catalogue.admin.carried.token_refused"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# So long after signing in an editor has to sign in again; a text that is sent then is kept. The time isn't counted from
# the last request: each would write, and wait for whoever writes, to say that it came.
SESSION_COOKIE_AGE = environment.number("SESSION_HOURS", 12) * 3600
# A link that sets a password holds for as long as an invitation may; one to a forgotten password less long:
# `catalogue.accounts`.
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
REQUIRE_SECOND_FACTOR = environment.switch("REQUIRE_SECOND_FACTOR")
# What an app calls the account.
OTP_TOTP_ISSUER = f"Good Ideas {urlsplit(SITE_URL).hostname}"
# security: ten failures in five minutes, by name or by network, and the next has to wait: `catalogue.admin.signing_in`.
AXES_FAILURE_LIMIT = 10
AXES_HANDLER = "catalogue.admin.signing_in.Tries"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_COOLOFF_TIME = timedelta(minutes=5)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Signing in with one's own name doesn't forget how often one tried another's.
AXES_RESET_ON_SUCCESS = False
AXES_CLIENT_IP_CALLABLE = "catalogue.views.private.network_of"
AXES_LOCKOUT_CALLABLE = "catalogue.admin.signing_in.wait"
# Nobody's name or address is kept for longer than it counts, or written into a log.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = AXES_ENABLE_ADMIN = False
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    # The proxy that speaks https sends http on to it, too: a second redirect here would be one hop too many.
    SILENCED_SYSTEM_CHECKS = ["security.W008"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "goodideas.logs.Line"}, "json": {"()": "goodideas.logs.Json"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Every 404 and 410 is an answer, not a fault.
        "django.request": {"level": "ERROR"},
        # Whoever scans the net asks every machine for every host; it is answered 400 and no fault of ours.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # It names whoever mistyped a password, and from where.
        "axes": {"level": "CRITICAL"},
    },
}
if VIEWS_LOG:
    # The line and nothing else. The file may be moved away at any time: the next line makes a new one.
    LOGGING["formatters"]["bare"] = {"format": "{message}", "style": "{"}
    LOGGING["handlers"]["views"] = {
        "class": "logging.handlers.WatchedFileHandler",
        "filename": VIEWS_LOG,
        "delay": True,
        "formatter": "bare",
    }
    LOGGING["loggers"]["goodideas.views"] = {"handlers": ["views"], "level": "INFO", "propagate": False}
