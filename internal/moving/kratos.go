package moving

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/go-json-experiment/json/jsontext"
)

// kratosIdentity is what the admin API of Ory Kratos shows with
// ?include_credential=password&include_credential=totp, and what its import takes.
type kratosIdentity struct {
	Create *kratosIdentity `json:"create"`

	ID        string         `json:"id"`
	State     string         `json:"state"`
	Traits    jsontext.Value `json:"traits"`
	CreatedAt string         `json:"created_at"`
	Addresses []struct {
		Value    string `json:"value"`
		Via      string `json:"via"`
		Verified bool   `json:"verified"`
	} `json:"verifiable_addresses"`
	Public struct {
		Role jsontext.Value `json:"role"`
	} `json:"metadata_public"`
	Admin struct {
		Role jsontext.Value `json:"role"`
	} `json:"metadata_admin"`
	Credentials map[string]struct {
		Identifiers []string `json:"identifiers"`
		Config      struct {
			Hash  string `json:"hashed_password"`
			Plain string `json:"password"`
			TOTP  string `json:"totp_url"`
		} `json:"config"`
	} `json:"credentials"`
}

func kratos(line int64, v *kratosIdentity) (*Record, error) {
	if v.Create != nil {
		v = v.Create
	}
	out := newRecord(line)
	out.ID = v.ID
	out.Created, _ = moment(v.CreatedAt)
	v.traits(out)
	switch v.State {
	case "", "active":
	case "inactive":
		out.Status = account.StatusDisabled
	default:
		return nil, out.refused("its state is a word that is not known here")
	}
	if string(v.Admin.Role) == `"admin"` || string(v.Public.Role) == `"admin"` {
		out.Role = account.RoleAdmin
	}
	for _, a := range v.Addresses {
		if strings.EqualFold(a.Value, out.Address) {
			out.Verified = a.Verified
		}
	}
	for kind, c := range v.Credentials {
		switch kind {
		case "password":
			out.takeHash(c.Config.Hash)
			if c.Config.Hash == "" && c.Config.Plain != "" {
				out.Lost = "the file holds the password itself, which is not taken from any file"
			}
		case "totp":
			if c.Config.TOTP == "" {
				out.FactorLost = "the key of its authenticator app was not exported"
			} else {
				out.takeLink(c.Config.TOTP)
			}
		case "webauthn":
			out.FactorLost = "a security key, which is bound to the other system"
		case "lookup_secret":
			out.Left = append(out.Left, "backup codes")
		case "oidc", "saml":
			out.Left = append(out.Left, "sign-in by another provider")
		case "passkey", "code":
			out.Left = append(out.Left, "sign-in without a password")
		}
	}
	return out, nil
}

// traits reads address and name, which each installation names by itself; these
// are the names of Ory's own schemas.
func (v *kratosIdentity) traits(out *Record) {
	var t struct {
		Email jsontext.Value `json:"email"`
		Name  jsontext.Value `json:"name"`
		Full  jsontext.Value `json:"full_name"`
		First jsontext.Value `json:"first_name"`
		Last  jsontext.Value `json:"last_name"`
	}
	if len(v.Traits) > 0 {
		_ = decode(v.Traits, &t)
	}
	out.Address = plainText(t.Email)
	for _, a := range v.Addresses {
		if out.Address == "" && (a.Via == "email" || strings.Contains(a.Value, "@")) {
			out.Address = a.Value
		}
	}
	for _, id := range v.Credentials["password"].Identifiers {
		if out.Address == "" && strings.Contains(id, "@") {
			out.Address = id
		}
	}
	if out.Name = plainText(t.Name); out.Name == "" {
		var parts struct {
			First string `json:"first"`
			Last  string `json:"last"`
		}
		if len(t.Name) > 0 {
			_ = decode(t.Name, &parts)
		}
		out.Name = strings.TrimSpace(parts.First + " " + parts.Last)
	}
	if out.Name == "" {
		out.Name = plainText(t.Full)
	}
	if out.Name == "" {
		out.Name = strings.TrimSpace(plainText(t.First) + " " + plainText(t.Last))
	}
}

// plainText is a JSON value that is text, else "".
func plainText(v jsontext.Value) string {
	var s string
	if v.Kind() == '"' && decode(v, &s) == nil {
		return s
	}
	return ""
}
