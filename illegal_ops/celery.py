"""The Celery application.

No broker is trusted with work: a `Job` row and an outbox row say what has to be done, and a lost message is
found again by the relay's sweep. So tasks carry ids only, results are not kept, and JSON is the only format.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "illegal_ops.settings")

app = Celery("illegal_ops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
