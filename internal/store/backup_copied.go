package store

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
)

// appendCopied writes a value as the text form of COPY has it.
func appendCopied(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, `\N`...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case backup.Moment:
		return time.UnixMicro(int64(v)).UTC().AppendFormat(b, "2006-01-02 15:04:05.000000Z07:00")
	case []byte:
		return hex.AppendEncode(append(b, `\\x`...), v)
	case string:
		for i := range len(v) {
			switch c := v[i]; c {
			case '\\':
				b = append(b, `\\`...)
			case '\t':
				b = append(b, `\t`...)
			case '\n':
				b = append(b, `\n`...)
			case '\r':
				b = append(b, `\r`...)
			default:
				b = append(b, c)
			}
		}
	}
	return b
}
