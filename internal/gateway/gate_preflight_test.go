package gateway

import (
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// What passes as a preflight comes to an application without anybody's having signed in.
func TestAPreflightUpgradesNothing(t *testing.T) {
	g := &Gate{
		Policy: policy.Default("app.example.com"), Allowed: func(origin string) bool { return origin == "https://front.example.com" }, Now: time.Now,
	}
	for _, tt := range []struct {
		more map[string]string
		want bool
	}{
		{nil, true},
		{map[string]string{"Upgrade": "websocket"}, false},
		{map[string]string{"Sec-Websocket-Key": "x"}, false},
	} {
		h := http.Header{"Origin": {"https://front.example.com"}, "Access-Control-Request-Method": {"POST"}}
		for name, value := range tt.more {
			h.Set(name, value)
		}
		ask := Ask{Scheme: "https", Place: policy.Place{Host: "app.example.com", Path: "/x", Method: http.MethodOptions}, Header: h}
		if got := g.preflight(ask); got != tt.want {
			t.Errorf("with %v it passes: %t", tt.more, got)
		}
	}
}
