package valkey

import (
	"context"
	"strconv"
	"strings"
)

// Prefix begins every key of ours.
const Prefix = "aiwfe:"

// markerKey tells whose instance this is. It never expires: that it is gone
// means that everything is.
const markerKey = Prefix + "deployment"

// Marker says to which deployment an instance belongs. It is no secret.
type Marker struct {
	// Deployment is the random name that the database holds, too.
	Deployment string
	// URL is the public address, so that a person knows who is meant.
	URL string
}

func (m Marker) text() string { return m.Deployment + " " + m.URL }

// Mark writes the marker where there is none, and returns the one that is
// there. It writes in any case as far as the server is concerned, so an
// instance that takes no writes says so here.
func (c *Client) Mark(ctx context.Context, m Marker) (there Marker, planted bool, err error) {
	_, set, err := c.text(ctx, markerKey, "SET", markerKey, m.text(), "NX")
	if err != nil || set {
		if err != nil {
			return there, false, judged(err)
		}
		return m, true, nil
	}
	text, _, err := c.text(ctx, markerKey, "GET", markerKey)
	if err != nil {
		return there, false, judged(err)
	}
	there.Deployment, there.URL, _ = strings.Cut(text, " ")
	return there, false, nil
}

// looks bounds how many keys are looked at: the doctor must not walk through
// somebody's millions.
const looks = 500

// Strangers counts keys that are not ours among the first few hundred, and
// names their prefixes. Names of keys may hold what is private, so no more of
// them is shown.
func (c *Client) Strangers(ctx context.Context) (count int, prefixes []string, err error) {
	seen := map[string]bool{}
	cursor := "0"
	for looked := 0; looked < looks; {
		v, err := c.do(ctx, "", "SCAN", cursor, "COUNT", strconv.Itoa(100))
		if err != nil {
			return 0, nil, judged(err)
		}
		next, keys, ok := page(v)
		if !ok {
			return 0, nil, &Trouble{Stranger, "SCAN was not answered with a page of keys"}
		}
		for _, key := range keys {
			looked++
			if strings.HasPrefix(key, Prefix) {
				continue
			}
			count++
			if p := prefixOf(key); !seen[p] && len(prefixes) < 5 {
				seen[p] = true
				prefixes = append(prefixes, p)
			}
		}
		if cursor = next; cursor == "0" {
			break
		}
	}
	return count, prefixes, nil
}

// page takes an answer of SCAN apart.
func page(v any) (next string, keys []string, ok bool) {
	list, _ := v.([]any)
	if len(list) != 2 {
		return "", nil, false
	}
	next, first := list[0].(string)
	all, second := list[1].([]any)
	for _, k := range all {
		key, _ := k.(string)
		keys = append(keys, key)
	}
	return next, keys, first && second
}

// prefixOf is what stands before the first separator, when it is short and a
// word.
func prefixOf(key string) string {
	word, _, ok := strings.Cut(key, ":")
	if !ok || len(word) > 24 || strings.ContainsFunc(word, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' && r != '.'
	}) {
		return "(no prefix)"
	}
	return word + ":"
}
