package gateway

import (
	"errors"
	"net/http"
	"strings"
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
	return described(r, scheme, rest[:slash], rest[slash:], h[originalMethod][0])
}

// subrequest says whether nginx asks: it turns a redirect into an error, so that
// it gets 401 with the Location beside.
func subrequest(h http.Header) bool { return len(h[originalURL]) > 0 }
