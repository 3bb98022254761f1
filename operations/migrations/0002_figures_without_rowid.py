"""Stores figures and totals by their composite key alone on SQLite: half the size and one lookup less per row.

Django has no option for it. The tables are new and empty here; whoever alters them later on SQLite repeats
this step, because altering rebuilds the table (`tests/operations/models/test_storage.py` notices).
"""

from django.db import migrations

TABLES = ("operations_figure", "operations_total")


def drop_rowid(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
            definition = cursor.fetchone()[0]
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute(f"{definition} WITHOUT ROWID")


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_initial")]
    operations = [migrations.RunPython(drop_rowid, migrations.RunPython.noop)]
