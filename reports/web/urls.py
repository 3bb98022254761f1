"""Addresses of the pages of the reports app, by noun."""

from django.urls import URLPattern, URLResolver, path

from reports.web import (
    changed_numbers,
    clearance,
    cleared_figures,
    comparison,
    composing,
    dashboard,
    distribution,
    documents,
    explorer,
    flows,
    followed,
    history,
    printed_forms,
    published_figures,
    releases,
    report_acts,
    reports,
    thresholds,
    verification,
)

app_name = "reports"

urlpatterns: list[URLPattern | URLResolver] = [
    # the explorer, and the addresses under which its tables were before
    path("explorer/", explorer.explorer, name="explorer"),
    path("explorer/table.<slug:format>", explorer.download, name="explorer-file"),
    path("explorer/lineage/", explorer.lineage, name="explorer-lineage"),
    path("statistics/", explorer.statistics, name="statistics"),
    path("operations/<slug:slug>/statistics/", explorer.operation_statistics, name="operation-statistics"),
    path("operations/<slug:slug>/statistics/<slug:code>/<slug:state>/", explorer.state_lineage, name="lineage"),
    # an operation as it stands, and beside another
    path("operations/<slug:slug>/dashboard/", dashboard.dashboard, name="dashboard"),
    path("operations/<slug:slug>/comparison/", comparison.comparison, name="comparison"),
    path("operations/<slug:slug>/comparison/table.<slug:format>", comparison.comparison_file, name="comparison-file"),
    # published figures
    path("history/", history.history, name="history"),
    path("history/new/", published_figures.new_figure, name="figure-new"),
    path("history/<slug:code>/", history.figure, name="figure"),
    path("history/<slug:code>/correct/", published_figures.correct_figure, name="figure-correct"),
    # flows and their forecasts
    path("flows/", flows.flows, name="flows"),
    path("flows/forecast/", flows.ask_for_forecast, name="forecast-new"),
    path("flows/forecasts/<int:pk>/", flows.forecast, name="forecast"),
    path("flows/observations/", flows.observations, name="flow-observations"),
    path("flows/observations/new/", flows.enter, name="flow-observation-new"),
    path("flows/observations/<int:pk>/", flows.correct, name="flow-observation"),
    # reports
    path("reports/", reports.reports, name="reports"),
    path("operations/<slug:slug>/reports/", reports.reports, name="operation-reports"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/edit/", composing.compose, name="compose"),
    path("reports/<int:pk>/edit/figures/", composing.figures, name="figures"),
    path("reports/<int:pk>/edit/preview/", composing.preview, name="preview"),
    path("reports/<int:pk>/text/<slug:section>/", composing.write, name="write"),
    path("reports/<int:pk>/text/<slug:section>/preview/", composing.preview_section, name="preview-section"),
    path("reports/<int:pk>/cleared/", cleared_figures.cleared_figures, name="cleared-figures"),
    path("reports/<int:pk>/public/", clearance.public_edition, name="public-edition"),
    path("reports/<int:pk>/compare/", changed_numbers.compare, name="compare"),
    path("reports/<int:pk>/supersede/", changed_numbers.supersede, name="supersede"),
    path("reports/<int:pk>/documents/", documents.request_document, name="request-document"),
    path("reports/<int:pk>/distribution/", distribution.distribution, name="distribution"),
    path("reports/<int:pk>/<slug:act>/", report_acts.act, name="act"),
    # recipients
    path("recipients/", distribution.recipients, name="recipients"),
    path("recipients/new/", distribution.new_recipient, name="new-recipient"),
    path("recipients/<int:pk>/", distribution.recipient, name="recipient"),
    # documents
    path("documents/<int:pk>/", documents.document, name="document"),
    path("releases/", releases.releases, name="releases"),
    path("releases/feed/", releases.feed, name="feed"),
    path("releases/reports/<int:pk>/", releases.release, name="release"),
    path("releases/<int:pk>/", documents.public_document, name="public-document"),
    # what public editions hide
    path("disclosure-control/", thresholds.thresholds, name="thresholds"),
    path("disclosure-control/new/", thresholds.new_thresholds, name="thresholds-new"),
    # the plan and the minutes follow the approval of their object
    path("operations/<slug:slug>/plan/documents/", followed.plan_documents, name="plan-documents"),
    path("meetings/<int:pk>/minutes/", followed.minutes_documents, name="minutes-documents"),
    # forms of returns on paper
    path("forms/", printed_forms.return_forms, name="return-forms"),
    path("forms/<int:pk>/empty.<slug:format>", printed_forms.empty, name="form-empty"),
    path("returns/<int:pk>/printed.pdf", printed_forms.printed, name="return-printed"),
    path("verify/", verification.verify, name="verify"),
]
