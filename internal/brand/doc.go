// Package brand owns how the product looks to those who sign in: its name, its
// logo and its colour.
//
//	Look     what pages and letters wear
//	Logo     a picture that was judged: small, of a known kind, and inert
//	Color    a colour, and how it stands out against another (WCAG 2.2)
//	Palette  the shades of one colour that are legible in the light and the dark scheme
//
// Whoever runs this server chooses all three, so that people see the platform
// that they came for. Nothing of them can make a page unreadable, make it jump,
// or run anything.
package brand

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DefaultName is what the product is called where nobody named it.
const DefaultName = "aiwfe"

// MaxName is how long a name may be, in characters.
const MaxName = 40

// Look is what pages and letters wear.
type Look struct {
	// Name stands in titles, headings and letters. It is text wherever it is shown.
	Name string
	// Logo is nil where there is none; Dark is the one for the dark scheme, or nil.
	Logo, Dark *Logo
	// Accent is nil for our own colour.
	Accent *Color
}

// Default is the look of a server that was given none.
func Default() Look { return Look{Name: DefaultName} }

// Wordmark says that the logo is much wider than high. Such a picture has the name
// in it, as a rule, so that the name is not written beside it once more.
func (l Look) Wordmark() bool { return l.Logo != nil && 5*l.Logo.Width > 9*l.Logo.Height }

// Initial is the first letter or figure of a name that somebody gave. It stands
// where there is no logo, "" where our own sign does.
func (l Look) Initial() string {
	if l.Name == DefaultName {
		return ""
	}
	if i := strings.IndexFunc(l.Name, spoken); i >= 0 {
		r, _ := utf8.DecodeRuneInString(l.Name[i:])
		return string(unicode.ToUpper(r))
	}
	return ""
}

func spoken(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// CheckName refuses what cannot stand in a title, the subject of a letter and an
// authenticator app: it says why, or "".
func CheckName(name string) string {
	switch n := utf8.RuneCountInString(name); {
	case !utf8.ValidString(name):
		return "The name is not valid UTF-8."
	case !strings.ContainsFunc(name, spoken):
		return "The name has neither a letter nor a figure in it."
	case n > MaxName:
		return fmt.Sprintf("The name has %d characters, and it must fit into a title and a phone's screen.", n)
	case strings.ContainsFunc(name, hidden):
		return "The name holds a character that cannot be seen, such as a line break or a change of direction."
	}
	return ""
}

// hidden are control and format characters, which could break a header of a letter
// or show the name as another one. The joiners that some scripts need are none.
func hidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.IsControl(r) ||
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) && r != nonJoiner && r != joiner
}
