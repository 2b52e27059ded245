package moving

import (
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// keycloakUser is a user of a realm that `kc.sh export` wrote.
type keycloakUser struct {
	ID       string   `json:"id"`
	Username string   `json:"username"`
	Email    string   `json:"email"`
	Verified bool     `json:"emailVerified"`
	First    string   `json:"firstName"`
	Last     string   `json:"lastName"`
	Enabled  *bool    `json:"enabled"`
	Created  int64    `json:"createdTimestamp"`
	Actions  []string `json:"requiredActions"`
	// Directory is the provider, of LDAP for example, that a person comes from.
	Directory   string               `json:"federationLink"`
	ServiceOf   string               `json:"serviceAccountClientId"`
	ClientRoles map[string][]string  `json:"clientRoles"`
	Roles       []string             `json:"realmRoles"`
	Groups      []string             `json:"groups"`
	Credentials []keycloakCredential `json:"credentials"`
	Federated   []struct {
		Provider string `json:"identityProvider"`
	} `json:"federatedIdentities"`
}

func keycloak(line int64, v *keycloakUser) (*Record, error) {
	out := newRecord(line)
	out.ID, out.Address, out.Verified = v.ID, v.Email, v.Verified
	if out.Address == "" && strings.Contains(v.Username, "@") {
		out.Address = v.Username
	}
	if v.ServiceOf != "" || strings.HasPrefix(v.Username, "service-account-") && v.Email == "" {
		return nil, out.passedOver("service accounts, which are no people")
	}
	if out.Address == "" {
		out.Address = v.Username // may become an address by --domain
	}
	out.Name = strings.TrimSpace(v.First + " " + v.Last)
	if v.Created > 0 {
		out.Created = time.UnixMilli(v.Created).UTC()
	}
	if v.Enabled != nil && !*v.Enabled {
		out.Status = account.StatusDisabled
	}
	if slices.Contains(v.Roles, account.RoleAdmin) || slices.Contains(v.ClientRoles["realm-management"], "realm-admin") {
		out.Role = account.RoleAdmin
	}
	if len(v.Groups) > 0 {
		out.Left = append(out.Left, "groups")
	}
	if len(v.Federated) > 0 {
		out.Left = append(out.Left, "sign-in by another provider")
	}
	for i := range v.Credentials {
		if err := v.Credentials[i].take(out); err != nil {
			return nil, err
		}
	}
	if v.Directory != "" && out.Hash == "" {
		out.Lost = "the person is kept in a directory (user federation), which gives no password out"
	}
	v.required(out)
	return out, nil
}

// required minds what Keycloak asks of the person at the next sign-in.
func (v *keycloakUser) required(out *Record) {
	for _, action := range v.Actions {
		switch action {
		case "UPDATE_PASSWORD": // somebody else knows this one
			if out.Hash != "" || out.Lost != "" {
				out.Left = append(out.Left, "passwords that had to be changed")
			}
			out.Hash, out.Lost = "", ""
		case "VERIFY_EMAIL":
			out.Verified = false
		default:
			out.Left = append(out.Left, "the required action "+short(action))
		}
	}
}
