package mfa

import "unicode"

// maxTyped is the longest text, in bytes, that is looked at: a code in the
// widest digits with a blank between each is far shorter.
const maxTyped = 128

// Code brings what a person typed to the one canonical form of a code: six
// ASCII digits. Blanks and hyphens are dropped, wherever they stand; digits of
// any script count, for keyboards in Arabic, Persian or Japanese write those.
// It is false for all else.
func Code(typed string) (string, bool) {
	if len(typed) > maxTyped {
		return "", false
	}
	code := make([]byte, 0, Digits)
	for _, r := range typed {
		if separates(r) {
			continue
		}
		if !unicode.IsDigit(r) || len(code) == Digits {
			return "", false
		}
		code = append(code, digit(r))
	}
	return string(code), len(code) == Digits
}

// separates says what people and phones put between groups of characters: any
// white space, and any hyphen or dash.
func separates(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) }

// digit gives the ASCII form of a decimal digit. Unicode lays out every set of
// decimal digits from zero to nine without a gap (section 4.6), and sets that
// touch are whole: the digits before this one tell which it is.
func digit(r rune) byte {
	before := rune(0)
	for unicode.IsDigit(r - before - 1) {
		before++
	}
	return '0' + byte(before%10)
}
