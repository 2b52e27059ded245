package tables

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// textOf writes a value as an export would.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case []byte:
		return string(v), true
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), true
	case [16]byte:
		return fmt.Sprintf("%x-%x-%x-%x-%x", v[0:4], v[4:6], v[6:8], v[8:10], v[10:]), true
	default:
		return fmt.Sprint(v), true
	}
}

// hidden takes the password out of what a driver says of a URL.
func hidden(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*url.Error](err); ok {
		return f.Err
	}
	if text := err.Error(); strings.Contains(text, "://") {
		return errors.New("the URL of the database cannot be used as it is")
	}
	return err
}
