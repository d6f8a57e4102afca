"""Every setting of the portal with its default. The environment is read here and nowhere else."""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parents[2]


class Environment(environ.Env):
    """The environment; a value that cannot be read stops the start with a sentence that names it."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except (ValueError, KeyError) as error:
            raise ImproperlyConfigured(f"{var} cannot be read: {error}") from None


# Read once by openpyxl: uploads are parsed by defusedxml, which refuses entities, and not by the lxml of python-docx.
os.environ["OPENPYXL_LXML"] = "False"

env = Environment()
# The launcher writes this file; the real environment always wins over it.
env.read_env(str(Path(env.str("LOCAL_DIR", str(BASE_DIR / ".local"))) / "env"), overwrite=False)

LOCAL_DIR = Path(env.str("LOCAL_DIR", str(BASE_DIR / ".local")))

# ---- identity and secrets ----
SECRET_KEY = env.str("SECRET_KEY")
SALT_KEY = [env.str("FIELD_KEY")]  # encrypts contacts at rest (django-fernet-encrypted-fields)
LOOKUP_KEY = env.str("FIELD_KEY")  # keyed hash that finds a phone number without storing it
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000")  # the address printed in QR codes and messages
DEMO = env.bool("DEMO", default=True)  # marks every page as demonstration data
# The invented district's duty desk; a real portal that names none sends people to the hotline every city has.
SERVICE_NAME = env.str("SERVICE_NAME", "资阳区社区值班" if DEMO else "市民热线")
SERVICE_PHONE = env.str("SERVICE_PHONE", "0737-000 0012" if DEMO else "12345")
NUMBER_PREFIX = env.str("NUMBER_PREFIX", "ZY")

# ---- apps ----
OWN_APPS = ["core", "accounts", "neighborhoods", "volunteers", "governance", "notifications", "dashboards", "demo"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_linear_migrations",
    "mptt",
    "encrypted_fields",
    "phonenumber_field",
    "django_filters",
    "django_htmx",
    "csp",
    "django_structlog",
    "django_prometheus",
    *OWN_APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.faults.FaultMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.FormStatusMiddleware",
    "accounts.middleware.StaffSessionMiddleware",
    "neighborhoods.middleware.ActorMiddleware",
    "neighborhoods.mfa.SecondStepMiddleware",
    "core.middleware.forms.RefusedFormMiddleware",
    "governance.middleware.FreshCountsMiddleware",
    "notifications.middleware.OpenedCaseMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "accounts.User"
FORM_RENDERER = "core.rendering.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.portal",
                "governance.context_processors.desk",
                "notifications.context_processors.unread",
            ],
            "builtins": ["core.templatetags.mulin"],
        },
    },
]

# ---- database and Redis ----
try:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
except ValueError as error:
    raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from None
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL", default=8),
    "timeout": 5,
    # The pool doubles its waits while it tries to reconnect, for 5 minutes: a database that was away for two would be
    # found two minutes late. Giving up soon lets the next request try at once.
    "reconnect_timeout": 4,
}
# What `core.statements` runs more often than this on one connection is planned once and kept there. Behind a pooler of
# transactions (PgBouncer before 1.21) it has to be None.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5
DATABASES["default"]["CONN_HEALTH_CHECKS"] = (
    True  # a database that was restarted is found again without a restart of ours
)

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "core.cache.PatientRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# ---- Celery: everything it carries can be lost, the database is the truth ----
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_timeout": 5, "max_retries": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

# ---- language and time ----
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "mulin_lang"
LANGUAGE_COOKIE_AGE = 400 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
THEME_COOKIE_NAME = "mulin_theme"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = None
# Django would let the catalogues of libraries win over ours where both translate a word ("open", "Filter").
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in OWN_APPS]

# ---- files ----
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = LOCAL_DIR / "static"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(LOCAL_DIR / "media")))
MEDIA_URL = "/media-is-never-served-directly/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.storage.StaticStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
PHOTO_MAX_BYTES = 10 * 1024 * 1024
PHOTO_MAX_PIXELS = 40_000_000
PHOTO_MAX_PIXELS_WHOLE = 16_000_000  # PNG and WebP, which cannot be unpacked at a fraction of their size
PHOTO_MAX_COUNT = 6
BODY_MAX_BYTES = PHOTO_MAX_COUNT * PHOTO_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE  # a whole request, refused unread
PHOTO_LONGEST_SIDE = 1600

# ---- sign-in ----
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]  # one door, with its limits
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.VarietyValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
OWN_PAGE_URL = "/accounts/me/"  # where residents arrive after signing in
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "email*", "password1*"]  # the form asks for one of the two; allauth wants the *
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # so that sign-up answers the same for known and unknown addresses
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers are sent nothing because somebody typed their address
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before phone or e-mail change
ACCOUNT_LOGIN_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_RATE_LIMITS = {
    # five wrong passwords lock the account from one address for 15 minutes (graded protection, docs/security.md)
    "login_failed": "20/m/ip,5/15m/key",
    "login": "60/m/ip",
    "request_login_code": "20/m/ip,3/5m/key,20/d/key",  # text messages cost money
}
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "signup": "accounts.forms.SignupForm",
    "verify_phone": "accounts.forms.VerifyPhoneForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailForm",
    "change_phone": "accounts.forms.ChangePhoneForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateSecondStepForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.forms.EditWebAuthnForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the office that typed the address in vouches for it
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.bool("WEBAUTHN_INSECURE", default=False)
MFA_TOTP_ISSUER = "Mulin"
MFA_REQUIRED_ROLES = env.list("MFA_REQUIRED_ROLES", default=[])  # role codes of neighborhoods.actors.Role
ALLOW_PUBLIC_SIGNUP = env.bool("ALLOW_PUBLIC_SIGNUP", default=True)
STAFF_IDLE_SECONDS = env.int("STAFF_IDLE_SECONDS", default=30 * 60)
RESIDENT_IDLE_SECONDS = env.int("RESIDENT_IDLE_SECONDS", default=2 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
PHONENUMBER_DEFAULT_REGION = "CN"
PHONENUMBER_DB_FORMAT = "E164"

# ---- safety in the browser ----
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # tracking links never travel to another host
X_FRAME_OPTIONS = "DENY"

# ---- the public form ----
ALTCHA_ENABLED = env.bool("ALTCHA_ENABLED", default=True)
ALTCHA_COST = env.int("ALTCHA_COST", default=20_000)
REPORTS_PER_ADDRESS_HOUR = env.int("REPORTS_PER_ADDRESS_HOUR", default=30)
FOLLOW_TRIES_PER_ADDRESS_HOUR = env.int("FOLLOW_TRIES_PER_ADDRESS_HOUR", default=20)
HOTLINE_PER_MINUTE = env.int("HOTLINE_PER_MINUTE", default=120)  # requests of one key
HOTLINE_TRIES_PER_MINUTE = env.int("HOTLINE_TRIES_PER_MINUTE", default=300)  # of one address, keys of any kind
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many proxies in front set X-Forwarded-For

# ---- rules the district may change (docs/glossary.md, "Time limits") ----
WORK_FROM = "08:30"
WORK_UNTIL = "17:30"
VOLUNTEER_VERIFY_DAYS = 3  # working days to look at somebody who wishes to serve
VOLUNTEER_CODE_SECONDS = 120  # how long a code of a shift is shown; the one before it is still taken
# What counts as hours of service, by the day from which it holds; a change is a new line, never another number above.
VOLUNTEER_HOUR_RULES = {
    "2021-02-01": {
        "day_minutes": 480,
        "activity_minutes": 240,
        "late_days": 7,
        "expire_days": 30,
        "remind_days": (7, 25),
        "check_percent": 3,
    },
}
REOPEN_DAYS = 15
APPEAL_DAYS = 15  # against a refusal or a dismissal
RETURN_WORKING_DAYS = 1  # after a dispatch, to send the case back
CALLBACK_AFTER_WORKING_DAYS = 1  # residents who have not answered the reply by then are called
CALLBACK_TRIES = 3
URGE_HOURS = 24
EXTENSION_DAYS = {"X": 15}  # by urgency, how many working days the one extension of a case may have; others have none
QUESTION_DAYS = 5  # whoever reported a case has to answer a question before the clock goes on
ADDITIONS_PER_HOUR = 10  # words and photos a resident adds to one case
FOLLOW_LINK_DAYS = 180  # after closing
RECURRENCE_DAYS = 60
RECURRENCE_CASES = 3  # of one category in one compound within these days: a task is proposed
PARKED_NOTE_DAYS = 30  # a parked case gets a public note
PARKED_REVIEW_DAYS = 90  # and the street looks whether it must stay parked
CONTACT_HIDE_DAYS = 365
CONTACT_ERASE_DAYS = 3 * 365
QUIET_FROM = "21:00"
QUIET_UNTIL = "07:30"

# ---- notices ----
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "mulin@localhost")
EMAIL_TIMEOUT = 10
_email = env.email_url("EMAIL_URL", default="filemail://")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = str(LOCAL_DIR / "mail")
SMS_BACKENDS = env.list("SMS_BACKENDS", default=["notifications.channels.sms.FileSms"])  # tried in this order
CHAT_URLS = env.list("CHAT_URLS", default=[])  # apprise addresses: WeCom, DingTalk, Feishu
WEBHOOK_URLS = env.list("WEBHOOK_URLS", default=[])
WEBHOOK_SECRET = env.str("WEBHOOK_SECRET", "")
NOTICE_TRIES = 6  # a delivery that failed so often is parked for a person to look at
NOTICE_LEASE_SECONDS = 60  # a worker that died is replaced after this; what it was sending may go out twice
NOTICE_KEEP_DAYS = 180  # then what was relayed, sent or read is cleared away; the audit trail stays
NOTICE_LAG_ALERT_SECONDS = 120  # readyz reports a relay or a beat that is this late
WEBHOOK_TIMEOUT = 5
DIGEST_AT = "08:00"

# ---- logs, errors, figures for machines ----
METRICS_ALLOWED = env.list("METRICS_ALLOWED", default=["127.0.0.1", "::1"])  # addresses, networks for /metrics
SENTRY_DSN = env.str("SENTRY_DSN", "")
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOG_JSON = env.bool("LOG_JSON", default=False)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "core.logs.HideSecrets"}},
    "formatters": {"plain": {"()": "core.logs.formatter", "json": LOG_JSON}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
        "django_structlog.celery": {"level": "WARNING"},
    },
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"

SILENCED_SYSTEM_CHECKS = ["account.W001"]  # phone or e-mail at sign-up: the form sees that one of them is given
