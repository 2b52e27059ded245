package trace

import (
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

func TestRuleThatRefusedIsTold(t *testing.T) {
	for _, tt := range []struct {
		code          api.Code
		reason, cause string
		domain        string
		want, command string
	}{
		{
			api.CodeForbidden, "role_missing", `POST at app.example.com: by the rule "administration" in line 5 of POLICY_FILE: The rule asks for one of the roles admin.`,
			"example.com", "role_missing", "aiwfe-auth policy check --user ada@example.com --url https://app.example.com/PATH --method POST",
		},
		{
			api.CodeStrongerProof, "proof_too_weak", `GET at app.example.com: by the rule "keys" in line 2 of POLICY_FILE: It asks for more.`,
			"example.com", "proof_too_weak", "aiwfe-auth policy check --user ada@example.com --url https://app.example.com/PATH",
		},
		{
			api.CodeForbidden, "no_rule", "GET at other.example.com: No rule is about this place.",
			"", "no_rule", "aiwfe-auth policy show",
		},
		{
			api.CodeNotAuthenticated, "no_credential", `GET at app.example.com: by the rule "rest" in line 9 of POLICY_FILE: It asks for somebody.`,
			"", "host_without_cookie", "aiwfe-auth policy check --user ada@example.com --url https://app.example.com/",
		},
		{
			api.CodeNotAuthenticated, "no_credential", `GET at app.example.com: by the rule "rest" in line 9 of POLICY_FILE: It asks for somebody.`,
			"example.com", "no_credential", "aiwfe-auth doctor",
		},
		{
			api.CodeNotAuthenticated, "no_credential", `GET at auth.example.com: by the rule "rest" in line 9 of POLICY_FILE: It asks for somebody.`,
			"", "no_credential", "aiwfe-auth doctor",
		},
	} {
		r := stranger(func(r *Row) { r.Code, r.Reason, r.Cause, r.Address = tt.code, tt.reason, tt.cause, "ada@example.com" })
		s := Story{ID: "next", Rows: []Row{r}, Settings: Settings{PublicURL: "https://auth.example.com", CookieDomain: tt.domain}}
		v := s.Tell().Verdict
		if v.Cause != tt.want || !strings.Contains(v.Evidence, tt.cause) || !slices.Contains(v.Commands, tt.command) {
			t.Errorf("%s: %s\n%s\n%q", tt.reason, v.Cause, v.Evidence, v.Commands)
		}
	}
}
