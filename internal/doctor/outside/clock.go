package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// maxSkew is how far two clocks may be apart. Tokens are taken with a leeway of
// 30 seconds, and a code of an authenticator app lives as long.
const maxSkew = 20 * time.Second

func (x *outside) clockChecks() []doctor.Check {
	return []doctor.Check{
		{Name: "public_clock", Title: "The clocks agree", Needs: []string{"public_answers", "proxy_cache"}, Run: x.clock},
		{Name: "public_headers", Title: "Security headers come through", Needs: []string{"public_page", "public_identity"}, Run: x.headers},
	}
}

// clock holds the Date of an answer, and the server's own time where it tells
// it, against the clock here. A proxy writes a Date of its own.
func (x *outside) clock(ctx context.Context, r *doctor.Result) {
	a, err := x.public.ask(ctx, request{path: api.EchoPath})
	if err != nil {
		r.Say("no answer to go by")
		return
	}
	date, err := http.ParseTime(a.Get("Date"))
	if err != nil {
		r.Say("the answer has no Date")
		return
	}
	who, skew := "the Date of its answers", skewOf(date.Add(500*time.Millisecond), a)
	if at := echoedTime(a); !at.IsZero() && math.Abs(float64(skewOf(at, a))) > math.Abs(float64(skew)) {
		who, skew = "the time that it tells", skewOf(at, a)
	}
	if skew.Abs() <= maxSkew {
		r.Say("%s apart", skew.Round(100*time.Millisecond))
		return
	}
	r.Find(skewed(x.at.Host, who, skew))
}

// skewed is the finding of two clocks that disagree.
func skewed(host, who string, skew time.Duration) api.Finding {
	way := "ahead of"
	if skew < 0 {
		way = "behind"
	}
	return api.Finding{
		Code: "clock_skew", Expected: fmt.Sprintf("less than %s apart", maxSkew),
		Evidence: fmt.Sprintf("%s: %s is %s %s the clock of this machine", host, who, skew.Abs().Round(time.Second), way),
	}
}

// skewOf is how far t was ahead when the answer was on its way.
func skewOf(t time.Time, a *answer) time.Duration { return t.Sub(a.began.Add(a.took / 2)) }

// headers looks for what keeps the login page from being framed and its
// connection from being downgraded.
func (x *outside) headers(ctx context.Context, r *doctor.Result) {
	a, err := x.public.ask(ctx, request{path: pagePath, header: asPage()})
	if err != nil || a.status != http.StatusOK {
		r.Say("no page to look at")
		return
	}
	var missing []string
	policy := strings.ToLower(strings.Join(a.Values("Content-Security-Policy"), ";"))
	if !strings.Contains(policy, "frame-ancestors") && a.Get("X-Frame-Options") == "" {
		missing = append(missing, "Content-Security-Policy with frame-ancestors, or X-Frame-Options")
	}
	if !strings.EqualFold(a.Get("X-Content-Type-Options"), "nosniff") {
		missing = append(missing, "X-Content-Type-Options: nosniff")
	}
	if x.at.Scheme == "https" && a.Get("Strict-Transport-Security") == "" {
		missing = append(missing, "Strict-Transport-Security")
	}
	if len(missing) == 0 {
		return
	}
	code := api.Cause("security_headers_missing")
	if x.found.ours { // which always sends them
		code = "proxy_strips_security_headers"
	}
	r.Find(api.Finding{
		Code: code, Expected: strings.Join(missing, "\n"),
		Evidence: "GET " + x.url(pagePath) + " came without " + strings.Join(missing, ", "),
	})
}

// echoedTime is the time that the server itself tells, zero where it does not.
func echoedTime(a *answer) time.Time {
	var told struct {
		At time.Time `json:"at"`
	}
	_ = json.Unmarshal(a.body, &told)
	return told.At
}
