package gateway

import (
	"io"
	"net/http"
	"net/http/httputil"
)

// trailing hands on what follows the body: only what was announced, and nothing
// that says who somebody is, for some servers put it among the headers.
type trailing struct {
	io.ReadCloser
	came, sent http.Header
}

func withTrailer(p *httputil.ProxyRequest, proxied bool) {
	p.Out.Trailer = nil
	var room spelling
	for name := range p.In.Trailer {
		if plain := room.of(name); claimsBy(plain) || misleads(name, plain, proxied) || name == "Cookie" || name == "Authorization" {
			continue
		}
		if p.Out.Trailer == nil {
			p.Out.Trailer = http.Header{}
		}
		p.Out.Trailer[name] = nil
	}
	if p.Out.Trailer != nil && p.Out.Body != nil {
		p.Out.Body = &trailing{p.Out.Body, p.In.Trailer, p.Out.Trailer}
	}
}

// Read takes over the trailer once the body is at its end.
func (b *trailing) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	if err == io.EOF {
		for name := range b.sent {
			b.sent[name] = b.came[name]
		}
	}
	return n, err
}
