"""Fixtures that put data into the database.

The reference data is loaded once for the whole session and is there in every test that uses `db`. A test that commits
(`transactional_db`) starts with empty tables and asks for `reference`.
"""

import pytest

from tests.factories.people import Cast, make_cast
from tests.factories.reference import load_reference


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
