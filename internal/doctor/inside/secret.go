package inside

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// lint is a secret that did not arrive as it was meant. It says where something
// is and how long, and never what.
type lint struct {
	name string
	api.Finding
}

// lintSecrets judges every secret by the bytes that count. Of one secret only
// the first finding is told: what was mangled is often too short as well.
func lintSecrets(secrets []config.Secret) (all []lint) {
	for _, s := range secrets {
		values, parts := [][]byte{s.Value.Reveal()}, []string{""}
		if len(s.Items) > 0 {
			values, parts = nil, nil
			for i, item := range s.Items {
				values, parts = append(values, item.Reveal()), append(parts, fmt.Sprintf(", key %d of %d", i+1, len(s.Items)))
			}
		}
		for i, v := range values {
			m := mangled(v, s.Key)
			if m == nil {
				continue
			}
			all = append(all, lint{s.Name, api.Finding{
				Code: m.cause, Cause: s.Name + " " + m.problem,
				Evidence: fmt.Sprintf("%s%s: %d bytes\n%s", s.Name, parts[i], len(v), m.seen),
				Expected: m.expected, Remedy: whereToMend(s) + " " + m.remedy, Setting: setting(s.Name, s.Origin),
			}})
			break
		}
	}
	return all
}

// whereToMend begins the remedy with the place.
func whereToMend(s config.Secret) string {
	if s.Path != "" {
		return "In the file " + s.Path + ":"
	}
	return "Where " + s.Name + " is set (" + s.Origin + "):"
}

// damage is what happened to a secret on its way here.
type damage struct {
	cause                           api.Cause
	problem, seen, expected, remedy string
}

// mangled looks for the traces that files, shells and encoders leave. key is
// set for what signs and seals; an address has its own form and is looked at
// from the ends alone.
func mangled(v []byte, key bool) *damage {
	for _, look := range []func([]byte, bool) *damage{foreignText, edges, quotes, dollars, breaks, extras, encodedText} {
		if d := look(v, key); d != nil {
			return d
		}
	}
	return nil
}

const white = " \t\r\n\v\f\u00a0\u2028\u2029\u200b\ufeff"

// edges finds what no one sees at the ends.
func edges(v []byte, _ bool) *damage {
	s := string(v)
	left, right := len(s)-len(strings.TrimLeft(s, white)), len(s)-len(strings.TrimRight(s, white))
	if left == 0 && right == 0 || left == len(s) {
		return nil
	}
	var seen []string
	if left > 0 {
		seen = append(seen, "it begins with "+named(s[:left]))
	}
	if right > 0 {
		seen = append(seen, "it ends with "+named(s[len(s)-right:]))
	}
	return &damage{
		"secret_trailing_newline", "has white space at an end, which counts as part of the secret.", strings.Join(seen, "\n"),
		fmt.Sprintf("%d bytes, without what stands around them", len(s)-left-right),
		"write the secret without it; for a file: printf %s \"$KEY\" > FILE",
	}
}

// named says what white space is, by its bytes: it is no piece of a secret.
func named(s string) string {
	names := map[rune]string{
		'\n': "a line feed (0x0a)", '\r': "a carriage return (0x0d), as Windows ends lines", ' ': "a space", '\t': "a tab",
		'\ufeff': "a byte order mark (0xef 0xbb 0xbf)", '\u00a0': "a no-break space",
	}
	var all []string
	for _, r := range s {
		name := names[r]
		if name == "" {
			name = fmt.Sprintf("white space (U+%04X)", r)
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, " and ")
}

// quotes are a pair of the same kind, or the two halves of a typographic one.
func quotes(v []byte, _ bool) *damage {
	s := string(v)
	for _, pair := range [][2]string{{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"\u201c", "\u201d"}, {"\u2018", "\u2019"}, {"\u201e", "\u201c"}} {
		if len(s) > len(pair[0])+len(pair[1]) && strings.HasPrefix(s, pair[0]) && strings.HasSuffix(s, pair[1]) {
			return &damage{
				"secret_quoted", "begins and ends with a quotation mark, which counts as part of the secret.",
				"its first and its last character are quotation marks",
				fmt.Sprintf("%d bytes, without quotation marks", len(s)-len(pair[0])-len(pair[1])),
				"take the quotation marks away; docker --env-file and some unit files keep them",
			}
		}
	}
	return nil
}

// keys notes the keys that made themselves, and tells of keys that cannot be
// read.
func (in *inside) keys(r *doctor.Result) {
	if in.keptErr != nil && !errors.Is(in.keptErr, syscall.ENOTDIR) { // else DATA_DIR itself is wrong
		r.Find(api.Finding{
			Code: "secret_file_unreadable", Cause: "A key that made itself at an earlier start cannot be read.", Evidence: in.keptErr.Error(),
			Expected: "files in DATA_DIR that this user may read", Setting: setting("DATA_DIR", in.cfg.Origin("DATA_DIR")),
			Remedy: "Run as the user who runs the server, or give the files in " + in.cfg.DataDir + " to that user.",
		})
	}
	for _, name := range []string{"JWT_SECRET_KEY", "DATA_ENCRYPTION_KEY"} {
		if in.cfg.Kept(name) {
			r.Note("secret_generated", "%s made itself and is kept in %s; outside development and test it has to be set.", name, in.cfg.DataDir)
		}
	}
	for _, path := range in.missingKeys {
		r.Note("secret_generated", "The first start makes the key %s.", path)
	}
	in.sharedToken(r)
	in.openFiles(r)
}

// sharedToken finds a key that is also the token of the metrics, which every
// monitoring system holds in the clear.
func (in *inside) sharedToken(r *doctor.Result) {
	for _, s := range in.cfg.Secrets() {
		if s.Key && !in.cfg.MetricsToken.Empty() && s.Value.Equal(in.cfg.MetricsToken) {
			r.Find(api.Finding{
				Code: "secret_shared", Cause: "METRICS_TOKEN and " + s.Name + " are the same, and a token is handed to whoever reads metrics.",
				Evidence: "METRICS_TOKEN (" + in.cfg.Origin("METRICS_TOKEN") + ") and " + s.Name + " (" + s.Origin + ") are equal",
				Expected: "a token of its own", Setting: setting("METRICS_TOKEN", in.cfg.Origin("METRICS_TOKEN")),
				Remedy: "Make another METRICS_TOKEN: openssl rand -base64 32",
			})
			return
		}
	}
}
