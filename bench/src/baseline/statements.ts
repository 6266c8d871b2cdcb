/**
 * The statements of the baseline, frozen: those of commit 31611d6, from before the recording core was
 * rebuilt. They must never follow our own SQL: a faster statement of ours would make the baseline faster
 * too, and the gain would not show. A test holds their checksum. `plan.ts` decides how often each one runs.
 */

/** The settings of the connection that writes. */
export const PRAGMAS = [
  'journal_mode = wal',
  'synchronous = full',
  'wal_autocheckpoint = 4000',
  'cache_size = -64000',
  'temp_store = memory',
  'foreign_keys = on',
  'secure_delete = on',
] as const

/** The statements, named after what they do. Line breaks are the only change. */
export const SQL = {
  selectLastRowId: `
    select max( coalesce((select row_id from skill_invocation order by row_id desc limit 1), 0),
    coalesce((select row_id from skill_tombstone order by row_id desc limit 1), 0))`,
  selectStoreText: `select "store_text" from "project" where "project_id" = ?`,
  selectRow: `select * from "skill_invocation" where "project_id" = ? and "invocation_id" = ?`,
  selectWitnesses: `
    select "witness", "received_at_ms", "fields" from "invocation_witness" where "row_id" = ?`,
  selectActivationsOfRow: `select * from "skill_activation" where "row_id" = ? order by "activation_id"`,
  selectActivationsOfSession: `
    select * from "skill_activation" where "project_id" = ? and "session_id" = ? order by
    "activation_id"`,
  upsertLiveSeries: `
    insert into "skill_live_series" ("project_id", "kind", "skill_name", "workflow_phase", "outcome",
    "invocation_count", "execution_count", "execution_ms_sum") values (?, ?, ?, ?, ?, ?, ?, ?) on
    conflict ("project_id", "kind", "skill_name", "workflow_phase", "outcome") do update set
    "invocation_count" = "skill_live_series"."invocation_count" + "excluded"."invocation_count",
    "execution_count" = "skill_live_series"."execution_count" + "excluded"."execution_count",
    "execution_ms_sum" = round("skill_live_series"."execution_ms_sum" + "excluded"."execution_ms_sum",
    ?) returning "series_id"`,
  upsertLiveBucket: `
    insert into "skill_live_bucket" ("series_id", "bucket", "invocation_count") values (?, ?, ?) on
    conflict ("series_id", "bucket") do update set "invocation_count" =
    "skill_live_bucket"."invocation_count" + "excluded"."invocation_count"`,
  insertRow: `
    insert into "skill_invocation" ("row_id", "project_id", "invocation_id", "kind", "skill_name",
    "session_id", "prompt_id", "agent_name", "user_hash", "parent_invocation_id", "trigger",
    "invoked_at_ms", "ended_at_ms", "outcome", "execution_ms", "span_ms", "error_type",
    "workflow_path", "workflow_phase", "workflow_step_id", "user_query_bytes", "user_query_hash",
    "arguments_bytes", "arguments_hash", "result_bytes", "result_hash", "alternatives_considered",
    "selection_rank", "follow_up_actions", "rating", "skill_version", "attributes", "witnesses",
    "live_series_id", "live_execution_ms") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  updateRow: `
    update "skill_invocation" set "kind" = ?, "skill_name" = ?, "session_id" = ?, "prompt_id" = ?,
    "agent_name" = ?, "user_hash" = ?, "parent_invocation_id" = ?, "trigger" = ?, "invoked_at_ms" = ?,
    "ended_at_ms" = ?, "outcome" = ?, "execution_ms" = ?, "span_ms" = ?, "error_type" = ?,
    "workflow_path" = ?, "workflow_phase" = ?, "workflow_step_id" = ?, "user_query_bytes" = ?,
    "user_query_hash" = ?, "arguments_bytes" = ?, "arguments_hash" = ?, "result_bytes" = ?,
    "result_hash" = ?, "alternatives_considered" = ?, "selection_rank" = ?, "follow_up_actions" = ?,
    "rating" = ?, "skill_version" = ?, "attributes" = ?, "witnesses" = ?, "live_series_id" = ?,
    "live_execution_ms" = ? where "row_id" = ?`,
  upsertWitness: `
    insert into "invocation_witness" ("row_id", "witness", "received_at_ms", "fields") values (?, ?,
    ?, ?) on conflict ("row_id", "witness") do update set "received_at_ms" =
    "excluded"."received_at_ms", "fields" = "excluded"."fields"`,
  upsertSkill: `
    insert into "skill_metrics" ("project_id", "kind", "skill_name", "invocation_count",
    "running_count", "completed_count", "failed_count", "rejected_count", "abandoned_count",
    "execution_count", "execution_ms_sum", "span_count", "span_ms_sum", "first_invoked_at_ms",
    "last_invoked_at_ms") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict
    ("project_id", "kind", "skill_name") do update set "invocation_count" = invocation_count +
    excluded.invocation_count, "running_count" = running_count + excluded.running_count,
    "completed_count" = completed_count + excluded.completed_count, "failed_count" = failed_count +
    excluded.failed_count, "rejected_count" = rejected_count + excluded.rejected_count,
    "abandoned_count" = abandoned_count + excluded.abandoned_count, "execution_count" =
    execution_count + excluded.execution_count, "execution_ms_sum" = round(execution_ms_sum +
    excluded.execution_ms_sum, 3), "span_count" = span_count + excluded.span_count, "span_ms_sum" =
    round(span_ms_sum + excluded.span_ms_sum, 3), "first_invoked_at_ms" = min(first_invoked_at_ms,
    excluded.first_invoked_at_ms), "last_invoked_at_ms" = max(last_invoked_at_ms,
    excluded.last_invoked_at_ms)`,
  deleteEmptySkill: `
    delete from skill_metrics where project_id = ? and kind = ? and skill_name = ? and
    invocation_count = 0`,
  upsertSession: `
    insert into "session" ("project_id", "session_id", "invocation_count", "running_count",
    "completed_count", "failed_count", "rejected_count", "abandoned_count", "first_invoked_at_ms",
    "last_active_at_ms") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict ("project_id",
    "session_id") do update set "invocation_count" = invocation_count + excluded.invocation_count,
    "running_count" = running_count + excluded.running_count, "completed_count" = completed_count +
    excluded.completed_count, "failed_count" = failed_count + excluded.failed_count, "rejected_count"
    = rejected_count + excluded.rejected_count, "abandoned_count" = abandoned_count +
    excluded.abandoned_count, "first_invoked_at_ms" = min(first_invoked_at_ms,
    excluded.first_invoked_at_ms), "last_active_at_ms" = max(last_active_at_ms,
    excluded.last_active_at_ms)`,
  deleteEmptySession: `delete from session where project_id = ? and session_id = ? and invocation_count = 0`,
  upsertHour: `
    insert into "skill_time_series" ("project_id", "kind", "skill_name", "hour_at_ms",
    "invocation_count", "running_count", "completed_count", "failed_count", "rejected_count",
    "abandoned_count", "execution_count", "execution_ms_sum", "span_count", "span_ms_sum") values (?,
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict ("project_id", "kind", "skill_name",
    "hour_at_ms") do update set "invocation_count" = invocation_count + excluded.invocation_count,
    "running_count" = running_count + excluded.running_count, "completed_count" = completed_count +
    excluded.completed_count, "failed_count" = failed_count + excluded.failed_count, "rejected_count"
    = rejected_count + excluded.rejected_count, "abandoned_count" = abandoned_count +
    excluded.abandoned_count, "execution_count" = execution_count + excluded.execution_count,
    "execution_ms_sum" = round(execution_ms_sum + excluded.execution_ms_sum, 3), "span_count" =
    span_count + excluded.span_count, "span_ms_sum" = round(span_ms_sum + excluded.span_ms_sum, 3)`,
  deleteEmptyHour: `
    delete from skill_time_series where project_id = ? and kind = ? and skill_name = ? and hour_at_ms
    = ? and invocation_count = 0`,
  upsertMinute: `
    insert into "skill_metrics_cache" ("project_id", "minute_at_ms", "kind", "skill_name",
    "invocation_count", "running_count", "completed_count", "failed_count", "rejected_count",
    "abandoned_count") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict ("project_id",
    "minute_at_ms", "kind", "skill_name") do update set "invocation_count" = invocation_count +
    excluded.invocation_count, "running_count" = running_count + excluded.running_count,
    "completed_count" = completed_count + excluded.completed_count, "failed_count" = failed_count +
    excluded.failed_count, "rejected_count" = rejected_count + excluded.rejected_count,
    "abandoned_count" = abandoned_count + excluded.abandoned_count`,
  deleteEmptyMinute: `
    delete from skill_metrics_cache where project_id = ? and minute_at_ms = ? and kind = ? and
    skill_name = ? and invocation_count = 0`,
  upsertBucket: `
    insert into "skill_duration_bucket" ("project_id", "kind", "skill_name", "measure", "bucket",
    "invocation_count") values (?, ?, ?, ?, ?, ?) on conflict ("project_id", "kind", "skill_name",
    "measure", "bucket") do update set "invocation_count" = invocation_count +
    excluded.invocation_count`,
  deleteEmptyBucket: `
    delete from skill_duration_bucket where project_id = ? and kind = ? and skill_name = ? and measure
    = ? and bucket = ? and invocation_count = 0`,
  upsertSessionSkill: `
    insert into "session_skills" ("project_id", "session_id", "kind", "skill_name",
    "invocation_count") values (?, ?, ?, ?, ?) on conflict ("project_id", "session_id", "kind",
    "skill_name") do update set "invocation_count" = invocation_count + excluded.invocation_count`,
  deleteEmptySessionSkill: `
    delete from session_skills where project_id = ? and session_id = ? and kind = ? and skill_name = ?
    and invocation_count = 0`,
  upsertWitnessOutcome: `
    insert into "witness_outcome" ("project_id", "witness", "outcome", "invocation_count") values (?,
    ?, ?, ?) on conflict ("project_id", "witness", "outcome") do update set "invocation_count" =
    invocation_count + excluded.invocation_count`,
  deleteEmptyWitnessOutcome: `
    delete from witness_outcome where project_id = ? and witness = ? and outcome = ? and
    invocation_count = 0`,
  upsertSessionWitness: `
    insert into "session_witness" ("project_id", "session_id", "kind", "outcome", "witnesses",
    "invocation_count") values (?, ?, ?, ?, ?, ?) on conflict ("project_id", "session_id", "kind",
    "outcome", "witnesses") do update set "invocation_count" = invocation_count +
    excluded.invocation_count`,
  deleteEmptySessionWitness: `
    delete from session_witness where project_id = ? and session_id = ? and kind = ? and outcome = ?
    and witnesses = ? and invocation_count = 0`,
  rereadSkill: `
    update skill_metrics set first_invoked_at_ms = (select min(invoked_at_ms) from skill_invocation i
    where i.project_id = @project_id and i.kind = @kind and i.skill_name = @skill_name),
    last_invoked_at_ms = (select max(invoked_at_ms) from skill_invocation i where i.project_id =
    @project_id and i.kind = @kind and i.skill_name = @skill_name) where project_id = @project_id and
    kind = @kind and skill_name = @skill_name`,
  rereadSession: `
    update session set (first_invoked_at_ms, last_active_at_ms) = (select min(invoked_at_ms),
    max(max(invoked_at_ms, coalesce(ended_at_ms, 0))) from skill_invocation i where i.project_id =
    @project_id and i.session_id = @session_id) where project_id = @project_id and session_id =
    @session_id`,
  selectLastOffset: `select "last_offset" from "stream" where "project_id" = ?`,
  insertChange: `insert into "skill_change" ("project_id", "offset", "op", "row_id") values (?, ?, ?, ?)`,
  updateLastOffset: `update "stream" set "last_offset" = ? where "project_id" = ?`,
} as const
