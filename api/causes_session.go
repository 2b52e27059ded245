package api

// sessionCauses are of tokens, CORS and the way from login to logout.
var sessionCauses = joined(csrfCauses, pageCauses, browserCauses, corsCauses, loginCauses, tokenCauses, roundTripCauses)

var csrfCauses = map[Cause]CauseInfo{
	"answers_come_and_go": {
		Severity: Serious, Title: "The address answers now one way, now another",
		Meaning:  "The same question is answered by the authentication server at one time and by something else, or not at all, at another: one of several servers behind the address is down or of another kind.",
		Remedy:   "Look at each server that the proxy or the name leads to.",
		Commands: []string{"getent ahosts HOST", "curl -si URL/api/v1/auth/csrf-token"},
		Explains: []Cause{"upstream_unreachable", "proxy_answers_itself", "proxy_limits_headers", "proxy_limits_body", "proxy_changes_status"},
	},
	"csrf_refused": {
		Severity: Critical, Title: "A right CSRF token is refused",
		Meaning:  "A fresh token was sent with its cookie, as the login page does, and the server does not take it, so every sign-in in a browser ends in CSRF token invalid.",
		Remedy:   "Compare what was sent with what arrives: the Cookie and X-CSRF-TOKEN headers must come through unchanged. Several nodes must share DATA_ENCRYPTION_KEY.",
		Commands: []string{"aiwfe-auth explain REQUEST_ID", "curl -si URL/api/v1/auth/csrf-token"}, Last: true,
	},
	"origin_refused": {
		Severity: Critical, Title: "The login page's own origin is refused",
		Meaning:  "A request with the Origin of this very address is refused as coming from elsewhere: the server believes in another PUBLIC_URL, or something on the way changes Origin or Host.",
		Remedy:   "Set PUBLIC_URL to the address that people type, and let the proxy pass Origin, Sec-Fetch-Site and Host on unchanged.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth explain REQUEST_ID"}, Last: true,
	},
	"login_call_fails": {
		Severity: Critical, Title: "The login cannot be called",
		Meaning:  "A POST to the login ends in an error before anything of it is judged: the method, the kind of the body or its length does not come through.",
		Remedy:   "Let the proxy pass POST with its body and Content-Type on unchanged.",
		Commands: []string{"curl -si -X POST -H 'Content-Type: application/json' -d '{}' URL/api/v1/auth/jwt/login"}, Last: true,
	},
}

var pageCauses = map[Cause]CauseInfo{
	"security_headers_missing": {
		Severity: Warning, Title: "Security headers of the login page are missing",
		Meaning:  "Headers that keep the login page from being framed by others, or its address from being used over plain http, do not come through. It works, and protects less.",
		Remedy:   "Let the headers of the server through (no proxy_hide_header), or set them in the proxy.",
		Commands: []string{"curl -sI URL/login"},
	},
}

// browserCauses are seen by a real browser alone.
var browserCauses = map[Cause]CauseInfo{
	"login_page_broken": {
		Severity: Serious, Title: "The login page does not load whole",
		Meaning:  "A browser opens the login page and does not get all of it, so the form looks wrong or does nothing.",
		Remedy:   "Let every path reach the server, /static/ included, or serve the same version of it.",
		Commands: []string{"curl -sI URL/login"},
	},
	"csp_blocks_page": {
		Severity: Serious, Title: "The Content-Security-Policy blocks the login page itself",
		Meaning:  "The policy that reaches the browser forbids what the page needs, mostly since a proxy adds one of its own to the server's: both then count.",
		Remedy:   "Take the policy out of the proxy for this host.",
		Commands: []string{"curl -sI URL/login", "nginx -T | grep -n Content-Security-Policy"},
	},
	"mixed_content": {
		Severity: Serious, Title: "The page on https asks for plain http",
		Meaning:  "The login page comes by https and refers to plain http, which browsers refuse to load or to send forms to.",
		Remedy:   "Set PUBLIC_URL to the https address, and take rewrites of the page out of the proxy.",
		Commands: []string{"aiwfe-auth config show"},
	},
	"browser_login_fails": {
		Severity: Critical, Title: "A browser cannot sign in through the page",
		Meaning:  "The form of the login page was filled in by a real browser, and nobody is signed in afterwards, while the API takes the same account.",
		Remedy:   "Look at what the page says, and ask the server for the reason by the request id there.",
		Commands: []string{"aiwfe-auth explain REQUEST_ID"}, Last: true,
	},
}

var corsCauses = map[Cause]CauseInfo{
	"cors_missing": {
		Severity: Serious, Title: "A front end's origin is not allowed",
		Meaning:  "The server does not allow a front end of another origin to read its answers, so its browser console says CORS error and nothing works there.",
		Remedy:   "List the origin, exactly as browsers send it, in CORS_ORIGINS; let the proxy pass Origin and Access-Control headers on.",
		Commands: []string{"aiwfe-auth config show", "curl -si -H 'Origin: ORIGIN' URL/api/v1/auth/csrf-token"},
		Explains: []Cause{"cors_missing_on_errors", "cors_preflight_refused", "cors_headers_not_exposed"},
	},
	"cors_wildcard_with_credentials": {
		Severity: Serious, Title: "CORS allows everybody, which excludes cookies",
		Meaning:  "The answer allows the origin *, and browsers refuse that for requests with cookies, so a front end of another origin cannot sign in.",
		Remedy:   "Answer with the one origin that asked, from the list in CORS_ORIGINS; take add_header Access-Control-Allow-Origin out of the proxy.",
		Commands: []string{"curl -si -H 'Origin: ORIGIN' URL/api/v1/auth/csrf-token"},
		Explains: []Cause{"cors_missing_on_errors", "cors_preflight_refused", "cors_headers_not_exposed"},
	},
	"cors_missing_on_errors": {
		Severity: Serious, Title: "CORS is missing on refusals",
		Meaning:  "Successful answers may be read by the front end and refusals may not, so an ended session shows there as Failed to fetch instead of asking to sign in again.",
		Remedy:   "Set the Access-Control headers on every status (nginx: add_header ... always), or leave them to the server.",
		Commands: []string{"curl -si -H 'Origin: ORIGIN' URL/api/v1/auth/status"},
	},
	"cors_preflight_refused": {
		Severity: Serious, Title: "The preflight of the login is refused",
		Meaning:  "Before a script of another origin may sign in, the browser asks with OPTIONS, and the answer does not allow it, so the login itself is never sent.",
		Remedy:   "Let OPTIONS come through to the server without a sign-in, and let its Access-Control headers back.",
		Commands: []string{"curl -si -X OPTIONS -H 'Origin: ORIGIN' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: content-type,x-csrf-token' URL/api/v1/auth/jwt/login"},
	},
	"cors_duplicated": {
		Severity: Serious, Title: "Two places set the CORS headers",
		Meaning:  "The answer has more than one Access-Control-Allow-Origin, mostly one by the proxy and one by the server, and browsers refuse such an answer.",
		Remedy:   "Let one place set them: take add_header Access-Control-Allow-Origin out of the proxy.",
		Commands: []string{"curl -si -H 'Origin: ORIGIN' URL/api/v1/auth/csrf-token", "nginx -T | grep -n Access-Control"},
		Explains: []Cause{"cors_missing", "cors_wildcard_with_credentials", "cors_missing_on_errors", "cors_preflight_refused"},
	},
	"cors_headers_not_exposed": {
		Severity: Warning, Title: "A front end cannot read the request id",
		Meaning:  "Access-Control-Expose-Headers does not come through, so a front end of another origin cannot read X-Request-ID and Retry-After, by which a refusal is explained.",
		Remedy:   "Let the header of the server through.",
		Commands: []string{"curl -si -H 'Origin: ORIGIN' URL/api/v1/auth/csrf-token"},
	},
	"cors_any_origin": {
		Severity: Critical, Title: "Any website may read answers with the visitor's cookies",
		Meaning:  "The answer allows whatever origin asks, with credentials, so any page that a signed-in person opens can read and do what that person can.",
		Remedy:   "Allow a list of exact origins (CORS_ORIGINS), never the one that was sent; take add_header Access-Control-Allow-Origin $http_origin out of the proxy.",
		Commands: []string{"curl -si -H 'Origin: https://stranger.example' URL/api/v1/auth/csrf-token"},
		Explains: []Cause{"cors_missing_on_errors"},
	},
}

var loginCauses = map[Cause]CauseInfo{
	"login_refused": {
		Severity: Serious, Title: "The login of the test account is refused",
		Meaning:  "The way to the login is sound, and the server refuses this account. The code is what people see; the reason stands in the server's own notes alone.",
		Remedy:   "Try the password by hand; then ask the server for the reason by the request id.",
		Commands: []string{"aiwfe-auth explain REQUEST_ID", "aiwfe-auth user show --email ADDRESS", "aiwfe-auth user unlock --email ADDRESS"},
	},
	"login_breaks": {
		Severity: Critical, Title: "The login ends in an error of the server",
		Meaning:  "The server takes the login and then fails, so nobody, or nobody of a certain kind, can sign in.",
		Remedy:   "Ask the server for the reason by the request id, and run the doctor on its machine.",
		Commands: []string{"aiwfe-auth explain REQUEST_ID", "aiwfe-auth doctor"},
	},
	"login_body_type_wrong": {
		Severity: Serious, Title: "The login wants another kind of body",
		Meaning:  "The login was sent JSON and asks for the fields of a form (username, password). Clients that send the one cannot use a server that takes the other: 422.",
		Remedy:   "Let clients send what the server takes, or use a server that takes both.",
		Commands: []string{"curl -si -d 'username=ADDRESS&password=…' URL/api/v1/auth/jwt/login"},
		Explains: []Cause{"login_refused"},
	},
	"script_login_refused": {
		Severity: Serious, Title: "Programs cannot sign in",
		Meaning:  "A program that fetches a CSRF token and signs in with it alone, as curl does, is refused, while a browser gets in. Something on the way adds a cookie, an Origin or takes the token away.",
		Remedy:   "Look at what the proxy adds to requests that have neither cookie nor Origin.",
		Commands: []string{"aiwfe-auth explain REQUEST_ID"},
	},
	"session_not_kept": {
		Severity: Critical, Title: "The session is gone at the next request",
		Meaning:  "The login succeeds, the cookie is kept and sent back, and the server does not know it: people see the login page again.",
		Remedy:   "Ask the server for the reason by the request id. Several nodes must share one database; the Cookie header must come through whole.",
		Commands: []string{"aiwfe-auth explain REQUEST_ID", "aiwfe-auth session list --email ADDRESS"},
	},
	"logout_ineffective": {
		Severity: Serious, Title: "Signing out does not sign out",
		Meaning:  "After the logout the old cookie or token is still accepted: an answer comes from a cache, or a node does not hear of ended sessions.",
		Remedy:   "Cache nothing below /api; let every node use the same database, and REDIS_URL where it is set.",
		Commands: []string{"aiwfe-auth session list --email ADDRESS", "aiwfe-auth nodes list"},
	},
}

var tokenCauses = map[Cause]CauseInfo{
	"token_refused": {
		Severity: Critical, Title: "A fresh access token is refused",
		Meaning:  "The token that the login gave a moment ago is not accepted. What checks it has another key, another issuer or another clock than what made it, or the Authorization header does not come through.",
		Remedy:   "Compare key, issuer and clock of what makes and what checks tokens; let the proxy pass Authorization on.",
		Commands: []string{"aiwfe-auth token inspect - < token.txt", "aiwfe-auth explain REQUEST_ID"},
	},
	"token_unsigned": {
		Severity: Critical, Title: "Access tokens are not signed",
		Meaning:  "The token says alg none, so anybody can write one.",
		Remedy:   "Use a server that signs, with one algorithm for each key.",
		Commands: []string{"aiwfe-auth token inspect - < token.txt"},
	},
	"token_lifetime_wrong": {
		Severity: Serious, Title: "The life of access tokens is not what it should be",
		Meaning:  "The token ends at once, never, or at another time than the answer says, so people are signed out early, or a stolen token lives long.",
		Remedy:   "Set ACCESS_TOKEN_TTL (60m), and compare the clocks.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth token inspect - < token.txt"},
		Explains: []Cause{"token_refused"},
	},
	"issuer_mismatch": {
		Severity: Serious, Title: "Tokens are of another address",
		Meaning:  "The issuer in the token is not the address at which it was given, so services that compare it refuse every token: invalid token right after login.",
		Remedy:   "Set PUBLIC_URL to the address that people type; let services compare the issuer with that one.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth token inspect - < token.txt"},
	},
	"tokens_of_two_forms": {
		Severity: Serious, Title: "Two kinds of access tokens are given out",
		Meaning:  "Two logins at one address give tokens of different form, key or issuer: two authentication systems answer there. What takes the one refuses the other.",
		Remedy:   "Let one system alone answer below /api/v1/auth. Old tokens of the other are taken for a while with LEGACY_TOKENS=accept.",
		Commands: []string{"aiwfe-auth token inspect - < token.txt"},
		Explains: []Cause{"token_refused", "issuer_mismatch"},
	},
	"refresh_refused": {
		Severity: Serious, Title: "Tokens cannot be renewed",
		Meaning:  "The session is alive and its next access token is refused, so people are signed out when the first one ends.",
		Remedy:   "Ask the server for the reason by the request id.",
		Commands: []string{"aiwfe-auth explain REQUEST_ID"},
	},
	"refresh_race_refused": {
		Severity: Serious, Title: "Two tabs that renew at once sign each other out",
		Meaning:  "One refresh token was sent twice at the same moment, as two tabs or a retry do, and one of the two was refused. People are signed out at random.",
		Remedy:   "Allow the same token again for some seconds (REFRESH_GRACE=10s); let every node share one database.",
		Commands: []string{"aiwfe-auth config show"},
	},
}
