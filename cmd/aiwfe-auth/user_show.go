package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// userWhole is one account with all that decides whether its owner gets in.
type userWhole struct {
	userRow
	// FactorRequired: policy demands a second factor of the account.
	FactorRequired  bool        `json:"factor_required"`
	Factors         []factorRow `json:"factors"`
	BackupCodesLeft int         `json:"backup_codes_left"`
	TrustedDevices  []trustRow  `json:"trusted_devices"`
	PersonalTokens  []tokenRow  `json:"personal_tokens"`
	Limits          limitRows   `json:"limits"`
}

type factorRow struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
}

type trustRow struct {
	ID         string    `json:"id"`
	Device     string    `json:"device"`
	IP         string    `json:"ip"`
	LastSeenAt time.Time `json:"last_seen_at"`
	Until      time.Time `json:"until"`
}

type tokenRow struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Scopes     []string   `json:"scopes"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
}

type limitRows struct {
	Password     limitRow `json:"password"`
	SecondFactor limitRow `json:"second_factor"`
}

// limitRow has the state "open", "limited" (until then) or "shut" (until an
// unlock).
type limitRow struct {
	State string     `json:"state"`
	Until *time.Time `json:"until"`
}

func (p *program) userShow() *cobra.Command {
	return p.onUser("show", "Show one account: what protects it, and whether it may sign in now",
		func(cmd *cobra.Command, core *app.Core, u account.User) error {
			whole, err := p.whole(cmd, core, u)
			if err != nil {
				return err
			}
			return p.print(whole, whole.tell)
		})
}

func (p *program) whole(cmd *cobra.Command, core *app.Core, u account.User) (userWhole, error) {
	out := userWhole{Factors: []factorRow{}, TrustedDevices: []trustRow{}, PersonalTokens: []tokenRow{}}
	limits, err := core.Login.Limits(cmd.Context(), u)
	if err != nil {
		return out, err
	}
	what, err := core.Login.Security(cmd.Context(), &u)
	if err != nil {
		return out, err
	}
	tokens, err := core.Store.ListTokens(cmd.Context(), u.ID, time.Now())
	if err != nil {
		return out, err
	}
	out.userRow, out.FactorRequired, out.BackupCodesLeft = limitedRow(u, limits[0]), what.Demanded, what.CodesLeft
	out.Limits = limitRows{limitOf(limits[0].Password), limitOf(limits[0].Factor)}
	for _, f := range what.Factors {
		out.Factors = append(out.Factors, factorRow{f.ID, f.Kind, f.Name, f.CreatedAt.UTC(), moment(f.UsedAt)})
	}
	for _, d := range what.Devices {
		out.TrustedDevices = append(out.TrustedDevices, trustRow{d.ID, d.Name, d.IP, d.SeenAt.UTC(), d.Until.UTC()})
	}
	for _, s := range tokens {
		used := moment(s.SeenAt)
		if !s.SeenAt.After(s.CreatedAt) { // the making counts as seen
			used = nil
		}
		out.PersonalTokens = append(out.PersonalTokens, tokenRow{s.ID, s.Name, s.Scopes, used, s.ExpiresAt.UTC()})
	}
	return out, nil
}

// moment is null for what never was.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func limitOf(g login.Gate) limitRow {
	switch {
	case g.Open:
		return limitRow{State: "open"}
	case g.Shut:
		return limitRow{State: "shut"}
	}
	return limitRow{State: "limited", Until: moment(g.Until)}
}

func (u userWhole) tell(w io.Writer) {
	say := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-15s %s\n", name, fmt.Sprintf(format, args...))
	}
	say("id", "%s", u.ID)
	say("email", "%s", u.Email)
	say("name", "%s", u.Name)
	say("role", "%s", u.Role)
	say("status", "%s", u.Status)
	if u.LockedBy != "" {
		say("locked by", "%s", u.LockedBy)
	}
	say("verified", "%t", u.IsVerified)
	say("created", "%s", when(u.CreatedAt))
	say("sign-in", "%s", u.SignIn)
	say("second factor", "%s", u.factor())
	for _, f := range u.Factors {
		say("  "+f.Kind, "%s, %s, last used %s", cmp.Or(f.Name, "without a name"), f.ID, whenever(f.LastUsedAt))
	}
	say("backup codes", "%d left", u.BackupCodesLeft)
	for _, d := range u.TrustedDevices {
		say("trusted device", "%s, %s, %s, until %s", d.Device, d.IP, d.ID, when(d.Until))
	}
	for _, t := range u.PersonalTokens {
		say("personal token", "%s, %s, may %s, last used %s, until %s",
			t.Name, t.ID, strings.Join(t.Scopes, " and "), whenever(t.LastUsedAt), when(t.ExpiresAt))
	}
	say("attempts", "%s", u.attempts())
}

func (u userWhole) factor() string {
	switch {
	case u.SecondFactor && u.FactorRequired:
		return "yes, policy demands it"
	case u.SecondFactor:
		return "yes"
	case u.FactorRequired:
		return "none yet; policy demands one, which is set up at the next sign-in"
	}
	return "none"
}

// attempts says whom the limits hold back, and what opens them.
func (u userWhole) attempts() string {
	text := u.Limits.Password.words("the password") + "; " + u.Limits.SecondFactor.words("the second factor")
	if u.Limits.Password.State != "open" || u.Limits.SecondFactor.State != "open" {
		text += "\n                to open now: aiwfe-auth user unlock --email " + u.Email
	}
	return text
}

func (l limitRow) words(gate string) string {
	switch l.State {
	case "limited":
		return gate + " is at its limit until " + whenever(l.Until)
	case "shut":
		return gate + " is shut after too many failures in a row"
	}
	return gate + " is open"
}

func whenever(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return when(*t)
}
