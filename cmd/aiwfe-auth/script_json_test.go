package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func jsonHas(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 1, "json PATH [VALUE]")
	got, err := jsonAt(ts.ReadFile("stdout"), args[0])
	ts.Check(err)
	if len(args) > 1 && text(got) != args[1] {
		ts.Fatalf("%s is %s, want %s", args[0], text(got), args[1])
	}
}

func jsonKeys(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, "keys PATH NAME...")
	got, err := jsonAt(ts.ReadFile("stdout"), args[0])
	ts.Check(err)
	object, ok := got.(map[string]any)
	if !ok {
		ts.Fatalf("%s is no object: %v", args[0], got)
	}
	have, want := slices.Sorted(maps.Keys(object)), slices.Sorted(slices.Values(args[1:]))
	if !slices.Equal(have, want) {
		ts.Fatalf("%s has the keys %v, want %v", args[0], have, want)
	}
}

func jsonTake(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, "take VARIABLE PATH")
	got, err := jsonAt(ts.ReadFile("stdout"), args[1])
	ts.Check(err)
	ts.Setenv(args[0], text(got))
}

// text is a string as it is, and anything else as JSON.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// jsonAt reads a document, after which nothing may follow, and walks down a
// path such as items.0.email; "." is the document, .# the length of a list.
func jsonAt(document, path string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(document))
	dec.UseNumber()
	var at any
	if err := dec.Decode(&at); err != nil {
		return nil, fmt.Errorf("this is not JSON: %w\n%s", err, document)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the document\n%s", document)
	}
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		switch in := at.(type) {
		case map[string]any:
			next, ok := in[step]
			if !ok {
				return nil, fmt.Errorf("%s: there is no %s\n%s", path, step, document)
			}
			at = next
		case []any:
			if step == "#" {
				at = len(in)
				continue
			}
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				return nil, fmt.Errorf("%s: there is no element %s of %d\n%s", path, step, len(in), document)
			}
			at = in[i]
		default:
			return nil, fmt.Errorf("%s: %s is neither object nor list\n%s", path, step, document)
		}
	}
	return at, nil
}

var relativeTime = regexp.MustCompile(`^now([+-]\d+)$`)

// forge takes a token apart ("-" is none at all), changes claims (or, after
// "header.", the header), and signs what results. A key "none" leaves the
// signature empty; now-3600 is a moment.
func forge(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 3, "forge VARIABLE TOKEN KEY [X=Y]...")
	header, claims := map[string]any{}, map[string]any{}
	if part := strings.Split(args[1], "."); len(part) == 3 {
		for i, into := range []*map[string]any{&header, &claims} {
			b, err := base64.RawURLEncoding.DecodeString(part[i])
			ts.Check(err)
			ts.Check(json.Unmarshal(b, into))
		}
	}
	for _, change := range args[3:] {
		name, raw, _ := strings.Cut(change, "=")
		var value any = raw
		if m := relativeTime.FindStringSubmatch(raw); m != nil {
			n, err := strconv.ParseInt(m[1], 10, 64)
			ts.Check(err)
			value = time.Now().Unix() + n
		}
		if h, ok := strings.CutPrefix(name, "header."); ok {
			header[h] = value
		} else {
			claims[name] = value
		}
	}
	signed := encoded(header) + "." + encoded(claims)
	signature := ""
	if args[2] != "none" {
		mac := hmac.New(sha256.New, []byte(args[2]))
		_, _ = mac.Write([]byte(signed))
		signature = base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	ts.Setenv(args[0], signed+"."+signature)
}

func encoded(v map[string]any) string {
	b, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(b)
}
