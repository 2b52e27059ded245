package api

// auditCauses are of the audit: its chain, and where it is sent.
var auditCauses = map[Cause]CauseInfo{
	"audit_chain_broken": {
		Severity: Critical, Title: "Rows of the audit are not as they were written",
		Meaning: "A row of the audit was changed, deleted, inserted or moved in the database by something else than this program, " +
			"or its key is gone. Stale is what was made with a key of the audit that had ended, by whoever took a compromised " +
			"data key along. The evidence names the first such row. Who could write to the database could do more than that.",
		Remedy: "Find out who has access to the database and what else was changed. Compare with what was exported or sent elsewhere " +
			"before; restore the row or a backup if it was a mistake.",
		Commands: []string{"aiwfe-auth audit verify", "aiwfe-auth audit list --since 24h"},
	},
	"audit_shipping_behind": {
		Severity: Warning, Title: "The audit is not taken where it is sent",
		Meaning: "Rows of the audit have waited for minutes to be sent to the place that AUDIT_SHIP_FILE, AUDIT_SHIP_SYSLOG or " +
			"AUDIT_SHIP_WEBHOOK names. None is lost: they are kept, also beyond AUDIT_RETENTION, and sent in order later.",
		Remedy:   "Mend what the evidence says of the other side, or unset the setting if the audit is not to be sent there any more.",
		Commands: []string{"aiwfe-auth audit sinks", "aiwfe-auth config show"},
	},
}
