"""The project: settings, addresses, serving and the parts that belong to the whole site.

The Celery application is imported here so that tasks declared anywhere are bound to it from the start.
"""

from illegal_ops.celery import app as celery_app

__all__ = ["celery_app"]
