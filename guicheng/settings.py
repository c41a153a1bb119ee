"""The settings. The first block is the only place that reads the environment.

With PUBLIC_URL set this is production: hosts, base path and secure cookies follow from it and
the secrets are required. Without it the portal answers on loopback only and needs no configuration.
"""
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from guicheng.connectors.configured import check_whole
from guicheng.public.contact import tel

# --- what differs between machines -----------------------------------------------------------
BASE_DIR = Path(__file__).resolve().parent.parent
_YES, _NO = {"1", "true", "yes", "y", "on", "ok"}, {"0", "false", "no", "n", "off"}
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env("DATA_DIR", default="") or BASE_DIR / "var").resolve()
PUBLIC_URL = env("PUBLIC_URL", default="")
DATABASE_URL = env("DATABASE_URL", default="")
SECRET_KEY = env("SECRET_KEY", default="")
PROXY_COUNT = env.int("PROXY_COUNT", default=1 if PUBLIC_URL else 0)
BACKUP_DIR = Path(env("BACKUP_DIR", default="") or DATA_DIR / "backups").resolve()
BACKUP_KEEP = env.int("BACKUP_KEEP", default=48)  # the newest, and of those before them the last of each day
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", default=30)
ONE_TIME_PASSWORD_DAYS = env.int("ONE_TIME_PASSWORD_DAYS", default=7)
ACCOUNT_UNUSED_DAYS = env.int("ACCOUNT_UNUSED_DAYS", default=90)
PASSWORD_DAYS = env.int("PASSWORD_DAYS", default=0)  # 0: a password of one's own does not grow old
REQUIRE_TOTP = env("REQUIRE_TOTP", default="") or ("roles" if PUBLIC_URL else "none")
HSTS_WHOLE_HOST = env.bool("HSTS_WHOLE_HOST", default=False)
STAFF_ADDRESSES = env("STAFF_ADDRESSES", default="")
SITE_OWNER = env("SITE_OWNER", default="")
SITE_CODE = env("SITE_CODE", default="")
SITE_ICP = env("SITE_ICP", default="")
OFFICE_NAME = env("OFFICE_NAME", default="").strip() or "桂城街道"
OFFICE_PHONE = env("OFFICE_PHONE", default="").strip()
OFFICE_HOURS = env("OFFICE_HOURS", default="").strip()
HOTLINE_12345 = env("HOTLINE_12345", default="").strip() or "1"
EMAIL_URL = env("EMAIL_URL", default="")  # no mail leaves until it is set
WEBHOOK_URL = env("WEBHOOK_URL", default="")  # nor any message to a group robot
MESSENGER_URL = env("MESSENGER_URL", default="").strip().rstrip("/")  # nor any to a person's telephone
MESSENGER_CORP_ID = env("MESSENGER_CORP_ID", default="").strip()
MESSENGER_AGENT_ID = env("MESSENGER_AGENT_ID", default="").strip()
MESSENGER_SECRET = env("MESSENGER_SECRET", default="").strip()
MESSENGER_NAME = env("MESSENGER_NAME", default="").strip() or "企业微信"
OIDC_ISSUER = env("OIDC_ISSUER", default="").strip()  # nobody signs in from elsewhere until it is set
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="").strip()
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="").strip()
OIDC_NAME = env("OIDC_NAME", default="").strip() or "统一身份认证"
OIDC_SECOND_FACTOR_ACR = env.list("OIDC_SECOND_FACTOR_ACR", default=[])  # none: our own code is asked for
OIDC_FRESH_MINUTES = env.int("OIDC_FRESH_MINUTES", default=30)  # 0: however long ago they signed in there
KEPT_PAGES_MB = env.int("KEPT_PAGES_MB", default=200)  # room for public pages that are kept as drawn; 0 keeps none
SEARCH_INDEX = env("SEARCH_INDEX", default="").strip() or "auto"  # guicheng/search/among.py
KEPT_PAGES_REDIS = env("KEPT_PAGES_REDIS", default="")  # redis://… shared by several machines; else files in DATA_DIR
PERSONAL_KEYS = Path(env("PERSONAL_KEYS", default="") or DATA_DIR / "personal_keys").resolve()
PERSONAL_DAYS = env.int("PERSONAL_DAYS", default=180)  # after the end of a need, its asker's data
PERSONAL_CIPHER = env("PERSONAL_CIPHER", default="").strip() or "aes"  # guicheng/personal/cipher.py
HEALTH_KEY = env("HEALTH_KEY", default="")  # whoever sends it learns the details of /healthz
SECURITY_CONTACT = env("SECURITY_CONTACT", default="")
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="") or "webmaster@localhost"

try:
    if not DATA_DIR.is_dir():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        DATA_DIR.chmod(0o711)  # nginx passes through to static/: guicheng/upkeep/modes.py
except OSError as error:
    raise ImproperlyConfigured(f"不能使用数据目录 DATA_DIR={DATA_DIR}（{error.strerror}）。")


def _local_secret_key():
    """The key a machine without configuration makes once and keeps in DATA_DIR."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text().strip()


if BACKUP_KEEP < 1 or BACKUP_KEEP_DAYS < 0:
    raise ImproperlyConfigured("BACKUP_KEEP 至少是 1，BACKUP_KEEP_DAYS 不能是负数。")
if REQUIRE_TOTP not in ("roles", "all", "none"):
    raise ImproperlyConfigured(f"REQUIRE_TOTP 应是 roles、all 或 none，现在是“{REQUIRE_TOTP}”。")
if PERSONAL_DAYS < 1:
    raise ImproperlyConfigured("PERSONAL_DAYS 至少是 1。")
if PERSONAL_CIPHER not in ("aes", "sm4"):
    raise ImproperlyConfigured(f"PERSONAL_CIPHER 应是 aes 或 sm4，现在是“{PERSONAL_CIPHER}”。")
if SEARCH_INDEX not in ("auto", "on", "off"):
    raise ImproperlyConfigured(f"SEARCH_INDEX 应是 auto、on 或 off，现在是“{SEARCH_INDEX}”。")
try:
    STAFF_NETWORKS = [ip_network(each.strip(), strict=False) for each in STAFF_ADDRESSES.split(",") if each.strip()]
except ValueError:
    raise ImproperlyConfigured(
        f"STAFF_ADDRESSES 应是用逗号隔开的网段，如 10.1.0.0/16,2001:db8::/32，现在是“{STAFF_ADDRESSES}”。"
    )

if OFFICE_PHONE and (len(OFFICE_PHONE) > 40 or not tel(OFFICE_PHONE)):
    raise ImproperlyConfigured(
        f"OFFICE_PHONE 应是一个电话号码，如 0757-12345678 或 0757-12345678转801，现在是“{OFFICE_PHONE}”。")
for _name, _said in (("OFFICE_NAME", OFFICE_NAME), ("OFFICE_HOURS", OFFICE_HOURS), ("OIDC_NAME", OIDC_NAME),
                     ("MESSENGER_NAME", MESSENGER_NAME)):
    if len(_said) > 60 or not _said.isprintable():
        raise ImproperlyConfigured(f"{_name} 应是一行字，不超过 60 个。")
if HOTLINE_12345.lower() not in _YES | _NO:
    raise ImproperlyConfigured(f"HOTLINE_12345 应是 1（写出 12345）或 0（不写），现在是“{HOTLINE_12345}”。")
HOTLINE_12345 = HOTLINE_12345.lower() in _YES
if HEALTH_KEY and len(HEALTH_KEY) < 20:
    raise ImproperlyConfigured("HEALTH_KEY 太短，会被猜到：请用 20 位以上的随机串。")
SECURITY_CONTACTS = [each.strip() for each in SECURITY_CONTACT.split(",") if each.strip()]
if not all(each.startswith(("mailto:", "https://", "tel:")) for each in SECURITY_CONTACTS):
    raise ImproperlyConfigured(
        f"SECURITY_CONTACT 里每一个都应以 mailto:、https:// 或 tel: 开头，现在是“{SECURITY_CONTACT}”。")

_public = urlsplit(PUBLIC_URL)
PUBLIC_ROOT = f"{_public.scheme}://{_public.netloc}"
BASE_PATH = _public.path.rstrip("/")
if HSTS_WHOLE_HOST and (BASE_PATH or _public.scheme != "https"):
    raise ImproperlyConfigured(f"HSTS_WHOLE_HOST 只能用在整个主机名都归本站的时候，现在 PUBLIC_URL 是“{PUBLIC_URL}”。")
if WEBHOOK_URL and not WEBHOOK_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("WEBHOOK_URL 应以 http:// 或 https:// 开头。")
check_whole("给本人发消息", "MESSENGER_URL", MESSENGER_URL=MESSENGER_URL, MESSENGER_CORP_ID=MESSENGER_CORP_ID,
            MESSENGER_AGENT_ID=MESSENGER_AGENT_ID, MESSENGER_SECRET=MESSENGER_SECRET)
if MESSENGER_URL and not (MESSENGER_AGENT_ID.isascii() and MESSENGER_AGENT_ID.isdecimal()):
    raise ImproperlyConfigured(f"MESSENGER_AGENT_ID 应是应用的编号，一个整数，现在是“{MESSENGER_AGENT_ID}”。")
check_whole("统一身份认证登录", "OIDC_ISSUER", OIDC_ISSUER=OIDC_ISSUER, OIDC_CLIENT_ID=OIDC_CLIENT_ID,
            OIDC_CLIENT_SECRET=OIDC_CLIENT_SECRET)
if OIDC_FRESH_MINUTES < 0:
    raise ImproperlyConfigured("OIDC_FRESH_MINUTES 不能是负数。")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
if PUBLIC_URL:
    if _public.scheme not in ("http", "https") or not _public.hostname:
        raise ImproperlyConfigured("PUBLIC_URL 应写成 https://主机名/路径/ 的样子。")
    if not SECRET_KEY:
        raise ImproperlyConfigured("已设 PUBLIC_URL（正式运行），但没有设 SECRET_KEY：请设一个 50 位以上的随机串。")
    ALLOWED_HOSTS = [_public.hostname]
    CSRF_TRUSTED_ORIGINS = [PUBLIC_ROOT]
    FORCE_SCRIPT_NAME = BASE_PATH or None
else:
    SECRET_KEY = SECRET_KEY or _local_secret_key()
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

# --- security ---------------------------------------------------------------------------------
DEBUG = False
SECURE = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# names of our own: the site above this path may have cookies of Django too
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "guicheng_session", "guicheng_csrf"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{BASE_PATH}/admin/"
SESSION_COOKIE_AGE = 30 * 60  # staff sessions end after 30 idle minutes; see middleware.keep_session_alive
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guicheng.public.given_back.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
# HSTS holds for a whole host and its every port, for a year: below a path of another's site it is not ours to promise,
# nor are the names below the host's unless the operator says so
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE and not BASE_PATH else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HSTS_WHOLE_HOST
SILENCED_SYSTEM_CHECKS = []
if BASE_PATH:
    SILENCED_SYSTEM_CHECKS += ["security.W004"]
elif not HSTS_WHOLE_HOST:
    SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # of a form's words; files go to the disk from 2.5 MB on
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700  # prepare opens static/ to nginx
FILE_UPLOAD_HANDLERS = [
    "guicheng.files.uploads.CappedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# The form of Django 6's setting; the middleware falls away on the next LTS.
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

# --- Django -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "guicheng.apps.GuichengConfig",
    "guicheng.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_filters",
    "rest_framework",
    "simple_history",
    "django_tasks",
    "django_tasks_db",
    "projects",
    "communities",
    "partybuilding",
]
MIDDLEWARE = [
    "guicheng.upkeep.healthz.healthz",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guicheng.public.middleware.content_security_policy",
    "guicheng.public.middleware.elder_edition",
    "guicheng.public.middleware.no_cookie_in_public",
    "guicheng.public.middleware.staff_addresses",
    "guicheng.seal.middleware.cover_sealed",
    "guicheng.upkeep.full_disk.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "guicheng.public.middleware.keep_session_alive",
    "simple_history.middleware.HistoryRequestMiddleware",
    "guicheng.accounts.gate.staff_gate",
    "guicheng.upkeep.full_disk.RefuseWhenFull",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "guicheng.urls"
WSGI_APPLICATION = "guicheng.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guicheng.public.context.site",
                "guicheng.pages.context.news",
            ],
            "builtins": ["django.templatetags.static", "guicheng.templatetags.guicheng",
                         "projects.templatetags.projects", "partybuilding.templatetags.partybuilding"],
        },
    }
]

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # recursive_triggers: without it INSERT OR REPLACE deletes a published row past its trigger
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA recursive_triggers=ON",
}
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
    if DATABASES["default"]["ENGINE"].endswith("postgresql"):
        # compiling a summary's query takes a second, running it a tenth of one; helpers take 30 ms to start, which is
        # more than a page asks; a bitmap of a million rows needs 16 MB, without which each of them is read again
        asked = "-c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=16MB"
        DATABASES["default"]["OPTIONS"] = {"options": asked} | DATABASES["default"].get("OPTIONS", {})
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "guicheng.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": SQLITE_OPTIONS,
            # a file: in memory, the threads of live_server lock each other out
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "guicheng.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name", "email")}},
    {"NAME": "guicheng.accounts.passwords.EnoughKinds"},
    {"NAME": "guicheng.accounts.passwords.NotCommon"},
    {"NAME": "guicheng.accounts.passwords.NotUsedLately"},
]
AXES_FAILURE_LIMIT = 10  # of one name from one address, and only of strangers: guicheng/accounts/sign_in.py
SIGN_IN_LIMITS = {"account": 30, "address": 100}  # of one name from anywhere, of one address: a NAT is an office
AXES_WHITELIST_CALLABLE = "guicheng.accounts.sign_in.is_known"
AXES_USERNAME_CALLABLE = "guicheng.accounts.sign_in.name_key"
AXES_SENSITIVE_PARAMETERS = ["username"]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "guicheng.accounts.sign_in.locked_out"
# not ipware: with a proxy count it reads REMOTE_ADDR only and gives None for everybody
AXES_CLIENT_IP_CALLABLE = "guicheng.public.proxies.client_network"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # what is refused unread counts for nothing
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # AccessEvent is the log
OTP_TOTP_ISSUER = "桂城办实事"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # its cookie would reach public pages

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

KEPT_PAGES_DIR, KEPT_PAGES_BYTES = DATA_DIR / "kept", KEPT_PAGES_MB * 1024 * 1024  # guicheng/kept/pages.py
STATIC_URL = f"{BASE_PATH}/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("manual", BASE_DIR / "docs" / "manual" / "images")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # a worker runs beside gunicorn: deploy/
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
SIMPLE_HISTORY_DATE_INDEX = False  # a history is looked up by its row; by date there is the audit trail

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "guicheng.upkeep.log.Lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "propagate": False}},  # in its workers
}
