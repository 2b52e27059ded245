package secret

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

var (
	oldMaster = FromString("the data encryption key of last year, long")
	newMaster = FromString("the data encryption key of this year, long")
	seed      = []byte("12345678901234567890")
)

func sealer(t testing.TB, current Value, previous ...Value) *Sealer {
	t.Helper()
	s, err := NewSealer(current, previous...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// firstVersion was computed by another program, by RFC 5869, RFC 2104 and AES-256-GCM.
const firstVersion = "01becee711000102030405060708090a0b" +
	"daf312a36d3d20575c69ca1d54f5c040b3a2c7776fe9a49cdc8aaa279384c8710263b66f"

func wantSealed(t *testing.T, what string, s *Sealer, sealed []byte, bound ...string) {
	t.Helper()
	if v, err := s.Open(sealed, bound...); err != ErrSealed || !v.Empty() { // nothing may be wrapped in it
		t.Errorf("%s: opened %d bytes, %v", what, v.Len(), err)
	}
}

func TestSealedOpensWithWhatItIsBoundTo(t *testing.T) {
	s := sealer(t, newMaster)
	bindings := [][]string{{"totp", "row 1", "user 1"}, {""}, {"", ""}, nil, {"\x00\xff", strings.Repeat("y", 300)}}
	for _, plain := range [][]byte{seed, {}, nil, {0}, bytes.Repeat([]byte("x"), 1<<16)} {
		for _, bound := range bindings {
			sealed := s.Seal(plain, bound...)
			v, err := s.Open(sealed, bound...)
			if err != nil || !bytes.Equal(v.Reveal(), plain) {
				t.Errorf("%d bytes bound to %q: %v", len(plain), bound, err)
			}
			if len(plain) >= len(seed) && bytes.Contains(sealed, plain) {
				t.Errorf("%d bytes lie open", len(plain))
			}
		}
	}
}

func TestSealedOfAnotherRowIsRefused(t *testing.T) {
	s := sealer(t, newMaster)
	first := []string{"totp", "row 1", "user 1"}
	second := []string{"totp", "row 2", "user 2"}
	a, b := s.Seal(seed, first...), s.Seal([]byte("another seed of 20 b"), second...)
	wantSealed(t, "the second row's in the first", s, b, first...)
	wantSealed(t, "the first row's in the second", s, a, second...)
	for _, bound := range [][]string{
		nil,
		{""},
		{"totp", "row 1"},
		{"row 1", "user 1"},
		{"totp", "row 1", "user 2"},
		{"mail", "row 1", "user 1"},
		{"totp", "user 1", "row 1"},     // order
		{"totp", "row 1", "user 1", ""}, // one more, though empty
		{"totp", "row 1u", "ser 1"},     // a byte over the border
		{"totprow 1", "", "user 1"},
		{"totprow 1user 1"},
		{"totp\x00row 1\x00user 1"},
		{"Totp", "row 1", "user 1"},
	} {
		wantSealed(t, fmt.Sprintf("bound to %q", bound), s, a, bound...)
	}
}

func TestNoChangedBitOpens(t *testing.T) {
	// The previous key is known, so that a header changed into its id is tried too.
	s := sealer(t, newMaster, oldMaster)
	sealed := s.Seal(seed, "totp", "1")
	for i := range len(sealed) * 8 {
		sealed[i/8] ^= 1 << (i % 8)
		wantSealed(t, fmt.Sprintf("bit %d flipped", i), s, sealed, "totp", "1")
		sealed[i/8] ^= 1 << (i % 8)
	}
	copy(sealed[1:], s.keys()[1].id)
	wantSealed(t, "the id of another key", s, sealed, "totp", "1")
}

func TestNoOtherLengthOpens(t *testing.T) {
	s := sealer(t, newMaster)
	sealed := s.Seal(seed, "totp", "1")
	for n := range len(sealed) {
		wantSealed(t, fmt.Sprintf("cut to %d bytes", n), s, sealed[:n], "totp", "1")
	}
	wantSealed(t, "a byte more", s, append(bytes.Clone(sealed), 0), "totp", "1")
	wantSealed(t, "a byte in front", s, append([]byte{sealVersion}, sealed...), "totp", "1")
	wantSealed(t, "nothing", s, nil, "totp", "1")
}

func TestPreviousKeyOpensAndIsStale(t *testing.T) {
	before, now, retired := sealer(t, oldMaster), sealer(t, newMaster, oldMaster), sealer(t, newMaster)
	old := before.Seal(seed, "totp", "1")
	if v, err := now.Open(old, "totp", "1"); err != nil || !bytes.Equal(v.Reveal(), seed) {
		t.Errorf("the previous key does not open: %v", err)
	}
	wantSealed(t, "a key that is known no more", retired, old, "totp", "1")
	wantSealed(t, "a key that is not known yet", before, now.Seal(seed, "totp", "1"), "totp", "1")

	again := now.Seal(seed, "totp", "1")
	if _, err := retired.Open(again, "totp", "1"); err != nil {
		t.Errorf("sealing uses another key than the current one: %v", err)
	}
	for what, c := range map[string]struct {
		s      *Sealer
		sealed []byte
		want   bool
	}{
		"previous key":    {now, old, true},
		"current key":     {now, again, false},
		"its only key":    {before, old, false},
		"unknown key":     {retired, old, false}, // sealing it anew is not possible
		"nothing":         {now, nil, false},
		"another version": {now, append([]byte{2}, old[1:]...), false},
	} {
		if c.s.Stale(c.sealed) != c.want {
			t.Errorf("%s: stale is %t", what, !c.want)
		}
	}
}

func TestKeyGivenTwiceCountsOnce(t *testing.T) {
	s := sealer(t, newMaster, newMaster, oldMaster, oldMaster)
	if len(s.keys()) != 2 {
		t.Errorf("%d keys", len(s.keys()))
	}
	if s.Stale(s.Seal(seed)) {
		t.Error("the current key is taken for a previous one")
	}
}

func TestSealerRefusesWhatCannotBeSafe(t *testing.T) {
	for what, keys := range map[string][]Value{
		"no key":             {{}},
		"short key":          {FromString("only 31 bytes, which is too few")},
		"empty previous key": {newMaster, {}},
		"short previous key": {newMaster, oldMaster, FromString("short")},
		// Found by trying: both keys have one id, so either could be asked for the other's.
		"two keys of one id": {
			FromString("a data encryption key, number 160079"), FromString("a data encryption key, number 230612"),
		},
	} {
		if _, err := NewSealer(keys[0], keys[1:]...); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

// The one nonce that ever repeats gives away two texts and the tag's key.
func TestNoncesDoNotRepeat(t *testing.T) {
	const rounds = 10_000
	s := sealer(t, newMaster)
	seen := make(map[string]bool, rounds)
	for range rounds {
		seen[string(s.Seal(seed)[headerLen:headerLen+12])] = true
	}
	if len(seen) != rounds {
		t.Errorf("%d nonces in %d sealings", len(seen), rounds)
	}
}

// The layout is in people's databases: what was sealed by the first version
// must open in every later one.
func TestSealedOfTheFirstVersionOpens(t *testing.T) {
	sealed, err := hex.DecodeString(firstVersion)
	if err != nil {
		t.Fatal(err)
	}
	v, err := sealer(t, newMaster).Open(sealed, "totp", "row 1", "user 1")
	if err != nil || !bytes.Equal(v.Reveal(), seed) {
		t.Errorf("got %d bytes, %v", v.Len(), err)
	}
}

func TestSealerPrintsNoKey(t *testing.T) {
	s := sealer(t, FromString(canary+canary))
	derived := Derive(FromString(canary+canary), "seal").Reveal()
	out := fmt.Sprintf("%v %+v %#v %v %x", s, s, s, s.keys(), s.Headers())
	for _, spelling := range []string{canary, string(derived), hex.EncodeToString(derived[:8])} {
		if strings.Contains(out, spelling) {
			t.Errorf("the key is told in: %s", out)
		}
	}
}

func FuzzOpen(f *testing.F) {
	s := sealer(f, newMaster, oldMaster)
	f.Add(s.Seal(seed, "totp", "1"), "totp", "1")
	f.Add(sealer(f, oldMaster).Seal(seed, "totp", "1"), "totp", "1")
	f.Add([]byte{sealVersion}, "", "")
	f.Add([]byte(nil), "totp", "")
	f.Fuzz(func(t *testing.T, sealed []byte, a, b string) {
		if v, err := s.Open(sealed, a, b); err == nil {
			// Only the seeds above were made under these keys.
			if a != "totp" || b != "1" || !bytes.Equal(v.Reveal(), seed) {
				t.Fatalf("%x opens for %q, %q", sealed, a, b)
			}
		} else if !errors.Is(err, ErrSealed) {
			t.Fatalf("%x gives another error: %v", sealed, err)
		}
		if v, err := s.Open(s.Seal(sealed, a, b), a, b); err != nil || !bytes.Equal(v.Reveal(), sealed) {
			t.Fatalf("%x does not come back: %v", sealed, err)
		}
		if b != "" {
			// The first byte of the second moves to the first: another binding.
			if _, err := s.Open(s.Seal(sealed, a, b), a+b[:1], b[1:]); err == nil {
				t.Fatalf("the border between %q and %q does not count", a, b)
			}
		}
	})
}
