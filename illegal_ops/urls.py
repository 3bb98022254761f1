"""Every address of the site, by owner. No language prefix: the language is the user's, not the address's."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.i18n import set_language

from illegal_ops.favicon import favicon
from illegal_ops.health import health
from operations.api.problems import no_such_address
from operations.api.schema import ApiSchema, api_docs

urlpatterns = [
    path("health", health, name="health"),
    path("favicon.ico", favicon, name="favicon"),
    # a visitor chooses the language before signing in
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/schema/", ApiSchema.as_view(), name="api-schema"),
    path("api/v1/docs/", api_docs, name="api-docs"),
    path("api/v1/", include("operations.api.urls")),
    path("api/v1/", include("reports.api.urls")),
    re_path(r"^api/", no_such_address, name="api-no-such-address"),
    path("", include("reports.web.urls")),
    path("", include("operations.web.urls")),
]
