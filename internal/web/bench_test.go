package web

import (
	"io"
	"testing"
)

// BenchmarkLoginPage is what one view of the page that strangers ask for most
// costs, after the session and the token are seen to.
func BenchmarkLoginPage(b *testing.B) {
	p := newPages(b)
	s := states(b, p, tame)[0]
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Render(io.Discard, s.page, s.data); err != nil {
			b.Fatal(err)
		}
	}
}
