package mfa

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"

	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

func TestOneCodeHasOneForm(t *testing.T) {
	for _, typed := range []string{
		"123456", "123 456", "123-456", " 123456", "123456\n", "1 2 3 4 5 6", "\t123\r\n456 ", "--123456--",
		"１２３４５６", "１２３　４５６", // full width, ideographic space
		"١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", // Arabic, Persian, Hindi
		"12３۴५6",           // mixed
		"𝟏𝟐𝟑𝟒𝟓𝟔", "𝟭𝟮𝟯𝟺𝟻𝟼", // mathematical, of five sets that touch each other
		"123\u00a0456", "123\u2009456", "123\u202f456", "123\u2013456", "123\u2010456", "123\uff0d456",
	} {
		if code, ok := Code(typed); !ok || code != "123456" {
			t.Errorf("%q: %q, %t", typed, code, ok)
		}
	}
}

func TestWhatIsNoCodeIsRefused(t *testing.T) {
	for _, typed := range []string{
		"", " ", "-", "12345", "1234567", "123 4567", "12345a", "0x1234", "+12345", "123.456", "123,456", "1e5000",
		"123456\x00", "123456\u200b", "123456;123457", "①②③④⑤⑥", "¹²³⁴⁵⁶", "ⅠⅡⅢⅣⅤⅥ", "一二三四五六", "123456\xff", "\xff",
		"null", "123456" + strings.Repeat(" ", maxTyped),
	} {
		if code, ok := Code(typed); ok {
			t.Errorf("%q is read as %s", typed, code)
		}
	}
	for _, s := range vectors.NaughtyStrings() {
		if code, ok := Code(s); ok {
			t.Errorf("%q is read as %s", s, code)
		}
	}
}

// The names of Unicode, a table apart from the one that digit reads.
func TestEveryDecimalDigitIsReadByItsName(t *testing.T) {
	words := []string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"}
	count := 0
	for r := range rune(utf8.MaxRune) {
		if !unicode.IsDigit(r) {
			continue
		}
		count++
		name := runenames.Name(r)
		if name == "" { // newer than the table of names
			continue
		}
		if want := "DIGIT " + words[digit(r)-'0']; !strings.HasSuffix(name, want) {
			t.Errorf("%U %s is read as %c", r, name, digit(r))
		}
	}
	if count < 600 {
		t.Errorf("only %d digits were looked at", count)
	}
}

func FuzzCode(f *testing.F) {
	for _, s := range []string{"123456", "123 456", "１２３-４５６", "١٢٣٤٥٦", "12345", "", "\xff", "𝟏𝟐𝟑𝟒𝟓𝟔"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := Code(typed)
		if !ok {
			return
		}
		if len(code) != Digits || strings.Trim(code, "0123456789") != "" {
			t.Fatalf("%q became %q", typed, code)
		}
		if again, ok := Code(code); !ok || again != code {
			t.Fatalf("%q became %q and then %q", typed, code, again)
		}
		if spaced, ok := Code(groups(code, " - ")); !ok || spaced != code {
			t.Fatalf("%q with blanks is %q", code, spaced)
		}
	})
}
