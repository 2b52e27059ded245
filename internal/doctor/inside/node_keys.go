package inside

import (
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// MarkOf is the name under which a node tells the fingerprints of its keys of a
// purpose, the one in use first: whoever exchanges a key waits by it until all
// nodes know the new one.
func MarkOf(purpose string) string { return "~keys of " + purpose }

// KeyMarks name the keys of a node for the others.
func KeyMarks(cfg *config.Config) map[string]string {
	return map[string]string{
		MarkOf(store.KeyJWT):  fingerprints(cfg.JWTSecretKey, cfg.JWTPreviousSecretKeys),
		MarkOf(store.KeyData): fingerprints(cfg.DataEncryptionKey, cfg.DataEncryptionPreviousKeys),
	}
}

func fingerprints(current secret.Value, previous []secret.Value) string {
	list := []string{current.Fingerprint()}
	for _, k := range previous {
		list = append(list, k.Fingerprint())
	}
	return strings.Join(list, " ")
}

// understood says whether each node accepts what every other makes, though they
// hold different keys: while a key is exchanged that is as it should be.
func understood(list []store.Node, setting string) bool {
	purpose := store.KeyData
	if strings.HasPrefix(setting, "JWT_") {
		purpose = store.KeyJWT
	}
	for _, n := range list {
		known := strings.Fields(n.Marks[MarkOf(purpose)])
		for _, other := range list {
			makes := strings.Fields(other.Marks[MarkOf(purpose)])
			if len(known) == 0 || len(makes) == 0 || !slices.Contains(known, makes[0]) {
				return false // one of an earlier version tells nothing
			}
		}
	}
	return true
}
