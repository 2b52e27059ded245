package app

import "testing"

func TestCollectorGetsRoomWhileItIsBusyAndNoMore(t *testing.T) {
	const mb = 1 << 20
	type look struct {
		cycles, alive uint64
		want          int
	}
	for name, looks := range map[string][]look{
		"idle":                     {{0, 6 * mb, 100}, {1, 6 * mb, 100}, {2, 6 * mb, 100}},
		"busy":                     {{20, 6 * mb, 400}, {24, 6 * mb, 400}},
		"busy with a large heap":   {{20, 64 * mb, 100}, {40, 500 * mb, 100}},
		"the heap grows meanwhile": {{20, 6 * mb, 400}, {24, 30 * mb, 200}, {25, 90 * mb, 100}},
		"calm again": {
			{20, 6 * mb, 400},
			{21, 6 * mb, 400},
			{21, 6 * mb, 400},
			{21, 6 * mb, 400},
			{21, 6 * mb, 400},
			{21, 6 * mb, 400},
			{21, 6 * mb, 100},
			{21, 6 * mb, 100},
		},
	} {
		c := &collector{percent: gcUsual}
		for i, l := range looks {
			if got := c.next(l.cycles, l.alive); got != l.want {
				t.Errorf("%s, look %d: %d, want %d", name, i, got, l.want)
			}
			c.percent = l.want
		}
	}
}
