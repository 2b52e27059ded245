package outward

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Severities of a line.
const (
	Critical = 2
	Erring   = 3
	Warning  = 4
	Notice   = 5
	Info     = 6
)

// Line is one message of syslog.
type Line struct {
	At       time.Time
	Severity int
	// ID is the kind of message, such as "audit".
	ID string
	// Data are names and values of one structured element.
	Data []Pair
	Text string
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// element names the structured data: 32473 is the number that stands for no
// particular company (RFC 5612).
const element = "aiwfe@32473"

// mostText and mostValue are how long a text and a value may be, in bytes.
const (
	mostText  = 16 << 10
	mostValue = 1 << 10
)

// format writes a line by the grammar of RFC 5424, 6. Nothing that somebody
// sent can end a field or the line: header fields hold visible ASCII only, and
// control characters of texts become spaces.
func (l Line) format(o SyslogOptions) []byte {
	b := make([]byte, 0, 512)
	b = append(b, '<')
	b = strconv.AppendInt(b, int64(o.Facility&31*8+l.Severity&7), 10)
	b = append(b, ">1 "...)
	b = l.At.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	for _, f := range []struct {
		text string
		most int
	}{{o.Host, 255}, {o.App, 48}, {o.Process, 128}, {l.ID, 32}} {
		b = append(append(b, ' '), visible(f.text, f.most)...)
	}
	b = append(b, ' ')
	if len(l.Data) == 0 {
		b = append(b, '-')
	} else {
		b = append(b, '[')
		b = append(b, element...)
		for _, p := range l.Data {
			b = append(append(b, ' '), name(p.Name)...)
			b = append(append(append(b, `="`...), quote.Replace(calm(clip(p.Value, mostValue)))...), '"')
		}
		b = append(b, ']')
	}
	if l.Text != "" {
		b = append(append(b, ' '), calm(clip(l.Text, mostText))...)
	}
	return b
}

// visible is a field of the header: visible ASCII, or "-" for nothing.
func visible(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < 33 || r > 126 {
			return '_'
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

// name is that of a value of structured data.
func name(s string) string {
	return strings.NewReplacer("=", "_", "]", "_", `"`, "_").Replace(visible(s, 32))
}

var quote = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`)

// calm makes one line of a text, for those who part lines at its characters.
func calm(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// clip cuts a text between two characters.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
