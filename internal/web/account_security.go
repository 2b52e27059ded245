package web

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
)

// protection gathers how the account is protected.
func (s *Site) protection(q *httpkit.Request, p *login.Person) (Protection, error) {
	all, err := s.o.Login.Security(q.Context(), p.User())
	if err != nil {
		return Protection{}, err
	}
	out := Protection{CodesLeft: all.CodesLeft, Demanded: all.Demanded, PasswordSet: p.User().Hash != ""}
	for i := range all.Factors {
		row := accountFactor(&all.Factors[i])
		if all.Factors[i].Kind == login.FactorTOTP {
			out.App = &row
			continue
		}
		out.Passkeys = append(out.Passkeys, row)
	}
	for _, d := range all.Devices {
		out.Devices = append(out.Devices, AccountDevice{
			ID: d.ID, Device: d.Name, Kind: d.Kind, IP: d.IP, LastSeen: d.SeenAt, Until: d.Until,
			Current: d.ID == p.Session.Device,
		})
	}
	out.PasswordChanged, err = s.passwordChanged(q, p)
	return out, err
}

func accountFactor(f *login.Factor) AccountFactor {
	row := AccountFactor{
		ID: f.ID, Name: f.Name, Synced: f.Synced, Created: f.CreatedAt, Used: f.UsedAt,
		credential: f.Credential, credentialUser: f.Handle,
	}
	if model := passkey.Model(f.Model); model != f.Name {
		row.Model = model
	}
	return row
}

func (s *Site) ownSecurity(q *httpkit.Request) error {
	frame, p, err := s.accountFrame(q, "account.security.title", tabSecurity, "/account/security")
	if err != nil {
		return err
	}
	page := SecurityPage{AccountFrame: frame}
	if page.Protection, err = s.protection(q, p); err != nil {
		return err
	}
	page.Signal = s.passkeySignal(p, page.Passkeys, nil)
	return s.showOwn(q, nil, PageSecurity, page)
}

// signal is what the browser is told: which passkeys are good, and what the
// account is called now. The one just removed, if any, still knows the handle
// of the account when there is none left.
func (s *Site) passkeySignal(p *login.Person, rows []AccountFactor, removed *AccountFactor) *PasskeySignal {
	out := &PasskeySignal{RPID: s.o.Passkeys.RPID(), Name: p.User().Email, DisplayName: p.User().Name}
	if out.DisplayName == "" {
		out.DisplayName = out.Name
	}
	known := rows
	if removed != nil {
		known = append(slices.Clone(rows), *removed)
	}
	if out.RPID == "" || len(known) == 0 {
		return nil
	}
	out.UserID = base64.RawURLEncoding.EncodeToString(known[0].credentialUser)
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, base64.RawURLEncoding.EncodeToString(r.credential))
	}
	out.CredentialIDs = strings.Join(ids, " ")
	return out
}

// trustEnd ends the trust in one device, or in all of them where none is named.
func (s *Site) trustEnd(q *httpkit.Request) error {
	return act(q, "/account/security", func(p *login.Person, form httpkit.Form) (string, error) {
		_, err := s.o.Login.EndTrust(q.Context(), p, form["device_id"], q.Client)
		if fault.Is(err, api.CodeNotFound) { // ended already: what was wanted is so
			err = nil
		}
		return "/account/security?notice=trust-ended#devices", err
	}, refused)
}
