package valkey

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// spendScript is the generic cell rate algorithm. A key holds the moment at
// which all that was spent will have come back, in microseconds of the server's
// own clock: nodes whose clocks differ count alike. What cannot be such a moment,
// because somebody wrote it or the clock went back, is nothing spent or all
// spent, never more: no comparison lets "nan" through, and nobody is shut out for
// longer than it takes to come back. It answers 0, or how long to wait.
const spendScript = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local step, room = tonumber(ARGV[1]), tonumber(ARGV[2])
local held = redis.pcall('GET', KEYS[1])
local full = type(held) == 'string' and tonumber(held)
if not (full and full > now) then full = now end
if full > now + room then full = now + room end
local wait = full + step - (now + room)
if wait > 0 then return wait end
full = full + step
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
`

// pace is a limit in the terms of the script.
type pace struct {
	step int64 // one request comes back after so many microseconds
	room int64 // what may be spent at once
}

// newPace rounds up, so that a limit is never exceeded by a fraction.
func newPace(limit int, per time.Duration) pace {
	n := int64(max(1, limit))
	step := max(1, (per.Microseconds()+n-1)/n)
	return pace{step, n * step}
}

var errNonsense = errors.New("the answer cannot be one of the script")

// spend counts one request of a key. Whatever is no answer of the script is an
// error.
//
// The script goes along each time, which the server knows by its text: to ask for
// it by its hash saves half a kilobyte, and needs a second way for when it is gone.
func (c *Client) spend(ctx context.Context, script, key string, p pace) (wait time.Duration, err error) {
	v, err := c.do(ctx, key, "EVAL", script, "1", key, strconv.FormatInt(p.step, 10), strconv.FormatInt(p.room, 10))
	us, ok := v.(int64)
	switch {
	case err != nil:
		return 0, err
	case !ok:
		return 0, errNonsense
	case us < 0 || us > p.step:
		return 0, fmt.Errorf("%w: %d", errNonsense, us)
	}
	return time.Duration(us) * time.Microsecond, nil
}

// limitKey hides whose requests are counted: addresses are personal, and a
// Valkey is often read by more people than the database.
func limitKey(key secret.Value, name string) string {
	return Prefix + "limit:" + base64.RawURLEncoding.EncodeToString(secret.Sum(key, []byte(name))[:18])
}
