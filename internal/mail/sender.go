package mail

import (
	"context"
	"errors"
	"strconv"
	"strings"
)

// Sender brings one letter on its way. Its error tells by Permanent whether
// trying again is of use; a nil error means that somebody else is now
// responsible for the letter (RFC 5321 section 6.1).
type Sender interface {
	Send(ctx context.Context, e Envelope) error
}

// Refusal is why a letter did not leave: which server, at which step, what it
// said, and what to do. It holds neither the password nor anything of the
// letter, and the recipient only masked.
type Refusal struct {
	// Host is the mail server, with its port.
	Host string
	// Step is the step of the conversation, such as "STARTTLS" or "RCPT TO".
	Step string
	// Code is the reply code of the server, 0 when it gave none.
	Code int
	// Detail is a whole sentence for the operator.
	Detail string
	// Final: this letter will never be taken, whoever asks and however often.
	Final bool
	// Cause is the error beneath; nil when the server's reply is all there is.
	Cause error
}

// Error names host, step, reply code and what to do.
func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString("mail: " + r.Host + ": " + r.Step)
	if r.Code != 0 {
		b.WriteString(" was answered with " + strconv.Itoa(r.Code))
	}
	return b.String() + ": " + r.Detail
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// Permanent says whether a letter was refused for good. What an operator can
// still put right (a wrong password, a certificate, a sender not yet allowed)
// is not permanent, whatever the reply code: letters wait for the repair.
func Permanent(err error) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Final
}
