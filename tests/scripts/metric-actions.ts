/**
 * What an operator does about each metric that the services serve, apart from those of prom-client about the
 * process.
 */
export const METRIC_ACTIONS: Readonly<Record<string, string>> = {
  skillwatch_ingest_observations_total:
    'When `rejected` rises, look at the answers that the sender gets: each names a field and a reason.',
  skillwatch_ingest_findings_total:
    'None. `skipped` counts findings about skills that were deleted; when `dropped` rises, the project has ' +
    'more than 100,000 findings, and the oldest are deleted.',
  skillwatch_ingest_experiment_records_total:
    'When `rejected` rises, look at the answers that the sender gets: the experiment may have ended, or users ' +
    'were not assigned.',
  skillwatch_ingest_refused_requests_total:
    'Senders repeat refused requests. When it keeps rising: for `queue_full` look at the commit ' +
    'duration, for ' +
    '`storage_unavailable` at the disk, for `bodies_limit` at the number of senders.',
  skillwatch_ingest_commit_duration_seconds:
    'A p99 above 0.1 s means that the disk is slow or that another program uses it. Nothing is lost ' +
    'meanwhile.',
  skillwatch_ingest_commit_observations:
    'None. Values near `INGEST_GROUP_ROWS_MAX` mean that ingest works at full load.',
  skillwatch_ingest_queue_observations:
    'Alert when it stays above half of `skillwatch_ingest_queue_observations_max`: ingest receives ' +
    'more than it commits.',
  skillwatch_ingest_queue_observations_max: 'None. It is `INGEST_QUEUE_ITEMS_MAX`.',
  skillwatch_ingest_other_phases_total:
    'When it rises, a sender uses free text as `workflow_phase`: let it use a few fixed names.',
  skillwatch_ingest_storage_available:
    'Alert on 0: the disk is full, or the file is locked or read-only. `/health/ready` names the ' +
    'reason. Ingest continues by ' +
    'itself when the cause is removed.',
  skillwatch_ingest_hook_events_total:
    'When `missing_fields` or `rejected` rises, the version of the agent sends other payloads than ' +
    'those known. ' +
    'Report it with the name of the event.',
  skillwatch_ingest_hook_not_kept_total:
    'Alert when it rises: ingest cannot write its journal in the spool of the database ' +
    '(`INGEST_SPOOL_FOLDER`). Check the space and the owner of the folder.',
  skillwatch_ingest_journal_lines_total:
    'When it rises, look at the files `hooks.journal.unreadable` and `hooks.journal.rejected` in the spool ' +
    'of the database. A line that was cut off by a crash can be deleted.',
  skillwatch_ingest_spool_lines_total:
    'When `dropped` rises, the spool was full: start ingest more often. When `rejected` or `unreadable` ' +
    'rises, look at the files `spool.rejected` and `spool.unreadable` in the spool of the database: correct ' +
    'the lines, import them with `skillwatch import ndjson`, and delete the file.',
  skillwatch_otlp_received_total:
    'When it stays 0 although an agent exports, check the address of its exporter ' +
    '(`OTEL_EXPORTER_OTLP_ENDPOINT`).',
  skillwatch_otlp_used_total:
    'When it stays 0 while `received` rises, `skillwatch_otlp_unused_total` names what was sent.',
  skillwatch_otlp_rejected_total:
    'When it rises, a sender exports records that cannot be read: its log holds the reason ' +
    '(`partialSuccess`).',
  skillwatch_otlp_unused_total:
    'None, unless a name is one that you expect to see as calls. Names with `without …` lack the ' +
    'field that is named.',
  skillwatch_otlp_port_listening:
    'On 0, stop the other program on the port (an OpenTelemetry collector) or send to port 8766 instead.',
  skillwatch_ingest_http_request_duration_seconds:
    'Compare the routes. A slow `POST /v1/invocations` waits for the commit: look at the commit duration.',
  skillwatch_ws_clients: 'Alert near `WS_GATEWAY_CLIENTS_MAX`: later clients are closed with 4053.',
  skillwatch_ws_messages_sent_total: 'None. Its rate is the load of the stream.',
  skillwatch_ws_sent_bytes_total: 'None. Its rate is the bandwidth of the stream.',
  skillwatch_ws_messages_refused_total:
    'When it rises, a client sends messages that the protocol does not know.',
  skillwatch_ws_handshakes_refused_total:
    'Look at the `reason`: a wrong host or origin needs `SKILLWATCH_ALLOWED_HOSTS` or ' +
    '`SKILLWATCH_ALLOWED_ORIGINS`; a missing ' +
    'or wrong key needs a new key.',
  skillwatch_ws_paused_clients:
    'When clients stay paused, they read slower than changes are committed. Let them use a filter.',
  skillwatch_ws_pauses_total: 'As above. Single pauses are normal during a replay.',
  skillwatch_ws_snapshots_skipped_total: 'None. Paused clients get the next snapshot when they have read.',
  skillwatch_ws_poll_errors_total:
    'When it keeps rising, the database cannot be read; the log holds the error.',
  skillwatch_ws_closes_total:
    'Look at the codes in [WEBSOCKET.md](WEBSOCKET.md#slow-clients-limits-close-codes). Many 4008 ' +
    'mean slow clients; many 4501 ' +
    'mean wrong keys.',
  skillwatch_ws_subscriptions: 'None. It grows with the number of clients.',
  skillwatch_ws_tail_offset: 'None. It should follow `skillwatch_change_offset` of the exporter.',
  skillwatch_ws_tail_lag_changes:
    'Alert when it stays above 0 for a minute: the gateway does not keep up. Check its CPU and the ' +
    'poll errors.',
  skillwatch_ws_gateway_http_request_duration_seconds:
    'Compare the routes. A read above 1 s is a defect (R7): report it with the size of the database.',
  skill_invocations_total: 'Use `rate()` of it for calls per second, by `completed` for the failures.',
  skill_duration_seconds:
    'Use `histogram_quantile()` of it for the durations of a skill. The result is an estimate: the exact ' +
    'quantile lies between the same two bounds `le`.',
  skill_completion_rate: 'Alert on a skill whose rate falls. Compare it with the number of its calls first.',
  active_sessions_total: 'None. It shows whether agents work now.',
  ab_test_samples_total:
    'When it stays below `ab_test_min_sample_size`, the experiment needs more users: let it run longer, or ' +
    'assign more of them.',
  ab_test_min_sample_size: 'None. It is what the experiment was created with.',
  anomalies_detected_total:
    'Alert on `increase()` of it. `GET /v1/findings` names what differs, by how much and since when. History ' +
    'that is analysed later is not counted.',
  skill_prediction_correct:
    'Divide it by `skill_prediction_total`. A share says little without the base rate: `skillwatch predict` ' +
    'shows both for a skill.',
  skill_prediction_total: 'None. It is absent while no skill has enough calls.',
  skillwatch_witnessed_invocations:
    'Compare the witnesses: when one falls behind, its source is switched off. `skillwatch ' +
    'coverage` shows which calls it missed.',
  skillwatch_change_offset:
    'When it does not rise while agents work, no observation is stored: check ingest.',
  skillwatch_database_bytes:
    'Compare it with the free space of the disk. `skillwatch delete --before 90d` makes it smaller.',
  skillwatch_exporter_folded_values:
    'Above 0, some skills or phases are counted as `_other`. Raise the bound in the variables of ' +
    'the exporter, or delete skills.',
  skillwatch_analyst_runs_total:
    'Alert when `failed` or `timed_out` rises: the log holds the reason. The next run tries again; after ' +
    '`timed_out` raise `ANALYST_RUN_MS_MAX`.',
  skillwatch_analyst_posts_total:
    'When `failed` keeps rising, ingest is not reachable at `ANALYST_INGEST_URL`. On `refused`, the log ' +
    'holds the answer: often `ANALYST_API_KEYS` lacks a key with scope `findings`.',
  skillwatch_analyst_reads_total:
    'When `all` rises with each run, more than 200,000 changes arrive between two runs, or what a run reads ' +
    'is not kept: see `skillwatch_analyst_memories_dropped_total`.',
  skillwatch_analyst_memory_bytes:
    'None. Its bound is 128 MiB; see `skillwatch_analyst_memories_dropped_total`.',
  skillwatch_analyst_memories_dropped_total:
    'When it rises, each run of a project reads all its hours: delete old history with `skillwatch delete`, or ' +
    'run fewer projects on this analyst.',
  skillwatch_analyst_active:
    'None. The sum over all analysts of a database is 1; 0 means that none works: start one.',
  skillwatch_analyst_running: 'None.',
  skillwatch_analyst_run_duration_seconds:
    'When it comes near `ANALYST_RUN_MS_MAX`, raise that. The first run after a start and the first one of a ' +
    'week (Thursday, 0:00 UTC) take longest.',
  skillwatch_analyst_detection_runs:
    'When it is often above 24, calls arrive late: look at the source that `skillwatch coverage` shows ' +
    'behind the others.',
  skillwatch_analyst_findings: 'Look at open ones with `skillwatch findings`.',
  skillwatch_analyst_last_success_timestamp_seconds:
    'Alert when it is older than two intervals (`ANALYST_EVERY_HOURS`): findings are no longer found.',
  skillwatch_analyst_http_request_duration_seconds: 'None. It serves health and metrics only.',
  skillwatch_build_info: 'Compare `version` across services after an update.',
  skillwatch_exporter_http_request_duration_seconds:
    'When a scrape takes longer than a tenth of the scrape interval, lower `EXPORTER_LABEL_SETS_MAX`.',
}
