package backup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A value is nil, int64, float64, bool, string, []byte or Moment. SQLite keeps
// values of any kind in any column, so each carries its own.

// Moment is a timestamp of PostgreSQL: microseconds since 1970 in UTC.
type Moment int64

const (
	tagNull byte = iota
	tagInt
	tagText
	tagBytes
	tagFalse
	tagTrue
	tagMoment
	tagReal
)

// appendValue writes one value.
func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, tagNull), nil
	case int64:
		return binary.AppendVarint(append(b, tagInt), v), nil
	case Moment:
		return binary.AppendVarint(append(b, tagMoment), int64(v)), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(b, tagReal), math.Float64bits(v)), nil
	case bool:
		if v {
			return append(b, tagTrue), nil
		}
		return append(b, tagFalse), nil
	case string:
		b = binary.AppendUvarint(append(b, tagText), uint64(len(v)))
		return append(b, v...), nil
	case []byte:
		b = binary.AppendUvarint(append(b, tagBytes), uint64(len(v)))
		return append(b, v...), nil
	}
	return b, fmt.Errorf("a value of type %T has no form in a backup", v)
}

func appendRow(b []byte, values []any) (_ []byte, err error) {
	for _, v := range values {
		if b, err = appendValue(b, v); err != nil {
			return b, err
		}
	}
	return b, nil
}

var errValue = errors.New("a value is cut off")

// readRow reads as many values as a row has columns; none may be left over.
func readRow(b []byte, values []any) (err error) {
	for i := range values {
		if values[i], b, err = readValue(b); err != nil {
			return err
		}
	}
	if len(b) > 0 {
		return errors.New("a row has more values than its table has columns")
	}
	return nil
}

func readValue(b []byte) (v any, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, errValue
	}
	tag, b := b[0], b[1:]
	switch tag {
	case tagNull:
		return nil, b, nil
	case tagFalse, tagTrue:
		return tag == tagTrue, b, nil
	case tagInt, tagMoment:
		n, size := binary.Varint(b)
		if size <= 0 {
			return nil, nil, errValue
		}
		if tag == tagMoment {
			return Moment(n), b[size:], nil
		}
		return n, b[size:], nil
	case tagReal:
		if len(b) < 8 {
			return nil, nil, errValue
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:], nil
	case tagText, tagBytes:
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, nil, errValue
		}
		part := b[size : size+int(n)] //nolint:gosec // bounded by the line above
		if tag == tagText {
			return string(part), b[size+int(n):], nil //nolint:gosec // as above
		}
		return append([]byte{}, part...), b[size+int(n):], nil //nolint:gosec // as above
	}
	return nil, nil, fmt.Errorf("a value has the unknown tag %d", tag)
}
