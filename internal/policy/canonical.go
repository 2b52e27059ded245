package policy

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxTarget bounds a path or host that is judged, in bytes.
const maxTarget = 8 << 10

// Errors of Path and Host. Their text is for the operator: what was sent is not
// repeated in it.
var (
	ErrTooLong  = errors.New("it is longer than 8 KiB")
	ErrNoPath   = errors.New("it does not begin with a single slash")
	ErrControl  = errors.New("it has a control character, a blank or bytes that are not UTF-8")
	ErrEscape   = errors.New("it has a percent sign without two hexadecimal digits")
	ErrHidden   = errors.New("it hides a slash, backslash, percent sign, dot or control character behind an escape")
	ErrBack     = errors.New("it has a backslash")
	ErrSegments = errors.New("it has an empty, \".\" or \"..\" segment")
	ErrMatrix   = errors.New("a segment of dots is followed by a semicolon")
	ErrQuery    = errors.New("it has a question mark or a number sign")
	ErrHost     = errors.New("it is no host name or address, or an address that is not written as usual")
)

// Path gives the one spelling of a path by which rules are chosen, decoded, from
// the bytes that a client sent (RFC 3986, 3.3), without its query.
//
// Whatever two servers could read in two ways is refused, not mended: a rule
// would be judged for one path, and the application would serve another
// (CVE-2026-33494, CVE-2025-54576, CVE-2026-67309). What comes out leads to itself.
func Path(raw string) (string, error) {
	switch {
	case len(raw) > maxTarget:
		return "", ErrTooLong
	case !strings.HasPrefix(raw, "/"):
		return "", ErrNoPath
	case strings.ContainsAny(raw, "?#"):
		return "", ErrQuery
	case strings.Contains(raw, `\`):
		return "", ErrBack
	case strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "", ErrControl
	}
	plain, err := unescaped(raw)
	if err != nil {
		return "", err
	}
	if err := segments(plain); err != nil {
		return "", err
	}
	if !usual(plain) {
		err = disguised(plain)
	}
	if err != nil {
		return "", err
	}
	return plain, nil
}

// disguised refuses what some server reads as a segment of dots, or as another
// number of segments: dots and blanks at an end fall away on Windows, and there
// are characters that are folded to a slash or a percent sign.
func disguised(plain string) error {
	other := composed(plain)
	if strings.Count(other, "/") != strings.Count(plain, "/") || strings.ContainsAny(other, `\%`) {
		return ErrHidden
	}
	for _, read := range []string{other, windows(plain), barest(plain)} {
		if err := segments(read); err != nil {
			return err
		}
	}
	return nil
}

// unescaped decodes once. An escape of what changes where a path leads is
// refused: nobody has to write these, and every server reads them differently.
func unescaped(raw string) (string, error) {
	plain, err := url.PathUnescape(raw)
	if err != nil {
		return "", ErrEscape
	}
	for rest := raw; ; {
		_, after, ok := strings.Cut(rest, "%")
		if !ok {
			break
		}
		one, err := url.PathUnescape("%" + after[:2])
		if err != nil || strings.ContainsAny(one, `/\%.?#;`) || one < " " || one == "\x7f" {
			return "", ErrHidden
		}
		rest = after[2:]
	}
	if !utf8.ValidString(plain) || strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
		return "", ErrControl
	}
	return plain, nil
}

// segments refuses those that a server would resolve or merge away.
func segments(plain string) error {
	for rest := plain[1:]; rest != ""; {
		one, after, more := strings.Cut(rest, "/")
		name, _, matrix := strings.Cut(one, ";") // Java's servers drop what follows before they resolve dots
		switch {
		case one == "" || one == "." || one == "..":
			return ErrSegments
		case matrix && (name == "" || strings.Trim(name, ".") == ""):
			return ErrMatrix
		case !more:
			return nil
		}
		rest = after
	}
	return nil
}
