package api

// applicationCauses are of the applications behind this server, and of the rules
// that say who may reach them.
var applicationCauses = map[Cause]CauseInfo{
	"policy_invalid": {
		Severity: Critical, Title: "The file of rules cannot be used",
		Meaning: "POLICY_FILE cannot be read, or a rule in it is wrong, so that nobody could say who may reach what. " +
			"The server does not start with it; one that runs goes on with the rules from before.",
		Remedy:   "Mend each line that is named, and look whether all is well before you send SIGHUP or start the server.",
		Commands: []string{"aiwfe-auth config check", "aiwfe-auth policy show"},
		Explains: []Cause{"reload_refused"},
	},
	"policy_file_open": {
		Severity: Serious, Title: "Others can change the file of rules",
		Meaning:  "POLICY_FILE can be written to by every user of this machine or by a group, so that one of them can open every application to anybody.",
		Remedy:   "Take the right to write away from group and others.",
		Commands: []string{"chmod go-w FILE"},
	},
	"host_without_cookie": {
		Severity: Warning, Title: "The session cookie does not reach a host of the rules",
		Meaning: "A rule or an application names a host that browsers never send the session cookie to, so whoever signs in is a stranger there. " +
			"Programs that show a bearer token are not touched.",
		Remedy:   "Set COOKIE_DOMAIN to a domain that the host and PUBLIC_URL have in common, or correct the name of the host.",
		Commands: []string{"aiwfe-auth policy show", "aiwfe-auth config show"},
	},
	"host_not_led_back": {
		Severity: Warning, Title: "Nobody is led back to a host of the rules after signing in",
		Meaning: "A rule or an application names a host that is no origin of CORS_ORIGINS. Whoever is sent to sign in on the way there ends at the " +
			"account page, since we redirect to no host that nobody named.",
		Remedy:   "Add the origin of the host to CORS_ORIGINS, or correct the name of the host.",
		Commands: []string{"aiwfe-auth policy show", "aiwfe-auth config show"},
	},
	"application_not_named": {
		Severity: Warning, Title: "A proxy asks about an application that no setting names",
		Meaning: "A proxy of TRUSTED_PROXIES asks by forward-auth about a host that CORS_ORIGINS, COOKIE_DOMAIN or POLICY_FILE do not name. " +
			"People see that they have no access there, or that they cannot be led back, though they signed in. " +
			"The host is what a request to the proxy says: a proxy that asks about every host passes on what strangers invent.",
		Remedy: "If the application is yours, set what the finding names, which holds the whole new values, and restart. " +
			"Name no host that is not yours: people would be sent there after signing in. Have the proxy answer hosts that it does not know by itself.",
		Commands: []string{
			"aiwfe-auth doctor", "aiwfe-auth config show", "aiwfe-auth policy check --url https://HOST/",
			"aiwfe-auth proxy nginx --protect HOST=http://ADDRESS",
		},
	},
	"application_unreachable": {
		Severity: Serious, Title: "An application behind this server does not answer",
		Meaning: "At the address in UPSTREAM_URL or UPSTREAMS nothing takes connections, or not in the way that the address says. " +
			"People can sign in, and then see Bad Gateway.",
		Remedy:   "Start the application, or correct its address.",
		Commands: []string{"aiwfe-auth config show", "ss -ltnp"},
	},
	"upstream_loop": {
		Severity: Critical, Title: "An application behind this server is this server itself",
		Meaning: "An address in UPSTREAM_URL or UPSTREAMS leads back here: each request would be handed on to ourselves without end, " +
			"and no application ever sees it.",
		Remedy:   "Set the address where the application listens, which is another one than LISTEN_ADDR and PUBLIC_URL.",
		Commands: []string{"aiwfe-auth config show", "ss -ltnp"},
		Explains: []Cause{"application_unreachable"},
	},
}
