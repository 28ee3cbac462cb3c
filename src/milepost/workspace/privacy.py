"""What each column of the database is: personal, secret, or the organisation's own business (ADR 0006).

The only such table. A column that is not in it fails the suite, so nobody adds one without saying
what it is. `personal` is what tells of one person: who they are, what they did, what they wrote;
it is what `milepost person export` hands over. `secret` is never handed over to anybody.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table by what they are."""

    personal: frozenset[str]
    secret: frozenset[str]
    business: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """Return every column of the table."""
        return self.personal | self.secret | self.business


def _table(*, personal: str = "", sealed: str = "", business: str = "") -> Columns:
    return Columns(frozenset(personal.split()), frozenset(sealed.split()), frozenset(business.split()))


TABLES: dict[str, Columns] = {
    # people and the way in
    "workspace_user": _table(
        personal="email name last_login joined_at is_active is_operator", sealed="password", business="id"
    ),
    "workspace_membership": _table(
        personal="user_id role removed_at joined_at last_seen_on away only_team_id", business="id workspace_id"
    ),
    "workspace_away": _table(personal="membership_id first_day last_day stand_in_id note", business="id workspace_id"),
    "workspace_teammembership": _table(personal="membership_id is_manager", business="id team_id"),
    "workspace_invitation": _table(
        personal="label invited_by_id",
        sealed="token_hash",
        business="id workspace_id role team_id created_at expires_at accepted_at revoked_at",
    ),
    "account_emailaddress": _table(personal="user_id email verified primary", business="id"),
    "account_emailconfirmation": _table(personal="email_address_id created sent", sealed="key", business="id"),
    "mfa_authenticator": _table(personal="user_id type created_at last_used_at", sealed="data", business="id"),
    "usersessions_usersession": _table(
        personal="user_id created_at ip last_seen_at user_agent data", sealed="session_key", business="id"
    ),
    "axes_accessattempt": _table(
        personal="username ip_address user_agent attempt_time failures_since_start http_accept path_info",
        sealed="get_data post_data",
        business="id",
    ),
    "axes_accessattemptexpiration": _table(business="access_attempt_id expires_at"),
    "axes_accessfailurelog": _table(
        personal="username ip_address user_agent attempt_time locked_out http_accept path_info", business="id"
    ),
    "axes_accesslog": _table(
        personal="username ip_address user_agent attempt_time logout_time http_accept path_info",
        sealed="session_hash",
        business="id",
    ),
    "django_session": _table(sealed="session_key session_data", business="expire_date"),
    "auth_permission": _table(business="id name content_type_id codename"),
    "auth_group": _table(business="id name"),
    "auth_group_permissions": _table(business="id group_id permission_id"),
    "django_content_type": _table(business="id app_label model"),
    # the workspace and its programs
    "workspace_workspace": _table(
        business="id name slug time_zone fiscal_month rhythm_weeks rhythm_weekday "
        "rhythm_hour rhythm_skip_days rhythm_is_locked team_rhythms reviewers rules_id "
        "demands_second_step is_sample scores_on has_walls created_at version"
    ),
    "workspace_former": _table(business="id workspace_id kind object_id until said left"),
    "workspace_rulesetversion": _table(
        personal="actor_id reason",
        business="id workspace_id since at kind ahead on_track at_risk early_until objective working_days holidays",
    ),
    "workspace_team": _table(
        business="id workspace_id name parent_id ends_on version rhythm_weeks rhythm_weekday rhythm_hour "
        "rhythm_skip_days rhythm_is_locked"
    ),
    "workspace_strategy": _table(business="workspace_id mission vision values version"),
    "workspace_pillar": _table(business="id workspace_id name description perspective position archived_at version"),
    "workspace_event": _table(
        personal="actor_id",
        business="id workspace_id sequence at actor_kind verb kind object_id data previous_hash hash",
    ),
    "workspace_eventhead": _table(business="workspace_id sequence hash"),
    "workspace_appendonlylift": _table(business="id reason"),
    "workspace_duework": _table(business="id workspace_id kind due_at leased_until attempts last_error"),
    "workspace_searchword": _table(personal="word", business="id workspace_id kind object_id"),
    "workspace_apitoken": _table(
        personal="membership_id created_by_id name last_used_at",
        sealed="token_hash",
        business="id workspace_id hint scopes created_at expires_at revoked_at",
    ),
    "workspace_idempotencykey": _table(
        personal="answer", sealed="key body_hash", business="id token_id status headers at"
    ),
    "workspace_webhook": _table(
        personal="created_by_id",
        sealed="secret old_secret",
        business="id workspace_id url events old_secret_until is_on failing_since created_at",
    ),
    "workspace_delivery": _table(
        personal="body",
        business="id webhook_id message_id type created_at next_at leased_until attempts delivered_at status took_ms "
        "error",
    ),
    # metrics
    "metrics_metric": _table(
        personal="lead_id",
        business="id workspace_id is_kpi slug name description unit_code direction frequency aggregation lag_days "
        "group owner_team_id pillar_id visibility formula tags archived_at created_at version",
    ),
    "metrics_formulainput": _table(business="id metric_id input_id"),
    "metrics_metriccontributor": _table(personal="membership_id", business="id metric_id"),
    "metrics_metrictag": _table(business="id metric_id key word"),
    "metrics_note": _table(personal="author_id text", business="id workspace_id metric_id valid_on at withdrawn_at"),
    "metrics_reading": _table(
        personal="author_id reason",
        business="id workspace_id metric_id valid_on value numerator denominator known_at source",
    ),
    "metrics_targetversion": _table(business="id metric_id since rule low high tolerance start start_on as_given"),
    "metrics_targetpoint": _table(business="id version_id day low high"),
    "metrics_kpiscore": _table(
        business="metric_id workspace_id word severity valid_on value before open_value value_word missing_on "
        "off_streak off_since shift_on shift_before shift_level shift_is_better wants_objective spark last_known_at "
        "last_source readings status_on computed_at"
    ),
    # goals
    "okr_cycle": _table(
        personal="coach_id locked_by_id", business="id workspace_id name first_day last_day locked_at version"
    ),
    "okr_draftrequest": _table(
        personal="asked_by_id", business="id workspace_id cycle_id team_id asked_at asked_on wanted_by"
    ),
    "okr_initiative": _table(
        personal="lead_id",
        business="id workspace_id objective_id key_result_id step_id position title note state due_on done_on link "
        "created_at version",
    ),
    "okr_checklistitem": _table(business="id initiative_id position title is_done"),
    "okr_objective": _table(
        personal="lead_id owner_person_id",
        business="id workspace_id cycle_id title why owner_team_id pillar_id ambition counts state tags created_at "
        "activated_at activated_on closed_on final_score final_expected planned_score grade grade_reason is_reviewed "
        "visibility version carried_from_id",
    ),
    "okr_template": _table(personal="author_id", business="id workspace_id kind name body created_at"),
    "okr_contributor": _table(personal="membership_id", business="id objective_id"),
    "okr_sharingteam": _table(business="id objective_id team_id"),
    "okr_objectivetag": _table(business="id objective_id key word"),
    "okr_alignment": _table(
        business="id workspace_id parent_id child_id is_primary contributes weight share since until"
    ),
    "okr_alignmentrequest": _table(
        personal="asked_by_id why answered_by_id answer",
        business="id workspace_id parent_id child_id state asked_at answered_at",
    ),
    "okr_served": _table(business="id workspace_id objective_id key_result_id metric_id since until"),
    "okr_keyresult": _table(
        personal="lead_id override_by_id override_why",
        business="id workspace_id objective_id position title kind metric_id window start target low high tolerance "
        "at_close floor stretch curve bends combine priority override_score override_at override_kept weight share "
        "ambition state activated_on created_at closed_on final_value final_progress final_score final_expected grade "
        "grade_reason lesson outcome is_reviewed carried_from_id version",
    ),
    "okr_savedview": _table(
        personal="owner_id name query is_default", business="id workspace_id is_shared created_at version"
    ),
    "okr_review": _table(
        personal="by_id reason lesson grade", business="key_result_id workspace_id outcome keeps_progress at"
    ),
    "okr_reviewanswer": _table(personal="by_id verdict reason", business="id workspace_id objective_id at until"),
    "okr_retrospective": _table(business="id workspace_id cycle_id team_id kept changed learned version"),
    "okr_step": _table(business="id key_result_id position title weight done due_on is_cancelled"),
    "okr_checkpoint": _table(business="id key_result_id on value"),
    "okr_part": _table(business="id workspace_id parent_id child_id weight since until"),
    "okr_amendment": _table(
        personal="actor_id reason old new", business="id workspace_id kind goal_id objective_id field at"
    ),
    "okr_checkin": _table(
        personal="author_id note blockers confidence own_word judged",
        business="id workspace_id key_result_id at valid_on reading_id value nothing_changed is_late steps replaces_id "
        "withdrawn request_key",
    ),
    "okr_keyresultscore": _table(
        personal="lead_id",
        business="key_result_id workspace_id cycle_id objective_id is_live value value_on progress score computed "
        "is_overridden expected word own_word own_until shown_word is_missing confidence confidence_before "
        "checked_in_on next_check_in_on away_due_on stale_on next_change_on status_on computed_at",
    ),
    "okr_objectivescore": _table(
        personal="lead_id",
        business="objective_id workspace_id cycle_id is_root is_live score expected word needs_attention reported "
        "children key_results child_objectives missing confidence checked_in_on next_check_in_on status_on computed_at",
    ),
    # what people say and are told
    "rhythm_comment": _table(
        personal="author_id text settled_by_id deleted_by_id",
        business="id workspace_id objective_id key_result_id metric_id reply_to_id at edited_at flag settled_at "
        "deleted_at",
    ),
    "rhythm_commentversion": _table(personal="author_id text", business="id comment_id at withdrawn"),
    "rhythm_mention": _table(personal="membership_id", business="id comment_id"),
    "rhythm_reaction": _table(personal="membership_id kind", business="id comment_id at"),
    "rhythm_duemail": _table(personal="to_id", business="id workspace_id due_on created_at sent_at tries error"),
    "rhythm_notificationmail": _table(personal="to_id", business="id workspace_id created_at sent_at tries error"),
    "rhythm_follow": _table(personal="membership_id is_on", business="id workspace_id objective_id metric_id at"),
    "rhythm_notification": _table(
        personal="to_id actor_id kind read_at mailed_at in_app by_mail",
        business="id workspace_id at objective_id key_result_id metric_id cycle_id comment_id mail_id data",
    ),
    "rhythm_notificationchoice": _table(personal="membership_id kind in_app by_mail", business="id"),
}
