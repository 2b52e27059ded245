package api

// proxyCauses are of what stands between the browser and the server.
var proxyCauses = map[Cause]CauseInfo{
	"proxy_strips_csrf_header": {
		Severity: Critical, Title: "The proxy removes the CSRF token",
		Meaning: "The header X-CSRF-TOKEN does not reach the server as it was sent, so every sign-in of a browser is refused with 403.",
		Remedy:  "Let the proxy hand X-CSRF-TOKEN on.", Commands: proxyCommands,
	},
	"proxy_strips_authorization": {
		Severity: Serious, Title: "The proxy removes or changes Authorization",
		Meaning: "Access tokens do not reach the server, so programs and single-page applications are refused with 401 though they have just signed in.",
		Remedy:  "Let the proxy hand Authorization on.", Commands: proxyCommands,
	},
	"proxy_strips_cookies": {
		Severity: Critical, Title: "The proxy removes cookies from requests",
		Meaning: "The cookies that the server set do not come back to it, so a sign-in ends at the sign-in page again, and CSRF tokens are refused.",
		Remedy:  "Let the proxy hand the whole Cookie header on.", Commands: proxyCommands,
	},
	"proxy_strips_headers": {
		Severity: Critical, Title: "The proxy lets only some headers pass",
		Meaning:  "The proxy hands on a list of headers and drops the others, among them some without which nobody can sign in.",
		Remedy:   "Let the proxy hand every header on, or add Cookie, Authorization, X-CSRF-TOKEN, Origin, Sec-Fetch-Site and Content-Type to its list.",
		Commands: proxyCommands,
		Explains: []Cause{"proxy_strips_csrf_header", "proxy_strips_authorization", "proxy_strips_cookies", "proxy_rewrites_origin", "proxy_changes_body"},
	},
	"proxy_rewrites_host": {
		Severity: Warning, Title: "The proxy changes the Host header",
		Meaning: "The server is asked by another name than people use. Other names of the service are not redirected, and whatever compares Origin with Host refuses.",
		Remedy:  "Let the proxy hand Host on as it came.", Commands: proxyCommands,
	},
	"proxy_rewrites_origin": {
		Severity: Serious, Title: "The proxy changes Origin or Sec-Fetch-Site",
		Meaning: "The server cannot see which site a request comes from, so sign-ins of browsers are refused with 403, or forged ones cannot be told from them.",
		Remedy:  "Let the proxy hand Origin and Sec-Fetch-Site on as they came.", Commands: proxyCommands,
	},
	"proxy_drops_set_cookie": {
		Severity: Critical, Title: "The proxy removes cookies from answers",
		Meaning: "The server sets cookies and the browser never sees them, so a sign-in succeeds and the next page asks for it again.",
		Remedy:  "Let the proxy hand every Set-Cookie line on.", Commands: proxyCommands,
		Explains: []Cause{"proxy_rewrites_cookies"},
	},
	"proxy_rewrites_cookies": {
		Severity: Critical, Title: "The proxy rewrites cookies",
		Meaning: "Set-Cookie lines arrive with another name, Domain, Path, Secure or SameSite, or joined in one line, so browsers refuse them or do not send them back.",
		Remedy:  "Let the proxy hand every Set-Cookie line on as it is; the server knows its public address by PUBLIC_URL.", Commands: proxyCommands,
		Explains: []Cause{
			"cookie_prefix_violated", "cookie_not_secure", "cookie_path_wrong", "cookie_secure_over_http", "cookie_samesite_none_insecure",
			"cookie_expired_at_birth", "cookie_malformed", "cookie_too_large",
		},
	},
	"proxy_referrer_policy": {
		Severity: Critical, Title: "The proxy sets Referrer-Policy: no-referrer",
		Meaning: "Under this policy browsers send Origin: null with the sign-in form of the page, and the server refuses it with 403.",
		Remedy:  "Remove Referrer-Policy from the proxy: the server sends its own.", Commands: proxyCommands,
		Explains: []Cause{"origin_null"},
	},
	"proxy_strips_security_headers": {
		Severity: Warning, Title: "The proxy removes headers that protect pages",
		Meaning: "Headers that keep pages from being framed, sniffed, scripted or cached do not reach the browser. People notice nothing until somebody uses it.",
		Remedy:  "Let the proxy hand the answer's headers on.", Commands: proxyCommands,
	},
	"proxy_not_trusted": {
		Severity: Serious, Title: "The proxy is not in TRUSTED_PROXIES",
		Meaning:  "A proxy says who the client is, and the server does not believe it, so everybody has the address of the proxy: the failed sign-ins of one person lock out all.",
		Remedy:   "Add the address from which the proxy connects to TRUSTED_PROXIES and restart the server: for a proxy on the same machine TRUSTED_PROXIES=127.0.0.1,::1.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth doctor"},
	},
	"client_address_spoofable": {
		Severity: Serious, Title: "Clients can choose their own address",
		Meaning: "What a client writes into a header counts as its address, so limits can be got round and the audit names whomever the client likes.",
		Remedy:  "Let the outermost proxy overwrite X-Forwarded-For, or append the address that it sees.", Commands: proxyCommands,
		Explains: []Cause{"forwarded_headers_missing", "forwarded_header_family"},
	},
	"forwarded_headers_missing": {
		Severity: Serious, Title: "The proxy does not say who the client is",
		Meaning: "No X-Forwarded-For arrives, so everybody has the address of the proxy: the failed sign-ins of one person lock out all, and the audit cannot tell them apart.",
		Remedy:  "Let the proxy send X-Forwarded-For.", Commands: proxyCommands,
	},
	"clients_share_address": {
		Severity: Warning, Title: "Everybody arrives from one address",
		Meaning: "Whoever signs in, and the doctor too, arrives from one and the same address: that of the proxy itself, of a load balancer in front of it, " +
			"of a container's gateway, or of a router that leads people of the own network back in. All share one limit of attempts, so that one who " +
			"fails locks out all, and the audit cannot tell them apart.",
		Remedy: "Find what writes that address. A proxy behind another one has to take over what that one says (nginx: set_real_ip_from its address, and " +
			"real_ip_header X-Forwarded-For), and that one belongs into TRUSTED_PROXIES too; a proxy in a container needs the network of its host, or " +
			"PROXY protocol; people behind a router need the inner address of the service from their name server. " +
			"What nginx itself writes is $proxy_add_x_forwarded_for, and never an address.",
		Commands: append([]string{"aiwfe-auth audit list --event login"}, proxyCommands...),
	},
	"forwarded_header_family": {
		Severity: Serious, Title: "The proxy names the client in another header",
		Meaning: "The proxy sends Forwarded (RFC 7239) and the server reads X-Forwarded-For, so everybody has the address of the proxy.",
		Remedy:  "Let the proxy send X-Forwarded-For.", Commands: proxyCommands,
	},
	"forwarded_proto_wrong": {
		Severity: Warning, Title: "X-Forwarded-Proto names another scheme",
		Meaning: "The proxy says another scheme than people use. This server goes by PUBLIC_URL and is not misled; whatever else stands behind the proxy may lose its secure cookies.",
		Remedy:  "Let the proxy that ends TLS say https, and those behind it hand that on.", Commands: proxyCommands,
	},
	"proxy_answers_itself": {
		Severity: Critical, Title: "The proxy answers in place of the server",
		Meaning: "A request is answered by the proxy: by a sign-in or a firewall of its own, or by a rule on methods. What is refused there never reaches the server, and its log shows nothing.",
		Remedy:  "Let the proxy hand every method below /api/ on, without a sign-in of its own.", Commands: proxyCommands,
	},
	"proxy_changes_method": {
		Severity: Critical, Title: "The proxy changes the method",
		Meaning: "A request arrives with another method than it was sent with, so signing in or out is answered with 404 or 405.",
		Remedy:  "Let the proxy hand the method on.", Commands: proxyCommands, Explains: []Cause{"proxy_changes_body"},
	},
	"proxy_changes_path": {
		Severity: Critical, Title: "The proxy changes the path",
		Meaning: "A request arrives at another path than it was sent to: a prefix is taken off or put before it. What is there answers 404, or the wrong thing.",
		Remedy:  "Serve the server at the root of a host of its own, and let the proxy hand paths on as they came.", Commands: proxyCommands,
	},
	"proxy_changes_query": {
		Severity: Serious, Title: "The proxy changes the query",
		Meaning: "Parameters of an address are lost or changed on the way, so links in letters and the way back after a sign-in do not work.",
		Remedy:  "Let the proxy hand the query on as it came.", Commands: proxyCommands,
	},
	"proxy_changes_body": {
		Severity: Critical, Title: "The proxy changes what is sent",
		Meaning: "The body of a request or its Content-Type arrives otherwise than it was sent, so signing in is answered with 400, 415 or 422, or right passwords are wrong.",
		Remedy:  "Let the proxy hand bodies and Content-Type on as they came.", Commands: proxyCommands,
	},
	"proxy_changes_answers": {
		Severity: Serious, Title: "The proxy changes the text of answers",
		Meaning: "The body of an answer comes back otherwise than the server sent it, so scripts read wrong values and pages break.",
		Remedy:  "Let the proxy hand answers on as they are.", Commands: proxyCommands,
	},
	"proxy_limits_body": {
		Severity: Serious, Title: "The proxy refuses bodies that the server takes",
		Meaning: "Requests below 64 KiB are refused by the proxy, mostly with 413.",
		Remedy:  "Let the proxy take bodies of 128 KiB.", Commands: proxyCommands,
	},
	"proxy_limits_headers": {
		Severity: Serious, Title: "The proxy has too little room for headers",
		Meaning: "Cookies and tokens of some KiB are answered by the proxy with 400 or 431, or the answer to a sign-in becomes 502 (nginx logs: upstream sent too big header).",
		Remedy:  "Give the proxy room for 16 KiB of headers in both directions.", Commands: proxyCommands,
	},
	"cache_serves_auth": {
		Severity: Critical, Title: "A cache keeps answers that belong to one person",
		Meaning: "Something on the way keeps answers of the server, which forbids it. People get the CSRF token or the session of somebody else, or are signed out at once.",
		Remedy:  "Switch caching off for this host, and keep Cache-Control as the server sends it.", Commands: proxyCommands,
	},
	"proxy_changes_status": {
		Explains: []Cause{"api_redirected", "redirect_loop", "redirect_elsewhere"},
		Severity: Serious, Title: "The proxy puts its own page in place of refusals",
		Meaning: "A refusal of the server comes back with another status or as a page, so scripts cannot tell why, and never learn that a session has ended.",
		Remedy:  "Let the proxy hand on the statuses 400 to 499 and their bodies.", Commands: proxyCommands,
	},
	"nodes_differ": {
		Severity: Critical, Title: "The servers behind the address have different keys or settings",
		Meaning:  "Several servers share the address and do not take what the others gave, so signing in works now and then, by chance.",
		Remedy:   "Give every server the same JWT_SECRET_KEY, DATA_ENCRYPTION_KEY and PUBLIC_URL, and the same database and version; then restart all.",
		Commands: []string{"aiwfe-auth config show", "aiwfe-auth doctor"},
	},
}

var proxyCommands = []string{"aiwfe-auth proxy nginx", "aiwfe-auth doctor"}
