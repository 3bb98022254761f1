"""Figures and totals are stored by their composite key alone."""

import pytest
from django.db import connection


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["operations_figure", "operations_total"])
def test_a_table_of_numbers_has_its_key_and_no_other_index(table: str):
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
        indexes = [name for name, facts in constraints.items() if facts["index"] and not facts["primary_key"]]
        assert indexes == []
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            assert cursor.fetchone()[0].endswith("WITHOUT ROWID")
