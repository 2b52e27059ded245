package login

import (
	"context"
	"errors"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mfa"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Enrollee is who sets up a second factor: somebody signed in with a recent
// proof, or somebody whose login waits for it.
type Enrollee struct {
	user    account.User
	session string
	waits   *waiting
	client  Client
}

// EnrolleeOf is the person who is signed in; the proof must be recent.
func (s *Service) EnrolleeOf(p *Person, c Client) (*Enrollee, error) {
	if err := s.Recent(p); err != nil {
		return nil, err
	}
	return &Enrollee{user: *p.User(), session: p.Session.ID, client: c}, nil
}

// EnrolleeBy is the owner of a login that waits for a factor to be set up; the
// challenge is good for nothing else.
func (s *Service) EnrolleeBy(ctx context.Context, token string, c Client) (*Enrollee, error) {
	w, err := s.resume(ctx, token, c, ChallengeEnroll)
	if err != nil {
		return nil, err
	}
	if w.user.SecondFactor { // set up meanwhile, on another device perhaps
		return nil, challengeExpired("enrolled_meanwhile")
	}
	return &Enrollee{user: w.user, waits: w, client: c}, nil
}

// User is who sets up.
func (e *Enrollee) User() account.User { return e.user }

// parent binds a ceremony to the session or to the pending login.
func (e *Enrollee) parent() []byte {
	if e.waits != nil {
		return e.waits.Hash
	}
	return secret.Hash(e.session)
}

// TOTPSetup is a new seed, shown once.
type TOTPSetup struct {
	// Key is the seed in base32 and Grouped the same in groups of four.
	Key, Grouped string
	// URI is the otpauth link, SVG a QR code of it.
	URI, SVG string
}

// SetupTOTP makes a seed. It counts for nothing until a code confirmed it, and
// the factor from before stays until then.
func (s *Service) SetupTOTP(ctx context.Context, e *Enrollee) (*TOTPSetup, error) {
	now := s.o.Now().UTC()
	f := Factor{ID: "fac_" + secret.RandomText(10), User: e.user.ID, Kind: FactorTOTP, Name: "Authenticator app", Pending: true, CreatedAt: now, Handle: e.parent()}
	seed := mfa.NewSeed()
	f.Data = s.o.Seals.Seal(seed.Reveal(), "totp", f.ID, string(f.User))
	if err := s.o.Store.PutFactor(ctx, f); err != nil {
		return nil, err
	}
	row := s.row(audit.EventFactorSetup, e.client.Client)
	row.User, row.Session, row.Detail = e.user.ID, e.session, FactorTOTP
	if err := s.o.Store.Record(ctx, row); err != nil {
		return nil, err
	}
	s.heard(row)
	return s.showTOTP(e.user, seed)
}

// PendingTOTP shows the seed of a set-up once more, so that a code that failed
// does not cost the person a new scan. Nil when none is waiting.
func (s *Service) PendingTOTP(ctx context.Context, e *Enrollee) (*TOTPSetup, error) {
	f, ok, err := s.begunBy(ctx, e)
	if err != nil || !ok || s.o.Now().Sub(f.CreatedAt) > challengeLife {
		return nil, err
	}
	seed, err := s.o.Seals.Open(f.Data, "totp", f.ID, string(f.User))
	if err != nil {
		return nil, err
	}
	return s.showTOTP(e.user, seed)
}

func (s *Service) showTOTP(u account.User, seed secret.Value) (*TOTPSetup, error) {
	uri := mfa.URI(s.o.Product, u.Email, seed)
	svg, err := mfa.QR(uri, "QR")
	if err != nil {
		return nil, err
	}
	return &TOTPSetup{Key: mfa.Base32(seed), Grouped: mfa.Grouped(seed), URI: uri, SVG: svg}, nil
}

// begunBy finds the set-up that this session or this waiting login began. One
// that another began is nobody else's to see or to confirm: whoever has the
// password, or had the session for a minute, would leave a seed that they know
// for the owner to confirm.
func (s *Service) begunBy(ctx context.Context, e *Enrollee) (Factor, bool, error) {
	f, ok, err := s.totpOf(ctx, e.user.ID, true)
	return f, ok && secret.New(f.Handle).Equal(secret.New(e.parent())), err
}

// totpOf finds the account's TOTP factor, the confirmed or the pending one.
func (s *Service) totpOf(ctx context.Context, user account.ID, pending bool) (Factor, bool, error) {
	factors, err := s.o.Store.Factors(ctx, user)
	for _, f := range factors {
		if f.Kind == FactorTOTP && f.Pending == pending {
			return f, true, err
		}
	}
	return Factor{}, false, err
}

// ConfirmTOTP makes the pending factor count, by one of its codes.
func (s *Service) ConfirmTOTP(ctx context.Context, e *Enrollee, typed string) (*Added, error) {
	if strings.TrimSpace(typed) == "" {
		return nil, fault.Invalid("/code", "required", "Please enter the code.")
	}
	f, ok, err := s.begunBy(ctx, e)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, notFound("totp_not_pending", "No authenticator app is being set up. Please begin again.")
	}
	code, six := mfa.Code(typed)
	var p proven
	if !six {
		err = wrongCode("totp_malformed", "A code has six digits.")
	} else {
		p, err = s.matchTOTP(ctx, f, code)
	}
	if err != nil {
		return nil, s.refuseSetup(ctx, e, FactorTOTP, err)
	}
	return s.enroll(ctx, e, Enrollment{Factor: f, Confirm: true, Proof: p.proof})
}

// refuseSetup records a confirmation that failed.
func (s *Service) refuseSetup(ctx context.Context, e *Enrollee, kind string, err error) error {
	f := fault.From(err)
	if f.Code != api.CodeInvalidCode && f.Code != api.CodePasskeyRefused {
		return err
	}
	row := s.row(audit.EventFactorAdded, e.client.Client)
	row.Outcome, row.Code, row.Reason, row.User, row.Session, row.Detail = audit.Refused, f.Code, f.Reason, e.user.ID, e.session, kind
	if f.Reason == "totp_clock_off" {
		row.Detail += ", " + f.Cause.Error()
	}
	if err := s.o.Store.Record(ctx, row); err != nil {
		return err
	}
	s.heard(row)
	return err
}

// maxPasskeys is how many an account may have.
const maxPasskeys = 20

// RegisterOptions are the options for making a passkey.
func (s *Service) RegisterOptions(ctx context.Context, e *Enrollee) ([]byte, error) {
	return s.creation(ctx, e, s.o.Passkeys.BeginRegistration)
}

// UpgradeOptions are RegisterOptions for a passkey that the browser makes by
// itself after a password login.
func (s *Service) UpgradeOptions(ctx context.Context, e *Enrollee) ([]byte, error) {
	return s.creation(ctx, e, s.o.Passkeys.BeginUpgrade)
}

func (s *Service) creation(ctx context.Context, e *Enrollee, begin func(passkey.User, []passkey.Credential) ([]byte, passkey.Ceremony, error)) ([]byte, error) {
	if err := s.unusable(e.client); err != nil {
		return nil, err
	}
	creds, err := s.credentials(ctx, e.user.ID)
	if err != nil {
		return nil, err
	}
	who := passkey.User{Handle: secret.Random(32), Email: e.user.Email, Name: e.user.Name}
	if len(creds) > 0 {
		who.Handle = creds[0].UserHandle
	}
	options, ceremony, err := begin(who, creds)
	if err != nil {
		return nil, err
	}
	return options, s.keepCeremony(ctx, e.user.ID, e.parent(), e.client, ceremonyState{Ceremony: ceremony, Handle: who.Handle})
}

// RegisterPasskey adds the passkey that a browser made.
func (s *Service) RegisterPasskey(ctx context.Context, e *Enrollee, response []byte, name string) (*Added, error) {
	name, err := factorName(name)
	if err != nil {
		return nil, err
	}
	state, hash, err := s.ceremonyOf(ctx, e.user.ID, e.parent(), e.client, response)
	if err != nil {
		return nil, s.refuseSetup(ctx, e, FactorWebAuthn, registrationRefused(err))
	}
	cred, err := s.o.Passkeys.FinishRegistration(state.Ceremony, passkey.User{Handle: state.Handle, Email: e.user.Email}, response)
	if err != nil {
		return nil, s.refuseSetup(ctx, e, FactorWebAuthn, registrationRefused(err))
	}
	if name == "" {
		name = cred.Name
	}
	if name == "" {
		device, _ := describe(e.client.UserAgent)
		name = "Passkey of " + device
	}
	return s.enroll(ctx, e, Enrollment{
		Factor: Factor{
			ID: "fac_" + secret.RandomText(10), User: e.user.ID, Kind: FactorWebAuthn, Name: name,
			Data: cred.Data, Credential: cred.CredentialID, Handle: cred.UserHandle, Model: cred.AAGUID,
			Synced: cred.Synced, Counter: int64(cred.SignCount), CreatedAt: s.o.Now().UTC(),
		},
		Proof: Proof{Challenges: [][]byte{hash}},
	})
}

func registrationRefused(err error) error {
	if !errors.Is(err, passkey.ErrRefused) {
		return err
	}
	return fault.New(api.CodePasskeyRefused, "passkey_"+passkey.Reason(err),
		"This passkey could not be added. Please try again, or use another device.").Because(err)
}
