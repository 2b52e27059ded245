package login

import (
	"context"
	"unicode/utf8"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// Added is a second factor just set up.
type Added struct {
	Factor Factor
	// CodesLeft is how many backup codes the account has: with none, now is the
	// moment to make some.
	CodesLeft int
	// Grant is the session of a login that waited for this.
	Grant *Grant
}

// enroll is the end of each set-up: the factor counts, its owner is told, and a
// login that waited for it goes on.
func (s *Service) enroll(ctx context.Context, e *Enrollee, in Enrollment) (*Added, error) {
	if e.waits != nil {
		in.First = e.user.Hash
	}
	in.Now, in.User, in.Session, in.Most = s.o.Now().UTC(), e.user.ID, e.session, maxPasskeys
	in.Row = s.row(audit.EventFactorAdded, e.client.Client)
	in.Row.User, in.Row.Session, in.Row.Detail = e.user.ID, e.session, in.Factor.Kind+" "+in.Factor.ID
	var err error
	in.Letters, in.Links, err = s.notice(e.user, e.client, mail.Message{Kind: mail.KindFactorAdded, Factor: in.Factor.Name})
	if err != nil {
		return nil, err
	}
	out, err := s.o.Store.Enroll(ctx, in)
	switch {
	case err != nil:
		return nil, err
	case out.Stale && e.waits != nil: // a password alone adds no second factor
		return nil, challengeExpired("enrolled_meanwhile")
	case out.Stale:
		return nil, ended("account_changed")
	case out.Spent == SpentChallenge:
		return nil, challengeExpired(out.Spent)
	case out.Spent != "":
		return nil, wrongCode(out.Spent, "")
	case out.Missing:
		return nil, notFound("totp_not_pending", "No authenticator app is being set up. Please begin again.")
	case out.Doubled:
		return nil, fault.New(api.CodeFactorExists, "", "This passkey is registered already.")
	case out.Full:
		return nil, fault.New(api.CodeFactorLimit, "", "An account has at most 20 passkeys. Please remove one first.")
	}
	s.heard(in.Row)
	added := &Added{Factor: in.Factor, CodesLeft: out.Left}
	if e.waits == nil {
		return added, nil
	}
	b := e.waits.beginning(e.client)
	b.user.SecondFactor = true
	b.method += "+" + in.Factor.Kind
	b.proof = &Proof{Challenges: [][]byte{e.waits.Hash}}
	added.Grant, err = s.begin(ctx, b)
	return added, err
}

// factorName is the one form of a factor's name.
func factorName(name string) (string, error) {
	name, err := personName(name)
	if err == nil && utf8.RuneCountInString(name) > 60 {
		err = fault.Invalid("/name", "too_long", "Please use a name of at most 60 characters.")
	}
	return name, err
}
