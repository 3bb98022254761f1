"""Addresses of the pages of the operations app, by noun."""

from django.urls import URLPattern, URLResolver, path

from operations.web import (
    agreements,
    calendar_feed,
    completeness,
    home,
    imports,
    indicators,
    ledger,
    measures,
    meetings,
    minutes,
    overview,
    plan_acts,
    plan_editor,
    plan_versions,
    plans,
    return_acts,
    returns,
    timeline,
    workbooks,
)

app_name = "operations"

urlpatterns: list[URLPattern | URLResolver] = [
    # first pages
    path("", home.my_work, name="my-work"),
    path("operations/", home.operations, name="operations"),
    path("operations/new/", plans.new_operation, name="operation-new"),
    path("operations/<slug:slug>/", overview.operation, name="operation"),
    # the plan: text, editor, acts, versions
    path("operations/<slug:slug>/plan/", plans.plan, name="plan"),
    path("operations/<slug:slug>/plan/start/", plans.start, name="plan-start"),
    path("operations/<slug:slug>/plan/approval/", plan_acts.approval, name="plan-approval"),
    path("operations/<slug:slug>/plan/versions/<int:number>/", plan_versions.version, name="plan-version"),
    path("operations/<slug:slug>/plan/compare/", plan_versions.compare, name="plan-compare"),
    path("operations/<slug:slug>/plan/edit/", plan_editor.editor, name="plan-edit"),
    path("operations/<slug:slug>/plan/edit/goal/", plan_editor.goal, name="plan-goal"),
    path("operations/<slug:slug>/plan/edit/sections/<slug:kind>/", plan_editor.section, name="plan-section"),
    path("operations/<slug:slug>/plan/edit/<slug:kind>/new/", plan_editor.new_row, name="plan-row-new"),
    path("operations/<slug:slug>/plan/edit/<slug:kind>/<int:pk>/", plan_editor.row, name="plan-row"),
    path("operations/<slug:slug>/plan/edit/<slug:kind>/<int:pk>/move/", plan_editor.move, name="plan-row-move"),
    path("operations/<slug:slug>/plan/edit/<slug:kind>/<int:pk>/remove/", plan_editor.remove, name="plan-row-remove"),
    path("operations/<slug:slug>/plan/measures/<int:pk>/", measures.measure, name="measure"),
    path("operations/<slug:slug>/plan/measures/<int:pk>/account/", measures.account, name="measure-account"),
    path("operations/<slug:slug>/plan/<slug:name>/", plan_acts.act, name="plan-act"),
    # the indicators that show the effect of measures
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/<slug:code>/", indicators.indicator, name="indicator"),
    # agreement, timeline
    path("operations/<slug:slug>/agreement/", agreements.board, name="agreement"),
    path("operations/<slug:slug>/agreement/answer/", agreements.answer, name="agreement-answer"),
    path("operations/<slug:slug>/agreement/letter/", agreements.letter, name="agreement-letter"),
    path("operations/<slug:slug>/agreement/letters/<int:pk>/", agreements.confirm_letter, name="letter-confirm"),
    path("operations/<slug:slug>/agreement/remarks/<int:pk>/", agreements.reply, name="remark-reply"),
    path(
        "operations/<slug:slug>/agreement/remarks/<int:pk>/confirm/", agreements.confirm_remark, name="remark-confirm"
    ),
    path("operations/<slug:slug>/timeline/", timeline.page, name="timeline"),
    # a person's calendar, for programs that cannot sign in
    path("calendar/", calendar_feed.page, name="calendar"),
    path("calendar/<str:secret>.ics", calendar_feed.feed, name="calendar-feed"),
    # meetings
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/new/", meetings.new_meeting, name="meeting-new"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/change/", meetings.change_meeting, name="meeting-change"),
    path("meetings/<int:pk>/add/<slug:part>/", meetings.add_part, name="meeting-add"),
    path("meetings/<int:pk>/sign/", minutes.sign, name="minutes-sign"),
    path("decisions/<int:pk>/", meetings.decision, name="decision"),
    # returns
    path("operations/<slug:slug>/returns/", returns.returns, name="returns"),
    path("operations/<slug:slug>/returns/accept/", return_acts.bulk_accept, name="returns-accept"),
    path("operations/<slug:slug>/returns/import/", imports.import_returns, name="returns-import"),
    path("operations/<slug:slug>/completeness/", completeness.completeness, name="completeness"),
    path("returns/<int:pk>/", returns.return_page, name="return"),
    path("returns/<int:pk>/save/", return_acts.save, name="return-save"),
    path("returns/<int:pk>/submissions/<int:number>/", returns.submission_page, name="submission"),
    # the workbook of a return
    path("returns/<int:pk>/workbook/", workbooks.workbook, name="workbook"),
    path("returns/<int:pk>/workbook/file/", workbooks.workbook_file, name="workbook-file"),
    path("returns/<int:pk>/workbook/<int:batch>/", workbooks.workbook_check, name="workbook-check"),
    path("returns/<int:pk>/workbook/<int:batch>/marked/", workbooks.workbook_marked, name="workbook-marked"),
    # every other act of a return: the last, because its name matches anything
    path("returns/<int:pk>/<slug:act>/", return_acts.act, name="return-act"),
    # the ledger: audit trail and jobs
    path("audit/", ledger.audit, name="audit"),
    path("jobs/", ledger.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", ledger.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", ledger.cancel_job, name="job-cancel"),
]
