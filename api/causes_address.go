package api

// addressCauses are of the public address: names, TLS, redirects, who answers.
var addressCauses = joined(reachCauses, certificateCauses, answerCauses)

var reachCauses = map[Cause]CauseInfo{
	"dns_fails": {
		Severity: Critical, Title: "The public name has no address",
		Meaning:  "The name in the address cannot be looked up, so no browser finds the server. People see that the site cannot be reached.",
		Remedy:   "Add an A or AAAA record for the name, or correct the name. After a change, old answers live on until their time to live is over.",
		Commands: []string{"getent ahosts HOST", "dig +short HOST A HOST AAAA"},
	},
	"public_name_unresolved": {
		Severity: Warning, Title: "This machine cannot look its public name up", Last: true,
		Meaning:  "The name in PUBLIC_URL is not known on this machine, so what people see could not be looked at. Either the name exists only outside, which is harmless, or it exists nowhere, and then nobody can sign in.",
		Remedy:   "Look at the address from another machine. If it fails there too, add the record or correct PUBLIC_URL.",
		Commands: []string{"aiwfe-auth doctor --url PUBLIC_URL", "getent ahosts HOST"},
	},
	"public_url_unreachable": {
		Severity: Critical, Title: "The public address does not answer",
		Meaning:  "Nothing answers at the public address, so people see that the site cannot be reached, or wait until their browser gives up.",
		Remedy:   "Start what should listen there, open the port in the firewall, or correct the address.",
		Commands: []string{"ss -ltnp", "aiwfe-auth healthcheck", "aiwfe-auth doctor --url URL"},
	},
	"public_url_not_reached": {
		Severity: Warning, Title: "This machine does not reach its public address", Last: true,
		Meaning:  "The public address gave this machine no answer in time. Many routers do not lead a machine back to itself, which is harmless; else a firewall drops what people send.",
		Remedy:   "Look at the address from another network.",
		Commands: []string{"aiwfe-auth doctor --url PUBLIC_URL"},
	},
	"public_address_dead": {
		Severity: Warning, Title: "One of the addresses of the public name is dead",
		Meaning:  "The name has several addresses, and not all of them answer. Who is given a dead one waits, or cannot sign in at all; with a dead IPv6 address that is everybody on some networks.",
		Remedy:   "Let the server listen on every address of its name, or take the dead one out of the records.",
		Commands: []string{"getent ahosts HOST", "ss -ltnp"},
	},
	"tls_handshake_fails": {
		Severity: Critical, Title: "Browser and server do not agree on TLS",
		Meaning:  "The connection is made and then fails before anything is asked, so every page ends in an error of the browser.",
		Remedy:   "Let the port speak what the address says: TLS 1.2 or 1.3 for https, plain HTTP for http.",
		Commands: []string{"openssl s_client -connect HOST:443 -servername HOST </dev/null"},
		Explains: []Cause{"not_an_auth_server"},
	},
}

var certificateCauses = map[Cause]CauseInfo{
	"certificate_expired": {
		Severity: Critical, Title: "The certificate has expired",
		Meaning:  "A certificate is past its end, so browsers show a warning instead of the login page, and programs refuse to connect.",
		Remedy:   "Renew the certificate and let the server load it. Look at why it was not renewed by itself.",
		Commands: []string{"certbot renew", "systemctl reload nginx", "openssl x509 -noout -dates -in FILE"},
		Explains: []Cause{"certificate_expires_soon"},
	},
	"certificate_not_yet_valid": {
		Severity: Critical, Title: "The certificate is not valid yet",
		Meaning:  "The certificate begins in the future, so browsers refuse it. Either it was made with another clock, or the clock of this machine is behind.",
		Remedy:   "Compare the clock of this machine with the right time; if it is right, have the certificate made anew.",
		Commands: []string{"timedatectl", "openssl x509 -noout -dates -in FILE"},
	},
	"certificate_expires_soon": {
		Severity: Warning, Title: "The certificate expires soon",
		Meaning:  "The certificate has less than two weeks to live. What renews it should have done so by now; when it ends, nobody can sign in.",
		Remedy:   "Renew it, and look at why that did not happen by itself.",
		Commands: []string{"certbot renew --dry-run", "openssl x509 -noout -dates -in FILE"},
	},
	"certificate_wrong_host": {
		Severity: Critical, Title: "The certificate is for another name",
		Meaning:  "The server shows a certificate for other names than the one in the address, so browsers warn instead of showing the page. Often another site's block answers for this name.",
		Remedy:   "Get a certificate for this name, or let the block that has it answer for the name (server_name).",
		Commands: []string{"openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -ext subjectAltName"},
		Explains: []Cause{"not_an_auth_server"},
	},
	"certificate_untrusted": {
		Severity: Critical, Title: "Nobody whom browsers trust vouches for the certificate",
		Meaning:  "The certificate is signed by itself or by an authority that this machine does not know, so browsers warn and programs refuse.",
		Remedy:   "Use a certificate of a public authority. Where a private authority is meant, install its certificate on every machine; the doctor takes it from SSL_CERT_FILE. If the issuer is an intermediate of a known authority, send its certificate along.",
		Commands: []string{"SSL_CERT_FILE=ca.pem aiwfe-auth doctor --url URL", "openssl s_client -connect HOST:443 -servername HOST -showcerts </dev/null"},
	},
	"certificate_chain_incomplete": {
		Severity: Serious, Title: "The certificate of the issuer is not sent along",
		Meaning:  "The server sends its own certificate without the intermediate one that signed it. Browsers that met the intermediate elsewhere work; phones, programs and fresh browsers refuse.",
		Remedy:   "Let the server send the full chain: its certificate first, then each intermediate (with certbot: fullchain.pem, not cert.pem).",
		Commands: []string{"cat cert.pem chain.pem > fullchain.pem", "openssl s_client -connect HOST:443 -servername HOST -showcerts </dev/null"},
	},
}

var answerCauses = map[Cause]CauseInfo{
	"redirect_loop": {
		Severity: Critical, Title: "The address redirects to itself",
		Meaning:  "Requests are redirected in a circle, and the browser gives up: too many redirects. Mostly two servers disagree whether the request came by https.",
		Remedy:   "Let only one place redirect to https, and let it know how the request came (X-Forwarded-Proto).",
		Commands: []string{"curl -sIL --max-redirs 5 URL"},
	},
	"redirect_elsewhere": {
		Severity: Critical, Title: "The address redirects to another one",
		Meaning:  "What is asked here is redirected to another host or scheme. Cookies of one host do not reach the other, and a POST does not survive the redirect.",
		Remedy:   "Use the address that is redirected to everywhere, or take the redirect out.",
		Commands: []string{"curl -sI URL", "aiwfe-auth doctor --url OTHER_URL"},
		Explains: []Cause{"public_url_mismatch", "csrf_refused"},
	},
	"api_redirected": {
		Severity: Critical, Title: "The API is redirected",
		Meaning:  "Calls of the API are answered with a redirect on the same host, to a login page or to another form of the path. Scripts see a page where they expect JSON, and a POST loses its body.",
		Remedy:   "Let the paths below /api reach the server as they are, without a sign-in of the proxy's (forward-auth) in front of the sign-in itself.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
	},
	"http_not_redirected": {
		Severity: Warning, Title: "Plain http is answered with content",
		Meaning:  "Port 80 serves the page itself instead of leading to https. Who types the name without a scheme signs in unprotected, or not at all, since Secure cookies are not stored there.",
		Remedy:   "Answer everything on port 80 with a permanent redirect to https.",
		Commands: []string{"curl -sI http://HOST/login"},
	},
	"not_an_auth_server": {
		Severity: Critical, Title: "Something else answers at this address",
		Meaning:  "The address answers, and not as an authentication server does: a default page, another application, or a file server. Nobody can sign in there.",
		Remedy:   "Let the name lead to the proxy of this server, and let the proxy hand every path on to it (its server_name and its upstream).",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token", "aiwfe-auth doctor --url URL"},
		Explains: []Cause{"public_url_mismatch"},
	},
	"protected_application": {
		Severity: Serious, Title: "This is the address of an application, not of the authentication server",
		Meaning: "The address was asked for the authentication server, and an application answers that is protected by one at another address. " +
			"Nothing is wrong with the application for that: it refuses who is not signed in.",
		Remedy:   "Give the doctor the address of the server, which the finding names. Where PUBLIC_URL leads here, correct PUBLIC_URL or the name.",
		Commands: []string{"aiwfe-auth doctor --url URL", "aiwfe-auth explain REQUEST_ID"},
		Explains: []Cause{"public_url_mismatch"},
	},
	"upstream_unreachable": {
		Severity: Critical, Title: "The proxy does not reach the server",
		Meaning:  "Something answers at the address and cannot get an answer from the server behind it: it is down, busy, or the proxy asks at the wrong place. People see Bad Gateway.",
		Remedy:   "Start the server, or correct the address of the upstream in the proxy to where the server listens (LISTEN_ADDR).",
		Commands: []string{"aiwfe-auth healthcheck", "aiwfe-auth config show", "ss -ltnp"},
		Explains: []Cause{"not_an_auth_server"},
	},
	"visitors_refused_in_front": {
		Severity: Critical, Title: "Something in front refuses visitors",
		Meaning:  "Before a request reaches the server, a proxy, a firewall for applications or a sign-in of its own refuses it, so nobody comes as far as the login.",
		Remedy:   "Let the address of the login through without a password of the proxy's, and without a challenge to API calls.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token"},
	},
	"proxy_limits_rate": {
		Severity: Serious, Title: "The proxy lets only few requests through",
		Meaning:  "A limit of requests in front refuses what a single person needs: a page and its files are a dozen of requests at once, so pages come in part and sign-ins fail by chance.",
		Remedy:   "Allow bursts (nginx: limit_req zone=… burst=50 nodelay;), or leave the guessing to the server, which counts attempts by account and address.",
		Commands: []string{"nginx -T | grep -n limit_", "aiwfe-auth config show"},
	},
	"answers_slow": {
		Severity: Warning, Title: "Answers take long",
		Meaning:  "A question that costs the server next to nothing takes more than a second, so people wait at every step, and browsers or proxies may give up.",
		Remedy:   "Compare how long the server itself takes with how long it takes through the proxy; look for a name that is looked up on each request, for a full disk and for too little memory or processor.",
		Commands: []string{"curl -so /dev/null -w '%{time_namelookup} %{time_connect} %{time_appconnect} %{time_total}\\n' URL/api/v1/auth/csrf-token"},
	},
	"server_unhealthy": {
		Severity: Critical, Title: "The server itself says that it is unwell",
		Meaning:  "The server answers and says that a part which it needs is failing, so sign-ins fail.",
		Remedy:   "Run the doctor on the machine of the server, which sees what the part suffers from.",
		Commands: []string{"aiwfe-auth doctor", "curl -s URL/api/health"},
	},
	"public_url_mismatch": {
		Severity: Critical, Title: "The server believes that it has another address",
		Meaning:  "People use another address than the server makes its cookies, origins, links and tokens from. Sign-ins are refused for their origin, cookies do not fit, and links in letters lead elsewhere.",
		Remedy:   "Set PUBLIC_URL to the one address that people type, and restart the server.",
		Commands: []string{"aiwfe-auth config show", "curl -s URL/api/v1/config"},
		Explains: []Cause{
			"csrf_refused", "cookie_not_secure", "cookie_secure_over_http", "cookie_domain_mismatch", "issuer_mismatch", "security_headers_missing",
		},
	},
	"path_prefix_needed": {
		Severity: Critical, Title: "The paths are changed on the way",
		Meaning:  "The server is there, below another path than it believes, or the proxy takes a part of the path away. Links, redirects and cookies of the server then lead nowhere.",
		Remedy:   "Give the server a host of its own, and let the proxy hand every path on unchanged.",
		Commands: []string{"curl -si URL/api/v1/auth/csrf-token", "aiwfe-auth proxy nginx"},
	},
}
