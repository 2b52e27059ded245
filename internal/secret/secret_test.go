package secret

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "hunter2-canary-0123456789abcdef"

// wantDevices was computed by another program, by RFC 5869 with an empty salt.
const wantDevices = "9e27b264c612d7cba39c86473eeb0b0dc680d6e225ec8885163725476673d6c0"

func TestSecretPrintsNowhere(t *testing.T) {
	v := FromString(canary)
	type holder struct {
		Key  Value
		Keys []Value
		Ptr  *Value
	}
	h := holder{v, []Value{v}, &v}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
	}
	fmt.Fprintln(&out, v.String(), fmt.Errorf("with %w", fmt.Errorf("%v", v)))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("x", "key", v, "holder", h, slog.Any("group", &h))
	}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	for _, spelling := range []string{canary, hex.EncodeToString([]byte(canary)), strings.ToUpper(hex.EncodeToString([]byte(canary))), "104 117 110"} {
		if strings.Contains(out.String(), spelling) {
			t.Errorf("the secret is told as %q in: %s", spelling, out.String())
		}
	}
	if !strings.Contains(out.String(), Redacted) {
		t.Error("nothing was printed at all")
	}
}

func TestValueIsACopyAndComparesByContent(t *testing.T) {
	b := []byte(canary)
	v := New(b)
	b[0] = 'X'
	if string(v.Reveal()) != canary || v.Len() != len(canary) || v.Empty() {
		t.Error("the value changed with the slice it was made of")
	}
	for other, equal := range map[string]bool{canary: true, canary + "x": false, "": false, "H" + canary[1:]: false} {
		if v.Equal(FromString(other)) != equal {
			t.Errorf("equal to %q: %v", other, !equal)
		}
	}
	if !(Value{}).Empty() || !(Value{}).Equal(Value{}) {
		t.Error("the zero value is not empty")
	}
}

// The labels are the only thing that keeps the keys of two purposes apart, and
// the result must stay what it is, or an upgrade signs everybody out.
func TestDerivedKeysStayTheSameAndDiffer(t *testing.T) {
	master := FromString(canary)
	a := Derive(master, "devices")
	if got := hex.EncodeToString(a.Reveal()); got != wantDevices {
		t.Errorf("the key is now %s", got)
	}
	for name, other := range map[string]Value{
		"another purpose": Derive(master, "refresh"), "another master": Derive(FromString(canary+"x"), "devices"), "the master": master,
	} {
		if a.Equal(other) {
			t.Errorf("the key of %s is the same", name)
		}
	}
	if a.Len() != 32 {
		t.Errorf("%d bytes", a.Len())
	}
}

// Moving a byte over the border between two fields must give another sum.
func TestSumKnowsWhereAFieldEnds(t *testing.T) {
	k := FromString(canary)
	sums := map[string]string{}
	for _, fields := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}, {}, {""}} {
		var list [][]byte
		for _, f := range fields {
			list = append(list, []byte(f))
		}
		sum := string(Sum(k, list...))
		if other, taken := sums[sum]; taken {
			t.Errorf("%q and %s have one sum", fields, other)
		}
		sums[sum] = fmt.Sprintf("%q", fields)
	}
	if bytes.Equal(Sum(k, []byte("a")), Sum(FromString("other"), []byte("a"))) {
		t.Error("the key does not count")
	}
}

func TestRandomTextIsLongEnoughAndNeverTheSame(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s := RandomText(20)
		if len(s) != 32 || seen[s] || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Fatalf("got %q", s)
		}
		seen[s] = true
	}
}

func TestFingerprintNamesAndDoesNotGiveAway(t *testing.T) {
	a, same, other := FromString(canary).Fingerprint(), FromString(canary).Fingerprint(), FromString(canary+"x").Fingerprint()
	if a != same || a == other || len(a) != 12 {
		t.Errorf("%s, %s, %s", a, same, other)
	}
	if strings.Contains(hex.EncodeToString(Hash(canary)), a) {
		t.Error("it is a part of the plain hash, which could be looked up")
	}
}

// RFC 6234 appendix: SHA-256 of "abc". What is in databases depends on it.
func TestHashIsSHA256(t *testing.T) {
	if got := hex.EncodeToString(Hash("abc")); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
}
