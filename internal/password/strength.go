package password

import (
	"math"
	"slices"
	"strings"
)

// What a piece of a password costs to guess, in bits. The figures are those of
// a cracker that tries lists, walks, runs and years before anything else; a
// word that stands in no list is paid letter by letter.
const (
	bitsAbout  = 2   // a word about the person or this server
	bitsTop    = 7   // one of the first words of the lists
	bitsListed = 14  // any other word of the lists
	bitsWalk   = 5   // 3 or more keys in a row, in the alphabet, or the same
	bitsYear   = 5   // 1900 to 2099
	bitsAgain  = 2   // the piece before once more
	bitsJoint  = 2   // blank or punctuation
	bitsDigit  = 3.3 // log2 of 10
	bitsLetter = 4.7 // log2 of 26
)

// walks are lines along which a hand or a memory goes, in both directions.
var walks = []string{
	"abcdefghijklmnopqrstuvwxyz", "01234567890", "`1234567890-=",
	"qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiop", "azertyuiop",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
}

// plain undoes the substitutions that every cracker undoes.
var plain = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t")

// bits estimates how hard a short ASCII text in lower case is to guess: the
// cheapest way to cut it into pieces, by dynamic programming.
func (l *wordList) bits(text string, about []string) float64 {
	best := make([]float64, len(text)+1)
	for end := 1; end <= len(text); end++ {
		best[end] = math.Inf(1)
		for start := range end {
			if c := best[start] + l.piece(text, start, end, about); c < best[end] {
				best[end] = c
			}
		}
	}
	return best[len(text)]
}

// piece is the cost of text[start:end] as one piece.
func (l *wordList) piece(text string, start, end int, about []string) float64 {
	s := text[start:end]
	if len(s) == 1 {
		return single(s[0])
	}
	if before := start - len(s); before >= 0 && text[before:start] == s {
		return bitsAgain
	}
	if len(s) < 3 {
		return math.Inf(1)
	}
	if isWalk(s) {
		return bitsWalk + math.Log2(float64(len(s)))/2
	}
	if len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && digits(s) {
		return bitsYear
	}
	return l.wordBits(s, about)
}

func (l *wordList) wordBits(s string, about []string) float64 {
	if slices.Contains(about, s) {
		return bitsAbout
	}
	found, top := l.has(s)
	if !found {
		if p := plain.Replace(s); p != s {
			found, top = l.has(p)
		}
	}
	switch {
	case top:
		return bitsTop
	case found:
		return bitsListed
	}
	return math.Inf(1)
}

func single(c byte) float64 {
	switch {
	case '0' <= c && c <= '9':
		return bitsDigit
	case 'a' <= c && c <= 'z':
		return bitsLetter
	}
	return bitsJoint
}

// isWalk says whether s goes along one of the walks, or stays on one key.
func isWalk(s string) bool {
	if strings.Count(s, s[:1]) == len(s) {
		return true
	}
	back := []byte(s)
	slices.Reverse(back)
	return slices.ContainsFunc(walks, func(w string) bool {
		return strings.Contains(w, s) || strings.Contains(w, string(back))
	})
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
