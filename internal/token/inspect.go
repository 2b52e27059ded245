package token

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Inspection is what can be said of a token to the operator who holds it. The
// header and the claims are decoded without trust: only Signature and Valid
// say whether they are true. It never holds a key.
type Inspection struct {
	// Valid says that Parse accepts it. The session may still have ended.
	Valid bool `json:"valid"`
	// Form is "current", "legacy" or "unknown".
	Form string `json:"form"`
	// Signature is "current_key", "previous_key", "no_key" when it matches
	// none, or "unreadable".
	Signature string `json:"signature"`
	// KeyID is the fingerprint of the configured key that the signature matches.
	KeyID string `json:"key_id,omitempty"`
	// Code and Reason name the check that failed first; Explanation says it in
	// words, for a valid token too.
	Code        string `json:"code,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Explanation string `json:"explanation"`
	// Header and Claims are nil where they are no JSON.
	Header json.RawMessage `json:"header,omitempty"`
	Claims json.RawMessage `json:"claims,omitempty"`
	Times  []Moment        `json:"times,omitempty"`
}

// Moment is one time among the claims.
type Moment struct {
	Claim    string    `json:"claim"`
	At       time.Time `json:"at"`
	Relative string    `json:"relative"`
}

// Inspect says of a token what form it has, whether it is valid and, if not,
// exactly why not.
func (t *Tokens) Inspect(raw string) Inspection {
	in := Inspection{Form: "unknown", Signature: "unreadable"}
	if len(raw) <= maxLength {
		t.examine(&in, raw)
	}
	p, err := t.Parse(raw)
	if err != nil {
		f := fault.From(err)
		in.Code, in.Reason, in.Explanation = string(f.Code), f.Reason, words(err)
		return in
	}
	in.Valid = true
	in.Explanation = fmt.Sprintf("The token is rightly signed and within its time; it expires %s. "+
		"Whether its session is alive is not written in it.", relative(p.ExpiresAt, t.now()))
	return in
}

// examine fills in what can be told of any token, one refused early included.
func (t *Tokens) examine(in *Inspection, raw string) {
	if h, _ := readHeader(raw); h.form != "" {
		in.Form = string(h.form)
	}
	if _, k, err := verify(raw, t.keys); err == nil {
		in.Signature, in.KeyID = "previous_key", k.id
		if k.id == t.KeyID() {
			in.Signature = "current_key"
		}
	} else if fault.From(err).Reason == "signature_wrong" {
		in.Signature = "no_key"
	}
	in.decode(raw, t.now())
}

// decode shows header, claims and times as they are written.
func (in *Inspection) decode(raw string, now time.Time) {
	part := strings.Split(raw, ".")
	in.Header = decoded(part, 0)
	in.Claims = decoded(part, 1)
	if in.Claims == nil {
		return
	}
	c, err := readClaims(in.Claims)
	if err != nil {
		return
	}
	for _, name := range [...]string{"iat", "nbf", "exp"} {
		r := reader{c: c}
		if at := r.moment(name); r.err == nil {
			in.Times = append(in.Times, Moment{Claim: name, At: at.UTC(), Relative: relative(at, now)})
		}
	}
}

func decoded(part []string, i int) json.RawMessage {
	if i >= len(part) {
		return nil
	}
	b, err := strict.DecodeString(part[i])
	if err != nil || !json.Valid(b) {
		return nil
	}
	return b
}

// relative says "in 12 minutes" or "3 hours ago".
func relative(at, now time.Time) string {
	d := at.Sub(now).Round(time.Second)
	if d == 0 {
		return "now"
	}
	if d < 0 {
		return span(-d) + " ago"
	}
	return "in " + span(d)
}

func span(d time.Duration) string {
	unit, name := time.Second, "second"
	switch {
	case d >= 48*time.Hour:
		unit, name = 24*time.Hour, "day"
	case d >= 2*time.Hour:
		unit, name = time.Hour, "hour"
	case d >= 2*time.Minute:
		unit, name = time.Minute, "minute"
	}
	n := int64(d / unit)
	if n != 1 {
		name += "s"
	}
	return fmt.Sprintf("%d %s", n, name)
}
