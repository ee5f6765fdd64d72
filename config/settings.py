"""Every setting, read from the environment here and nowhere else, and safe by default.

What may be set is listed in `.env.example`.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
import pghistory
from django.core.exceptions import ImproperlyConfigured

from config import addresses, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
if DEBUG:
    SECRET_KEY = env.str("SECRET_KEY", default="only-for-debugging")
else:
    SECRET_KEY = env.str("SECRET_KEY")
    if len(SECRET_KEY) < 50:  # noqa: PLR2004  as Django's own deployment check
        raise ImproperlyConfigured("SECRET_KEY needs at least 50 characters.")

HTTPS = env.bool("HTTPS", default=not DEBUG)
# The loopback names always: health checks ask from inside the container.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", *env.list("ALLOWED_HOSTS", default=[])]
# Where people and the provider of texts reach the practice: what links in messages, the
# provider's callbacks and the addresses that commands print begin with. Without it
# messages have no links and there are no callbacks.
PUBLIC_URL = env.str("PUBLIC_URL", default="")
if PUBLIC_URL:
    ALLOWED_HOSTS.append(addresses.host_of(PUBLIC_URL, https=HTTPS))
# Where the practice's website takes bookings, with parts of a slot in braces. Without
# it what is published names a telephone number, and no link.
BOOKING_URL = env.str("BOOKING_URL", default="")
if BOOKING_URL:
    addresses.booking_template(BOOKING_URL, https=HTTPS)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz(/worker)?$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / ".local"))).absolute()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "pgtrigger",
    "pghistory",
    "phonenumber_field",
    "config",
    "locations",
    "clients",
    "scheduling",
    "scheduling.board",
]

MIDDLEWARE = [
    "config.logs.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.slashes.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.history.RequestHistory",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# PostgreSQL. A lock or a statement that takes longer than this is given up, so that one
# slow request cannot hold the desk; migrations of large tables set 0.
DATABASES = {"default": env.db("DATABASE_URL")}
_database = DATABASES["default"]
_database["HOST"] = _database.setdefault("OPTIONS", {}).pop("host", _database["HOST"])
_database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
_database["CONN_HEALTH_CHECKS"] = True
_database["OPTIONS"] |= {
    "connect_timeout": 5,
    "prepare_threshold": 2,  # for the statements of scheduling/snapshots.py
    "application_name": env.str("APPLICATION_NAME", default="practice"),
    "options": " ".join(
        f"-c {name}={env.str(name.upper(), default=default)}"
        for name, default in (
            ("lock_timeout", "3s"),
            ("statement_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "15s"),
        )
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One Redis, by TCP or a Unix socket (`unix:///path`): the broker's doorbell in database
# 0, the cache in database 1.
REDIS_URL = env.str("REDIS_URL")
_redis = urlsplit(REDIS_URL)
if _redis.scheme == "unix":
    BROKER_URL = f"redis+socket://{_redis.path}?virtual_host=0"
    CACHE_URL = f"unix://{_redis.path}?db=1"
else:
    BROKER_URL = _redis._replace(path="/0").geturl()
    CACHE_URL = _redis._replace(path="/1").geturl()
CACHES = {
    "default": {
        "BACKEND": "config.cache.FailSafeRedisCache",
        "LOCATION": CACHE_URL,
    }
}

# How often beat looks for messages that are due.
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=30.0)
# What the watchdog gives a worker to start before it judges it.
WATCHDOG_STARTING_SECONDS = env.float("WATCHDOG_STARTING_SECONDS", default=60.0)

# Who may read /metrics: who has this token; while it is empty, this machine itself.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# How long a message is a worker's own, once claimed: whatever a worker does with it has
# a limit that is a part of this. Then how long until a ring is taken for lost, and the
# wait after the first attempt, from which the others are reckoned.
MESSAGE_LEASE_SECONDS = env.float("MESSAGE_LEASE_SECONDS", default=60.0)
MESSAGE_RING_AGAIN_SECONDS = env.float("MESSAGE_RING_AGAIN_SECONDS", default=60.0)
MESSAGE_FIRST_WAIT_SECONDS = env.float("MESSAGE_FIRST_WAIT_SECONDS", default=15.0)

# The ways out for messages. A file or a line on the console goes to nobody.
SMS_GATEWAY = env.str(
    "SMS_GATEWAY", default="console", choices=["console", "file", "twilio"]
)
EMAIL_GATEWAY = env.str(
    "EMAIL_GATEWAY", default="console", choices=["console", "file", "email"]
)
OUTBOX_DIR = Path(env.str("OUTBOX_DIR", default=str(STATE_DIR / "outbox")))
# What is called back is checked by the token, whichever way texts go out.
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
if SMS_GATEWAY == "twilio":
    TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID")
    TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN")
    TWILIO_FROM = env.str("TWILIO_FROM")
    TWILIO_URL = env.str("TWILIO_URL", default="https://api.twilio.com")
vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="appointments@localhost")

# How long an intake that led to nothing is kept after its last change. Who has not come
# back within a year begins anew; the practice has no need to know of them any longer.
INTAKE_KEEP_DAYS = env.int("INTAKE_KEEP_DAYS", default=365)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="demo-practice")  # of demo data only
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Signing in: by username, to an account that the practice has made. A browser's session
# ends half a day after it began; an app's token lives on while it is used.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
APP_SESSION_IDLE = timedelta(days=7)
APP_SESSION_AGE = timedelta(days=30)
ACCOUNT_ADAPTER = "config.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "My LA Therapy"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# The API. Throttles are per address and per user.
THROTTLE_ANON = env.str("THROTTLE_ANON", default="120/min")
THROTTLE_USER = env.str("THROTTLE_USER", default="1200/min")
THROTTLE_INTAKE = env.str("THROTTLE_INTAKE", default="20/hour")
THROTTLE_MATCHES = env.str("THROTTLE_MATCHES", default="20/min")
# What anyone may read is made anew after so many seconds, and kept as long by others;
# slots are published for so many days.
PUBLISHED_SECONDS = env.int("PUBLISHED_SECONDS", default=60)
PUBLISHED_DAYS = env.int("PUBLISHED_DAYS", default=28)
if PUBLISHED_SECONDS < 0 or not 1 <= PUBLISHED_DAYS <= 92:  # noqa: PLR2004
    raise ImproperlyConfigured(
        "PUBLISHED_SECONDS has to be 0 or more, PUBLISHED_DAYS from 1 to 92."
    )
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
CSRF_FAILURE_VIEW = "config.api.handlers.csrf_failure"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.api.authentication.AppSessionAuthentication",
        "config.api.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.api.permissions.IsFrontDesk"],
    "DEFAULT_THROTTLE_CLASSES": [
        "config.api.throttles.AnonymousThrottle",
        "config.api.throttles.UserThrottle",
    ],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["config.api.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.ApiSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.exceptions.handle",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "My LA Therapy",
    "DESCRIPTION": "Scheduling for a psychotherapy practice with five offices.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "GET_LIB_DOC_EXCLUDES": "config.api.schema.bases",
    "PREPROCESSING_HOOKS": ["config.api.schema.as_served"],
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "REDOC_UI_SETTINGS": {"hideLogo": True},
    "ENUM_NAME_OVERRIDES": {
        "AgeGroup": "clients.models.AgeGroup.choices",
        "AnswerVia": "scheduling.models.AnswerVia.choices",
        "AppointmentStatus": "scheduling.models.AppointmentStatus.choices",
        "AttendanceMark": "scheduling.api.attendances.MARKS",
        "AttendanceStatus": "scheduling.models.AttendanceStatus.choices",
        "Because": "scheduling.models.Because.choices",
        "CalledOffBy": "scheduling.api.changes.PARTIES",
        "CauseCode": "scheduling.api.coverage.CAUSES",
        "Channel": "clients.models.Channel.choices",
        "ClientLabel": "scheduling.models.ClientLabel.choices",
        "ConsentBasis": "clients.models.ConsentBasis.choices",
        "ConsentStatus": "clients.models.ConsentStatus.choices",
        "Criterion": "scheduling.api.matches.CRITERIA",
        "Decision": "scheduling.models.Decision.choices",
        "EntryState": "scheduling.models.EntryState.choices",
        "Fee": "scheduling.models.Fee.choices",
        "ForWhom": "scheduling.models.ForWhom.choices",
        "Gender": "scheduling.models.Gender.choices",
        "GuaranteeOutcome": "scheduling.api.guarantee_shapes.ENDINGS",
        "GuaranteeState": "scheduling.models.GuaranteeState.choices",
        "GuaranteeStep": "scheduling.api.guarantee_shapes.STEPS",
        "Happening": "scheduling.timeline.Happening.choices",
        "IntakeSource": "scheduling.models.IntakeSource.choices",
        "IntakeStatus": "scheduling.models.IntakeStatus.choices",
        "LicenseType": "scheduling.models.LicenseType.choices",
        "MessageKind": "scheduling.models.MessageKind.choices",
        "MessageState": "scheduling.models.MessageState.choices",
        "Mode": "scheduling.models.Mode.choices",
        "Must": "scheduling.api.intake_shapes.MUSTS",
        "NoFit": "scheduling.models.NoFit.choices",
        "NoFitSaidBy": "scheduling.models.Party.choices",
        "OfferState": "scheduling.models.OfferState.choices",
        "OfferVia": "scheduling.models.OfferVia.choices",
        "OnConflict": "scheduling.api.series_shapes.ON_CONFLICT",
        "PersonRole": "scheduling.models.PersonRole.choices",
        "ReplyKind": "scheduling.api.replies.KINDS",
        "Role": "config.roles.Role.choices",
        "RuleCode": "scheduling.api.shapes.RULES",
        "SessionFormat": "scheduling.models.SessionFormat.choices",
        "WorkKind": "scheduling.work_list.WorkKind.choices",
        "WorkMode": "scheduling.models.WorkMode.choices",
    },
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = PHONENUMBER_DEFAULT_FORMAT = "E164"

# The image collects its static files; elsewhere they are served from where they lie.
COLLECTED_STATIC = env.bool("COLLECTED_STATIC", default=False)
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if COLLECTED_STATIC else None
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.assets.Collected"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LOGGING = logs.configuration(pretty=DEBUG)

# History of every change: append-only, with the user and the request that made it.
PGHISTORY_APPEND_ONLY = True
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
