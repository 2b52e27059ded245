package store

import "strings"

// What is sound of the hashes that other programs made, in the sizes that they
// usually have: salts of 12 or 22 letters (Django) or of 16 bytes, keys of one
// block. What has other sizes is judged one by one.

// foreignExpression is for PostgreSQL.
const (
	foreignSalts      = `([A-Za-z0-9+/]{16}|[A-Za-z0-9+/]{21}[AQgw]|[A-Za-z0-9+/]{29}[AEIMQUYcgkosw048])\$`
	foreignIterations = `\$i=([1-9][0-9]{3,5}|1[0-9]{6})\$`
	foreignExpression = `\$pbkdf2-(sha1` + foreignIterations + foreignSalts + `[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]|` +
		`sha256` + foreignIterations + foreignSalts + `[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]|` +
		`sha512` + foreignIterations + foreignSalts + `[A-Za-z0-9+/]{85}[AQgw])`
)

// foreignGlobs are for SQLite, which knows no repetition.
func foreignGlobs() (globs []string) {
	letters := func(n int) string { return strings.Repeat("[A-Za-z0-9+/]", n) }
	const of4, of2 = "[AEIMQUYcgkosw048]", "[AQgw]"
	salts := []string{letters(16), letters(21) + of2, letters(29) + of4}
	digits := func(n int) string { return strings.Repeat("[0-9]", n) }
	for name, key := range map[string]string{"sha1": letters(26) + of4, "sha256": letters(42) + of4, "sha512": letters(85) + of2} {
		for _, i := range []string{"[1-9]" + digits(3), "[1-9]" + digits(4), "[1-9]" + digits(5), "1" + digits(6)} {
			for _, salt := range salts {
				globs = append(globs, "'$pbkdf2-"+name+"$i="+i+"$"+salt+"$"+key+"'")
			}
		}
	}
	return globs
}
