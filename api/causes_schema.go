package api

// schemaCauses are of tables, columns and migrations.
var schemaCauses = map[Cause]CauseInfo{
	"schema_behind": {
		Severity: Critical, Title: "The database lacks migrations",
		Meaning:  "The schema is older than this program, which outside development does not start on it: somebody must decide on a migration.",
		Remedy:   "Make a backup, then bring the schema up to date.",
		Commands: []string{"aiwfe-auth migrate status", "aiwfe-auth migrate up"},
	},
	"schema_newer": {
		Severity: Critical, Title: "The database is of a newer version of this program",
		Meaning:  "A newer version migrated the database; this one does not know what it finds there and does not start, so that it breaks nothing.",
		Remedy:   "Run the newer program, or restore the backup from before the migration.",
		Commands: []string{"aiwfe-auth version", "aiwfe-auth migrate status"},
	},
	"migration_interrupted": {
		Severity: Critical, Title: "A migration was begun and not ended",
		Meaning:  "The list of applied migrations and the tables contradict each other, or the lock of a migration is held by nobody. Every further try ends with an error such as \"column already exists\".",
		Remedy:   "Restore the backup from before the migration, or put the ledger right by hand as the evidence says.",
		Commands: []string{"aiwfe-auth migrate status"},
	},
	"schema_drift": {
		Severity: Critical, Title: "The tables are not as the program expects",
		Meaning:  "A column or a unique index is missing, renamed or of another type though all migrations are applied: somebody changed the schema by hand or restored a part of it. Some step of a sign-in fails with 500.",
		Remedy:   "Undo the change; the evidence has what is expected.",
		Commands: []string{"aiwfe-auth migrate status"},
	},
	"schema_wrong_search_path": {
		Severity: Critical, Title: "The tables are there, in a schema that is not looked into",
		Meaning:  "The tables of this program stand in a schema that search_path does not name, so the database seems to be empty.",
		Remedy:   "Set search_path for the user of DATABASE_URL.",
		Commands: []string{"psql -c 'ALTER ROLE USER SET search_path = SCHEMA'"},
	},
}
