package mfa

import (
	"crypto/subtle"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// What a code is. These are the defaults of RFC 6238, and the only values that
// every authenticator app understands: several ignore what the link says of
// algorithm, digits and period, and then show wrong codes. SHA-1 is sound
// here: HMAC does not rest on collision resistance (RFC 6194 section 3.3).
const (
	Period = 30 * time.Second
	Digits = 6
	// Skew is how many steps before and after now are accepted, for clocks that
	// differ and people who type slowly (RFC 6238 section 5.2 allows one).
	Skew = 1
)

// wide is how many steps around now are searched for a hint: the hour of a
// clock set by hand in the wrong season, and a minute.
const wide = 122

// profile is the kind of code; the public vectors know others than ours.
type profile struct {
	digits    otp.Digits
	algorithm otp.Algorithm
}

var ours = profile{Digits, otp.AlgorithmSHA1}

// Verdict is what Match found.
type Verdict struct {
	// OK: the code is right and newer than the last one used.
	OK bool
	// Step is the step to remember as the last one, when OK.
	Step int64
	// Reused: the code is of this moment, but it or a later one was used before.
	Reused bool
	// Off is by how much the person's clock seems to differ when the code is of
	// another time within the hour: above zero it is fast, below zero slow, zero
	// means that the code was found nowhere. A random wrong code is found with a
	// chance of 1 in 4100, so it is a hint and no more.
	//
	// It is for audit, and for the page of set-up, whose reader has the seed
	// anyway. At sign-in, show Behind instead: "your clock is ten minutes fast"
	// tells whoever guesses that this very code will be right in ten minutes,
	// and makes a guess forty times as good.
	Off time.Duration
}

// Behind is how slow the person's clock seems, above zero, or zero. It may be
// shown at sign-in: a code of the past will never be right again.
func (v Verdict) Behind() time.Duration { return max(0, -v.Off) }

// Match judges a canonical code (see Code) against the steps around now.
// lastStep is the last one accepted, 0 for none: that step and all before it
// are spent (RFC 6238 section 5.2). A seed of less than 128 bits matches
// nothing.
//
// Two nodes may both be told OK: only the write that moves lastStep to Step
// under the condition that it is smaller decides.
func Match(seed secret.Value, code string, now time.Time, lastStep int64) Verdict {
	if seed.Len() < minSeed || len(code) != Digits {
		return Verdict{}
	}
	var v Verdict
	step := stepAt(now)
	for s := step - Skew; s <= step+Skew; s++ {
		switch same := matches(seed, s, code); {
		case same && s > lastStep:
			// Where two steps have one code by chance, the later is taken: after
			// the earlier, the same code would pass again.
			v.OK, v.Step = true, s
		case same:
			v.Reused = true
		}
	}
	if v.OK {
		v.Reused = false
	} else if !v.Reused {
		v.Off = off(seed, code, step)
	}
	return v
}

// off looks for the nearest step outside the accepted ones.
func off(seed secret.Value, code string, step int64) time.Duration {
	for distance := int64(Skew + 1); distance <= wide; distance++ {
		for _, d := range [...]int64{-distance, distance} {
			if matches(seed, step+d, code) {
				return time.Duration(d) * Period
			}
		}
	}
	return 0
}

// stepAt is T of RFC 6238 section 4.2.
func stepAt(t time.Time) int64 { return t.Unix() / int64(Period/time.Second) }

func matches(seed secret.Value, step int64, code string) bool {
	return subtle.ConstantTimeCompare([]byte(codeAt(seed, step, ours)), []byte(code)) == 1
}

// codeAt is the HOTP value of RFC 4226 section 5.3 for a step.
func codeAt(seed secret.Value, step int64, p profile) string {
	options := hotp.ValidateOpts{Digits: p.digits, Algorithm: p.algorithm}
	code, err := hotp.GenerateCodeCustom(Base32(seed), uint64(step), options)
	if err != nil { // only text that is not base32 fails
		panic("mfa: code of a step: " + err.Error())
	}
	return code
}
