package login

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/mfa"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Answer answers a challenge, or proves again who is signed in.
type Answer struct {
	// Token is the challenge's; unused for a step-up.
	Token string
	// Method is one of the methods; "" tells a code from a backup code by its form.
	Method string
	// Code is what was typed, Credential the JSON that the browser gave.
	Code       string
	Credential []byte
	// Trust asks not to be asked on this device for a while.
	Trust  bool
	Client Client
}

// proven is a second factor that was right, and what it will cost.
type proven struct {
	proof Proof
	// verified: the device itself checked the person (WebAuthn user verification).
	verified bool
	letters  []mail.Letter
	links    []Link
}

// Answer gives the session that a pending login was for. Every wrong answer
// counts in a bucket of its own, which a new login does not empty
// (CVE-2026-35597), and whatever is one-time is taken in the transaction in
// which the session begins.
func (s *Service) Answer(ctx context.Context, a Answer) (*Grant, error) {
	ctx = s.o.Passwords.From(ctx, a.Client.Network)
	w, err := s.resume(ctx, a.Token, a.Client, ChallengeLogin)
	if err != nil {
		return nil, err
	}
	t, err := s.passFactor(ctx, &w.user, a.Client)
	if err != nil {
		return nil, err
	}
	defer t.leave()
	p, err := s.prove(ctx, &w.user, a, w.Hash)
	if err != nil {
		return nil, s.refuseFactor(ctx, t, audit.EventFactorAnswered, &w.user, "", a, err)
	}
	b := w.beginning(a.Client)
	b.method += "+" + methodOf(a)
	p.proof.Challenges = append(p.proof.Challenges, w.Hash)
	b.proof, b.trust, b.letters, b.links = &p.proof, a.Trust, p.letters, p.links
	b.cleared = append(b.cleared, t.buckets()...)
	g, err := s.begin(ctx, b)
	if err != nil {
		return nil, s.refuseFactor(ctx, t, audit.EventFactorAnswered, &w.user, "", a, err)
	}
	return g, nil
}

// methodOf is the method of an answer; a code that is not six digits is taken
// for a backup code.
func methodOf(a Answer) string {
	switch {
	case a.Method != "":
		return a.Method
	case len(a.Credential) > 0:
		return MethodWebAuthn
	}
	if _, six := mfa.Code(a.Code); six {
		return MethodTOTP
	}
	return MethodBackup
}

// prove checks an answer against the account's factors and takes nothing yet.
// parent is what a WebAuthn ceremony must belong to.
func (s *Service) prove(ctx context.Context, u *account.User, a Answer, parent []byte) (proven, error) {
	switch methodOf(a) {
	case MethodTOTP:
		return s.proveTOTP(ctx, u, a.Code)
	case MethodBackup:
		return s.proveBackup(ctx, u, a)
	case MethodWebAuthn:
		return s.provePasskey(ctx, u, a, parent)
	}
	return proven{}, fault.Invalid("/method", "not_allowed", "Please use one of: totp, webauthn, backup_code.")
}

func wrongCode(reason, detail string) *fault.Error {
	if detail == "" {
		detail = "This code is not right, or it was used already."
	}
	return fault.New(api.CodeInvalidCode, reason, detail)
}

func (s *Service) proveTOTP(ctx context.Context, u *account.User, typed string) (proven, error) {
	if strings.TrimSpace(typed) == "" {
		return proven{}, fault.Invalid("/code", "required", "Please enter the code.")
	}
	f, ok, err := s.totpOf(ctx, u.ID, false)
	if err != nil {
		return proven{}, err
	}
	code, six := mfa.Code(typed)
	if !ok || !six {
		return proven{}, wrongCode("totp_malformed", "")
	}
	return s.matchTOTP(ctx, f, code)
}

// matchTOTP compares a canonical code with a factor.
func (s *Service) matchTOTP(ctx context.Context, f Factor, code string) (proven, error) {
	seed, err := s.o.Seals.Open(f.Data, "totp", f.ID, string(f.User))
	if err != nil {
		return proven{}, fmt.Errorf("open the seed of factor %s: %w", f.ID, err)
	}
	v := mfa.Match(seed, code, s.o.Now(), f.Counter)
	switch {
	case v.OK:
		burned, err := s.burned(ctx, f, v.Step)
		if err != nil {
			return proven{}, err
		}
		if burned {
			return proven{}, wrongCode("totp_step_burned", "")
		}
		return proven{proof: Proof{Factor: f.ID, Step: v.Step}}, nil
	case v.Reused:
		return proven{}, wrongCode(SpentStep, "This code was used already. Please wait for the next one.")
	case v.Off != 0:
		return proven{}, s.clockOff(ctx, f, v.Off)
	}
	return proven{}, wrongCode("totp_wrong", "")
}

// clockOff tells by how much the person's clock seems to differ. A code of the
// future would be right later on, and whoever guessed it would have been told:
// so that one step is burned first.
func (s *Service) clockOff(ctx context.Context, f Factor, off time.Duration) error {
	if off > 0 {
		now := s.o.Now().UTC()
		step := now.Add(off).Unix() / int64(mfa.Period/time.Second)
		err := s.o.Store.PutChallenge(ctx, PendingChallenge{
			Hash: burnName(f, step), Kind: "burned", User: f.User, State: "{}", CreatedAt: now, ExpiresAt: now.Add(off + time.Hour),
		})
		if err != nil {
			return err
		}
	}
	way := "behind"
	if off > 0 {
		way = "ahead of"
	}
	e := wrongCode("totp_clock_off", fmt.Sprintf(
		"This code belongs to another time: the clock of your device seems to be about %s %s ours. "+
			"Please set it to automatic, then use the next code.", minutes(off), way))
	e.Cause = fmt.Errorf("clock off by %s", off)
	return e
}

func minutes(d time.Duration) string {
	n := int(d.Abs().Round(time.Minute) / time.Minute)
	if n <= 1 {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

func burnName(f Factor, step int64) []byte {
	return secret.Hash(fmt.Sprintf("burned totp step %s %d", f.ID, step))
}

func (s *Service) burned(ctx context.Context, f Factor, step int64) (bool, error) {
	_, found, err := s.o.Store.FindChallenge(ctx, burnName(f, step), s.o.Now())
	return found, err
}

func (s *Service) proveBackup(ctx context.Context, u *account.User, a Answer) (proven, error) {
	if strings.TrimSpace(a.Code) == "" {
		return proven{}, fault.Invalid("/code", "required", "Please enter the code.")
	}
	left, salt, err := s.o.Store.CodesLeft(ctx, u.ID)
	if err != nil {
		return proven{}, err
	}
	code, ok := mfa.CanonicalCode(a.Code)
	if !ok || left == 0 {
		return proven{}, wrongCode("backup_code_malformed", "")
	}
	hash, err := s.o.Passwords.Stretch(ctx, salt, string(u.ID)+"\x00"+code)
	if err != nil {
		return proven{}, err
	}
	p := proven{proof: Proof{Code: hash}}
	p.letters, p.links, err = s.notice(*u, a.Client, mail.Message{Kind: mail.KindCodeUsed, Left: left - 1})
	return p, err
}

// refuseFactor records a wrong answer. What is our fault, or says nothing of
// the factor, gives the attempt back.
func (s *Service) refuseFactor(ctx context.Context, t *ticket, e audit.Event, u *account.User, session string, a Answer, err error) error {
	f := fault.From(err)
	switch f.Code {
	case api.CodeInvalidCode, api.CodeInvalidCredentials:
	default:
		t.giveBack(ctx)
		return err
	}
	row := s.row(e, a.Client.Client)
	row.Outcome, row.Code, row.Reason = audit.Refused, f.Code, f.Reason
	row.User, row.Address, row.Session, row.Device, row.Detail = u.ID, u.Email, session, t.device, methodOf(a)
	if f.Reason == "totp_clock_off" {
		row.Detail += ", " + f.Cause.Error()
	}
	if err := s.o.Store.Record(ctx, row); err != nil {
		return err
	}
	s.heard(row)
	return err
}
