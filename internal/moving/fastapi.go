package moving

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// fastAPI reads the users table of the Python system and of FastAPI-Users,
// whose columns the first one adds to: role, status, name and times.
func fastAPI(r row) (*Record, error) {
	out := newRecord(r.line)
	out.ID, out.Address = r.get("id"), r.get("email")
	out.Name = r.get("name", "full_name", "display_name")
	if out.Name == "" {
		out.Name = strings.TrimSpace(r.get("first_name") + " " + r.get("last_name"))
	}
	out.Created, _ = moment(r.get("created_at"))
	active, err := r.on("is_active")
	if _, there := r.fields["is_active"]; !there {
		active = true
	}
	if err != nil {
		return nil, out.refused("%v", err)
	}
	if out.Verified, err = r.on("is_verified"); err != nil {
		return nil, out.refused("%v", err)
	}
	super, err := r.on("is_superuser")
	if err != nil {
		return nil, out.refused("%v", err)
	}
	if super || word(r.get("role")) == account.RoleAdmin {
		out.Role = account.RoleAdmin
	}
	switch s := word(r.get("status")); s {
	case "", account.StatusActive, account.StatusPending, account.StatusLocked, account.StatusDisabled:
		if s != "" {
			out.Status = s
		}
	case "inactive", "deactivated", "blocked", "banned", "suspended", "deleted", "archived", "closed":
		out.Status = account.StatusDisabled
	default:
		return nil, out.refused("its status is a word that is not known here")
	}
	if !active {
		out.Status = account.StatusDisabled
	}
	out.takeHash(r.get("hashed_password"))
	return out, nil
}

// word is a value of an enumeration of Python, which may be written with its class.
func word(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	return s[strings.LastIndexByte(s, '.')+1:]
}
