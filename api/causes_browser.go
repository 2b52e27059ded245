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
	"origin_null": {
		Severity: Serious, Title: "Browsers send Origin: null with our own forms", Last: true,
		Meaning: "Something hides where our own forms come from, so they are refused like those of a stranger. A proxy that sets " +
			"Referrer-Policy: no-referrer does this to everybody; a privacy extension does it to one person.",
		Remedy: "Do not let the proxy set or change Referrer-Policy or Content-Security-Policy: the server sends its own. If a " +
			"single browser is concerned, its extensions are the place to look.",
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
	"browser_clock_off": {
		Severity: Warning, Title: "The clock of a browser is wrong",
		Meaning: "The clock of a person's device and that of the server differ by more than three minutes. Codes of an authenticator " +
			"app on that device are refused, and programs on it take tokens for expired.",
		Remedy: "Tell the person to let the device set its time by itself. If all browsers report it, it is the server's clock that " +
			"is wrong.",
		Commands: []string{"date -u", "aiwfe-auth doctor"},
	},
}
