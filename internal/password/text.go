package password

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Limits of a password.
const (
	// MaxPoints is the longest password, in code points of its NFC form. ASVS
	// 6.2.9 asks for 64 at least.
	MaxPoints = 256
	// MaxBytes is above what 256 code points ever take: beyond it a request is
	// refused before any work (CVE-2026-24458).
	MaxBytes = 4096
	// bcryptBytes is all that bcrypt reads (CVE-2025-22228).
	bcryptBytes = 72
)

// The codes of the field, as the API shows them.
const (
	codeTooShort  = "too_short"
	codeTooLong   = "too_long"
	codeForBcrypt = "too_long_for_bcrypt"
	codeNotText   = "not_text"
	codeAboutYou  = "about_you"
	codeTooCommon = "too_common"
)

// forms gives the texts under which a password may have been hashed: NFC, as
// we do, and the bytes as sent where they differ, as another program may have.
func forms(password string) []string {
	if nfc := norm.NFC.String(password); nfc != password {
		return []string{nfc, password}
	}
	return []string{password}
}

func points(s string) int { return utf8.RuneCountInString(s) }

// unhashable is why the algorithm cannot keep the text whole, or nil.
func unhashable(algorithm, text string) *fault.Error {
	code, detail := whole(algorithm, text)
	if code == "" {
		return nil
	}
	return fault.Invalid("/password", code, detail)
}

// whole says what of the text would be lost: nothing may be.
func whole(algorithm, text string) (code, detail string) {
	switch {
	case points(text) > MaxPoints:
		return codeTooLong, fmt.Sprintf("A password has at most %d characters.", MaxPoints)
	case algorithm != Bcrypt:
		return "", ""
	case len(text) > bcryptBytes:
		return codeForBcrypt, fmt.Sprintf("This server keeps passwords in a form that reads only the first %d bytes "+
			"(letters with accents take two, Chinese characters three). Please choose a shorter one.", bcryptBytes)
	case strings.Contains(text, "\x00"):
		return codeNotText, "A password cannot hold a NUL character."
	}
	return "", ""
}

func tooManyBytes() *fault.Error {
	return fault.Invalid("/password", codeTooLong, fmt.Sprintf("A password has at most %d characters.", MaxPoints))
}
