package password

import (
	"strings"
	"unicode"
)

const (
	// easy is the strength, in bits, below which a text falls to some millions
	// of guesses. Two of the first words and a number are below, three words above.
	easy = 25
	// padded is from where on a text is no longer padding to reach the least
	// length; the estimate takes the square of the length, so it sees no more.
	padded = 64
	// shortWord is below what a word of the address must have to count.
	shortWord = 3
	// ownLetters is how many letters a password must have besides the words
	// about its owner.
	ownLetters = 4
)

// common says whether a text, in lower case, is on the list, repeats one of
// the list, or is easily guessed.
func (l *wordList) common(text string, about []string) bool {
	bare := strings.Map(onlyAlnum, text)
	for _, t := range []string{text, bare, strings.TrimFunc(text, notLetter)} {
		for _, t := range []string{t, period(t)} {
			if found, _ := l.has(t); found {
				return true
			}
		}
	}
	// What the list and the estimate know is ASCII: of other scripts they see
	// only that a sign comes again, which it does in any text.
	if !ascii(text) || len(text) >= padded {
		return false
	}
	return l.bits(text, about) < easy
}

// period is the shortest beginning of which the text is the repetition, its
// last copy perhaps cut off: "passwordpasswo" gives "password". A text that
// holds less than one copy and a half of anything is its own.
func period(s string) string {
	// border[i] is the length of the longest proper border of s[:i] (the
	// failure function of Knuth, Morris and Pratt).
	border := make([]int, len(s)+1)
	for i, k := 1, 0; i < len(s); i++ {
		for k > 0 && s[i] != s[k] {
			k = border[k]
		}
		if s[i] == s[k] {
			k++
		}
		border[i+1] = k
	}
	if n := len(s) - border[len(s)]; 3*n <= 2*len(s) {
		return s[:n]
	}
	return s
}

// aboutYou says whether a text, in lower case, is made of words about its
// owner or this server, digits and punctuation, with hardly a letter besides.
func aboutYou(text string, words []string) bool {
	found := false
	for _, w := range words { // the longest first
		if strings.Contains(text, w) {
			text, found = strings.ReplaceAll(text, w, " "), true
		}
	}
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return found && letters < ownLetters
}

func onlyAlnum(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// famous are long ones that no list of short passwords has and everybody knows,
// without blanks and signs.
var famous = map[string]bool{
	"correcthorsebatterystaple":           true, // xkcd 936
	"thequickbrownfoxjumpsoverthelazydog": true, "tobeornottobethatisthequestion": true,
}
