package login

import (
	"context"
	"slices"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/mfa"
	"github.com/aiwfe/aiwfe-auth/internal/password"
)

// Security is what protects an account, for its owner or an administrator.
type Security struct {
	Factors []Factor
	// CodesLeft are unused backup codes.
	CodesLeft int
	Devices   []TrustedDevice
	// Demanded: policy asks a second factor of the account.
	Demanded bool
}

// Security lists what protects an account. Factors that were never confirmed
// are left out.
func (s *Service) Security(ctx context.Context, u *account.User) (Security, error) {
	out := Security{Demanded: s.demanded(u)}
	factors, err := s.o.Store.Factors(ctx, u.ID)
	if err != nil {
		return out, err
	}
	out.Factors = slices.DeleteFunc(factors, func(f Factor) bool { return f.Pending })
	if out.CodesLeft, _, err = s.o.Store.CodesLeft(ctx, u.ID); err != nil {
		return out, err
	}
	out.Devices, err = s.o.Store.TrustedDevices(ctx, u.ID, s.o.Now())
	return out, err
}

// RenameFactor gives an own factor another name.
func (s *Service) RenameFactor(ctx context.Context, p *Person, id, name string, c Client) error {
	if err := s.Recent(p); err != nil {
		return err
	}
	name, err := factorName(name)
	if err != nil {
		return err
	}
	if name == "" {
		return fault.Invalid("/name", "required", "Please enter a name.")
	}
	row := s.row(audit.EventFactorRenamed, c.Client)
	row.User, row.Session, row.Detail = p.User().ID, p.Session.ID, id
	done, err := s.o.Store.RenameFactor(ctx, p.User().ID, id, name, row)
	if err == nil && !done {
		err = notFound("factor_unknown", "There is no such second factor.")
	}
	if err == nil {
		s.heard(row)
	}
	return err
}

// RemoveFactor takes one of the own factors away: not the last one where policy
// demands one, or where the password is one that only goes with it.
func (s *Service) RemoveFactor(ctx context.Context, p *Person, id string, c Client) error {
	if err := s.Recent(p); err != nil {
		return err
	}
	user := p.User()
	factors, err := s.o.Store.Factors(ctx, user.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(factors, func(f Factor) bool { return f.ID == id && !f.Pending })
	if at < 0 {
		return notFound("factor_unknown", "There is no such second factor.")
	}
	r := Removal{
		Now: s.o.Now().UTC(), User: user.ID, ID: id,
		KeepOne: s.demanded(user) || user.ShortPassword || user.Hash == "", Row: s.row(audit.EventFactorRemoved, c.Client),
	}
	r.Row.User, r.Row.Session, r.Row.Detail = user.ID, p.Session.ID, factors[at].Kind+" "+id
	r.Letters, r.Links, err = s.notice(*user, c, mail.Message{Kind: mail.KindFactorRemoved, Factor: factors[at].Name})
	if err != nil {
		return err
	}
	out, err := s.o.Store.RemoveFactor(ctx, r)
	switch {
	case err != nil:
		return err
	case out.Missing:
		return notFound("factor_unknown", "There is no such second factor.")
	case out.Last && user.ShortPassword:
		return fault.New(api.CodeLastFactor, "short_password",
			"Your password is a short one that is allowed beside a second factor only. Please set one of at least 15 characters first.")
	case out.Last && user.Hash == "":
		return fault.New(api.CodeLastFactor, "last_way_in", "This is the only way into your account. Please set a password first.")
	case out.Last:
		return fault.New(api.CodeLastFactor, "factor_demanded",
			"A second factor is demanded of your account. Please add another one before you remove this.")
	}
	s.heard(r.Row)
	return nil
}

// RemoveTOTP takes the authenticator app away.
func (s *Service) RemoveTOTP(ctx context.Context, p *Person, c Client) error {
	f, ok, err := s.totpOf(ctx, p.User().ID, false)
	if err != nil {
		return err
	}
	if !ok {
		f.ID = "none"
	}
	return s.RemoveFactor(ctx, p, f.ID, c)
}

// ResetFactors takes all factors of another account away, for somebody who
// lost them. Its owner is told, and signs in by the password alone until a new
// one is set up.
func (s *Service) ResetFactors(ctx context.Context, a Actor, id account.ID) error {
	if err := s.mayDecide(a); err != nil {
		return err
	}
	user, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	r := Removal{
		Now: s.o.Now().UTC(), User: user.ID, All: true, EndSessions: true, Reason: a.Reason, Row: s.actorRow(audit.EventFactorsReset, a),
	}
	r.Row.User, r.Row.Address = user.ID, user.Email
	r.Letters, r.Links, err = s.notice(user, Client{Client: a.Client}, mail.Message{Kind: mail.KindFactorsReset})
	if err != nil {
		return err
	}
	out, err := s.o.Store.RemoveFactor(ctx, r)
	if err != nil {
		return err
	}
	if out.Missing {
		return notFound("factor_unknown", "This account has no second factor.")
	}
	s.heard(r.Row)
	return nil
}

// MakeCodes gives ten new backup codes and voids the old ones. They are shown
// once; only slow hashes are kept.
func (s *Service) MakeCodes(ctx context.Context, p *Person, c Client) ([]string, error) {
	if err := s.Recent(p); err != nil {
		return nil, err
	}
	user := p.User()
	if !user.SecondFactor {
		return nil, fault.New(api.CodeNotFound, "no_second_factor", "Backup codes stand in for a second factor. Please set one up first.")
	}
	if err := s.seldom(ctx, "codes", user.ID, codesLimit); err != nil {
		return nil, err
	}
	codes := mfa.NewCodes()
	in := Codes{Now: s.o.Now().UTC(), User: user.ID, Salt: password.NewSalt(), Row: s.row(audit.EventCodesMade, c.Client)}
	for _, code := range codes {
		canonical, _ := mfa.CanonicalCode(code)
		hash, err := s.o.Passwords.Stretch(s.o.Passwords.From(ctx, c.Network), in.Salt, string(user.ID)+"\x00"+canonical)
		if err != nil {
			return nil, err
		}
		in.Hashes = append(in.Hashes, hash)
	}
	in.Row.User, in.Row.Session = user.ID, p.Session.ID
	var err error
	if in.Letters, in.Links, err = s.notice(*user, c, mail.Message{Kind: mail.KindCodesMade}); err != nil {
		return nil, err
	}
	if err := s.o.Store.PutCodes(ctx, in); err != nil {
		return nil, err
	}
	s.heard(in.Row)
	return codes, nil
}

// EndTrust ends the trust in one own device, or in all of them (""). It needs
// no recent proof: it takes nothing but a convenience away.
func (s *Service) EndTrust(ctx context.Context, p *Person, device string, c Client) (int, error) {
	row := s.row(audit.EventTrustEnded, c.Client)
	row.User, row.Session, row.Device = p.User().ID, p.Session.ID, device
	n, err := s.o.Store.EndTrust(ctx, p.User().ID, device, row)
	if err != nil {
		return 0, err
	}
	if n == 0 && device != "" {
		return 0, notFound("device_unknown", "There is no such trusted device.")
	}
	if n > 0 {
		s.heard(row)
	}
	return n, nil
}
