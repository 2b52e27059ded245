package moving

import (
	"crypto/sha256"
	"slices"
)

// fields are what may differ from one export to the next, in the order of Marks.
var fields = []string{"address", "name", "status", "verified", "role", "password", "second factor"}

const (
	markPassword = 5 // its place
	markLen      = 8
)

// Marks are digests of eight bytes, one for each field.
type Marks []byte

// Differ names the fields in which two rows of one person differ.
func (m Marks) Differ(other Marks) (names []string) {
	for i, name := range fields {
		if m.of(i) != other.of(i) {
			names = append(names, name)
		}
	}
	return names
}

// Taken are the marks of later, but for the fields that were kept as they were.
func (m Marks) Taken(later Marks, kept []string) Marks {
	out := slices.Clone(later)
	for i, name := range fields {
		if slices.Contains(kept, name) && len(m) == len(later) {
			copy(out[i*markLen:], m[i*markLen:(i+1)*markLen])
		}
	}
	return out
}

// PasswordIs says whether the password of the row is the stored hash.
func (m Marks) PasswordIs(key []byte, hash string) bool {
	return m.of(markPassword) == mark(key, markPassword, hash)
}

func (m Marks) of(i int) string {
	if len(m) != markLen*len(fields) {
		return ""
	}
	return string(m[i*markLen : (i+1)*markLen])
}

// mark is a digest that says nothing of equal values of two people.
func mark(key []byte, i int, value string) string {
	sum := sha256.Sum256(append(append(append([]byte(nil), key...), byte(i)), value...))
	return string(sum[:markLen])
}

// marks digests all fields of a record.
func marks(key []byte, r *Record) Marks {
	factors := ""
	for _, f := range r.Factors {
		factors += string(f.Seed.Reveal()) + "\x00"
	}
	verified := "no"
	if r.Verified {
		verified = "yes"
	}
	var m Marks
	for i, v := range []string{r.Address, r.Name, r.Status, verified, r.Role, r.Hash, factors} {
		m = append(m, mark(key, i, v)...)
	}
	return m
}

// keyOf is where a row is found again. Of a system that has nothing but the
// address, that is it.
func keyOf(source string, r *Record) []byte {
	id := "id\x00" + r.ID
	if r.ID == "" {
		id = "address\x00" + r.Address
	}
	sum := sha256.Sum256([]byte(source + "\x00" + id))
	return sum[:]
}
