package demo

import (
	"strings"
	"testing"
	"time"
)

func TestTrafficGoesNowhereButHere(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:8080": "", "http://localhost": "", "http://[::1]:8080": "", "http://127.77.0.3": "",
		"http://192.0.2.1": "not this machine", "http://10.0.0.1": "not this machine", "http://[2001:db8::1]": "not this machine",
		"ftp://127.0.0.1": "no address of a server", "127.0.0.1:8080": "no address of a server", "": "no address of a server",
	} {
		err := here(t.Context(), address)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
}

func TestSameSeedIsTheSameDay(t *testing.T) {
	a, b, c := dice{state: 7}, dice{state: 7}, dice{state: 8}
	differs := false
	for range 100 {
		x := a.roll()
		if x < 0 || x >= 1 || x != b.roll() {
			t.Fatalf("%v is no roll, or another one", x)
		}
		differs = differs || x != c.roll()
	}
	if !differs {
		t.Error("another seed is the same day")
	}
}

// People come by themselves: as many as the rate says on the whole, and not in step.
func TestArrivalsKeepTheRate(t *testing.T) {
	d := dice{state: 1}
	var sum time.Duration
	shortest, longest := time.Hour, time.Duration(0)
	for range 10000 {
		gap := d.next(60)
		sum, shortest, longest = sum+gap, min(shortest, gap), max(longest, gap)
	}
	if mean := sum / 10000; mean < 950*time.Millisecond || mean > 1050*time.Millisecond || shortest > 10*time.Millisecond || longest < 5*time.Second {
		t.Errorf("mean %v, from %v to %v", mean, shortest, longest)
	}
}

// A wrong code is never the right one by chance.
func TestWrongCodeIsAnother(t *testing.T) {
	for _, code := range []string{"000000", "123456", "987654"} {
		if got := wrongCode(code); got == code || len(got) != len(code) || strings.Trim(got, "0123456789") != "" {
			t.Errorf("%s becomes %s", code, got)
		}
	}
}
