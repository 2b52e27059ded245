package gateway

import "net/http"

// byForwarded reads what Traefik's forwardAuth, Caddy's forward_auth and our
// script for HAProxy send, always by GET.
func byForwarded(r *http.Request) (Ask, error) {
	h := r.Header
	if err := absent(h, originalURL, originalMethod); err != nil {
		return Ask{}, err
	}
	if err := once(h, forwardedMethod, forwardedProto, forwardedHost, forwardedURI); err != nil {
		return Ask{}, err
	}
	return described(r, h[forwardedProto][0], h[forwardedHost][0], h[forwardedURI][0], h[forwardedMethod][0])
}
