package httpkit

import (
	"net/textproto"
	"strings"
)

// mostCookies is how many the library reads of one request, and it reads none
// of more (CVE-2025-58186).
const mostCookies = 3000

// jar reads the values of one name from the Cookie headers as the library does,
// and makes nothing of the others: it is asked for several names at each check
// of a session.
type jar struct {
	value  string
	quoted bool
	count  int
}

func open(lines []string, name string) (j jar) {
	if tooMany(lines) {
		return jar{}
	}
	for _, line := range lines {
		var part string
		for line != "" {
			part, line, _ = strings.Cut(line, ";")
			n, value, _ := strings.Cut(textproto.TrimString(part), "=")
			if textproto.TrimString(n) == name {
				j.take(value)
			}
		}
	}
	return j
}

// take counts a value of the right form: a cookie with another one is none.
func (j *jar) take(value string) {
	quoted := len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"'
	if quoted {
		value = value[1 : len(value)-1]
	}
	for i := range len(value) {
		if b := value[i]; b < ' ' || b >= 0x7f || b == '"' || b == ';' || b == '\\' {
			return
		}
	}
	j.value, j.quoted = value, quoted
	j.count++
}

func tooMany(lines []string) bool {
	n := len(lines)
	for _, line := range lines {
		n += strings.Count(line, ";")
	}
	return n > mostCookies
}
