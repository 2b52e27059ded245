package moving

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/go-json-experiment/json/jsontext"
)

// djangoObject is what `manage.py dumpdata` writes, people and other things.
type djangoObject struct {
	Model  string         `json:"model"`
	PK     jsontext.Value `json:"pk"`
	Fields struct {
		Password  *string `json:"password"`
		Email     string  `json:"email"`
		Username  string  `json:"username"`
		First     string  `json:"first_name"`
		Last      string  `json:"last_name"`
		Name      string  `json:"name"`
		Super     bool    `json:"is_superuser"`
		Active    *bool   `json:"is_active"`
		Joined    string  `json:"date_joined"`
		CreatedAt string  `json:"created_at"`
	} `json:"fields"`
}

func djangoDump(line int64, v *djangoObject) (*Record, error) {
	out := newRecord(line)
	out.ID = strings.Trim(string(v.PK), `"`)
	if v.Fields.Password == nil {
		return nil, out.passedOver("objects that are no people")
	}
	f := v.Fields
	out.Address = djangoAddress(f.Email, f.Username)
	out.Name = strings.TrimSpace(f.First + " " + f.Last)
	if out.Name == "" {
		out.Name = f.Name
	}
	out.Created, _ = moment(f.Joined + f.CreatedAt)
	if f.Active != nil && !*f.Active {
		out.Status = account.StatusDisabled
	}
	if f.Super {
		out.Role = account.RoleAdmin
	}
	djangoHash(out, *f.Password)
	return out, nil
}

// djangoTable reads auth_user as CSV.
func djangoTable(r row) (*Record, error) {
	out := newRecord(r.line)
	out.ID = r.get("id")
	out.Address = djangoAddress(r.get("email"), r.get("username"))
	out.Name = strings.TrimSpace(r.get("first_name") + " " + r.get("last_name"))
	out.Created, _ = moment(r.get("date_joined"))
	super, err := r.on("is_superuser")
	if err != nil {
		return nil, out.refused("%v", err)
	}
	active, err := r.on("is_active")
	if err != nil {
		return nil, out.refused("%v", err)
	}
	if _, there := r.fields["is_active"]; there && !active {
		out.Status = account.StatusDisabled
	}
	if super {
		out.Role = account.RoleAdmin
	}
	djangoHash(out, r.get("password"))
	return out, nil
}

// djangoAddress is the address, or a name that is one: many sign in by it.
func djangoAddress(email, username string) string {
	if email == "" && strings.Contains(username, "@") {
		return username
	}
	return email
}

// djangoHash knows that a mark of exclamation means that there is no password.
func djangoHash(out *Record, text string) {
	if !strings.HasPrefix(text, "!") {
		out.takeHash(text)
	}
}
