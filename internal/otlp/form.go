package otlp

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// The JSON form of OTLP: ids in hexadecimal digits, 64-bit numbers as texts,
// enumerations as numbers, names in lowerCamelCase.

// Attr is a fact about a span or a log record.
type Attr struct {
	Key string
	s   string
	n   int64
	f   float64
	of  byte
}

// String, Int, Float and Bool make facts.
func String(key, v string) Attr        { return Attr{Key: key, s: v, of: 's'} }
func Int(key string, v int64) Attr     { return Attr{Key: key, n: v, of: 'n'} }
func Float(key string, v float64) Attr { return Attr{Key: key, f: v, of: 'f'} }
func Bool(key string, v bool) Attr {
	if v {
		return Attr{Key: key, n: 1, of: 'b'}
	}
	return Attr{Key: key, of: 'b'}
}

func appendText(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // what is no UTF-8 is replaced
	return b
}

func appendAttrs(b []byte, list []Attr) []byte {
	b = append(b, `"attributes":[`...)
	for i, a := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(append(b, `{"key":`...), a.Key), `,"value":`...)
		b = append(appendValue(b, a), '}')
	}
	return append(b, ']')
}

func appendValue(b []byte, a Attr) []byte {
	switch a.of {
	case 'n':
		b = append(strconv.AppendInt(append(b, `{"intValue":"`...), a.n, 10), '"')
	case 'f':
		b = strconv.AppendFloat(append(b, `{"doubleValue":`...), a.f, 'g', -1, 64)
	case 'b':
		b = strconv.AppendBool(append(b, `{"boolValue":`...), a.n == 1)
	default:
		b = appendText(append(b, `{"stringValue":`...), clean(a.s))
	}
	return append(b, '}')
}

func appendTime(b []byte, name string, t time.Time) []byte {
	b = append(append(append(b, '"'), name...), `":"`...)
	return append(strconv.AppendInt(b, t.UnixNano(), 10), '"')
}

func appendHex(b []byte, name string, id []byte) []byte {
	b = append(append(append(b, '"'), name...), `":"`...)
	return append(hex.AppendEncode(b, id), '"')
}

// envelope is what stands around the items of one signal.
func envelope(outer, inner, items string, resource []Attr, version string) (head, tail []byte) {
	head = append(head, `{"`+outer+`":[{"resource":{`...)
	head = append(appendAttrs(head, resource), `},"`+inner+`":[{"scope":{"name":"aiwfe-auth","version":`...)
	return append(appendText(head, version), `},"`+items+`":[`...), []byte(`]}]}]}`)
}
