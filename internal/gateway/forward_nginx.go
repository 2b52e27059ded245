package gateway

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// byOriginal reads what nginx is told to send with a subrequest of auth_request:
// the whole address, and the method. nginx understands 2xx, 401 and 403 alone.
func byOriginal(r *http.Request) (Ask, error) {
	h := r.Header
	if err := once(h, originalURL, originalMethod); err != nil {
		return Ask{}, err
	}
	if err := absent(h, forwardedURI, forwardedMethod); err != nil {
		return Ask{}, err
	}
	scheme, rest, ok := strings.Cut(h[originalURL][0], "://")
	slash := strings.IndexAny(rest, "/?#")
	if !ok || slash < 0 {
		return Ask{}, incomplete(originalURL, errors.New("it is no whole address"))
	}
	if err := sameHost(h[forwardedHost], rest[:slash]); err != nil {
		return Ask{}, err
	}
	return described(r, scheme, rest[:slash], rest[slash:], h[originalMethod][0])
}

// sameHost refuses an address of another host than the proxy got the request for:
// a client wrote it, and would be given an assertion for whatever host it names.
func sameHost(told []string, authority string) error {
	host, err := policy.Host(authority)
	for _, one := range told {
		if other, wrong := policy.Host(one); err != nil || wrong != nil || other != host {
			return incomplete(originalURL, errors.New("it is of another host than "+forwardedHost+
				": the proxy lets through what a client wrote"))
		}
	}
	return nil
}

// subrequest says whether nginx asks: it turns a redirect into an error, so that
// it gets 401 with the Location beside.
func subrequest(h http.Header) bool { return len(h[originalURL]) > 0 }
