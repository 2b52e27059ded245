package password

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// PolicyOptions are what NewPolicy needs. The zero value of each number means
// its default.
type PolicyOptions struct {
	// MinLength is for accounts whose password is the only factor; default 15
	// (NIST SP 800-63B-4 section 3.1.1.2, ASVS 6.2.1).
	MinLength int
	// MinLengthWithFactor is for accounts of which policy demands a second
	// factor; default 8.
	MinLengthWithFactor int
	// MaxLength is at most MaxPoints, which is the default; at least 64 (ASVS 6.2.9).
	MaxLength int
	// Algorithm of new hashes, as in Options: bcrypt has a limit of its own.
	Algorithm string
	// ProductNames are words about this server, such as the product's name and
	// the host of its public URL.
	ProductNames []string
	// Pointer is the field of the request that holds the new password; default
	// "/password". At makes a policy for another one.
	Pointer string
}

// Policy says whether a new password may be set. It has no rules of composition.
type Policy struct {
	o       PolicyOptions
	product []string
	list    *wordList
}

// NewPolicy makes a Policy, or says which option is wrong.
func NewPolicy(o PolicyOptions) (*Policy, error) {
	def := func(n *int, value int) {
		if *n == 0 {
			*n = value
		}
	}
	def(&o.MinLength, 15)
	def(&o.MinLengthWithFactor, 8)
	def(&o.MaxLength, MaxPoints)
	if o.Pointer == "" {
		o.Pointer = "/password"
	}
	switch {
	case o.MinLength < 8 || o.MinLengthWithFactor < 8:
		return nil, errors.New("password: the least length of a password cannot be below 8, with a second factor or without")
	case o.MaxLength < 64 || o.MaxLength > MaxPoints:
		return nil, fmt.Errorf("password: the greatest length is %d, but must be between 64 and %d", o.MaxLength, MaxPoints)
	case o.MinLength > 64 || o.MinLengthWithFactor > o.MinLength:
		return nil, errors.New("password: the least length cannot be above 64, nor greater with a second factor than without")
	case o.Algorithm != "" && o.Algorithm != Argon2id && o.Algorithm != Bcrypt:
		return nil, fmt.Errorf("password: %q is not an algorithm for new hashes; %q and %q are", o.Algorithm, Argon2id, Bcrypt)
	}
	list, err := unpack(packedList)
	if err != nil {
		return nil, err
	}
	return &Policy{o: o, product: wordsOf(o.ProductNames), list: list}, nil
}

// At is the same policy for another field, such as "/new_password".
func (p *Policy) At(pointer string) *Policy {
	c := *p
	c.o.Pointer = pointer
	return &c
}

// Refuse says why the password cannot be used, or gives nil. secondFactor says
// that policy demands a second factor of this account. about are words about
// the person: the address, the name. Compare the result with nil before it
// becomes an error value: a nil *fault.Error in an error is not nil.
func (p *Policy) Refuse(password string, secondFactor bool, about ...string) *fault.Error {
	code, detail := p.judge(password, secondFactor, about)
	if code == "" {
		return nil
	}
	f := fault.New(api.CodePasswordRefused, code, detail)
	f.Fields = []fault.Field{{Pointer: p.o.Pointer, Code: code, Detail: detail}}
	return f
}

// Least is how many characters a password has at least, alone or beside a second
// factor.
func (p *Policy) Least(secondFactor bool) int {
	if secondFactor {
		return p.o.MinLengthWithFactor
	}
	return p.o.MinLength
}

func (p *Policy) judge(password string, secondFactor bool, about []string) (code, detail string) {
	if len(password) > MaxBytes {
		return codeTooLong, fmt.Sprintf("A password has at most %d characters.", p.o.MaxLength)
	}
	// U+FFFD stands where something unreadable was; two passwords would be one.
	if !utf8.ValidString(password) || strings.ContainsAny(password, "\x00\ufffd") {
		return codeNotText, "The password holds a character that is not text, or that was damaged on its way. Please leave it out."
	}
	text := norm.NFC.String(password)
	least := p.Least(secondFactor)
	switch n := points(text); {
	case n > p.o.MaxLength:
		return codeTooLong, fmt.Sprintf("A password has at most %d characters; this one has %d.", p.o.MaxLength, n)
	case n < least:
		return codeTooShort, fmt.Sprintf("A password has at least %d characters; this one has %d. A few words in a row are easy to remember.", least, n)
	}
	if code, detail := whole(p.o.Algorithm, text); code != "" {
		return code, detail
	}
	low := strings.ToLower(text)
	words := longestFirst(append(wordsOf(about), p.product...))
	if aboutYou(low, words) {
		return codeAboutYou, "The password is made of your address or name, or of the name of this service. Those are tried first; please choose another one."
	}
	if famous[strings.Map(onlyAlnum, low)] || p.list.common(low, words) {
		return codeTooCommon, "The password is a common one, is known from stolen lists, or is a simple pattern. Those are tried first; please choose another one."
	}
	return "", ""
}

// wordsOf cuts addresses, host names and names into the words somebody who
// knows them would try: the whole, the parts, and the parts run together.
func wordsOf(about []string) (words []string) {
	for _, a := range about {
		a = strings.ToLower(norm.NFC.String(strings.TrimSpace(a)))
		local, domain, isAddress := strings.Cut(a, "@")
		words = append(words, a)
		if !isAddress && strings.Contains(a, ".") && !strings.ContainsFunc(a, unicode.IsSpace) {
			local, domain = "", a // a host name
		}
		words = append(words, local, domain, strings.Map(onlyAlnum, local))
		words = append(words, strings.FieldsFunc(local, func(r rune) bool { return onlyAlnum(r) < 0 })...)
		labels := strings.FieldsFunc(domain, func(r rune) bool { return r == '.' || r == '-' })
		if len(labels) > 1 {
			labels = labels[:len(labels)-1] // "com" is about nobody
		}
		words = append(words, labels...)
	}
	return slices.DeleteFunc(words, func(w string) bool { return points(w) < shortWord })
}

func longestFirst(words []string) []string {
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(words)
}
