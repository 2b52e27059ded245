package password

import (
	"bytes"
	"compress/flate"
	_ "embed" // for the list
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

//go:generate go run ./genlist/main.go

// packedList is data/common.bin; data/README.md says what is in it.
//
//go:embed data/common.bin
var packedList []byte

const topBit = 0x80

// wordList is an exact, sorted list: a filter would be a third of the size and
// refuse one good password in 250 without anybody being able to say why.
type wordList struct {
	text string
	ends []uint32 // of each word in text
	top  []bool   // is it one of the first
}

// unpack reads what genlist writes: for each word the number of bytes it
// shares with the one before, the number that follow, and those. The high bit
// of the first number marks the first of the lists.
func unpack(packed []byte) (*wordList, error) {
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, fmt.Errorf("password: read the list of common passwords: %w", err)
	}
	var text strings.Builder
	l := &wordList{}
	last := ""
	for len(raw) > 0 {
		if len(raw) < 2 || int(raw[0]&^topBit) > len(last) || len(raw) < 2+int(raw[1]) {
			return nil, errors.New("password: the list of common passwords is damaged")
		}
		rest := 2 + int(raw[1])
		last = last[:raw[0]&^topBit] + string(raw[2:rest])
		l.top = append(l.top, raw[0]&topBit != 0)
		raw = raw[rest:]
		text.WriteString(last)
		l.ends = append(l.ends, uint32(text.Len()))
	}
	l.text = text.String()
	return l, nil
}

func (l *wordList) word(i int) string {
	start := uint32(0)
	if i > 0 {
		start = l.ends[i-1]
	}
	return l.text[start:l.ends[i]]
}

// has looks up a word in lower case, and says whether it is one of the first.
func (l *wordList) has(word string) (found, top bool) {
	i := sort.Search(len(l.ends), func(i int) bool { return l.word(i) >= word })
	found = i < len(l.ends) && l.word(i) == word
	return found, found && l.top[i]
}
