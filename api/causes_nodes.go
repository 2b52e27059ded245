package api

// nodeCauses are of several servers on one database, and of one that was
// started otherwise than it is set.
var nodeCauses = map[Cause]CauseInfo{
	"secret_differs_between_nodes": {
		Severity: Serious, Title: "Servers on one database hold different keys",
		Meaning: "Two servers share a database but not their keys. What one of them signs the other refuses, so people are " +
			"signed out at random, mostly right after they signed in: it works whenever their requests reach the same server.",
		Remedy:   "Give every server the same keys, from one secret of the platform or one file, and restart those that had others.",
		Commands: []string{"aiwfe-auth nodes list", "aiwfe-auth config show"},
		Explains: []Cause{
			"unknown_key_tokens", "csrf_refused_everybody", "signing_key_changed", "data_key_wrong", "generated_keys_lost",
			"nodes_differ",
		},
	},
	"settings_differ_between_nodes": {
		Severity: Serious, Title: "Servers on one database have different settings",
		Meaning: "Two servers share a database but not the settings that decide how people are treated, so that the same request " +
			"is accepted by one of them and refused by the other.",
		Remedy:   "Give every server the same settings, and restart those that had others.",
		Commands: []string{"aiwfe-auth nodes list", "aiwfe-auth config show"},
	},
	"running_with_other_settings": {
		Severity: Serious, Title: "The server was started with other settings",
		Meaning: "The server runs with another key or setting than the configuration at hand says: it was changed after the start, " +
			"or this console has another environment than the server.",
		Remedy:   "Restart the server, or run the doctor with the environment of the server.",
		Commands: []string{"aiwfe-auth nodes list", "aiwfe-auth config show"},
		Explains: []Cause{"signing_key_changed"},
	},
	"sqlite_on_two_machines": {
		Severity: Serious, Title: "One SQLite file is used from two machines",
		Meaning: "Two machines share a SQLite file over the network. Locks of network file systems do not protect it: " +
			"rows vanish, and sooner or later the file is damaged.",
		Remedy:   "Run one server on the machine of the file, or move to PostgreSQL and set DATABASE_URL on all of them.",
		Commands: []string{"aiwfe-auth nodes list"},
	},
}
