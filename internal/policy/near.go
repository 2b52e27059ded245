package policy

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/spell"
)

// meant are words of other programs, with ours.
var meant = map[string]string{
	"path": "paths", "resources": "paths", "host": "hosts", "domain": "hosts", "domains": "hosts", "method": "methods", "role": "roles",
	"groups": "roles", "group": "roles", "subject": "roles", "scope": "scopes", "policy": "allow", "access": "allow", "mfa": "proof", "rule": "rules",
	"max_age": "fresh", "access_control": "rules",
	"all": Everyone, "everybody": Everyone, "allow": Everyone, "anyone": Everyone, "public": Everyone, "bypass": Everyone, "anonymous": Everyone, "deny": Nobody, "none": Nobody,
	"user": SignedIn, "users": SignedIn, "authenticated": SignedIn, "one_factor": SignedIn, "login": SignedIn,
	"two_factor": SecondFactor, "2fa": SecondFactor, "totp": SecondFactor, "otp": SecondFactor, "passkey": PhishingResistant, "webauthn": PhishingResistant,
}

// didYouMean is a sentence after the name of what there is not, or "".
func didYouMean(name string, known []string) string {
	plain := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), "-", "_"))
	best, least := "", 3
	for _, k := range known {
		if strings.EqualFold(k, plain) || meant[plain] == k {
			return " Did you mean " + k + "?"
		}
		if d := spell.Slips(plain, strings.ToLower(k)); d < least && d*2 < len(k) {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return " Did you mean " + best + "?"
}
