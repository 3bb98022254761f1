"""Storing reference records: what is new is created in bulk, what changed is updated, the rest is left alone.

Each changed row gets an audit entry of its own with the values before and after; the created rows of a table share
one. A row that has left the files stays in the database, because figures may refer to it.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from operations.domain import audit
from operations.models import User

Key = Hashable
Ids = dict[type[models.Model], dict[Key, Any]]


@dataclass(frozen=True)
class Record:
    """A row to be stored: plain values, links to other rows by their keys, and sets of such links."""

    key: Key
    values: Mapping[str, Any]
    links: Mapping[str, Key | None] = field(default_factory=dict)
    sets: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Where records of a kind live, and how a stored row is recognised."""

    model: type[models.Model]
    key_of: Callable[[Any], Key]


@dataclass
class Outcome:
    """How many rows were created, changed and left as they were."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def add(self, other: "Outcome") -> None:
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged


@dataclass
class Store:
    """One load: knows the ids of everything stored so far, and writes the trail as one group of acts."""

    actor: User
    at: dt.datetime
    ids: Ids = field(default_factory=dict)
    group: uuid.UUID = field(default_factory=uuid.uuid4)

    def put(self, table: Table, records: Iterable[Record]) -> Outcome:
        """Stores the records of one table; whatever they link to was put before, or is in the same table."""
        wanted = list(records)
        rows = {table.key_of(row): row for row in table.model._default_manager.all()}
        known = self.ids.setdefault(table.model, {})
        known.update({key: row.pk for key, row in rows.items()})
        missing = [record for record in wanted if record.key not in rows]
        fresh = self._create(table, missing)
        known.update({key: row.pk for key, row in fresh.items()})
        self._link_among_themselves(table, missing, fresh)
        self._add_sets(table, missing, fresh)
        outcome = Outcome(created=len(missing))
        held = _sets_of(table.model, wanted)
        for record in wanted:
            if record.key in rows:
                changed = self._update(table, rows[record.key], record, held)
                outcome.changed += changed
                outcome.unchanged += not changed
        return outcome

    def _create(self, table: Table, records: list[Record]) -> dict[Key, models.Model]:
        """Creates the rows; links within the same table are set afterwards, when every row has an id."""
        if not records:
            return {}
        rows = [
            table.model(**record.values, **self._resolved(table.model, record, among_themselves=False))
            for record in records
        ]
        table.model._default_manager.bulk_create(rows)
        created = {str(table.model._meta.model_name): [_shown(record.key) for record in records]}
        self._record("reference.create", None, created)
        return {record.key: row for record, row in zip(records, rows, strict=True)}

    def _link_among_themselves(self, table: Table, records: list[Record], fresh: Mapping[Key, models.Model]) -> None:
        fields = [name for name in (records[0].links if records else ()) if _target(table.model, name) is table.model]
        rows = []
        for record in records:
            resolved = {name: self.ids[table.model][record.links[name]] for name in fields if record.links[name]}
            for name, pk in resolved.items():
                setattr(fresh[record.key], f"{name}_id", pk)
            if resolved:
                rows.append(fresh[record.key])
        if rows:
            table.model._default_manager.bulk_update(rows, fields)

    def _add_sets(self, table: Table, records: list[Record], fresh: Mapping[Key, models.Model]) -> None:
        for name in records[0].sets if records else ():
            # django-stubs know no common type of both ends of a relation
            relation: Any = table.model._meta.get_field(name)
            through = relation.remote_field.through
            own, other = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
            through._default_manager.bulk_create(
                through(**{own: fresh[record.key].pk, other: pk})
                for record in records
                for pk in self._set_of(table.model, record, name)
            )

    def _update(
        self, table: Table, row: models.Model, record: Record, held: Mapping[str, Mapping[Any, set[Any]]]
    ) -> bool:
        wanted = {**record.values, **self._resolved(table.model, record, among_themselves=True)}
        changes = {
            name: {"from": getattr(row, name), "to": value}
            for name, value in wanted.items()
            if getattr(row, name) != value
        }
        for name in changes:
            setattr(row, name, wanted[name])
        if changes:
            row.save(update_fields=[name.removesuffix("_id") for name in changes])
        for name in record.sets:
            before, after = held[name].get(row.pk, set()), self._set_of(table.model, record, name)
            if before != after:
                getattr(row, name).set(after)
                changes[name] = {"from": sorted(before), "to": sorted(after)}
        if changes:
            self._record("reference.update", row, changes)
        return bool(changes)

    def _resolved(self, model: type[models.Model], record: Record, *, among_themselves: bool) -> dict[str, Any]:
        resolved = {}
        for name, key in record.links.items():
            target = _target(model, name)
            if target is not model or among_themselves:
                resolved[f"{name}_id"] = None if key is None else self.ids[target][key]
        return resolved

    def _set_of(self, model: type[models.Model], record: Record, name: str) -> set[Any]:
        return {self.ids[_target(model, name)][key] for key in record.sets[name]}

    def _record(self, act: str, subject: models.Model | None, data: Mapping[str, Any]) -> None:
        audit.record(act=act, subject=subject, actor=self.actor, at=self.at, data=data, group=self.group)


def _target(model: type[models.Model], name: str) -> type[models.Model]:
    target = model._meta.get_field(name).related_model
    if not isinstance(target, type):
        raise TypeError(f"{model.__name__}.{name} is no relation")
    return target


def _sets_of(model: type[models.Model], records: list[Record]) -> dict[str, dict[Any, set[Any]]]:
    """The sets that stored rows hold now, one query for each relation."""
    held: dict[str, dict[Any, set[Any]]] = {}
    for name in records[0].sets if records else ():
        held[name] = {}
        for pk, other in model._default_manager.order_by().values_list("pk", name):
            if other is not None:
                held[name].setdefault(pk, set()).add(other)
    return held


def _shown(key: Key) -> str:
    return "/".join("" if part is None else str(part) for part in key) if isinstance(key, tuple) else str(key)
