package brand

import (
	"encoding/xml"
	"errors"
	"math"
	"strconv"
	"strings"
)

// sizeOfSVG takes the size from viewBox, which says what is drawn, or else from
// width and height. Only the ratio counts, so it is told in a scale of our own:
// the longer side has a thousand.
func sizeOfSVG(root xml.StartElement) (w, h int, err error) {
	unknown := errors.New("it has no viewBox, and no width and height either, so that nobody knows its shape")
	var width, height float64
	gap := func(r rune) bool { return strings.ContainsRune(" ,\t\r\n", r) }
	if box := strings.FieldsFunc(attribute(root, "viewBox"), gap); len(box) == 4 {
		width, height = number(box[2]), number(box[3])
	} else {
		width, height = length(attribute(root, "width")), length(attribute(root, "height"))
	}
	if !(width > 0 && height > 0) || math.IsInf(width, 0) || math.IsInf(height, 0) {
		return 0, 0, unknown
	}
	const most = 1000
	scale := most / max(width, height)
	side := func(v float64) int { return max(1, int(math.Round(v*scale))) }
	return side(width), side(height), nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// length is a number with a unit, of which a percentage says nothing.
func length(text string) float64 {
	text = strings.TrimSpace(text)
	for _, unit := range []string{"px", "pt", "pc", "mm", "cm", "in", "em", "ex", "rem"} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			return number(strings.TrimSpace(n))
		}
	}
	return number(text)
}

func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return n
}
