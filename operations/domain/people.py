"""People and the named system users that act for jobs, imports and the loading of reference data."""

from operations.models import User


def system_user(name: str) -> User:
    """The system user of that name, made on first use; it has no password and cannot sign in."""
    user = User.objects.filter(username=f"system-{name}", is_system=True).first()
    if user is None:
        user = User.objects.create_user(
            f"system-{name}", is_system=True, name_ru=f"Система: {name}", name_en=f"System: {name}"
        )
    return user
