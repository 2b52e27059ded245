package api

// databaseCauses are of the way to the database and of its schema.
var databaseCauses = joined(databaseReachCauses, fileCauses, poolerCauses, slotCauses, schemaCauses)

// databaseReachCauses are of the steps into a PostgreSQL database.
var databaseReachCauses = map[Cause]CauseInfo{
	"database_name_unknown": {
		Severity: Critical, Title: "The host name of the database is unknown",
		Meaning:  "The name in DATABASE_URL leads to no address on this machine, so nothing can be read and nobody can sign in: every attempt ends with 503.",
		Remedy:   "Correct the name in DATABASE_URL, or the DNS or the container network that should know it.",
		Commands: []string{"aiwfe-auth config show", "getent hosts HOST"},
	},
	"database_unreachable": {
		Severity: Critical, Title: "Nothing answers at the address of the database",
		Meaning:  "The connection to the database is refused, times out, or is taken and stays silent. Every sign-in ends with 503.",
		Remedy:   "Start PostgreSQL, correct host and port in DATABASE_URL, or open the firewall between this machine and it.",
		Commands: []string{"pg_isready -h HOST -p PORT", "aiwfe-auth doctor"},
	},
	"database_not_postgres": {
		Severity: Critical, Title: "Something else than PostgreSQL answers at the address of the database",
		Meaning:  "DATABASE_URL leads to another service, so no account can be read. Every sign-in ends with 503.",
		Remedy:   "Correct host and port in DATABASE_URL; PostgreSQL listens on 5432 unless told otherwise, pgbouncer on 6432.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"database_tls_refused": {
		Severity: Critical, Title: "The database has no TLS, and DATABASE_URL insists on it",
		Meaning:  "sslmode in DATABASE_URL demands TLS; the server says that it has none, so no connection is made and every sign-in ends with 503.",
		Remedy:   "Turn TLS on in postgresql.conf (ssl = on, with a certificate). Only where nobody else can listen on the way: sslmode=disable.",
		Commands: []string{"psql -c 'SHOW ssl'"},
	},
	"database_tls_required": {
		Severity: Critical, Title: "The database demands TLS, and DATABASE_URL forbids it",
		Meaning:  "pg_hba.conf lets this user in over TLS only, and sslmode=disable in DATABASE_URL turns it off. Every sign-in ends with 503.",
		Remedy:   "Set sslmode=verify-full (with sslrootcert) in DATABASE_URL, or sslmode=require at least.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"database_tls_untrusted": {
		Severity: Critical, Title: "The certificate of the database is not trusted",
		Meaning:  "DATABASE_URL asks for a verified certificate; the one that the server shows is of an unknown authority, of another name, or out of date. Every sign-in ends with 503.",
		Remedy:   "Name the authority by sslrootcert=FILE in DATABASE_URL and the host as the certificate does, or give the server a certificate that fits.",
		Commands: []string{"openssl s_client -starttls postgres -connect HOST:PORT -showcerts"},
	},
	"database_refuses_login": {
		Severity: Critical, Title: "The database does not let this user in",
		Meaning:  "PostgreSQL refuses the user or the password of DATABASE_URL, or no line of pg_hba.conf lets it in from here. Every sign-in ends with 503.",
		Remedy:   "Correct the password in DATABASE_URL, or set it anew in PostgreSQL.",
		Commands: []string{"psql -U postgres -c '\\password USER'"},
	},
	"database_missing": {
		Severity: Critical, Title: "The database named in DATABASE_URL does not exist",
		Meaning:  "The server answers and has no database of this name. Every sign-in ends with 503.",
		Remedy:   "Correct the name at the end of DATABASE_URL, or make the database and run the migrations.",
		Commands: []string{"createdb -O USER NAME", "aiwfe-auth migrate up"},
	},
	"database_url_wrong": {
		Severity: Critical, Title: "DATABASE_URL has an option that this database does not know",
		Meaning:  "An option at the end of DATABASE_URL, mostly one of another driver or framework, is handed to PostgreSQL as a setting, and it refuses the connection for it. Every sign-in ends with 503.",
		Remedy:   "Take the option out of DATABASE_URL.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"database_starting": {
		Severity: Critical, Title: "The database is just starting, stopping or recovering",
		Meaning:  "PostgreSQL runs and takes no sessions at this moment, for instance while it recovers after a crash. Sign-ins end with 503 until it does.",
		Remedy:   "Wait; when it stays so, read the log of PostgreSQL.",
		Commands: []string{"pg_isready", "aiwfe-auth doctor"},
	},
	"database_read_only": {
		Severity: Critical, Title: "The database takes no writes",
		Meaning:  "DATABASE_URL leads to a standby, or transactions are read-only there by default. A sign-in must write its session, so each one fails with 503.",
		Remedy:   "Point DATABASE_URL at the primary, or name all hosts with target_session_attrs=read-write; take default_transaction_read_only away where it was set.",
		Commands: []string{"psql -c 'SELECT pg_is_in_recovery()'", "psql -c 'SHOW default_transaction_read_only'"},
	},
	"database_privileges_missing": {
		Severity: Critical, Title: "The database user lacks rights on the tables",
		Meaning:  "The user of DATABASE_URL may not read or write a table that a sign-in needs, or row level security hides its rows. People see errors at some step of the sign-in.",
		Remedy:   "Grant the rights, or make this user the owner of the tables.",
		Commands: []string{"psql -c 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO USER'"},
	},
	"database_locked_by": {
		Severity: Critical, Title: "A session in the database holds a lock that everything waits for",
		Meaning:  "Some session, often a forgotten transaction or a migration that hangs, has locked a table of the accounts. Sign-ins wait until they time out with 503.",
		Remedy:   "Let that session end its transaction, or end it; the evidence has its process id.",
		Commands: []string{"psql -c 'SELECT pg_terminate_backend(PID)'"},
	},
}

// fileCauses are of a SQLite file.
var fileCauses = map[Cause]CauseInfo{
	"database_file_missing": {
		Severity: Critical, Title: "The database file is not there",
		Meaning:  "There is no file at the path of the database, so all accounts seem to be gone. A wrong path, a volume that is not mounted, or another working directory looks just like this.",
		Remedy:   "Mount the volume or correct the path. Only for a new installation: make an empty database.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth migrate up"},
		// A new installation looks the same, and what else is wrong with it comes first.
		Last: true, Explains: []Cause{"server_not_running"},
	},
	"database_file_forbidden": {
		Severity: Critical, Title: "The database file cannot be opened for writing",
		Meaning:  "The file, or the folder in which SQLite keeps its journal, cannot be written by the user who runs the server. Sign-ins fail, for each one is written down.",
		Remedy:   "Give file and folder to the user who runs the server, and take away what stands in the place of its journal files.",
		Commands: []string{"chown USER: FOLDER FILE*", "chmod 700 FOLDER", "chmod 600 FILE*"},
	},
	"database_locked": {
		Severity: Critical, Title: "Another program holds the lock of the SQLite database",
		Meaning:  "A program has begun to write to the database file and does not end it: an open transaction in a database browser, a backup, a stopped process. Sign-ins wait for it and fail.",
		Remedy:   "End the program that holds the lock; the evidence names it where that can be seen.",
		Commands: []string{"fuser -v FILE"},
	},
}

// slotCauses are of the number of connections.
var slotCauses = map[Cause]CauseInfo{
	"connection_slots_exhausted": {
		Severity: Critical, Title: "The database has no connection left",
		Meaning:  "All connections that PostgreSQL allows are taken, so new ones are refused: sign-ins hang or end with 503, mostly at the busiest time.",
		Remedy:   "End what leaks connections, lower DB_MAX_CONNS of each server, put a pooler in between, or raise max_connections.",
		Commands: []string{"psql -c 'SELECT usename, application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC'"},
	},
	"connection_slots_overcommitted": {
		Severity: Warning, Title: "The servers may ask for more connections than the database has",
		Meaning:  "DB_MAX_CONNS times the servers that run, and what others use now, is more than PostgreSQL allows. Under load connections will be refused and sign-ins hang.",
		Remedy:   "Lower DB_MAX_CONNS, put a pooler in between, or raise max_connections.",
		Commands: []string{"aiwfe-auth config show", "psql -c 'SHOW max_connections'"},
	},
}
