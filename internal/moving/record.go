package moving

import (
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Record is one person as the other system has them.
type Record struct {
	// Line is where the row begins, from 1; of a table, which row it is.
	Line int64
	// ID is what the other system calls the person for ever; "" where it has
	// nothing but the address.
	ID            string
	Address, Name string
	// Status is one of account.Status.
	Status   string
	Verified bool
	Role     string
	Created  time.Time
	// Hash is in the form that is kept here; "" where there is no password.
	Hash string
	// Lost says why a password that was there cannot come along.
	Lost    string
	Factors []Factor
	// FactorLost says why a second factor that was asked for there cannot.
	FactorLost string
	// Left is what stays behind without harm, in words that are counted.
	Left []string
}

// Factor is an authenticator app.
type Factor struct {
	Seed    secret.Value
	Name    string
	Created time.Time
}

// newRecord is a person who may sign in, until the row says otherwise.
func newRecord(line int64) *Record {
	return &Record{Line: line, Status: account.StatusActive, Role: account.RoleUser}
}

// takeHash keeps a hash that another program wrote, or notes why not.
func (r *Record) takeHash(text string) {
	if text == "" {
		return
	}
	kept := password.Convert(text)
	if _, unusable := password.Kind(kept); unusable != "" {
		r.Lost = "the password is kept as " + password.Describe(text)
		return
	}
	r.Hash = kept
}

// Refused is a row that is not taken, and why. It holds no hash.
type Refused struct {
	Line    int64  `json:"line"`
	ID      string `json:"id,omitempty"`
	Address string `json:"address,omitempty"`
	Reason  string `json:"reason"`
	// PassedOver says that the row is no person, which is nobody's fault.
	PassedOver bool `json:"-"`
}

// Error is for whoever treats it as an error.
func (r *Refused) Error() string { return fmt.Sprintf("line %d: %s", r.Line, r.Reason) }

func (r *Record) refused(reason string, args ...any) *Refused {
	return &Refused{Line: r.Line, ID: r.ID, Address: r.Address, Reason: fmt.Sprintf(reason, args...)}
}

// passedOver is for rows that are no people.
func (r *Record) passedOver(what string) *Refused {
	f := r.refused("%s", what)
	f.PassedOver = true
	return f
}

// Reader gives one person after the other. An error of type *Refused is of one
// row, io.EOF is the end, and any other error is the end of reading.
type Reader interface {
	Next() (*Record, error)
}
