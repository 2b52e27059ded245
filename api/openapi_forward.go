package api

import "net/http"

// AccessProxy is who may ask whether a request may pass.
const AccessProxy = "Only for proxies in TRUSTED_PROXIES; the credential is that of the request which is asked about."

// Header is one of a request or of an answer.
type Header struct {
	Name, Doc string
	Required  bool
}

// AnyStatus is where Endpoint.Gives has the headers of every answer.
const AnyStatus = 0

// Forwarding lists the endpoints of forward-auth.
func Forwarding() []Endpoint {
	ask := func(path, op, summary string, sent ...Header) Endpoint {
		return Endpoint{
			Method: http.MethodGet, Path: path, Op: op, Tag: "Forward-auth", Summary: summary, Also: http.StatusFound, Access: AccessProxy,
			Codes: []Code{
				CodeForwardAuthUntrusted, CodeMalformedRequest, CodeForbidden, CodeReauthRequired, CodeStrongerProof, CodeOriginNotAllowed,
				CodeNotAuthenticated, CodeTokenInvalid, CodeTokenExpired, CodeSessionEnded, CodeLegacyTokenRetired, CodeDatabaseUnavailable,
			},
			Sent: append(sent, asAsked()...), Gives: given(), Pages: []int{http.StatusForbidden, http.StatusServiceUnavailable},
		}
	}
	byEnvoy := ask("/api/v1/auth/ext-authz/{path}",
		"extAuthz", "Whether a request to an application may pass, for Envoy, which asks by the method, host and path of the request itself: every method answers so",
		Header{"X-Forwarded-Proto", "https or http, as the user's browser sees it.", true})
	byEnvoy.InPath = "The path of the application as it was sent, slashes and query too."
	return []Endpoint{
		ask("/api/v1/auth/forward", "forwardAuth", "Whether a request to an application may pass, for nginx, Caddy, Traefik and HAProxy: 200 with the headers of identity, or a redirect to the sign-in", described()...),
		ask("/api/v1/auth/verify", "verifyAuth", "The same as /api/v1/auth/forward, under its older name", described()...),
		byEnvoy,
	}
}

// described are the headers by which a proxy tells which request it asks about.
func described() []Header {
	return []Header{
		{"X-Forwarded-Method", "The method. Caddy, Traefik and HAProxy send these four, each once.", false},
		{"X-Forwarded-Proto", "https or http, wss or ws.", false},
		{"X-Forwarded-Host", "The host as it was sent, with its port.", false},
		{"X-Forwarded-Uri", "The path and query, as they were sent.", false},
		{"X-Original-URL", "The whole address. nginx sends this and X-Original-Method in place of the four above; both together are 400.", false},
		{"X-Original-Method", "The method, beside X-Original-URL.", false},
	}
}

// asAsked are headers of the user's request that are looked at.
func asAsked() []Header {
	return []Header{
		{"X-Forwarded-For", "The addresses of the user and of proxies before this one.", false},
		{"X-Request-ID", "Names the answer, where a proxy of ours sends it.", false},
		{"Cookie", "All cookies of the user's request. Authorization and Accept are looked at as well.", false},
		{"Origin", "Another site's may not act for a user who has a cookie.", false},
		{"Sec-Fetch-Site", "Where the browser says that the request comes from.", false},
		{"Sec-Fetch-Mode", "navigate with text/html in Accept is a person, who is led to a page or shown one.", false},
		{"X-Requested-With", "A script, which is led nowhere.", false},
		{"Sec-WebSocket-Key", "Begins a WebSocket, which may change something.", false},
		{"Access-Control-Request-Method", "A preflight, which the application answers.", false},
	}
}

// given are the headers of answers, by status.
func given() map[int][]Header {
	whose := func(name, doc string) Header { return Header{name, doc + " Empty for a stranger.", true} }
	return map[int][]Header{
		AnyStatus: {
			{"Cache-Control", "no-store.", true},
			{"Vary", "Origin, where one was sent, and for a page Accept-Language and Cookie.", false},
			{"Access-Control-Allow-Origin", "The origin, where CORS_ORIGINS lists it.", false},
			{"Access-Control-Allow-Credentials", "true beside it.", false},
			{"Access-Control-Expose-Headers", "What its scripts may read.", false},
		},
		http.StatusOK: {
			whose("Remote-User", "The id of the account, which never changes."), whose("Remote-Email", "Its address."),
			whose("Remote-Name", "Its name, without what is no text."), whose("Remote-Groups", "Its role."),
			whose("X-Auth-Request-User", "The id."), whose("X-Auth-Request-Email", "The address."), whose("X-Auth-Request-Groups", "The role."),
			whose("X-Auth-Session-Id", "The session."), whose("X-Auth-Assertion", "A signed token of one minute for the host that was asked for, to be checked by /.well-known/jwks.json."),
			{"Cookie", "The cookies without those of this server, for the proxy to hand on.", true},
		},
		http.StatusFound:        {{"Location", "The page that helps: /login or /reauth with the way back.", true}},
		http.StatusUnauthorized: {{"Location", "For nginx, which takes no redirect: the page that a person is to be led to.", false}},
	}
}
