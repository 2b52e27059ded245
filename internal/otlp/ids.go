package otlp

import (
	"encoding/hex"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Context is what names a span to others (W3C Trace Context).
type Context struct {
	Trace   [16]byte
	Span    [8]byte
	Sampled bool
}

// Valid says that it names a span.
func (c Context) Valid() bool { return c.Trace != [16]byte{} && c.Span != [8]byte{} }

// TraceID is the trace in hexadecimal digits.
func (c Context) TraceID() string { return hex.EncodeToString(c.Trace[:]) }

// ParseTraceparent reads the header of that name; the zero Context for what is
// none. A later version may have more behind what we know.
func ParseTraceparent(h string) (c Context) {
	part := strings.Split(h, "-")
	if len(part) < 4 || part[0] == "00" && len(part) != 4 || !digits(part[0], 2) || part[0] == "ff" ||
		!digits(part[1], 32) || !digits(part[2], 16) || !digits(part[3], 2) {
		return Context{}
	}
	var flags [1]byte
	_, _ = hex.Decode(c.Trace[:], []byte(part[1]))
	_, _ = hex.Decode(c.Span[:], []byte(part[2]))
	_, _ = hex.Decode(flags[:], []byte(part[3]))
	if c.Sampled = flags[0]&1 == 1; !c.Valid() {
		return Context{}
	}
	return c
}

func digits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdef") == ""
}

// fresh names a new span, of the trace of its parent or of a new one.
func fresh(parent Context) (c Context) {
	c.Trace = parent.Trace
	if !parent.Valid() {
		copy(c.Trace[:], secret.Random(len(c.Trace)))
	}
	copy(c.Span[:], secret.Random(len(c.Span)))
	return c
}
