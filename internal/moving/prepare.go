package moving

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Newcomer is a record that is fit to be written.
type Newcomer struct {
	Record
	// Key finds the row again: a hash of the source and the id there.
	Key []byte
	// Marks are digests of what the row held, to tell later what has changed.
	Marks Marks
}

// prepare brings a record to the form that is written, or refuses it.
func (o *Options) prepare(r *Record, now time.Time) (*Newcomer, *Refused) {
	r.ID = strings.TrimSpace(r.ID)
	if !sound(r.ID) || len(r.ID) > 200 {
		r.ID = ""
		return nil, r.refused("its id is no plain text of at most 200 characters")
	}
	if o.Domain != "" && r.Address != "" && !strings.Contains(r.Address, "@") {
		r.Address += "@" + o.Domain
	}
	if strings.TrimSpace(r.Address) == "" {
		return nil, r.refused("it has no e-mail address")
	}
	address, err := account.Canonical(r.Address)
	if err != nil {
		r.Address = quoted(r.Address)
		return nil, r.refused("its address is none: %s", saying(err))
	}
	r.Address = address
	if r.Name, err = personName(r.Name); err != nil {
		return nil, r.refused("its name %s", err)
	}
	if refused := o.secrets(r); refused != nil {
		return nil, refused
	}
	if r.Role == account.RoleAdmin && !o.Admins {
		r.Role = account.RoleUser
		r.Left = append(r.Left, "rights of administrators (--admins brings them along)")
	}
	if r.Created.IsZero() || r.Created.After(now) || r.Created.Year() < 1990 {
		r.Created = now
	}
	n := &Newcomer{Record: *r}
	n.Key = keyOf(o.Source, r)
	n.Marks = marks(n.Key, r)
	return n, nil
}

// secrets decides about passwords and second factors that cannot come along.
func (o *Options) secrets(r *Record) *Refused {
	if r.FactorLost != "" && len(r.Factors) == 0 {
		if !o.DropFactors {
			return r.refused("%s; --drop-factors brings the person along without it", r.FactorLost)
		}
		r.Left = append(r.Left, "second factors that cannot come along")
	}
	if r.Lost != "" {
		if !o.Invite {
			return r.refused("%s; --invite sends the person a link to a new one", r.Lost)
		}
		r.Left = append(r.Left, "passwords that cannot come along")
		r.Hash = ""
	}
	// Without a password the account waits for its owner, as one that was invited.
	if r.Hash == "" && r.Status == account.StatusActive {
		r.Status = account.StatusPending
	}
	return nil
}

const maxName = 120

func personName(name string) (string, error) {
	if !sound(name) {
		return "", errors.New("is no text")
	}
	name = norm.NFC.String(strings.TrimSpace(name))
	if utf8.RuneCountInString(name) > maxName {
		return "", errors.New("has more than 120 characters")
	}
	for _, c := range name {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) && c != '\u200D' && c != '\u200C' {
			return "", errors.New("holds control characters")
		}
	}
	return name, nil
}

// sound is text without NULs.
func sound(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// quoted shows an address that is none in a report: cut, without control characters.
func quoted(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
	if utf8.RuneCountInString(s) > 80 {
		s = string([]rune(s)[:80]) + "..."
	}
	return s
}

func saying(err error) string {
	if f := fault.From(err); len(f.Fields) > 0 {
		return f.Fields[0].Detail
	}
	return err.Error()
}
