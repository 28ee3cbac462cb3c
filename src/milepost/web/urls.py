"""Every address of the pages."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.urls import URLPattern, path, re_path

from milepost.web.pages import (
    account,
    audit,
    audit_files,
    check_ins,
    find,
    frame,
    goals,
    key_results,
    kpi_board,
    kpi_forms,
    kpi_objective,
    kpi_page,
    kpi_values,
    objectives,
    people,
    start,
    styleguide,
    tokens,
    webhooks,
    week,
)
from milepost.web.pages import settings as settings_pages

W = "w/<slug:workspace>/"

urlpatterns: list[URLPattern] = [
    path("", start.home, name="home"),
    path("healthz", start.healthz, name="healthz"),
    path("start/", start.first_start, name="first_start"),
    path("join/<str:token>/", start.join, name="join"),
    path("workspaces/", start.workspaces, name="workspaces"),
    path("theme/", frame.theme, name="theme"),
    path("account/", account.account, name="account"),
    path("account/login/", sign_in.login, name="account_login"),
    path("account/logout/", sign_in.logout, name="account_logout"),
    path("account/signup/", sign_in.signup, name="account_signup"),
    path("account/inactive/", sign_in.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("account/password/", sign_in.password_change, name="account_change_password"),
    path("account/password/set/", sign_in.password_set, name="account_set_password"),
    path("account/reset/", sign_in.password_reset, name="account_reset_password"),
    path("account/reset/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    re_path(  # the key holds hyphens too, so the id must end at the first one
        r"^account/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/reset/done/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/second-step/", account.to_account, name="mfa_index"),
    path("account/second-step/sign-in/", second_step.authenticate, name="mfa_authenticate"),
    path("account/second-step/confirm/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("account/second-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second-step/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-step/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/second-step/codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/passkeys/", account.to_account, name="mfa_list_webauthn"),
    path("account/passkeys/new/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("account/passkeys/confirm/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path(W, frame.to_week, name="workspace"),
    path(W + "week/", week.week, name="week"),
    path(W + "more/", frame.more, name="more"),
    path(W + "find/", find.find, name="find"),
    path(W + "goals/", goals.goals, name="goals"),
    path(W + "goals/new/", objectives.new, name="goal_new"),
    path(W + "goals/<int:pk>/", objectives.objective, name="goal"),
    path(W + "goals/<int:pk>/branch/", goals.branch, name="goal_branch"),
    path(W + "goals/<int:pk>/edit/", objectives.edit, name="goal_edit"),
    path(W + "goals/<int:pk>/start/", objectives.activate, name="goal_activate"),
    path(W + "goals/<int:pk>/pause/", objectives.pause, name="goal_pause"),
    path(W + "goals/<int:pk>/cancel/", objectives.cancel, name="goal_cancel"),
    path(W + "goals/<int:pk>/close/", objectives.close, name="goal_close"),
    path(W + "goals/<int:pk>/reopen/", objectives.reopen, name="goal_reopen"),
    path(W + "goals/<int:pk>/key-results/new/", key_results.new, name="key_result_new"),
    path(W + "key-results/<int:pk>/edit/", key_results.edit, name="key_result_edit"),
    path(W + "key-results/<int:pk>/cancel/", key_results.cancel, name="key_result_cancel"),
    path(W + "key-results/<int:pk>/move/", key_results.move, name="key_result_move"),
    path(W + "key-results/<int:pk>/check-in/", check_ins.check_in, name="check_in"),
    path(W + "check-ins/<int:pk>/edit/", check_ins.edit, name="check_in_edit"),
    path(W + "check-ins/<int:pk>/delete/", check_ins.delete, name="check_in_delete"),
    path(W + "kpis/", kpi_board.board, name="kpis"),
    path(W + "kpis/new/", kpi_forms.new, name="kpi_new"),
    path(W + "kpis/<slug:slug>/", kpi_page.kpi, name="kpi"),
    path(W + "kpis/<slug:slug>/edit/", kpi_forms.edit, name="kpi_edit"),
    path(W + "kpis/<slug:slug>/archive/", kpi_forms.archive, name="kpi_archive"),
    path(W + "kpis/<slug:slug>/objective/", kpi_objective.start_objective, name="kpi_objective"),
    path(W + "kpis/<slug:slug>/values/", kpi_values.values, name="kpi_values"),
    path(W + "kpis/<slug:slug>/notes/", kpi_values.notes, name="kpi_notes"),
    path(W + "kpis/<slug:slug>/notes/<int:pk>/delete/", kpi_values.delete_note, name="kpi_note_delete"),
    path(W + "kpis/<slug:slug>/import/", kpi_values.import_file, name="kpi_import"),
    path(W + "people/", people.people, name="people"),
    path(W + "person/<int:pk>/", people.person, name="person"),
    path(W + "team/new/", people.new_team, name="team_new"),
    path(W + "team/<int:pk>/", people.team, name="team"),
    path(W + "team/<int:pk>/edit/", people.edit_team, name="team_edit"),
    path(W + "team/<int:pk>/delete/", people.delete_team, name="team_delete"),
    path(W + "team/<int:pk>/members/", people.team_members, name="team_members"),
    path(W + "settings/", settings_pages.general, name="settings"),
    path(W + "settings/cycles/", settings_pages.cycles, name="settings_cycles"),
    path(W + "settings/members/", settings_pages.members, name="settings_members"),
    path(W + "settings/tokens/", tokens.tokens, name="tokens"),
    path(W + "settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path(W + "settings/audit/", audit.audit, name="audit"),
    path(W + "settings/audit/csv/", audit_files.as_csv, name="audit_csv"),
    path(W + "settings/audit/xlsx/", audit_files.as_xlsx, name="audit_xlsx"),
]
if settings.ENVIRONMENT.debug:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
handler400 = "milepost.web.errors.bad_request"
handler404 = "milepost.web.errors.not_found"
handler500 = "milepost.web.errors.failed"
