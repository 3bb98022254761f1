"""Exchange rates with their source, and the money of an operation in its own currencies or converted on request."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import exchange_rates
from operations.domain.access import refusal, visible_to
from operations.domain.errors import NotFound
from operations.domain.money import money_of, targets
from operations.models import ExchangeRate
from operations.web.doors import row_or_404
from operations.web.drawn_forms import date, line, select
from operations.web.exchange import live_operation
from operations.web.plain_forms import plain_form
from operations.web.tags import short_day


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """All rates, the newest day first; what was corrected stays in the list."""
    now = timezone.now()
    currency = request.GET.get("currency", "")
    if currency and currency not in exchange_rates.currencies():
        raise NotFound
    rows = visible_to(ExchangeRate, request.user, at=now).select_related("added_by")
    if currency:
        rows = rows.filter(currency=currency)
    return render(
        request,
        "operations/money/rates.html",
        {
            "page": Paginator(rows.order_by("-day", "currency", "-added_at", "-pk"), 60).get_page(
                request.GET.get("page")
            ),
            "currencies": exchange_rates.currencies(),
            "currency": currency,
            "query": f"&currency={currency}" if currency else "",
            "may_write": refusal(ExchangeRate(), "create", request.user, at=now) is None,
        },
    )


@require_http_methods(["GET", "POST"])
def new_rate(request: HttpRequest) -> HttpResponse:
    refused = refusal(ExchangeRate(), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    fields: dict[str, forms.Field] = {
        "currency": select(_("Currency"), [(code, code) for code in exchange_rates.currencies()], required=True),
        "day": date(_("Day of the rate"), required=True),
        **_number_and_source(),
    }
    return plain_form(
        request,
        fields,
        heading=_("Enter an exchange rate"),
        says=_("A rate changes conversions alone: amounts stay stored in the currency in which they were reported."),
        takes=lambda values, **who: exchange_rates.add_rate(values=values, **who),
        back=reverse("operations:rates"),
        back_name=_("Exchange rates"),
    )


@require_http_methods(["GET", "POST"])
def correct_rate(request: HttpRequest, pk: int) -> HttpResponse:
    row: ExchangeRate = row_or_404(ExchangeRate, request, pk=pk)
    refused = refusal(row, "correct", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    return plain_form(
        request,
        _number_and_source(),
        heading=_("Correct the rate of %(currency)s of %(day)s")
        % {"currency": row.currency, "day": short_day(row.day)},
        says=_("The old rate stays in the list. Conversions change, stored amounts do not."),
        initial={"units_per_usd": row.units_per_usd, "source": row.source},
        takes=lambda values, **who: exchange_rates.correct_rate(rate=row, values=values, **who),
        back=reverse("operations:rates"),
        back_name=_("Exchange rates"),
    )


def _number_and_source() -> dict[str, forms.Field]:
    return {
        "units_per_usd": line(
            _("Units for one US dollar"),
            required=True,
            inputmode="decimal",
            hint=_("With a point or a comma and not exactly three decimals: 92.5057."),
        ),
        "source": line(_("Source"), required=True, hint=_("Whose rate it is, and where it is published.")),
    }


@require_safe
def money(request: HttpRequest, slug: str) -> HttpResponse:
    """The money of an operation by state; `currency` in the address converts it."""
    operation = live_operation(request, slug)
    to = request.GET.get("currency", "")
    if to and to not in targets():
        raise NotFound
    return render(
        request,
        "operations/money/money.html",
        {"operation": operation, "money": money_of(operation, to=to), "targets": targets()},
    )
