package moving

import (
	"cmp"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// goTrue reads auth.users of Supabase. now is what a ban is judged by.
func goTrue(now time.Time) func(row) (*Record, error) {
	return func(r row) (*Record, error) {
		out := newRecord(r.line)
		out.ID, out.Address = r.get("id"), r.get("email")
		out.Created, _ = moment(r.get("created_at"))
		if gone := r.get("deleted_at"); gone != "" {
			return nil, out.passedOver("accounts that were deleted there")
		}
		if anonymous, _ := r.on("is_anonymous"); anonymous {
			return nil, out.passedOver("anonymous accounts")
		}
		if out.Address == "" {
			return nil, out.refused("it has no address, but a phone number at most")
		}
		var meta struct {
			FullName    string `json:"full_name"`
			Name        string `json:"name"`
			DisplayName string `json:"display_name"`
		}
		_ = decode([]byte(cmp.Or(r.get("raw_user_meta_data"), "{}")), &meta) // anything may stand there
		out.Name = cmp.Or(meta.FullName, meta.Name, meta.DisplayName)
		var rights struct {
			Role      string   `json:"role"`
			Providers []string `json:"providers"`
		}
		_ = decode([]byte(cmp.Or(r.get("raw_app_meta_data"), "{}")), &rights)
		if super, _ := r.on("is_super_admin"); super || rights.Role == account.RoleAdmin {
			out.Role = account.RoleAdmin
		}
		for _, p := range rights.Providers {
			if p != "email" && p != "phone" {
				out.Left = append(out.Left, "sign-in by another provider")
				break
			}
		}
		out.Verified = r.get("email_confirmed_at", "confirmed_at") != ""
		if !out.Verified { // nobody signs in there before either
			out.Status = account.StatusPending
		}
		if until := r.get("banned_until"); until != "" {
			t, ok := moment(until)
			if !ok && !strings.EqualFold(until, "infinity") {
				return nil, out.refused("banned_until is no time")
			}
			if !ok || t.After(now) {
				out.Status = account.StatusDisabled
			}
		}
		out.takeHash(r.get("encrypted_password"))
		return out, goTrueFactors(out, r.get("mfa_factors"))
	}
}

// goTrueFactors reads what the query of the database puts beside each account:
// its verified factors. An export of auth.users alone does not have them.
func goTrueFactors(out *Record, text string) error {
	if text == "" {
		return nil
	}
	var list []struct {
		Type   string `json:"factor_type"`
		Secret string `json:"secret"`
		Name   string `json:"friendly_name"`
	}
	if err := decode([]byte(text), &list); err != nil {
		return out.refused("its second factors cannot be read: %v", err)
	}
	for _, f := range list {
		switch {
		case f.Type != "totp":
			out.FactorLost = "a second factor of the kind " + short(f.Type)
		case strings.HasPrefix(f.Secret, "{"):
			out.FactorLost = "the key of its authenticator app is encrypted there"
		default:
			out.takeSeed(f.Secret, f.Name, "", "", "")
		}
	}
	return nil
}
