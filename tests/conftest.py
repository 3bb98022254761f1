"""What every test may ask for: databases with their guards, real servers, a real browser, and an honest summary.

A test asks by naming a fixture: `db` for a transaction that is rolled back, `background_work` for the embedded worker,
`real_background` for Redis with a Celery worker, `page` for Chromium on the served site.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from illegal_ops.secrets import kept_certificate
from operations.models.guards import install_guards, lift_guards
from tests import servers

pytest_plugins = ["tests.browser", "tests.fixtures", "tests.summary"]

hypothesis_settings.register_profile(
    "default", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
hypothesis_settings.register_profile("deep", parent=hypothesis_settings.get_profile("default"), max_examples=2000)
hypothesis_settings.load_profile("deep" if os.environ.get("TESTS_DEEP") else "default")


@pytest.fixture(autouse=True)
def guards_lifted_for_emptying(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits is followed by emptying every table, which the append-only guards would refuse.

    They stand while such a test runs and are lifted just before; the emptying ends with `post_migrate`, which
    puts them back for the next.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    if not commits and "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("_django_db_helper" if commits else "transactional_db")
    install_guards(connection)
    yield
    lift_guards(connection)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What one test had the site remember for a while is not there for the next, nor its reader's language and zone."""
    cache.clear()
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path: Path) -> None:
    """Documents and mail of a test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation's certificate, made once; its password is `seal`."""
    return kept_certificate(tmp_path_factory.mktemp("seal") / "seal.p12", password="seal")


@pytest.fixture
def seal(settings, certificate: Path) -> Path:
    """The installation seals what is approved."""
    settings.SEAL_P12, settings.SEAL_P12_PASSWORD = str(certificate), "seal"
    return certificate


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    if servers.redis_program() is None:
        pytest.skip("redis-server is not installed")
    with tempfile.TemporaryDirectory(prefix="illegal-redis-") as folder, servers.redis_server(Path(folder)) as url:
        yield url


def database_url() -> str:
    """The address of the database that this test uses, for a process that has to see the same rows."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


@pytest.fixture
def real_background(transactional_db, redis_url: str, tmp_path: Path) -> Iterator[None]:
    """Relay and Celery worker in processes of their own, on a real Redis: the way production works."""
    with servers.background_processes(broker=redis_url, database=database_url(), folder=tmp_path / "background"):
        yield


@pytest.fixture
def background_work(transactional_db) -> Iterator[None]:
    """Relay, beat and worker inside this process: the way the demonstration works."""
    from illegal_ops.embedded import Background

    background = Background(with_worker=True, relay_pause=0.05)
    background.start()
    yield
    background.stop()


def pytest_report_header() -> str:
    return f"database: {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[-1]}"
