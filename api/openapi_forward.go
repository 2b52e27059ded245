package api

import "net/http"

// AccessProxy is who may ask whether a request may pass.
const AccessProxy = "Only for proxies in TRUSTED_PROXIES; the credential is that of the request which is asked about."

// Forwarding lists the endpoints of forward-auth that have one method. Envoy's,
// /api/v1/auth/ext-authz/ and the path of the application behind it, has all.
func Forwarding() []Endpoint {
	codes := []Code{
		CodeForwardAuthUntrusted, CodeMalformedRequest, CodeForbidden, CodeReauthRequired, CodeStrongerProof,
		CodeNotAuthenticated, CodeTokenInvalid, CodeTokenExpired, CodeSessionEnded, CodeLegacyTokenRetired, CodeDatabaseUnavailable,
	}
	ask := func(path, op, summary string) Endpoint {
		return Endpoint{
			Method: http.MethodGet, Path: path, Op: op, Tag: "Service", Summary: summary,
			Also: http.StatusFound, Access: AccessProxy, Codes: codes,
		}
	}
	return []Endpoint{
		ask("/api/v1/auth/forward", "forwardAuth", "Whether a request to an application may pass, for nginx, Caddy, Traefik and HAProxy: 200 with the headers of identity, or a redirect to the sign-in"),
		ask("/api/v1/auth/verify", "verifyAuth", "The same as /api/v1/auth/forward, under its older name"),
	}
}
