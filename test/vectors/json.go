package vectors

import (
	_ "embed"
	"encoding/json"
	"strings"
)

//go:embed data/jsontestsuite.json
var jsonSuite []byte

// Expectation is what RFC 8259 says of a JSON text.
type Expectation byte

// A parser must accept, must reject, or is free to do either. The free ones
// still must not panic, hang or be read in two ways.
const (
	Accept Expectation = 'y'
	Reject Expectation = 'n'
	Either Expectation = 'i'
)

// JSONCase is one text of JSONTestSuite.
type JSONCase struct {
	Name   string
	Body   []byte
	Expect Expectation
}

// JSONTestSuite returns the 318 texts of JSONTestSuite. Bodies are raw bytes:
// several are not UTF-8, one is 250 kB deep.
func JSONTestSuite() []JSONCase {
	var stored []struct {
		Name   string  `json:"name"`
		Text   *string `json:"text"`
		Base64 []byte  `json:"base64"`
	}
	mustDecode(jsonSuite, &stored)

	cases := make([]JSONCase, 0, len(stored)+2)
	add := func(name string, body []byte) {
		cases = append(cases, JSONCase{Name: name, Body: body, Expect: Expectation(name[0])})
	}
	for _, s := range stored {
		if s.Text != nil {
			add(s.Name, []byte(*s.Text))
		} else {
			add(s.Name, s.Base64)
		}
	}
	add("n_structure_100000_opening_arrays", []byte(strings.Repeat("[", 100_000)))
	add("n_structure_open_array_object", []byte(strings.Repeat(`[{"":`, 50_000)+"\n"))
	return cases
}

// mustDecode reads embedded data, which a test of this package reads too: it
// cannot fail for a caller.
func mustDecode(data []byte, into any) {
	if err := json.Unmarshal(data, into); err != nil {
		panic("vectors: the embedded data cannot be read: " + err.Error())
	}
}
