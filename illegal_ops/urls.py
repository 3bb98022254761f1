"""Every address of the site, by owner. No language prefix: the language is the user's, not the address's."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularJSONAPIView

from illegal_ops.health import health

urlpatterns = [
    path("health", health, name="health"),
    # a visitor chooses the language before signing in
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("api/v1/", include("operations.api.urls")),
    path("api/v1/", include("reports.api.urls")),
    path("", include("reports.web.urls")),
    path("", include("operations.web.urls")),
]
