package mfa

import (
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

func TestBackupCodesAreTenAndReadable(t *testing.T) {
	codes := NewCodes()
	if len(codes) != 10 {
		t.Fatalf("%d codes", len(codes))
	}
	for _, c := range codes {
		if len(c) != 19 || c[4] != '-' || c[9] != '-' || c[14] != '-' || strings.ContainsAny(c, "ilou ") {
			t.Errorf("shown as %q", c)
		}
		if canonical, ok := CanonicalCode(c); !ok || canonical != strings.ReplaceAll(c, "-", "") {
			t.Errorf("%q is read as %q, %t", c, canonical, ok)
		}
	}
}

// 80 bits: no repeat in 10^5 codes, and each place takes each character as
// often as the next. A place that is fixed or skewed would cost whole bits.
func TestBackupCodesAreRandomInEveryPlace(t *testing.T) {
	const sets = 10_000
	seen := make(map[string]bool, sets*Codes)
	var count [codeLen][256]int
	for range sets {
		for _, c := range NewCodes() {
			canonical, _ := CanonicalCode(c)
			seen[canonical] = true
			for i := range canonical {
				count[i][canonical[i]]++
			}
		}
	}
	if len(seen) != sets*Codes {
		t.Errorf("%d codes in %d", len(seen), sets*Codes)
	}
	for i := range count {
		for _, c := range []byte(alphabet) {
			// 3125 are expected; ten standard deviations of 55 are 550.
			if n := count[i][c]; n < 2575 || n > 3675 {
				t.Errorf("place %d has %c %d times", i, c, n)
			}
		}
	}
}

func TestOneBackupCodeHasOneForm(t *testing.T) {
	const canonical = "0123456789abcdef"
	for _, typed := range []string{
		"0123-4567-89ab-cdef", "0123456789abcdef", "0123456789ABCDEF", " 0123 4567 89ab cdef\n", "0123-4567–89AB—cdef",
		"o123-4567-89ab-cdef", "O123-4567-89ab-cdef", "0i23-4567-89ab-cdef", "0I23-4567-89ab-cdef",
		"0l23-4567-89ab-cdef", "0L23-4567-89ab-cdef", "oL23-4567-89ab-cdef",
		"０１２３－４５６７－８９ａｂ－ＣＤＥＦ", "Ｏｌ23 4567 89ab cdef", "0123\u00a04567\u00a089ab\u00a0cdef",
	} {
		if got, ok := CanonicalCode(typed); !ok || got != canonical {
			t.Errorf("%q: %q, %t", typed, got, ok)
		}
	}
}

func TestWhatIsNoBackupCodeIsRefused(t *testing.T) {
	for _, typed := range []string{
		"", "-", "123456", "0123-4567-89ab-cde", "0123-4567-89ab-cdef0", "u123-4567-89ab-cdef", "0123_4567_89ab_cdef",
		"0123-4567-89ab-cde\u212a", // the Kelvin sign, whose lower case is k
		"0123-4567-89ab-cde\u017f", // the long s, whose upper case is S
		"0123-4567-89ab-cde\x00", "0123-4567-89ab-cdé", "0123-4567-89ab-cd\xff", "%0123456789abcde",
		"0123-4567-89ab-cdef" + strings.Repeat(" ", maxTyped),
	} {
		if got, ok := CanonicalCode(typed); ok {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
	for _, s := range vectors.NaughtyStrings() {
		if got, ok := CanonicalCode(s); ok {
			t.Errorf("%q is read as %q", s, got)
		}
	}
}

func FuzzCanonicalCode(f *testing.F) {
	for _, s := range []string{"0123-4567-89ab-cdef", "OIL3 4567 89AB CDEF", "０１２３４５６７８９ａｂｃｄｅｆ", "\u212a", "", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := CanonicalCode(typed)
		if !ok {
			return
		}
		if len(code) != 16 || strings.Trim(code, alphabet) != "" {
			t.Fatalf("%q became %q", typed, code)
		}
		misread := strings.ReplaceAll(code, "0", "O")
		for _, again := range []string{code, strings.ToUpper(code), groups(code, "-"), misread} {
			if got, ok := CanonicalCode(again); !ok || got != code {
				t.Fatalf("%q became %q, and %q became %q", typed, code, again, got)
			}
		}
	})
}
