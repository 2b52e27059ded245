package outside

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// Bodies that suffer from being read as another character set, or as a form.
const (
	jsonBody = `{"probe":"aiwfe-probe","text":"pässwörd ✓ ü+%20&=;","link":"http://127.0.0.1/","nested":{"n":[1,2]}}`
	formBody = "username=ada%40example.com&password=p%C3%A4ss+w%2Brd%26&probe=aiwfe-probe"
)

// bodies sends one of each kind that the server takes.
func (p *proxied) bodies(ctx context.Context, r *doctor.Result) {
	var list []request
	for _, q := range []request{
		{method: "POST", body: jsonBody, header: http.Header{"Content-Type": {"application/json"}}},
		{method: "PATCH", body: jsonBody, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}},
		{method: "POST", body: formBody, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}},
	} {
		for _, at := range []string{api.EchoPath, "/login"} {
			q.path = at + strayPath
			list = append(list, q)
		}
	}
	got, err := p.all(ctx, list...)
	var turned, refused []string
	looked := 0
	for _, e := range got {
		if !e.answered() && strings.HasPrefix(e.asked.path, api.EchoPath) {
			refused = append(refused, fmt.Sprintf("%s with %d bytes of %s: %s",
				e.asked.line(), len(e.asked.body), e.asked.header.Get("Content-Type"), e.seen()))
		}
		if e == nil || !e.ours || e.Method != e.asked.method {
			continue
		}
		looked++
		if how := bodyChanged(e); how != "" {
			turned = append(turned, e.asked.line()+": "+how)
		}
	}
	if len(refused) > 0 && p.emptyPasses(ctx) {
		p.find(r, api.Finding{
			Code:     "proxy_answers_itself",
			Evidence: strings.Join(firsts(refused), "\n"),
			Expected: "an answer of the server",
		})
	}
	switch {
	case len(turned) > 0:
		p.find(r, api.Finding{
			Code:     "proxy_changes_body",
			Evidence: strings.Join(firsts(turned), "\n"),
			Expected: "the body as it was sent",
		})
	case looked == 0 && err != nil:
		p.unable(r, "a request with a body got no answer", err)
	case looked == 0:
		r.Skip("the echo takes no such request")
	default:
		r.Say("%d bodies arrived as they were sent", looked)
	}
}

// emptyPasses says whether the methods themselves pass: where they do not,
// bodies have nothing to do with it.
func (p *proxied) emptyPasses(ctx context.Context) bool {
	got, err := p.all(
		ctx,
		request{method: "POST", path: api.EchoPath + strayPath},
		request{method: "PATCH", path: api.EchoPath + strayPath},
	)
	return err == nil && got[0].ours && got[1].ours
}

// bodyChanged says what became of a body, or "".
func bodyChanged(e *echo) string {
	sum := sha256.Sum256([]byte(e.asked.body))
	want := e.asked.header.Get("Content-Type")
	var got string
	if h, ok := arrived(e.Headers, "Content-Type"); ok && len(h.Values) == 1 {
		got = h.Values[0]
	}
	encoded, _ := arrived(e.Headers, "Content-Encoding")
	switch {
	case hex.EncodeToString(sum[:]) != e.BodySHA256:
		return fmt.Sprintf(
			"sent %d bytes, SHA-256 %x…; arrived %d bytes, SHA-256 %.16s…",
			len(e.asked.body),
			sum[:8],
			e.BodyBytes,
			e.BodySHA256,
		)
	case !sameType(want, got):
		return fmt.Sprintf("sent Content-Type: %s; arrived Content-Type: %s", want, got)
	case encoded.Count > 0:
		return fmt.Sprintf("sent no Content-Encoding; arrived Content-Encoding: %s", strings.Join(encoded.Values, ", "))
	}
	return ""
}

// sameType compares what a Content-Type means. Where none was lost, charset may
// be written in any case.
func sameType(a, b string) bool {
	x, px, errX := mime.ParseMediaType(a)
	y, py, errY := mime.ParseMediaType(b)
	return errX == nil && errY == nil && x == y &&
		maps.EqualFunc(px, py, func(v, w string) bool { return strings.EqualFold(v, w) })
}
