package gateway

import (
	"net/http"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func TestTheSessionGoesAlongOnlyWhereItIsWhatCounts(t *testing.T) {
	token := ada()
	token.Bearer = true
	const sent = "theme=dark; __Secure-aiwfe_session=x; aiwfe_csrf=y"
	for _, tt := range []struct {
		name   string
		person *login.Person
		keep   bool
		want   string
	}{
		{"by the cookie", ada(), true, "theme=dark; __Secure-aiwfe_session=x"},
		{"by the cookie, which no application gets", ada(), false, "theme=dark"},
		{"by a token, beside the cookie of whomever", token, true, "theme=dark"},
		{"as a stranger, since another site sent it", nil, true, "theme=dark"},
	} {
		trip := &trip{proxy: &Proxy{o: ProxyOptions{Cookie: tt.keep}}, person: tt.person}
		h := http.Header{"Cookie": {sent}}
		trip.credentials(h)
		if got := h.Get("Cookie"); got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
