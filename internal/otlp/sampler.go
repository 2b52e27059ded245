package otlp

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Samplers are the values of OTEL_TRACES_SAMPLER that are understood.
var Samplers = []string{
	"always_on", "always_off", "traceidratio",
	"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
}

// sampler says which traces are sent.
type sampler struct {
	parentBased bool
	below       uint64 // of a trace's id, out of 1<<63
}

func newSampler(name, arg string) (s sampler, err error) {
	root, based := strings.CutPrefix(name, "parentbased_")
	s.parentBased = based
	switch root {
	case "always_on":
		s.below = 1 << 63
	case "always_off":
	case "traceidratio":
		ratio := 1.0
		if arg != "" {
			if ratio, err = strconv.ParseFloat(arg, 64); err != nil || !(ratio >= 0 && ratio <= 1) {
				return s, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG is %q; a part between 0 and 1 is needed, such as 0.1", arg)
			}
		}
		s.below = uint64(ratio * (1 << 63))
	default:
		return s, fmt.Errorf("OTEL_TRACES_SAMPLER is %q; one of %s is needed", name, strings.Join(Samplers, ", "))
	}
	return s, nil
}

// samples decides by the trace's id, so that all services decide alike.
func (s sampler) samples(parent, c Context) bool {
	if s.parentBased && parent.Valid() {
		return parent.Sampled
	}
	return binary.BigEndian.Uint64(c.Trace[8:])>>1 < s.below
}
