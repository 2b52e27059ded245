package api

// configCauses are of the settings and of what they say about the environment.
var configCauses = map[Cause]CauseInfo{
	"config_invalid": {
		Severity: Critical, Title: "A setting cannot be used",
		Meaning:  "A setting holds something that the program cannot work with, so the server does not start.",
		Remedy:   "Correct the setting where it stands; the evidence names the place.",
		Commands: []string{"aiwfe-auth config check", "aiwfe-auth config show"},
	},
	"setting_unknown": {
		Severity: Serious, Title: "A setting has a name that nobody reads",
		Meaning: "A name was set that looks like one of this program's and is none, so what it holds has no effect. " +
			"In a YAML file and on the command line such a name stops the start.",
		Remedy:   "Write the name as config show lists it, or take it out.",
		Commands: []string{"aiwfe-auth config check", "aiwfe-auth config show"},
	},
	"setting_renamed": {
		Severity: Serious, Title: "A setting stands under the name of another program or version",
		Meaning: "The value is there under a name that this program does not read, so a default holds instead of it: " +
			"links and redirects lead to localhost, say, though somebody set the address.",
		Remedy:   "Set the same value under the name that this program reads.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"settings_contradict": {
		Severity: Critical, Title: "Two settings contradict each other",
		Meaning:  "Each of two settings is fine by itself, and together they cannot hold, so the server does not start.",
		Remedy:   "Change one of the two; the evidence names both.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"environment_unknown": {
		Severity: Critical, Title: "ENVIRONMENT is none of the four",
		Meaning: "ENVIRONMENT decides every safety default and is never guessed, so a word that is none of " +
			"development, test, staging and production stops the start.",
		Remedy:   "Write one of the four, in lower case.",
		Commands: []string{"aiwfe-auth config check"},
		Explains: []Cause{"environment_mismatch"},
	},
	"environment_mismatch": {
		Severity: Serious, Title: "The environment and the addresses contradict each other",
		Meaning: "What ENVIRONMENT says and what the addresses say are two things: a real site that runs as development, or production " +
			"that sends people to localhost. People are led to a wrong address, or doors are open that belong to development.",
		Remedy:   "Set ENVIRONMENT=production for a real site, and PUBLIC_URL to the address that people type.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth config check"},
	},
	"public_url_missing": {
		Severity: Critical, Title: "PUBLIC_URL is not set",
		Meaning:  "Cookies, origins, links in mail, passkeys and tokens all derive from the address that people type, and nobody set it.",
		Remedy:   "Set PUBLIC_URL to the address that people type.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"public_url_wrong": {
		Severity: Critical, Title: "PUBLIC_URL is not the address that people type",
		Meaning:  "PUBLIC_URL cannot be used, or is not how the server is reached, so that its cookies and origins belong to another place.",
		Remedy:   "Set PUBLIC_URL to scheme, host and perhaps port as people type them, without a path.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"cors_origin_wrong": {
		Severity: Serious, Title: "An origin in CORS_ORIGINS never matches what browsers send",
		Meaning:  "Origins are compared as text. One that a browser writes in another way never matches, and the app at it sees every call fail.",
		Remedy:   "Write each origin as the browser sends it: scheme, host, a port that is not the usual one, no slash at the end.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"trusted_proxies_missing": {
		Severity: Serious, Title: "The proxy in front is not trusted",
		Meaning: "A proxy has to be in front, and no address of one is trusted: every client then has the proxy's address, " +
			"so one person's failed attempts lock everybody out, and the audit shows the proxy alone.",
		Remedy:   "Set TRUSTED_PROXIES to the address from which the proxy connects, or let the server speak TLS itself.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"trusted_proxies_too_wide": {
		Severity: Critical, Title: "TRUSTED_PROXIES trusts everybody",
		Meaning: "Whoever is trusted says which address a client has. With a network this wide every client chooses its own, " +
			"which goes round every limit and writes false addresses into the audit.",
		Remedy:   "Name the proxies in front of this server alone.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"tls_files_unusable": {
		Severity: Critical, Title: "The TLS files cannot be used",
		Meaning:  "TLS_CERT_FILE and TLS_KEY_FILE are to be a certificate chain and its private key, and they are not, so the server does not start.",
		Remedy:   "Name a readable PEM file with the whole chain, its own certificate first, and the key that belongs to it.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"passkey_unusable": {
		Severity: Warning, Title: "Passkeys cannot work at this address",
		Meaning: "Browsers have passkeys for names over https alone, and for localhost: not for an address of digits, not over plain http. " +
			"People see \"invalid domain\" or no passkey at all.",
		Remedy:   "Use a name and https in PUBLIC_URL.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"passkey_of_other_host": {
		Severity: Serious, Title: "Passkeys were registered for another host",
		Meaning: "A browser gives a passkey only to the host that it was made for. PUBLIC_URL has another one since then, " +
			"so these people see no passkey, or an error.",
		Remedy:   "Keep the host of PUBLIC_URL, or let people register their passkeys anew.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"database_url_malformed": {
		Severity: Critical, Title: "The address of the database cannot be used",
		Meaning:  "DATABASE_URL or DATABASE_DIRECT_URL is not an address that this program can read, so the server does not start.",
		Remedy:   "Correct the address; % @ / # ? and : in a password are written %25 %40 %2F %23 %3F and %3A.",
		Commands: []string{"aiwfe-auth config check"},
	},
	"database_in_memory": {
		Severity: Serious, Title: "The database is kept in memory alone",
		Meaning:  "Accounts are gone at the next start, and every process has a database of its own.",
		Remedy:   "Name a file or a PostgreSQL database in DATABASE_URL.",
		Commands: []string{"aiwfe-auth config show"},
	},
}
