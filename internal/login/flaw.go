package login

import (
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/password"
)

// RawUser is a row of the users table as it stands, which rows made by hand
// may be in ways that an account never is.
type RawUser struct {
	ID account.ID
	// The texts are nil for NULL. Lowered is the address as the database lowers
	// it, which is what a sign-in is compared with.
	Email, Lowered, Hash, Role, Status *string
	// Null are the columns that every sign-in reads and that hold NULL.
	Null []string
	// Odd are the columns whose value is of a type that cannot be read, with
	// that value as text.
	Odd map[string]string
	// Active is is_active as it counts; Superuser the column of FastAPI-Users.
	Active, Superuser bool
	// Demands says that a second factor is asked for, Factors that there is one
	// or a backup code to answer with.
	Demands, Factors bool
	// Other says that the account can be entered without a password: by a
	// passkey, or by a link that lives.
	Other bool
	// Twin is another row that has the address in the form that is looked up.
	Twin account.ID
}

// Flaw is one reason why the owner of a row cannot sign in.
type Flaw struct {
	Cause api.Cause
	Field string
	// Says what is wrong, in words that hold no secret.
	Says string
	// Mended are the columns to write, where that needs no guess.
	Mended map[string]any
	// Link says that only a new password helps.
	Link bool
}

// Flaws are all that a row has. An account that was shut on purpose has none
// for that.
func (r *RawUser) Flaws() []Flaw {
	var list []Flaw
	for _, judge := range []func() (Flaw, bool){r.nulls, r.oddities, r.status, r.role, r.address, r.hash, r.factor} {
		if f, bad := judge(); bad {
			list = append(list, f)
		}
	}
	return list
}

// defaults are what a column holds in a new row.
var defaults = map[string]any{
	"tokens_after_ms": 0, "short_password": false, "locked_by": "", "ui_language": "",
}

func (r *RawUser) nulls() (Flaw, bool) {
	if len(r.Null) == 0 {
		return Flaw{}, false
	}
	names := strings.Join(r.Null, ", ")
	f := Flaw{Cause: "row_null_field", Field: names, Says: names + " NULL", Mended: map[string]any{}}
	shut := r.Status != nil && r.closed()
	for _, column := range r.Null {
		switch column {
		case "email": // nobody knows it
		case "status":
			f.Mended[column] = account.StatusActive
			if !r.Active && !slices.Contains(r.Null, "is_active") {
				f.Mended[column] = account.StatusDisabled
			}
		case "is_active":
			f.Mended[column] = !shut
		case "second_factor":
			f.Mended[column] = r.Factors
		default:
			f.Mended[column] = defaults[column]
		}
	}
	return f, true
}

func (r *RawUser) oddities() (Flaw, bool) {
	if len(r.Odd) == 0 {
		return Flaw{}, false
	}
	f := Flaw{Cause: "row_unreadable_field", Mended: map[string]any{}}
	var names []string
	for column, text := range r.Odd {
		names = append(names, column)
		switch column {
		case "hashed_password":
			f.Mended[column] = text
		case "tokens_after_ms":
			f.Mended[column] = 0
		default:
			if on, known := yesOrNo[strings.ToLower(strings.TrimSpace(text))]; known {
				f.Mended[column] = on
			}
		}
	}
	slices.Sort(names)
	f.Field = strings.Join(names, ", ")
	f.Says = f.Field + " of a type that cannot be read"
	return f, true
}

var yesOrNo = map[string]bool{
	"true": true, "t": true, "yes": true, "y": true, "on": true, "1": true, "1.0": true,
	"false": false, "f": false, "no": false, "n": false, "off": false, "0": false, "0.0": false,
}

// shutWords are statuses of other systems that mean what disabled means: whoever
// has one is not meant to sign in, and does not.
var shutWords = []string{"inactive", "deactivated", "blocked", "banned", "suspended", "deleted", "archived", "closed"}

// closed says whether the row was shut on purpose.
func (r *RawUser) closed() bool {
	if r.Status == nil {
		return false
	}
	s := word(*r.Status)
	shut := []string{account.StatusDisabled, account.StatusLocked, account.StatusPending}
	return slices.Contains(shut, s) || slices.Contains(shutWords, s)
}

// word is a value without case, blanks and quotes.
func word(s string) string { return strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'`)) }

func (r *RawUser) status() (Flaw, bool) {
	if r.Status == nil {
		return Flaw{}, false
	}
	is := strings.ToLower(*r.Status)
	known := []string{account.StatusActive, account.StatusPending, account.StatusDisabled, account.StatusLocked}
	if slices.Contains(known, is) || slices.Contains(shutWords, word(is)) {
		return Flaw{}, false
	}
	f := Flaw{Cause: "row_bad_status", Field: "status", Says: "status " + quotedShort(*r.Status)}
	meant := word(is)
	if meant == "enabled" || meant == "actived" || meant == "activated" {
		meant = account.StatusActive
	}
	if slices.Contains(known, meant) {
		f.Mended = map[string]any{"status": meant}
	}
	return f, true
}

// quotedShort shows a word of the table, cut.
func quotedShort(s string) string {
	if len(s) > 20 {
		s = s[:20] + "..."
	}
	return `"` + strings.Map(func(r rune) rune {
		if r < ' ' {
			return '?'
		}
		return r
	}, s) + `"`
}

// adminWords are spellings of the one role that administers.
var adminWords = []string{"admin", "admins", "administrator", "superuser", "superadmin", "root", "sysadmin"}

func (r *RawUser) role() (Flaw, bool) {
	is := ""
	if r.Role != nil {
		is = strings.ToLower(*r.Role)
	}
	meant := r.Superuser || is != account.RoleUser && slices.Contains(adminWords, word(is))
	if is == account.RoleAdmin || !meant {
		return Flaw{}, false
	}
	f := Flaw{Cause: "row_bad_role", Field: "role", Says: "role " + quotedShort(is)}
	if word(is) == account.RoleAdmin {
		f.Mended = map[string]any{"role": account.RoleAdmin}
	}
	return f, true
}

func (r *RawUser) address() (Flaw, bool) {
	if r.Email == nil || r.Lowered == nil {
		return Flaw{}, false
	}
	canonical, err := account.Canonical(*r.Email)
	switch {
	case err != nil:
		return Flaw{Cause: "row_address_unreachable", Field: "email", Says: "an address that is none"}, true
	case canonical == *r.Lowered:
		return Flaw{}, false
	case r.Twin != "":
		return Flaw{Cause: "row_duplicate_address", Field: "email", Says: "the address of " +
			"account " + string(r.Twin) + " in another spelling"}, true
	}
	return Flaw{
		Cause: "row_address_unreachable", Field: "email", Says: "an address in a form that is never looked up",
		Mended: map[string]any{"email": canonical},
	}, true
}

// hash is asked of those only who are meant to sign in by a password.
func (r *RawUser) hash() (Flaw, bool) {
	if _, odd := r.Odd["hashed_password"]; odd || r.closed() || !r.Active && !slices.Contains(r.Null, "is_active") {
		return Flaw{}, false
	}
	text := ""
	if r.Hash != nil {
		text = *r.Hash
	}
	_, unusable := password.Kind(text)
	if unusable == "" || unusable == password.HashEmpty && r.Other {
		return Flaw{}, false
	}
	f := Flaw{Cause: "row_unusable_hash", Field: "hashed_password", Says: password.Describe(text), Link: true}
	if r.Hash == nil {
		f.Says = "NULL instead of a hash"
	}
	if unusable == password.HashTooExpensive {
		f.Cause = "row_expensive_hash"
	}
	if mended, ok := password.Mend(text); ok {
		f.Mended, f.Link = map[string]any{"hashed_password": mended}, false
	}
	return f, true
}

func (r *RawUser) factor() (Flaw, bool) {
	if !r.Demands || r.Factors || r.closed() {
		return Flaw{}, false
	}
	return Flaw{
		Cause: "row_second_factor_missing", Field: "second_factor", Says: "a second factor is demanded, and there is none",
	}, true
}
