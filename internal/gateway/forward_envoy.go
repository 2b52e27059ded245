package gateway

import (
	"errors"
	"net/http"
	"strings"
)

// byLine reads a question of Envoy's ext_authz: the method, host and path of the
// request itself, behind path_prefix. What headers say of a path is not asked.
func byLine(r *http.Request) (Ask, error) {
	if err := once(r.Header, forwardedProto); err != nil {
		return Ask{}, err
	}
	// The bytes as they were sent: the library has decoded URL.Path.
	uri, ok := strings.CutPrefix(r.RequestURI, strings.TrimSuffix(ExtAuthzPath, "/"))
	if !ok {
		return Ask{}, incomplete("the path", errors.New("path_prefix is written in another way than "+ExtAuthzPath))
	}
	return described(r, r.Header[forwardedProto][0], r.Host, uri, r.Method)
}
