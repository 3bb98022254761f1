"""Fixtures that put data into the database.

The reference data is loaded once for the whole session and is there in every test that uses `db`. A test that commits
(`transactional_db`) starts with empty tables and asks for `reference`.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.factories.people import Cast, make_cast
from tests.factories.reference import load_reference
from tests.permission_matrix.world import World, build


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """pytest-django's own set-up, and the reference data on top of it."""
    with django_db_blocker.unblock():
        load_reference()


@pytest.fixture
def reference(db) -> None:
    """The reference data, also after a committing test has emptied every table."""
    load_reference()


@pytest.fixture
def cast(reference) -> Cast:
    """Headquarters, council chair, six heads, observer and administrator."""
    return make_cast()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """People in every role and rows in every state, built once for a module; each test rolls back what it changed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
