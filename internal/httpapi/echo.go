package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
)

// An examination of one deployment asks about a hundred times, and everybody
// behind a proxy that is not trusted has one address. IPv6 counts by /64: one
// client holds all addresses of it.
const (
	echoLimit = 600
	echoPer   = time.Minute
	// maxPad is how long an answer can be made, in bytes.
	maxPad = 16 << 10
)

// echoMethods are those that a proxy may treat differently.
var echoMethods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// echoStatuses are refusals that a proxy may put its own page in place of. None
// is of a kind that takes a server out of its balancer's list.
var echoStatuses = []int{401, 403, 404, 409, 422}

// echoGuard bounds how often one address asks.
type echoGuard struct {
	spent *ratelimit.Local
	swept atomic.Int64
}

func newEchoGuard() *echoGuard { return &echoGuard{spent: ratelimit.NewLocal(echoLimit, echoPer)} }

func (g *echoGuard) spend(name string, now time.Time) error {
	if last := g.swept.Load(); now.Unix()-last >= 60 && g.swept.CompareAndSwap(last, now.Unix()) {
		g.spent.Sweep(now)
	}
	if wait, ok := g.spent.Spend(name, now); !ok {
		return fault.New(
			api.CodeTooManyAttempts,
			"echo_limit",
			"Too many requests of this kind came from this address.",
		).After(wait)
	}
	return nil
}

// echo answers any method, guarded by nothing but its limits: it reads nothing
// of the server's and changes nothing.
func (a *API) echo(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	q.Use(r)
	a.EchoAt(q, http.StatusOK)
}

// EchoAt answers with the given status. With it a request that strayed to
// another path on its way is told where it came to.
func (a *API) EchoAt(q *httpkit.Request, status int) {
	body, err := a.echoed(q)
	if err != nil {
		q.Fail(err)
		return
	}
	e := api.Echo{KeyID: a.o.KeyID, BodyBytes: len(body), BodySHA256: hexSHA256(body)}
	arrived(q, &e)
	asked := q.HTTP().URL.Query()
	if n, err := strconv.Atoi(asked.Get("status")); err == nil && status == http.StatusOK && slices.Contains(echoStatuses, n) {
		status = n
	}
	h := q.Header()
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if n, err := strconv.Atoi(asked.Get("pad")); err == nil && n > 0 {
		h.Set("X-Aiwfe-Probe-Pad", strings.Repeat("x", min(n, maxPad)))
	}
	if asked.Get("cookies") == "1" {
		probeCookies(q)
	}
	writeEcho(q, status, &e)
}

// echoed reads the body within its limits.
func (a *API) echoed(q *httpkit.Request) ([]byte, error) {
	if err := a.echoes.spend(q.Client.Network, q.Now()); err != nil {
		return nil, err
	}
	body, err := q.Whole()
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, fault.New(api.CodeBodyTooLarge, "", "The request is larger than 64 KiB.")
	}
	if err != nil {
		return nil, fault.New(
			api.CodeMalformedRequest,
			"body_unreadable",
			"The request ended before its body was complete.",
		).Because(err)
	}
	return body, nil
}

// probeCookies are two of the kinds that we set, which end by themselves.
func probeCookies(q *httpkit.Request) {
	for i, c := range []http.Cookie{
		{Name: q.Kit().CookieName("aiwfe_probe"), Path: "/", SameSite: http.SameSiteLaxMode},
		{Name: q.Kit().CookieName("aiwfe_probe_two"), Path: "/", SameSite: http.SameSiteStrictMode},
	} {
		c.Value, c.MaxAge, c.HttpOnly, c.Secure = api.EchoMark+"-set-"+strconv.Itoa(i), 60, true, q.Kit().Scheme() == "https"
		q.Header().Add("Set-Cookie", c.String())
	}
}

// writeEcho puts the answer's own headers into it, and a digest beside it.
func writeEcho(q *httpkit.Request, status int, e *api.Echo) {
	h := q.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	for name, values := range h {
		for _, v := range values {
			if name != "X-Aiwfe-Probe-Pad" {
				e.Sent = append(e.Sent, api.EchoLine{Name: name, Value: v})
			}
		}
	}
	slices.SortStableFunc(e.Sent, func(a, b api.EchoLine) int { return strings.Compare(a.Name, b.Name) })
	body, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		q.Fail(err)
		return
	}
	sum := sha256.Sum256(body)
	h.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	q.WriteHeader(status)
	_, _ = q.Write(body)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
