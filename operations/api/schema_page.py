"""Turns the description of the interface into what its page shows: nouns, their doors, and flat lists of members."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Member:
    """A parameter, a header or a member of a body."""

    name: str
    type: str
    is_required: bool
    place: str
    description: str


@dataclass(frozen=True)
class Door:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    summary: str
    takes: tuple[Member, ...]
    gives: tuple[Member, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """The doors of one noun."""

    name: str
    doors: tuple[Door, ...]


def groups_of(schema: Mapping[str, Any]) -> list[Group]:
    """The doors by noun, nouns in alphabetical order."""
    found: dict[str, list[Door]] = {}
    for path, methods in schema["paths"].items():
        for method in _METHODS:
            if method in methods:
                found.setdefault(methods[method]["tags"][0], []).append(_door(schema, path, method, methods[method]))
    return [Group(name, tuple(found[name])) for name in sorted(found)]


def _door(schema: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Door:
    success = next((code for code in operation["responses"] if code.startswith("2")), "")
    return Door(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("description", "").split("\n")[0],
        takes=(*_parameters(operation), *_members(schema, operation.get("requestBody", {}), "body")),
        gives=tuple(_members(schema, operation["responses"].get(success, {}), "body")),
        statuses=tuple(operation["responses"]),
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[Member]:
    for one in operation.get("parameters", ()):
        yield Member(
            name=one["name"],
            type=_type(one["schema"]),
            is_required=one.get("required", False),
            place=one["in"],
            description=one.get("description", ""),
        )


def _members(schema: Mapping[str, Any], holder: Mapping[str, Any], place: str) -> Iterator[Member]:
    content = holder.get("content", {}).get("application/json", {})
    body = _resolved(schema, content.get("schema", {}))
    required = body.get("required", ())
    for name, one in body.get("properties", {}).items():
        yield Member(
            name=name,
            type=_type(one),
            is_required=name in required,
            place=place,
            description=_resolved(schema, one).get("description", "").split("\n")[0],
        )


def _resolved(schema: Mapping[str, Any], one: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = one.get("$ref")
    if reference is None:
        return one
    found: Any = schema
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _type(one: Mapping[str, Any]) -> str:
    if "$ref" in one:
        return str(one["$ref"]).rsplit("/", 1)[-1]
    if one.get("type") == "array":
        return f"[{_type(one.get('items', {}))}]"
    kinds = one.get("type", "object")
    name = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    return f"{name} ({one['format']})" if "format" in one else name
