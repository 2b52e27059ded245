package authclient

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// object is a JSON object whose members are looked up by their exact names. The
// package encoding/json would take SUB for sub, and the last of two.
type object map[string]json.RawMessage

var errNotStrict = errors.New("is no JSON object with each name once")

// parseObject reads one object and nothing after it, with no name twice at any depth.
func parseObject(text []byte) (object, error) {
	if !utf8.Valid(text) {
		return nil, errNotStrict
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errNotStrict
	}
	if err := walk(d, '{', 0); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotStrict
	}
	o := object{}
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, errNotStrict
	}
	return o, nil
}

// walk goes to the end of what has been opened.
func walk(d *json.Decoder, open json.Delim, depth int) error {
	if depth > 8 {
		return errNotStrict
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err == nil && open == '{' {
			name, _ := t.(string)
			if seen[name] {
				return errNotStrict
			}
			seen[name] = true
			t, err = d.Token()
		}
		if err != nil {
			return errNotStrict
		}
		if inner, ok := t.(json.Delim); ok {
			if err := walk(d, inner, depth+1); err != nil {
				return err
			}
		}
	}
	if _, err := d.Token(); err != nil {
		return errNotStrict
	}
	return nil
}

// text is a member that has to be a string; "" where it may be missing and is.
func (o object) text(name string, needed bool) (string, error) {
	raw, there := o[name]
	if !there && !needed {
		return "", nil
	}
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil || needed && *s == "" {
		return "", fmt.Errorf("%s is missing or no text", name)
	}
	return *s, nil
}

// list is a member that has to be an array of strings.
func (o object) list(name string) ([]string, error) {
	raw, there := o[name]
	if !there {
		return nil, nil
	}
	var found []*string
	if json.Unmarshal(raw, &found) != nil {
		return nil, fmt.Errorf("%s is no list of texts", name)
	}
	var texts []string
	for _, one := range found {
		if one == nil {
			return nil, fmt.Errorf("%s is no list of texts", name)
		}
		texts = append(texts, *one)
	}
	return texts, nil
}

// seconds is a member that has to be a whole number of seconds since 1970.
func (o object) seconds(name string, needed bool) (int64, error) {
	raw, there := o[name]
	if !there && !needed {
		return 0, nil
	}
	var n int64
	if len(raw) == 0 || len(raw) > 11 || raw[0] < '0' || raw[0] > '9' || json.Unmarshal(raw, &n) != nil {
		return 0, fmt.Errorf("%s is missing or no whole number of seconds", name)
	}
	return n, nil
}

// decode64 takes base64url in its one spelling: no padding, no line breaks, and
// no bits behind the last byte.
func decode64(text string) ([]byte, error) {
	for i := range len(text) {
		if text[i] == '\n' || text[i] == '\r' { // the standard library skips them
			return nil, errors.New("is no base64url")
		}
	}
	return base64.RawURLEncoding.Strict().DecodeString(text)
}
