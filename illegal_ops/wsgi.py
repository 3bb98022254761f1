"""The WSGI entry for any server of the operator's choice; `manage.py serve` uses the same one."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "illegal_ops.settings")

application = get_wsgi_application()
