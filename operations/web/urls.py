"""Addresses of the pages of the operations app, by noun."""

from django.urls import URLPattern, URLResolver, path

from operations.web import (
    agreements,
    calendar,
    calendar_feed,
    complaints,
    completeness,
    holidays,
    home,
    imports,
    indicators,
    ledger,
    list_acts,
    lists,
    measures,
    meetings,
    minutes,
    overview,
    plan_acts,
    plan_editor,
    plan_versions,
    plans,
    preferences,
    registers,
    return_acts,
    return_entry,
    returns,
    returns_digest,
    rules,
    task_forces,
    timeline,
    unit_returns,
    unit_tables,
    units,
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
    # the rules that returns are checked by
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:code>/", rules.rule, name="rule"),
    path("rules/<slug:code>/propose/", rules.propose, name="rule-propose"),
    path("rules/<slug:code>/versions/<int:version>/<slug:name>/", rules.act, name="rule-act"),
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
    # the calendar of reporting, the holidays that it counts by, the reader's own clock
    path("operations/<slug:slug>/calendar/", calendar.calendar, name="periods"),
    path("operations/<slug:slug>/calendar/<slug:code>/", calendar.period, name="period"),
    path("operations/<slug:slug>/calendar/<slug:code>/adjust/", calendar.adjust, name="period-adjust"),
    path("operations/<slug:slug>/calendar/<slug:code>/restore/", calendar.restore, name="period-restore"),
    path("operations/<slug:slug>/calendar/<slug:code>/reopen/", calendar.reopen, name="period-reopen"),
    path("holidays/", holidays.holiday_list, name="holidays"),
    path("holidays/<slug:code>/<slug:name>/", holidays.change, name="holidays-change"),
    path("account/preferences/", preferences.preferences, name="preferences"),
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
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/import/", imports.import_checked, name="import-checked"),
    path("imports/<int:pk>/errors.csv", imports.import_conflicts, name="import-errors"),
    path("operations/<slug:slug>/returns/digest/", returns_digest.returns_digest, name="returns-digest"),
    path("operations/<slug:slug>/completeness/", completeness.completeness, name="completeness"),
    path("operations/<slug:slug>/completeness/<slug:name>/", completeness.completeness_file, name="completeness-file"),
    path("returns/<int:pk>/", returns.return_page, name="return"),
    path("returns/<int:pk>/save/", return_entry.save, name="return-save"),
    path("returns/<int:pk>/submissions/<int:number>/", returns.submission_page, name="submission"),
    # the workbook of a return
    path("returns/<int:pk>/workbook/", workbooks.workbook, name="workbook"),
    path("returns/<int:pk>/workbook/file/", workbooks.workbook_file, name="workbook-file"),
    path("returns/<int:pk>/workbook/<int:batch>/", workbooks.workbook_check, name="workbook-check"),
    path("returns/<int:pk>/workbook/<int:batch>/marked/", workbooks.workbook_marked, name="workbook-marked"),
    # an agency's units: who they are, and how their returns stand behind one of the agency's
    path("units/", units.units, name="units"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/<slug:act>/", units.unit_act, name="unit-act"),
    path("unit-submissions/<int:pk>/", unit_returns.unit_submission, name="unit-submission"),
    path("agencies/<slug:code>/units/", units.agency_units, name="agency-units"),
    path("agencies/<slug:code>/units/add/", units.add_units, name="agency-units-add"),
    path("returns/<int:pk>/units/", unit_returns.chase, name="return-units"),
    path("returns/<int:pk>/units/remind/", unit_returns.remind, name="return-units-remind"),
    path("returns/<int:pk>/units/accept/", unit_returns.accept, name="return-units-accept"),
    path("returns/<int:pk>/units/sum/", unit_returns.sum_units, name="return-units-sum"),
    path("returns/<int:pk>/units/figures/", unit_tables.by_unit, name="return-units-figures"),
    path("returns/<int:pk>/submissions/<int:number>/units/", unit_tables.lineage, name="submission-units"),
    # the exchange: lists, complaints, task forces, registers of controlled persons
    path("returns/<int:pk>/lists/", lists.behind_return, name="return-lists"),
    path("operations/<slug:slug>/lists/", lists.register, name="lists"),
    path("operations/<slug:slug>/lists/new/", list_acts.new_list, name="list-new"),
    path("lists/<int:pk>/", lists.verification, name="list"),
    path("lists/<int:pk>/<slug:act>/", list_acts.act, name="list-act"),
    path("operations/<slug:slug>/complaints/", complaints.overview, name="complaints"),
    path("operations/<slug:slug>/complaints/<slug:code>/<slug:period>/", complaints.account, name="complaint-account"),
    path("operations/<slug:slug>/task-forces/", task_forces.task_force_list, name="task-forces"),
    path("operations/<slug:slug>/task-forces/new/", task_forces.new_task_force, name="task-force-new"),
    path("operations/<slug:slug>/task-forces/<int:pk>/", task_forces.task_force, name="task-force"),
    path(
        "operations/<slug:slug>/task-forces/<int:pk>/change/", task_forces.change_task_force, name="task-force-change"
    ),
    path(
        "operations/<slug:slug>/task-forces/<int:pk>/accounts/new/", task_forces.new_account, name="task-force-account"
    ),
    path(
        "operations/<slug:slug>/task-forces/<int:pk>/accounts/<int:number>/",
        task_forces.change_account,
        name="task-force-account-change",
    ),
    path("operations/<slug:slug>/register/", registers.register, name="register"),
    # every other act of a return: the last, because its name matches anything
    path("returns/<int:pk>/<slug:act>/", return_acts.act, name="return-act"),
    # the ledger: audit trail and jobs
    path("audit/", ledger.audit, name="audit"),
    path("jobs/", ledger.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", ledger.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", ledger.cancel_job, name="job-cancel"),
]
