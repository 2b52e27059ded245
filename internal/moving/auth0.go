package moving

import (
	"cmp"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/go-json-experiment/json/jsontext"
)

// auth0User is a line of the export that Auth0's support makes with hashes, of
// the export job, which has none, and of what its import takes.
type auth0User struct {
	OID struct {
		OID string `json:"$oid"`
	} `json:"_id"`
	ID       string         `json:"user_id"`
	Email    string         `json:"email"`
	Verified bool           `json:"email_verified"`
	Name     string         `json:"name"`
	Given    string         `json:"given_name"`
	Family   string         `json:"family_name"`
	Blocked  bool           `json:"blocked"`
	Created  jsontext.Value `json:"created_at"`

	Hash   string         `json:"passwordHash"`
	Import string         `json:"password_hash"`
	Custom *auth0Hash     `json:"custom_password_hash"`
	App    jsontext.Value `json:"app_metadata"`

	Factors []struct {
		TOTP *struct {
			Secret string `json:"secret"`
		} `json:"totp"`
	} `json:"mfa_factors"`
	Multifactor []string `json:"multifactor"`
	Identities  []struct {
		Provider string `json:"provider"`
	} `json:"identities"`
}

func auth0(line int64, v *auth0User) (*Record, error) {
	out := newRecord(line)
	out.ID = cmp.Or(v.OID.OID, strings.TrimPrefix(v.ID, "auth0|"))
	out.Address, out.Verified = v.Email, v.Verified
	out.Name = v.Name
	if out.Name == v.Email { // which Auth0 puts there by itself
		out.Name = ""
	}
	if out.Name == "" {
		out.Name = strings.TrimSpace(v.Given + " " + v.Family)
	}
	if v.Blocked {
		out.Status = account.StatusDisabled
	}
	var app struct {
		Role string `json:"role"`
	}
	if len(v.App) > 0 && decode(v.App, &app) == nil && app.Role == account.RoleAdmin {
		out.Role = account.RoleAdmin
	}
	var at struct {
		Date string `json:"$date"`
	}
	if text := plainText(v.Created); text != "" {
		out.Created, _ = moment(text)
	} else if len(v.Created) > 0 && decode(v.Created, &at) == nil {
		out.Created, _ = moment(at.Date)
	}
	for _, i := range v.Identities {
		if i.Provider != "auth0" {
			out.Left = append(out.Left, "sign-in by another provider")
			break
		}
	}
	if hash := cmp.Or(v.Hash, v.Import); hash != "" {
		out.takeHash(hash)
	} else if v.Custom != nil {
		v.Custom.take(out)
	}
	for _, f := range v.Factors {
		switch {
		case f.TOTP != nil:
			out.takeSeed(f.TOTP.Secret, "", "", "", "")
		default:
			out.FactorLost = "a second factor by phone or mail"
		}
	}
	if len(v.Multifactor) > 0 && len(v.Factors) == 0 {
		out.FactorLost = "a second factor whose key was not exported"
	}
	return out, nil
}
