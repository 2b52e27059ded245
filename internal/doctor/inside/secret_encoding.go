package inside

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// foreignText finds the text of another encoding: PowerShell writes UTF-16, in
// which every second byte is zero.
func foreignText(v []byte, _ bool) *damage {
	d := &damage{
		cause: "secret_mangled", problem: "is no plain text: bytes stand in it that no key and no address has.",
		expected: "plain text in UTF-8 or ASCII", remedy: "write it as UTF-8 without a byte order mark",
	}
	i := bytes.IndexByte(v, 0)
	switch {
	case bytes.HasPrefix(v, []byte("\xff\xfe")), bytes.HasPrefix(v, []byte("\xfe\xff")):
		d.seen = "it begins as UTF-16 does, as PowerShell writes files"
	case i >= 0:
		d.seen = fmt.Sprintf("a zero byte at byte %d, as in UTF-16", i+1)
	default:
		return nil
	}
	return d
}

var (
	assignment = regexp.MustCompile(`^(export |set )?[A-Z][A-Z0-9_]{3,}(_KEY|_SECRET|_TOKEN|_KEYS) *[=:] *`)
	comment    = regexp.MustCompile(`\s#\s`)
	inURL      = regexp.MustCompile(`%(2[BbFf]|3[Dd])`)
	inHTML     = regexp.MustCompile(`&(amp|quot|lt|gt|#34|#39);`)
	lineEnd    = regexp.MustCompile(`(\\r)?\\n$`)
)

// extras are what a careless copy brings along: the name, a comment, the
// escapes of another place.
func extras(v []byte, key bool) *damage {
	if !key {
		return nil
	}
	s := string(v)
	for _, e := range []struct {
		form *regexp.Regexp
		what string
	}{
		{assignment, "the name of a setting and a = or : "},
		{comment, "a comment that begins with # "},
		{inURL, "the escape of a URL (%2B, %2F or %3D) "},
		{inHTML, "the escape of a web page (such as &amp;) "},
		{lineEnd, `a backslash and an n instead of a line break `},
	} {
		if i := e.form.FindStringIndex(s); i != nil {
			return &damage{
				"secret_mangled", "holds more than the secret.", fmt.Sprintf("%sat byte %d", e.what, i[0]+1),
				"the secret alone", "write the secret alone, as it was made",
			}
		}
	}
	return nil
}

// encodedText finds base64 of a text: random bytes never decode to text, so
// somebody encoded what was text already.
func encodedText(v []byte, key bool) *damage {
	if !key || len(v) < 24 {
		return nil
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		plain, err := e.DecodeString(string(v))
		if err != nil || !isText(plain) {
			continue
		}
		seen := fmt.Sprintf("it is base64 of %d bytes of text", len(plain))
		if strings.HasSuffix(string(plain), "\n") {
			seen += ", the last of which is a line break"
		}
		return &damage{
			"secret_base64_wrapped", "is base64 of a text, so it was encoded once too often: the bytes as they stand are the key.", seen,
			"the text that was encoded, or random bytes encoded once", "give the key as it was before the last base64",
		}
	}
	return nil
}

func isText(b []byte) bool {
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return len(b) > 0
}
