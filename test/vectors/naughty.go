package vectors

import _ "embed"

//go:embed data/blns.json
var naughty []byte

// NaughtyStrings returns the Big List of Naughty Strings: text in every
// script, invisible runes, injections, file names, format strings.
func NaughtyStrings() []string {
	var all []string
	mustDecode(naughty, &all)
	return all
}
