package api

// poolerCauses are of pgbouncer and its like between server and database.
var poolerCauses = map[Cause]CauseInfo{
	"pooler_statement_mode": {
		Severity: Critical, Title: "The pooler allows no transactions",
		Meaning:  "The pooler in front of the database pools by statement and refuses BEGIN. A sign-in is a transaction, so each one fails.",
		Remedy:   "Set pool_mode = transaction (or session) in pgbouncer.ini and reload it.",
		Commands: []string{"psql -p 6432 -U pgbouncer pgbouncer -c 'RELOAD'"},
	},
	"pooler_prepared_statements": {
		Severity: Critical, Title: "Prepared statements are used through a pooler that mixes connections up",
		Meaning:  "The options of DATABASE_URL make the driver prepare statements on one server connection; the pooler hands the next transaction to another, where they are missing or there already. Sign-ins fail at random with 500.",
		Remedy:   "Take the option out of DATABASE_URL: without it the program runs in the way that suits a pooler, by itself. Or set max_prepared_statements in pgbouncer 1.21 and later.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"pooler_startup_parameter": {
		Severity: Critical, Title: "The pooler refuses an option of DATABASE_URL",
		Meaning:  "An option of DATABASE_URL, or PGOPTIONS, is sent when a connection begins, and the pooler takes only a few. No connection is made, and every sign-in ends with 503.",
		Remedy:   "Take the option out of DATABASE_URL and set it for the user in PostgreSQL, or add it to ignore_startup_parameters in pgbouncer.ini.",
		Commands: []string{"psql -c 'ALTER ROLE USER SET OPTION = VALUE'"},
	},
	"pooler_tls_mismatch": {
		Severity: Critical, Title: "TLS does not fit on one of the two ways through the pooler",
		Meaning:  "From here to the pooler and from the pooler to PostgreSQL are two connections, each with TLS or without. One of the ends asks for it where the other has none.",
		Remedy:   "Set client_tls_sslmode with a certificate in pgbouncer.ini for the way from here, and server_tls_sslmode for the way to PostgreSQL.",
		Commands: []string{"psql -p 6432 -U pgbouncer pgbouncer -c 'SHOW CONFIG'"},
	},
	"pooler_server_unreachable": {
		Severity: Critical, Title: "The pooler runs, and the database behind it does not answer it",
		Meaning:  "The pooler takes connections and finds no PostgreSQL at the place that its own configuration names. Sign-ins wait until they time out with 503.",
		Remedy:   "Start PostgreSQL, or correct host and port in the [databases] section of pgbouncer.ini.",
		Commands: []string{"psql -p 6432 -U pgbouncer pgbouncer -c 'SHOW DATABASES'"},
	},
	"pooler_refuses_login": {
		Severity: Critical, Title: "The pooler does not let this user in",
		Meaning:  "The pooler has its own list of users and passwords, and the user of DATABASE_URL is not in it or has another password there. PostgreSQL was not even asked. Every sign-in ends with 503.",
		Remedy:   "Add the user with its password to auth_file of pgbouncer (or set auth_query), and reload it.",
		Commands: []string{"psql -p 6432 -U pgbouncer pgbouncer -c 'RELOAD'"},
	},
	"pooler_server_login": {
		Severity: Critical, Title: "The database does not let the pooler in",
		Meaning:  "The pooler accepts this user, and PostgreSQL behind it refuses the user or the password that the pooler logs in with. Every sign-in ends with 503.",
		Remedy:   "Correct user and password of this database in pgbouncer.ini or in auth_file, or let the pooler's address in by pg_hba.conf.",
		Commands: []string{"psql -p 6432 -U pgbouncer pgbouncer -c 'SHOW DATABASES'"},
	},
	"pooler_paused": {
		Severity: Critical, Title: "The pooler is paused",
		Meaning:  "Somebody paused this database in the pooler: connections are taken and wait. Sign-ins hang until they time out with 503.",
		Remedy:   "Resume it in the pooler's console.",
		Commands: []string{"psql -p 6432 -U pgbouncer pgbouncer -c 'RESUME'"},
	},
	"pooler_too_small": {
		Severity: Critical, Title: "The pooler has no connection left for this server",
		Meaning:  "The pooler's limits are smaller than what this server needs at one time, so its requests wait there, hang and end with 503.",
		Remedy:   "Raise default_pool_size (and max_client_conn) in pgbouncer.ini, set pool_mode = transaction, or lower DB_MAX_CONNS.",
		Commands: []string{"psql -p 6432 -U pgbouncer pgbouncer -c 'SHOW POOLS'"},
	},
	"direct_url_wrong": {
		Severity: Serious, Title: "DATABASE_DIRECT_URL does not lead to the database of DATABASE_URL",
		Meaning:  "Migrations go through DATABASE_DIRECT_URL. It leads to another database, goes through a pooler too, or cannot be used, so the schema that sign-ins need is never brought up to date.",
		Remedy:   "Give it host, port and name of the database itself, or leave it unset.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth migrate status"},
	},
}
