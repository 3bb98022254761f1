"""`manage.py audit verify|head|export`: the chain of the audit trail, checked, noted and handed over."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from operations.domain import audit
from operations.models import AuditEntry
from operations.models.guards import missing_guards

SHOWN = 20


class Command(BaseCommand):
    """`verify` ends with an error when a link is broken or a guard of the table is missing."""

    help = "Verifies the audit trail, prints its head, or exports it as JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["verify", "head", "export"])
        parser.add_argument("-o", "--output", type=Path, help="file of the export; standard output without it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "head":
            self.stdout.write(audit.head())
        elif options["act"] == "export":
            self._export(options["output"])
        else:
            self._verify()

    def _verify(self) -> None:
        faults = [f"guard {name} is missing" for name in sorted(missing_guards(connection))]
        faults += [f"entry {sequence}: {what}" for sequence, what in audit.broken_links()]
        for fault in faults[:SHOWN]:
            self.stdout.write(f"  {fault}")
        if faults:
            raise CommandError(f"{len(faults)} faults in the audit trail")
        self.stdout.write(f"{AuditEntry.objects.count()} entries, unbroken; head {audit.head()}")

    def _export(self, output: Path | None) -> None:
        if output is None:
            for line in _lines():
                self.stdout.write(line)
            return
        with output.open("w", encoding="utf-8") as file:
            for line in _lines():
                file.write(line + "\n")
        self.stdout.write(f"{output}: {AuditEntry.objects.count()} entries")


def _lines() -> Any:
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        row = {
            "sequence": entry.sequence,
            "at": entry.at.isoformat(),
            "actor": entry.actor_id,
            "actor_name": entry.actor_name,
            "act": entry.act,
            "act_group": str(entry.act_group),
            "object_type": entry.object_type,
            "object_id": entry.object_id,
            "object_label": entry.object_label,
            "state": entry.state_code,
            "data": json.loads(entry.data),
            "previous_hash": entry.previous_hash,
            "entry_hash": entry.entry_hash,
        }
        yield json.dumps(row, ensure_ascii=False, sort_keys=True)
