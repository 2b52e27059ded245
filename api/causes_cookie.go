package api

// cookieCauses are of cookies, judged as a browser would.
var cookieCauses = joined(refusedCookieCauses, keptCookieCauses)

// refusedCookieCauses are why a browser drops a cookie in silence.
var refusedCookieCauses = map[Cause]CauseInfo{
	"cookie_domain_mismatch": {
		Severity: Critical, Title: "The cookie is for another domain",
		Meaning:  "The Domain of a cookie does not cover the host that sets it, so browsers drop it without a word: sign-in succeeds, and the login page comes again.",
		Remedy:   "Leave COOKIE_DOMAIN unset, or set it to a domain that the host is of; look for a rewrite of cookies in the proxy (proxy_cookie_domain).",
		Commands: []string{"aiwfe-auth config show", "curl -si URL/api/v1/auth/csrf-token"},
		Explains: []Cause{"cookie_prefix_violated", "proxy_rewrites_cookies"},
	},
	"cookie_public_suffix": {
		Severity: Critical, Title: "The cookie is for a public suffix",
		Meaning:  "The Domain of a cookie is one below which strangers can have names (co.uk, duckdns.org, fly.dev), so browsers drop it without a word.",
		Remedy:   "Leave COOKIE_DOMAIN unset, or use a domain of your own.",
		Commands: []string{"aiwfe-auth config show"},
		Explains: []Cause{"cookie_prefix_violated", "proxy_rewrites_cookies"},
	},
	"cookie_prefix_violated": {
		Severity: Critical, Title: "The cookie breaks the promise of its name",
		Meaning:  "A name that begins with __Host- or __Secure- promises attributes which the cookie does not have, mostly because a proxy rewrites them. Browsers drop it without a word.",
		Remedy:   "Take rewrites of cookies out of the proxy (proxy_cookie_flags, proxy_cookie_path, proxy_cookie_domain, header rules).",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
	},
	"cookie_secure_over_http": {
		Severity: Critical, Title: "A Secure cookie is set over plain http",
		Meaning:  "The cookie is for https only and the address is plain http, so browsers drop it.",
		Remedy:   "Use https, or set PUBLIC_URL to the http address where that is meant.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"cookie_samesite_none_insecure": {
		Severity: Critical, Title: "A cookie for other sites is not Secure",
		Meaning:  "SameSite=None and Partitioned ask for Secure; without it browsers drop the cookie.",
		Remedy:   "Set Secure too, and tell the server that people come by https (PUBLIC_URL, X-Forwarded-Proto).",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
	},
	"cookie_too_large": {
		Severity: Critical, Title: "The cookie is larger than browsers take",
		Meaning:  "Name and value together are more than 4096 bytes, so browsers drop the cookie: sign-in succeeds, and the login page comes again.",
		Remedy:   "Keep an identifier in the cookie and the rest in the server.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
	},
	"cookie_malformed": {
		Severity: Critical, Title: "Browsers cannot read the cookie",
		Meaning:  "The Set-Cookie line holds control characters or neither a name nor a value, so browsers drop it.",
		Remedy:   "Look at what writes or rewrites the cookie on the way.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token | cat -v"},
	},
}

// keptCookieCauses are why a cookie does no good although it was sent.
var keptCookieCauses = map[Cause]CauseInfo{
	"cookie_not_set": {
		Severity: Critical, Title: "No cookie is set",
		Meaning:  "The answer with the CSRF token, or to a sign-in, carries no cookie, so the browser has nothing to show later. Mostly a proxy or a cache takes Set-Cookie away.",
		Remedy:   "Let the proxy pass Set-Cookie on (no proxy_hide_header, no cache on these paths).",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"}, Last: true,
		Explains: []Cause{"csrf_refused", "session_not_kept"},
	},
	"cookie_not_secure": {
		Severity: Serious, Title: "A cookie on https is not Secure",
		Meaning:  "The cookie would also be sent over plain http, where anybody on the way can read it, and it cannot replace a Secure one of its name. Mostly the server believes that people come by http.",
		Remedy:   "Set PUBLIC_URL to the https address; let the proxy send X-Forwarded-Proto: https and take rewrites of cookie flags out of it.",
		Commands: []string{"aiwfe-auth config show", "curl -si URL/api/v1/auth/csrf-token"},
	},
	"cookie_path_wrong": {
		Severity: Critical, Title: "The cookie does not reach the paths that need it",
		Meaning:  "The Path of a cookie does not cover the login or the API, so the browser keeps it and does not send it.",
		Remedy:   "Path=/ is right; look for proxy_cookie_path or a prefix in the proxy.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
	},
	"cookie_duplicated": {
		Severity: Serious, Title: "There are two cookies of one name",
		Meaning:  "Two cookies of one name with another domain, path or value are set, and the browser sends both. Which one counts is chance, so people are signed out or refused at random.",
		Remedy:   "Let one place alone set the cookie: the server, not the proxy as well, and with one domain and path.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
		Explains: []Cause{"cookie_lost_on_return", "csrf_refused", "proxy_rewrites_cookies"},
	},
	"cookie_expired_at_birth": {
		Severity: Critical, Title: "The cookie is expired when it is set",
		Meaning:  "The cookie ends before it begins, so the browser takes it away at once. A clock is off, or something overwrites its end.",
		Remedy:   "Compare the clocks, and look for what sets Expires or Max-Age on the way.",
		Commands: []string{"timedatectl", "curl -si URL/api/v1/auth/csrf-token"},
		Explains: []Cause{"csrf_refused"},
	},
	"cookies_cleared": {
		Severity: Critical, Title: "The answer takes the cookies away that it sets",
		Meaning:  "The header Clear-Site-Data comes with ordinary answers, so the browser drops every cookie of the site at each of them.",
		Remedy:   "Take the header out of the proxy; the server itself sends it at sign-out, and for the cache alone.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
	},
	"cookie_lost_on_return": {
		Severity: Critical, Title: "The cookie does not arrive when it is sent back",
		Meaning:  "A cookie was set and sent back, and the server behaves as if none had come. People are told that their CSRF token is invalid, or get the login page again.",
		Remedy:   "Let the proxy pass the Cookie header on, whole and unchanged, and let every node behind it share one key.",
		Commands: []string{"aiwfe-auth doctor --url URL"}, Last: true,
		Explains: []Cause{"csrf_refused", "session_not_kept"},
	},
}
