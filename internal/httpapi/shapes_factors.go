package httpapi

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

func protection(u *account.User, s login.Security) api.Security {
	out := api.Security{
		Enabled: u.SecondFactor, Required: s.Demanded, WebAuthn: []api.Factor{}, BackupCodesLeft: s.CodesLeft, TrustedDevices: devices(s.Devices),
	}
	for i := range s.Factors {
		f := oneFactor(&s.Factors[i])
		if s.Factors[i].Kind == login.FactorTOTP {
			out.TOTP = &f
			continue
		}
		out.WebAuthn = append(out.WebAuthn, f)
	}
	return out
}

func oneFactor(f *login.Factor) api.Factor {
	out := api.Factor{ID: f.ID, Name: f.Name, CreatedAt: f.CreatedAt, LastUsedAt: moment(f.UsedAt), Model: f.Model}
	if f.Kind == login.FactorWebAuthn {
		out.Synced = &f.Synced
	}
	return out
}

func devices(list []login.TrustedDevice) []api.TrustedDevice {
	out := make([]api.TrustedDevice, 0, len(list))
	for _, d := range list {
		out = append(out, api.TrustedDevice{ID: d.ID, Device: d.Name, IP: d.IP, LastSeenAt: d.SeenAt, Until: d.Until})
	}
	return out
}

// moment is null for what never was.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func personal(s *session.Session) api.PersonalToken {
	t := api.PersonalToken{ID: s.ID, Name: s.Name, Scopes: s.Scopes, CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt}
	if s.SeenAt.After(s.CreatedAt) {
		t.LastUsedAt = &s.SeenAt
	}
	return t
}

func personalList(list []session.Session) []api.PersonalToken {
	out := make([]api.PersonalToken, 0, len(list))
	for i := range list {
		out = append(out, personal(&list[i]))
	}
	return out
}
