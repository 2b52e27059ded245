package valkey

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnswersOfTheProtocol(t *testing.T) {
	for text, want := range map[string]any{
		"+OK\r\n":                                "OK",
		"$3\r\na\r\n\r\n":                        "a\r\n",
		"$0\r\n\r\n":                             "",
		"$-1\r\n":                                nil,
		"_\r\n":                                  nil,
		"*-1\r\n":                                nil,
		":-7\r\n":                                int64(-7),
		"=8\r\ntxt:info\r\n":                     "info",
		"-ERR no\r\n":                            refusal("ERR no"),
		"!6\r\nERR no\r\n":                       refusal("ERR no"),
		"*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk\r\n":     []any{"0", []any{"k"}},
		"%1\r\n+a\r\n:1\r\n":                     []any{"a", int64(1)},
		"~1\r\n#t\r\n":                           []any{"t"},
		"|1\r\n+ttl\r\n:1\r\n+OK\r\n":            "OK",
		">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n": pushed{"invalidate", []any{"k"}},
		">2\r\n+invalidate\r\n_\r\n":             pushed{"invalidate", nil},
		",3.5\r\n":                               "3.5",
	} {
		got, err := readAnswer(bufio.NewReader(strings.NewReader(text)))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q (-want +got):\n%s%v", text, diff, err)
		}
	}
}

// Whatever listens there may say anything.
func TestStrangeAnswersEndInAnError(t *testing.T) {
	for _, text := range []string{
		"", "HTTP/1.1 400 Bad Request\r\n", "+OK\n", "\r\n", "$3\r\nabcd\r\n", "$99999999999\r\n", "$17000000\r\n", "$-2\r\nx\r\n", ":x\r\n",
		"*2000000\r\n", "*x\r\n", strings.Repeat("*1\r\n", 40) + "+OK\r\n", "$5\r\nab", "+" + strings.Repeat("a", 20_000) + "\r\n",
	} {
		if got, err := readAnswer(bufio.NewReaderSize(strings.NewReader(text), 16<<10)); err == nil {
			t.Errorf("%.30q is read as %v", text, got)
		}
	}
	if got := judged(errStrange); got.Kind != Stranger {
		t.Errorf("it is judged as %s", got.Kind)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk\r\n")
	f.Fuzz(func(_ *testing.T, text string) {
		r := bufio.NewReader(strings.NewReader(text))
		for {
			if _, err := readAnswer(r); err != nil {
				return
			}
		}
	})
}

// The slots are those that CLUSTER KEYSLOT gives.
func TestSlots(t *testing.T) {
	for key, want := range map[string]uint16{"123456789": 12739, "foo": 12182, "": 0} {
		if got := slotOf(key); got != want {
			t.Errorf("%s has slot %d, not %d", key, got, want)
		}
	}
	slot, at, ok := moved(refusal("MOVED 3999 192.0.2.1:6381"))
	if slot != 3999 || at != "192.0.2.1:6381" || !ok {
		t.Errorf("moved to %d, %s, %v", slot, at, ok)
	}
	for _, other := range []error{refusal("ERR no"), refusal("MOVED 99999 a:1"), refusal("MOVED 1 :1"), errors.New("MOVED 1 a:1"), nil} {
		if _, _, ok := moved(other); ok {
			t.Errorf("%v leads elsewhere", other)
		}
	}
}
