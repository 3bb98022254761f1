"""All settings, read from the environment; safe by default.

Without `SECRET_KEY` only the demonstration starts: `DEMO=1` makes a key of its own and keeps it in `VAR_DIR`; from
then on this installation is a demonstration, and its commands need no environment at all. README lists the names.
"""

import os
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from illegal_ops.secrets import kept_certificate, kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# pages, forecasts and solvers share one process: none of them takes all processors (read when numpy is first imported)
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)

# --- who we are: production, or a demonstration that keeps its own key ---

SECRET_KEY = env.str("SECRET_KEY", default="")
_demo_key = VAR_DIR / "demo-secret-key"
DEMO = env.bool("DEMO", default=not SECRET_KEY and _demo_key.exists())
if not SECRET_KEY:
    if not DEMO:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it for a real site, or run the demonstration: `make run` (DEMO=1)."
        )
    SECRET_KEY = kept_secret(_demo_key)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

PORT = env.int("PORT", default=8000)
HTTPS = env.bool("HTTPS", default=not DEMO)
SITE_ADDRESS = env.str("SITE_ADDRESS", default=f"http://localhost:{PORT}" if DEMO else "").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEMO)
# the one address whose X-Forwarded-For and X-Forwarded-Proto are believed; `manage.py serve` gives it to the server
TRUSTED_PROXY = env.str("TRUSTED_PROXY", default="")

# --- what it is made of ---

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "django_filters",
    "illegal_ops",
    "reports",
    "operations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # every page wants a signed-in reader unless its view says otherwise
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "operations.web.middleware.PreferencesMiddleware",
    "illegal_ops.second_factor.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "operations.web.doors.DomainErrorPages",
    # last, so that it can turn a refused sign-in into the answer that says so
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "illegal_ops.urls"
WSGI_APPLICATION = "illegal_ops.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_template_loaders = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "operations.web.context.site",
            ],
            "libraries": {
                "filters": "operations.web.filter_tags",
                "ops": "operations.web.tags",
                "reports": "reports.web.tags",
            },
            "loaders": [
                ("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _template_loaders)])
            ],
        },
    }
]

# --- databases ---


def _database() -> dict:
    """SQLite for one machine, PostgreSQL for a headquarters; both tuned so that what was acknowledged is kept."""
    default = f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
    database = env.db_url("DATABASE_URL", default=default)
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("sqlite3"):
        Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        options["transaction_mode"] = "IMMEDIATE"
        options["timeout"] = 30
        options["init_command"] = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000"
        )
        # a file, because threads that share an in-memory database lock each other out
        database["TEST"] = {"NAME": f"{database['NAME']}.test"}
    elif env.bool("DATABASE_POOL", default=True):
        options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=16), "timeout": 20}
    return database


DATABASES = {"default": _database()}

CACHE_URL = env.str("CACHE_URL", default="")
if CACHE_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}

# --- accounts ---

AUTH_USER_MODEL = "operations.User"
KNOX_TOKEN_MODEL = "operations.ApiToken"
# knox's own migrations would make the table of its token although ours has taken its place
MIGRATION_MODULES = {"knox": None}
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "illegal_ops.accounts.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# approving asks for the password or the second factor again when the last time is longer ago than this
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# the same number of tries as axes below; axes keeps count in the database, across processes
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,10/300s/key"}

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Illegal"
# a passkey needs HTTPS, except on http://localhost, which is where the demonstration lives
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_PASSKEY_LOGIN_ENABLED = False
USERSESSIONS_TRACK_ACTIVITY = True

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["password", "code"]

# --- transport and browser security ---

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_USE_SESSIONS = False
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 60 * 60) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# putting a domain on browsers' preload list is the decision of whoever owns the domain
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
# what the server takes at all: the largest file that an import reads, and its form
MAX_REQUEST_BODY = 65 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- languages and time ---

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "illegal_ops" / "locale"]
TIME_ZONE = "Europe/Moscow"
USE_I18N = True
USE_TZ = True

# --- files ---

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
FRONTEND_DIR = Path(env.str("FRONTEND_DIR", default=str(VAR_DIR / "frontend")))
STATICFILES_DIRS = [FRONTEND_DIR] if FRONTEND_DIR.is_dir() else []
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
# the certificate and key (PKCS #12) that approved documents are sealed with; the demonstration makes its own
SEAL_P12 = env.str("SEAL_P12", default="")
SEAL_P12_PASSWORD = env.str("SEAL_P12_PASSWORD", default="")
if DEMO and not SEAL_P12:
    SEAL_P12_PASSWORD = SECRET_KEY
    SEAL_P12 = str(kept_certificate(VAR_DIR / "demo-seal.p12", password=SEAL_P12_PASSWORD))
# documents that are drawn at once on this machine; half of the processors leave the other half to the site
RENDERINGS_AT_ONCE = env.int("RENDERINGS_AT_ONCE", default=max(1, (os.cpu_count() or 1) // 2))
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=not DEBUG)
_static_storage = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if STATIC_MANIFEST
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- e-mail: kept as files until a server is named ---

EMAIL_FILE_PATH = str(VAR_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

# --- programming interface ---

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["operations.api.parsing.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # first, so that an unauthenticated caller is told to bring a token (401)
        "operations.api.callers.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["operations.api.callers.Participant"],
    "DEFAULT_SCHEMA_CLASS": "operations.api.schema.ResourceSchema",
    # the interface speaks JSON: no address chooses another format, and `?format=` is an unknown parameter
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANONYMOUS", default="60/min"),
        "user": env.str("API_RATE_USER", default="1200/min"),
    },
    # the server has put the caller's address in its place already: no header decides who is throttled
    "NUM_PROXIES": 0,
    "EXCEPTION_HANDLER": "operations.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
    "STRICT_JSON": True,
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Illegal: planning and reporting",
    "DESCRIPTION": "Everything that the site's pages do, for the systems of national agencies.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "OperationKind": "operations.models.operations.Operation.Kind",
        "StageKind": "operations.models.plans.Stage.Kind",
        "PeriodKind": "operations.models.PeriodKind",
        "SectionKind": "operations.models.plans.PlanSection.Kind",
        "PublishedPeriodKind": "operations.models.published.PublishedFigure.PeriodKind",
        "IndicatorKind": "operations.models.catalogue.Indicator.Kind",
    },
}

# --- background work ---

CELERY_BROKER_URL = env.str("BROKER_URL", default="memory://localhost/")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# polling_interval is the memory transport's own; given to Redis it would slow nothing down but mean nothing either
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.05} if CELERY_BROKER_URL.startswith("memory:") else {"visibility_timeout": 3600}
)
# what nobody waits for stands in a queue of its own; a worker takes from both in turn
CELERY_TASK_DEFAULT_QUEUE, UNHURRIED_QUEUE = "celery", "unhurried"
CELERY_TASK_QUEUES = [Queue(CELERY_TASK_DEFAULT_QUEUE), Queue(UNHURRIED_QUEUE)]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = TIME_ZONE
# full days after which a head whose answer on a plan is waited for is reminded, every day
PLAN_REMINDER_DAYS = env.int("PLAN_REMINDER_DAYS", default=3)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "operations.sweep_jobs", "schedule": 60.0},
    "verify": {"task": "operations.verify_totals", "schedule": crontab(hour=3, minute=10)},
    # more than once, for a site that was down in the morning; nobody is reminded twice on one day
    "remind": {"task": "operations.remind_heads", "schedule": crontab(hour="9,12,15", minute=5)},
    # every hour: a deadline may fall on any; whoever was reminded of it is not reminded again
    "remind-returns": {"task": "operations.remind_of_returns", "schedule": crontab(minute=15)},
    "digest": {"task": "operations.send_digests", "schedule": crontab(hour="8,11,14", minute=30)},
}

# --- log: one line per event on standard error ---

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING" if DEMO else "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # fonts and images of a document are logged at INFO by the hundred
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
    },
}
