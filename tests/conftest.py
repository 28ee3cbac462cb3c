"""Fixtures of every test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.people import Company, build_company

hypothesis_settings.register_profile(
    "short", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "long", max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def pytest_configure(config: pytest.Config) -> None:
    import os

    hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a test's password protects nothing
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]


def _ask_what_it_can(sender: object, connection: BaseDatabaseWrapper, **more: object) -> None:
    """Let a new connection find out now what its engine can do: it asks once, amid the queries a test may be counting."""
    assert connection.features.supports_json_field


connection_created.connect(_ask_what_it_can)


# What no database can change: pure functions, files, what a browser makes of a page, and what the docs show of one.
# `make test` tries it once; `make qa` tries browsers and docs on PostgreSQL too.
ANY_ENGINE = ("tests/core/", "tests/exchange/", "tests/browser/", "tests/docs/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ANY_ENGINE):
            item.add_marker(pytest.mark.any_engine)


@pytest.fixture(autouse=True, scope="session")
def _empty_through_the_one_door() -> Iterator[None]:
    """Let transactional tests empty the tables the way the product does: the triggers allow no other."""
    from milepost.workspace.actions import erase_everything

    def teardown(self: Any) -> None:
        erase_everything()

    before = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = before  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """End what is still connected when the tests are over: a browser that was closed may have asked a last time."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(autouse=True)
def _mail_is_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a page sends be in the outbox when it answers; tests/site/test_mail.py sends as it is served."""
    from milepost import mail

    class AtOnce:
        def submit(self, do: Callable[..., None], *given: Any) -> None:
            do(*given)

    monkeypatch.setattr(mail, "_sender", AtOnce())


@pytest.fixture
def company(db: None) -> Company:
    """A workspace with an admin, a lead, a member, a viewer, and an outsider in another one."""
    return build_company()
