package otlp

import (
	"regexp"
	"strings"
)

// What must not leave the machine, wherever in a text it stands: mail addresses,
// query strings, and what proves who somebody is.
var (
	mailAddress = regexp.MustCompile(`[^\s<>"'(),;:]+@[^\s<>"'(),;:]+`)
	queryString = regexp.MustCompile(`\?[^\s"'<>]*=[^\s"'<>]*`)
	// A JWT, a token or handle of ours, and any long text that is no word: the base64
	// or hexadecimal form of something secret. Our own request ids are shorter.
	proof = regexp.MustCompile(`eyJ[\w-]+\.[\w.-]+|aiwfe_\w+_[\w.-]+|\b(?:ses|dev|pat|fac)_\w{8,}|[\w+/=-]{40,}`)
)

// longest is what one text may be.
const longest = 4 << 10

func clean(s string) string {
	if len(s) > longest {
		s = s[:longest]
	}
	if plain(s) {
		return s
	}
	s = queryString.ReplaceAllString(s, "?[query]")
	s = mailAddress.ReplaceAllString(s, "[address]")
	return proof.ReplaceAllStringFunc(s, func(found string) string {
		if strings.Count(found, "/")*12 >= len(found) { // a path; in base64 one sign in sixty-four is one
			return found
		}
		return "[token]"
	})
}

// plain says that nothing of it can match: most texts are short words of ours.
func plain(s string) bool {
	if len(s) >= 40 {
		return false
	}
	for i := range len(s) {
		switch s[i] {
		case '@', '?', '.', '_':
			return false
		}
	}
	return true
}
