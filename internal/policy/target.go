package policy

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of Target.
var (
	ErrNoURL = errors.New("this is no whole address; it begins with https:// or http:// and a host, such as https://app.example.com/reports")
	ErrUser  = errors.New("the address has a name or a password before its host, which no browser sends; leave it out")
)

// Target reads the address of a place as an operator writes it, by the same
// canonicalisers as a request. The query has no say.
func Target(raw, method string) (Place, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok || !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http") {
		return Place{}, ErrNoURL
	}
	at := len(rest)
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		at = i
	}
	authority, path := rest[:at], rest[at:]
	if strings.Contains(authority, "@") {
		return Place{}, ErrUser
	}
	host, err := Host(authority)
	if err != nil {
		return Place{}, fmt.Errorf("the host of the address cannot be used: %w", err)
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if path == "" {
		path = "/"
	}
	plain, err := Path(path)
	if err != nil {
		return Place{}, fmt.Errorf("the path of the address can be read in two ways, and whoever asks for it is refused: %w", err)
	}
	if err := Method(method); err != nil {
		return Place{}, err
	}
	return Place{host, plain, method}, nil
}

// maxMethod bounds a method; the longest that is registered has 17 letters.
const maxMethod = 32

// Method refuses what is none.
func Method(raw string) error {
	if len(raw) > maxMethod {
		return errors.New("the method is longer than 32 letters")
	}
	if !capitals(raw) {
		return fmt.Errorf("the method %q is not written in capitals, such as GET", raw)
	}
	return nil
}
