package inside

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	reference = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*([:?+-][^}]*)?\}|\$\([^)]*\)`)
	wholeName = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)
	percent   = regexp.MustCompile(`^%[A-Za-z_][A-Za-z0-9_]*%$`)
	template  = regexp.MustCompile(`\{\{[^{}]+\}\}`)
)

// dollars finds variables that nobody put in, and the spellings of a $ that
// only some readers undo. What a reader ate without a trace nobody can see.
func dollars(v []byte, key bool) *damage {
	s := string(v)
	d := &damage{
		cause: "secret_dollar_eaten", problem: "holds the traces of a $ that was not read as it was meant.",
		expected: "the secret itself", remedy: "write $ as $$ in a compose file and as $ in an --env-file, or use the _FILE form",
	}
	at := func(what string, i int) *damage {
		d.seen = fmt.Sprintf("%s at byte %d", what, i+1)
		return d
	}
	if i := reference.FindStringIndex(s); i != nil {
		return at("a variable or command in braces that nobody put in", i[0])
	}
	if !key {
		return nil
	}
	if i := template.FindStringIndex(s); i != nil {
		return at("a template in braces that nobody filled in", i[0])
	}
	if wholeName.MatchString(s) || percent.MatchString(s) {
		return at("the name of a variable instead of its value", 0)
	}
	for _, spelling := range []string{"$$", `\$`} {
		if i := strings.Index(s, spelling); i >= 0 {
			return at("a $ that is escaped as for another reader", i)
		}
	}
	return nil
}

// breaks are line breaks inside, as base64 and pem put them, and bytes that no
// text has.
func breaks(v []byte, key bool) *damage {
	if !key {
		return nil
	}
	s := string(v)
	i := strings.IndexAny(s, "\r\n")
	if i < 0 {
		return nil
	}
	return &damage{
		"secret_base64_wrapped", "has a line break inside, which counts as part of the secret.",
		fmt.Sprintf("a line break at byte %d, %d in all", i+1, strings.Count(s, "\n")+strings.Count(s, "\r")-strings.Count(s, "\r\n")),
		"the key on one line", "write the key on one line; base64 -w0 breaks none",
	}
}
