package password

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The algorithms that new hashes may have.
const (
	Argon2id = "argon2id"
	Bcrypt   = "bcrypt"
)

// Why a stored hash cannot be used; the doctor reports the same names.
const (
	HashEmpty        = "hash_empty"
	HashUnknown      = "hash_unknown"
	HashTooExpensive = "hash_too_expensive"
)

// What may run. One row beyond it would hold a worker for seconds or take a
// gigabyte, and rows come from restores and other programs too.
const (
	minBcryptCost  = 4
	maxBcryptCost  = 14
	maxArgonMemory = 256 << 10 // KiB
	maxArgonTime   = 10
	maxArgonLanes  = 16
)

// Params are what argon2id costs.
type Params struct {
	// Memory is in KiB.
	Memory uint32
	// Time is the number of passes.
	Time uint32
	// Lanes is the parallelism, p.
	Lanes uint8
}

// kind is what a stored hash costs to check.
type kind struct {
	algorithm string
	cost      int    // bcrypt; the iterations of PBKDF2
	argon     Params // argon2id, argon2i
	scrypt    scryptParams
}

// stored is one hash as it lies in the table.
type stored struct {
	kind
	text      string // bcrypt, whole
	salt, key []byte // all others
}

// String is the prefix that all hashes of the kind share. The three spellings
// of bcrypt do the same work and count as one.
func (k kind) String() string {
	switch k.algorithm {
	case Bcrypt:
		return fmt.Sprintf("$2b$%02d$", k.cost)
	case Argon2id, argon2i:
		return fmt.Sprintf("$%s$v=19$m=%d,t=%d,p=%d$", k.algorithm, k.argon.Memory, k.argon.Time, k.argon.Lanes)
	}
	return k.foreignString()
}

// guess is the cost of the kind before anything was measured: 50 µs for each
// doubling-step of bcrypt, 1.2 µs for each KiB and pass of argon2.
func (k kind) guess() time.Duration {
	switch k.algorithm {
	case Bcrypt, hexBcrypt:
		return 50 * time.Microsecond << k.cost
	case Argon2id, argon2i:
		return time.Duration(k.argon.Memory) * time.Duration(k.argon.Time) * 1200 * time.Nanosecond
	}
	return k.foreignGuess()
}

// weaker says whether k costs a thief less than want. Lanes do not count: they
// spread the same work.
func (k kind) weaker(want kind) bool {
	switch {
	case k.algorithm == want.algorithm && k.algorithm == Bcrypt:
		return k.cost < want.cost
	case k.algorithm == want.algorithm:
		work := func(p Params) uint64 { return uint64(p.Memory) * uint64(p.Time) }
		return work(k.argon) < work(want.argon)
	default: // all others give way, bcrypt to argon2id, and argon2id to none
		return k.algorithm != Argon2id
	}
}

var (
	bcryptKind = regexp.MustCompile(`^\$2[aby]\$([0-9]{2})\$`)
	bcryptTail = regexp.MustCompile(`^[./A-Za-z0-9]{53}$`)
	// Numbers without leading zeros, at most nine digits: no second spelling of
	// a kind and no overflow.
	argonKind = regexp.MustCompile(`^\$(argon2id?)\$v=19\$m=([1-9][0-9]{0,8}),t=([1-9][0-9]{0,8}),p=([1-9][0-9]{0,8})\$`)
)

// Kind names the kind of a stored hash, such as "$2b$12$", for KnowKinds. The
// second value is empty for a hash that may run, or says why it never does.
func Kind(hash string) (name, unusable string) {
	h, unusable := parse(hash)
	if unusable != "" {
		return "", unusable
	}
	return h.String(), ""
}

// parse reads a stored hash strictly: what it does not know whole, it does not run.
func parse(text string) (stored, string) {
	if text == "" {
		return stored{}, HashEmpty
	}
	k, rest, unusable := parseKind(text)
	if unusable != "" {
		return stored{}, unusable
	}
	h := stored{kind: k, text: text}
	if k.algorithm == Bcrypt {
		if !bcryptTail.MatchString(rest) {
			return stored{}, HashUnknown
		}
		return h, ""
	}
	salt, key, ok := strings.Cut(rest, "$")
	switch {
	case !ok:
		return stored{}, HashUnknown
	case k.algorithm != Argon2id && k.algorithm != argon2i:
		return parseForeign(h, salt, key)
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.Strict().DecodeString(salt)
	h.key, errKey = base64.RawStdEncoding.Strict().DecodeString(key)
	if errSalt != nil || errKey != nil || !within(len(h.salt), 8, 64) || !within(len(h.key), 16, 64) {
		return stored{}, HashUnknown
	}
	return h, ""
}

// parseKind reads the prefix and gives what follows it.
func parseKind(text string) (k kind, rest, unusable string) {
	if m := bcryptKind.FindStringSubmatch(text); m != nil {
		cost, _ := strconv.Atoi(m[1])
		switch {
		case cost > 31 || cost < minBcryptCost:
			return kind{}, "", HashUnknown
		case cost > maxBcryptCost:
			return kind{}, "", HashTooExpensive
		}
		return kind{algorithm: Bcrypt, cost: cost}, text[len(m[0]):], ""
	}
	m := argonKind.FindStringSubmatch(text)
	if m == nil {
		return parseForeignKind(text)
	}
	var n [3]uint64
	for i := range n {
		n[i], _ = strconv.ParseUint(m[i+2], 10, 64)
	}
	switch {
	case n[0] > maxArgonMemory, n[1] > maxArgonTime, n[2] > maxArgonLanes:
		return kind{}, "", HashTooExpensive
	case n[0] < 8*n[2]: // RFC 9106 section 3.1
		return kind{}, "", HashUnknown
	}
	p := Params{Memory: uint32(n[0]), Time: uint32(n[1]), Lanes: uint8(n[2])}
	return kind{algorithm: m[1], argon: p}, text[len(m[0]):], ""
}

func within(n, low, high int) bool { return low <= n && n <= high }
