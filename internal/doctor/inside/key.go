package inside

import (
	"context"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// keyChecks hold the keys against what the database remembers of them.
func (in *inside) keyChecks() []doctor.Check {
	needs := []string{"database", "schema", "secrets"}
	return []doctor.Check{
		{Name: "data_key", Title: "DATA_ENCRYPTION_KEY opens what this database holds", Needs: needs, Run: in.opened(in.dataKey)},
		{Name: "signing_key", Title: "Tokens are signed with the same key as before", Needs: needs, Run: in.opened(in.signingKey)},
		{Name: "keys_in_use", Title: "The keys in use may be used", Needs: needs, Run: in.opened(in.keysInUse)},
		{
			Name:  "passkeys",
			Title: "Passkeys belong to the host of PUBLIC_URL",
			Needs: []string{"database", "schema", "settings_address"},
			Run:   in.opened(in.hosts),
		},
	}
}

// opened runs a check that reads the database, where one is open.
func (in *inside) opened(f func(context.Context, *doctor.Result)) func(context.Context, *doctor.Result) {
	return func(ctx context.Context, r *doctor.Result) {
		if in.db == nil {
			r.Skip("the database is not open")
			return
		}
		f(ctx, r)
	}
}

// mostSealed is how many sealed rows of each kind are tried.
const mostSealed = 100

// dataKey tries the mark that a server left, and what is really sealed: after a
// rotation without the previous key some rows open and some do not.
func (in *inside) dataKey(ctx context.Context, r *doctor.Result) {
	if in.cfg.DataEncryptionKey.Empty() {
		in.lostKey(ctx, r)
		return
	}
	seals, err := secret.NewSealer(in.cfg.DataEncryptionKey, in.cfg.DataEncryptionPreviousKeys...)
	if err != nil {
		r.Unable("the encryption keys", err)
		return
	}
	mark, err := in.db.Fact(ctx, FactSealed)
	if err != nil {
		r.Unable("the mark that is sealed with the key of this database", err)
		return
	}
	rows, err := in.db.SealedRows(ctx, mostSealed)
	if err != nil {
		r.Unable("what is sealed in the database", err)
		return
	}
	shut := 0
	for _, row := range rows {
		if _, err := seals.Open(row.Sealed, row.Bound...); err != nil {
			shut++
		}
	}
	known, _ := opens(seals, mark)
	r.Say("%d of %d sealed rows open", len(rows)-shut, len(rows))
	if known && shut == 0 {
		return
	}
	evidence := fmt.Sprintf(
		"%d of the newest %d sealed rows (seeds of authenticator apps, waiting letters) do not open", shut, len(rows))
	if !known {
		evidence = "what a server sealed in this database at its start does not open\n" + evidence
	}
	code := api.Cause("data_key_wrong")
	if !known && in.cfg.Kept("DATA_ENCRYPTION_KEY") {
		code = "generated_keys_lost"
	}
	r.Find(api.Finding{
		Code: code, Evidence: evidence, Expected: "a key, present or previous, that opens all of it",
		Setting: setting("DATA_ENCRYPTION_KEY", in.cfg.Origin("DATA_ENCRYPTION_KEY")),
	})
}

// lostKey is a key that has to make itself: on a fresh database that is how it
// begins, on one with a mark the key from before is gone.
func (in *inside) lostKey(ctx context.Context, r *doctor.Result) {
	mark, err := in.db.Fact(ctx, FactSealed)
	if err != nil || mark == "" {
		r.Skip("the key makes itself at the first start")
		return
	}
	r.Find(api.Finding{
		Code:     "generated_keys_lost",
		Evidence: "a server sealed something in this database, and DATA_DIR " + in.cfg.DataDir + " holds no key",
		Expected: "the files jwt-secret-key and data-encryption-key of the earlier starts",
		Setting:  setting("DATA_DIR", in.cfg.Origin("DATA_DIR")),
	})
}

// signingKey looks at which keys servers signed with. One change that its time
// has healed is nothing to tell; keys that come and go are.
func (in *inside) signingKey(ctx context.Context, r *doctor.Result) {
	if in.cfg.JWTSecretKey.Empty() {
		r.Skip("the key makes itself at the first start")
		return
	}
	text, err := in.db.Fact(ctx, factSigning)
	if err != nil {
		r.Unable("which keys servers signed with", err)
		return
	}
	steps := parseSteps(text)
	if len(steps) == 0 {
		r.Skip("no server has started on this database yet")
		return
	}
	uses, _, err := in.db.KeyUses(ctx)
	if err != nil {
		r.Unable("what became of earlier keys", err)
		return
	}
	evidence, expected := in.judgeKeys(steps, ended(uses))
	if evidence == "" {
		r.Say("the same key since %s", steps[len(steps)-1].Since.Format(time.RFC3339))
		return
	}
	r.Find(api.Finding{
		Code: "signing_key_changed", Evidence: evidence, Expected: expected,
		Setting: setting("JWT_SECRET_KEY", in.cfg.Origin("JWT_SECRET_KEY")),
	})
}

// judgeKeys gives the evidence that tokens in people's hands are refused, or "".
// A key that somebody ended, or that was retired, is refused as it should be.
func (in *inside) judgeKeys(steps []step, ended map[string]bool) (evidence, expected string) {
	verifies := map[string]bool{in.cfg.JWTSecretKey.Fingerprint(): true}
	for _, k := range in.cfg.JWTPreviousSecretKeys {
		verifies[k.Fingerprint()] = true
	}
	last := steps[len(steps)-1]
	if !verifies[last.Value] {
		return "the server that started at " + last.Since.Format(time.RFC3339) +
				" signs with another key, of fingerprint " + last.Value +
				"\nthe key at hand has the fingerprint " + in.cfg.JWTSecretKey.Fingerprint(),
			"the key that the running server has, or a restart with this one and the earlier one in JWT_PREVIOUS_SECRET_KEYS"
	}
	now, refused, lately := in.Now(), 0, 0
	for i, s := range steps[:len(steps)-1] {
		if verifies[s.Value] || ended[s.Value] {
			continue
		}
		if until := steps[i+1].Since; now.Sub(until) < in.cfg.AccessTokenTTL {
			refused++
		} else if now.Sub(until) < 24*time.Hour {
			lately++
		}
	}
	if refused == 0 && lately < 2 {
		return "", ""
	}
	return fmt.Sprintf("keys that servers on this database signed with within a day, and that are not accepted now: %d\n"+
		"the last change was at %s, and tokens live %s",
		refused+lately, last.Since.Format(time.RFC3339), in.cfg.AccessTokenTTL), "one key for all nodes and all starts"
}

// ended are the signing keys that count no more by somebody's decision.
func ended(uses []store.KeyUse) map[string]bool {
	list := map[string]bool{}
	for _, u := range uses {
		if u.Purpose == store.KeyJWT && u.State != "" {
			list[u.Fingerprint] = true
		}
	}
	return list
}
