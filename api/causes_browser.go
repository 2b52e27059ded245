package api

// reportedCauses are seen by a page in the browser that shows it. Each is a
// report of one browser; that many tell the same makes it the deployment's.
var reportedCauses = map[Cause]CauseInfo{
	"third_party_cookies_blocked": {
		Severity: Serious, Title: "The sign-in page stands in a frame of another site",
		Meaning: "Another site shows the sign-in page in a frame. Browsers send no cookies of ours from there, so no sign-in can " +
			"succeed; mostly they show an empty frame, since our pages forbid to be framed.",
		Remedy: "Open the sign-in page by itself: as a link or a redirect of the whole window, never in a frame. If a proxy takes " +
			"X-Frame-Options or the Content-Security-Policy away, let it pass them on.",
		Commands: []string{"aiwfe-auth doctor"},
		Explains: []Cause{"cookie_not_returned", "cookies_blocked", "origin_null"},
	},
	"insecure_context": {
		Severity: Serious, Title: "The page was opened without encryption",
		Meaning: "PUBLIC_URL is https, and the browser shows the page over http, or not as a secure page. Browsers then drop our " +
			"cookies, which are Secure, so people come back to the sign-in page again and again.",
		Remedy: "Redirect http to https in front of the server and pass the scheme on; see docs/guide for the lines of your proxy. " +
			"If people use a link or bookmark with http, correct it.",
		Commands: []string{"aiwfe-auth doctor", "aiwfe-auth config show"},
		Explains: []Cause{"cookie_not_returned", "cookies_blocked"},
	},
	"address_mismatch": {
		Severity: Serious, Title: "The page was opened at another address than PUBLIC_URL",
		Meaning: "A browser shows our page at an address that is not PUBLIC_URL: another host, port or scheme. Its forms are refused " +
			"as coming from elsewhere, cookies belong to the other host, and passkeys cannot be used.",
		Remedy: "Set PUBLIC_URL to the address that people use. If that address is only another name, list it in PUBLIC_ALIASES, " +
			"which redirects to PUBLIC_URL.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth doctor"},
		Explains: []Cause{"cookie_not_returned", "origin_altered"},
	},
	"origin_null": {
		Severity: Serious, Title: "A browser sends Origin: null with our own forms",
		Meaning: "The browser hides where our own forms come from, so they are refused like those of a stranger. A proxy that sets " +
			"Referrer-Policy: no-referrer does this to everybody; a privacy extension does it to one person.",
		Remedy: "Do not let the proxy set or change Referrer-Policy: the server's own is same-origin. If a single browser is " +
			"concerned, its extensions are the place to look.",
		Commands: []string{"aiwfe-auth doctor"},
	},
	"origin_altered": {
		Severity: Serious, Title: "The origin of our own forms is changed on the way",
		Meaning: "The page has the right address, but the Origin or Sec-Fetch-Site of its requests arrives as something else, so they " +
			"are refused. A proxy or an extension of the browser rewrites the header.",
		Remedy:   "Let the proxy pass Origin and Sec-Fetch-Site on as they come.",
		Commands: []string{"aiwfe-auth doctor"},
	},
	"cookie_unreadable": {
		Severity: Serious, Title: "A cookie comes back changed",
		Meaning: "A cookie of ours holds what the server never writes: quoted, encoded or cut. A proxy or another program changed it, " +
			"so it counts as none.",
		Remedy: "The server clears it, and the next sign-in works. If it stays, look for what rewrites cookies between browser and " +
			"server.",
		Commands: []string{"aiwfe-auth doctor"},
	},
	"cookies_blocked": {
		Severity: Warning, Title: "A browser keeps no cookies of this site",
		Meaning:  "One browser is set to keep no cookies, or an extension deletes them. Without them nobody can stay signed in.",
		Remedy:   "Tell the person to allow cookies for this site. If many report it, look whether the proxy lets Set-Cookie through.",
		Commands: []string{"aiwfe-auth doctor"},
	},
	"page_cached": {
		Severity: Serious, Title: "A cache keeps the sign-in page",
		Meaning: "A browser was given a page that was made long before: something between keeps pages that say no-store. People get " +
			"the tokens of others, and their forms are refused.",
		Remedy:   "Exclude the pages and /api of this host from the cache of the proxy or CDN, and empty it.",
		Commands: []string{"aiwfe-auth doctor"},
		Explains: []Cause{"token_answer_cached"},
	},
	"token_answer_cached": {
		Severity: Serious, Title: "A cache answers for the CSRF token",
		Meaning: "A token that a browser fetched a moment ago is the one of another browser: something between keeps the answer of " +
			"/api/v1/auth/csrf-token and gives it to everybody.",
		Remedy:   "Exclude /api of this host from the cache of the proxy or CDN, and empty it.",
		Commands: []string{"aiwfe-auth doctor"},
	},
	"node_keys_differ": {
		Severity: Critical, Title: "The servers of this service have different keys",
		Meaning: "A token made a moment ago is of a key that another server of the same service does not know: each has a " +
			"DATA_ENCRYPTION_KEY of its own, so requests fail or succeed by chance.",
		Remedy:   "Give every server the same DATA_ENCRYPTION_KEY, by the setting or by one file that all of them read.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"browser_clock_off": {
		Severity: Warning, Title: "The clock of a browser is wrong",
		Meaning: "The clock of a person's device and that of the server differ by more than three minutes. Codes of an authenticator " +
			"app on that device are refused, and programs on it take tokens for expired.",
		Remedy: "Tell the person to let the device set its time by itself. If all browsers report it, it is the server's clock that " +
			"is wrong.",
		Commands: []string{"date -u", "aiwfe-auth doctor"},
	},
}
