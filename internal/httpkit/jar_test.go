package httpkit

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzCookieIsReadAsTheLibraryDoes: two readers that disagree about which value
// a cookie has are how one of them is led around.
func FuzzCookieIsReadAsTheLibraryDoes(f *testing.F) {
	for _, line := range []string{
		"", "n=a", "n=a; n=b", " n = a ;n", "n=\"a\"", "n=\"", "n=a b", "n=a\"b", "n=a\\b", "n=\x7f", "n=\xc3\xa9; n=a", "\u00a0n=a", "a=1;; ;n=a=b;",
		"N=a", "n =a", "\tn\t=\ta", "n", strings.Repeat("a=1;", mostCookies) + "n=2", strings.Repeat("a=1;", mostCookies-1) + "n=2",
	} {
		f.Add(line, "n=z")
		f.Add(line, "")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		r := &http.Request{Header: http.Header{"Cookie": {one, two}}}
		all := r.CookiesNamed("n")
		j := open(r.Header["Cookie"], "n")
		if j.count != len(all) {
			t.Fatalf("%d values, the library has %d", j.count, len(all))
		}
		if len(all) > 0 && (j.value != all[len(all)-1].Value || j.quoted != all[len(all)-1].Quoted) {
			t.Fatalf("%q %v, the library has %+v", j.value, j.quoted, all[len(all)-1])
		}
	})
}

func TestIDsAreRandomAndOfOneForm(t *testing.T) {
	var p ids
	seen := map[string]bool{}
	for range 3 * idBatch {
		id := p.next()
		if len(id) != 16 || strings.Trim(id, letters) != "" || seen[id] {
			t.Fatalf("%q, seen before: %v", id, seen[id])
		}
		seen[id] = true
	}
	var text [8]byte
	if spell(text[:], []byte{0x00, 0x44, 0x32, 0x14, 0xc7}); string(text[:]) != "abcdefgh" {
		t.Errorf("%s", text)
	}
}
