"""Django's settings, from the environment."""

from datetime import timedelta

from milepost.site.environment import read_environment

ENVIRONMENT = read_environment()
DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key()
ALLOWED_HOSTS = ENVIRONMENT.host_names()
BASE_URL = ENVIRONMENT.base_address()
TRUSTED_PROXIES = ENVIRONMENT.proxies()
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []

DATABASES = {"default": ENVIRONMENT.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "workspace.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "milepost.web.apps.WebConfig",  # before allauth, so that its templates are ours
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "milepost.workspace",
    "milepost.metrics",
    "milepost.okr",
    "milepost.rhythm",
]
MIDDLEWARE = [
    "milepost.web.security.SecurityHeaders",  # outermost: nothing leaves without its headers
    "milepost.site.proxies.TrustedProxies",  # before anything that asks who sends, and how
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "milepost.web.sessions.SessionUse",
    "milepost.web.errors.BodyLimit",
    "milepost.web.errors.ErrorPages",
    "milepost.api.middleware.ApiHeaders",
]
ROOT_URLCONF = "milepost.site.urls"
WSGI_APPLICATION = "milepost.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "milepost.web.context.shell",
            ],
        },
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # empty: files are served from the package
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 31536000 if not DEBUG else 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "milepost.site.static.VersionedStaticFiles"},
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses before a password is looked at
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "milepost.web.account.LongestPassword"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
API_REQUESTS_A_MINUTE = ENVIRONMENT.api_requests
WEBHOOKS_MAY_STAY_INSIDE = ENVIRONMENT.private_webhooks
# Ten wrong passwords for one name from one address shut that door for a quarter of an hour. What is
# answered stays what a wrong password is answered, so nobody learns whether the name has an account.
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else a machine that goes on trying locks its owner out for ever
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "milepost.web.account.sender_of"
AXES_USERNAME_CALLABLE = "milepost.web.account.name_given"
AXES_DISABLE_ACCESS_LOG = True  # the list of sessions tells it, and is the person's own
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "60/m/ip,20/900s/key",  # many addresses against one name, or codes against one account
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "signup": "20/m/ip",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nothing is sent to an address unasked
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this browser stays, every other one is out
PASSWORD_RESET_TIMEOUT = 3600
# allauth's own would write a row for whom a link is made, nobody included; this one binds the address as well.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
_FORMS = "milepost.web.forms.account"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.Login",
    "reset_password": f"{_FORMS}.ResetPassword",
    "reset_password_from_key": f"{_FORMS}.ResetPasswordKey",
    "change_password": f"{_FORMS}.ChangePassword",
    "set_password": f"{_FORMS}.SetPassword",
    "reauthenticate": f"{_FORMS}.Reauthenticate",
}
MFA_FORMS = {
    "authenticate": f"{_FORMS}.SecondStep",
    "reauthenticate": f"{_FORMS}.ConfirmSecondStep",
    "activate_totp": f"{_FORMS}.ActivateApp",
    "add_webauthn": f"{_FORMS}.AddPasskey",
    "edit_webauthn": f"{_FORMS}.RenamePasskey",
}
MFA_ADAPTER = "milepost.web.account.SecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # invitations verify who comes, not addresses
MFA_TOTP_ISSUER = "Milepost"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones are off by some seconds
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BASE_URL.startswith("https://")  # browsers allow it on localhost only
ACCOUNT_ADAPTER = "milepost.web.account.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation; nothing is sent to an address unasked
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

MAIL = ENVIRONMENT.mail()
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starttls, MAIL.tls  # either checks the certificate
EMAIL_TIMEOUT = ENVIRONMENT.mail_seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL.sender
ANYMAIL = {**MAIL.provider, "REQUESTS_TIMEOUT": EMAIL_TIMEOUT}

IS_HTTPS = BASE_URL.startswith("https://")
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""  # browsers take such a cookie from this very host only, over TLS only
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "milepost.web.notices.Notices"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # without use; `web.sessions` ends them after 30 days in any case
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "milepost.web.errors.csrf_failed"
SECURE_HSTS_SECONDS = ENVIRONMENT.hsts_seconds if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
# Without a proxy whose word counts nobody here knows how a request came; to redirect could go round for ever.
SECURE_SSL_REDIRECT = IS_HTTPS and bool(TRUSTED_PROXIES)
SECURE_SSL_HOST = BASE_URL.removeprefix("https://") or None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside
# Preloading enters the owner's domain into a list that browsers ship; that is theirs to decide.
# Axes would answer a locked door with a page of its own; here it is answered like a wrong password.
SILENCED_SYSTEM_CHECKS = ["security.W021", "axes.W002"]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_PERMISSIONS = 0o600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
