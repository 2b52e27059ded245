package argon

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"golang.org/x/crypto/argon2"
)

// TestVectors are those of the reference implementation's own tests.
func TestVectors(t *testing.T) {
	var m Memory
	for _, v := range []struct {
		time, memory   uint32
		lanes          uint8
		password, salt string
		want           string
	}{
		{2, 1 << 16, 1, "password", "somesalt", "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"},
		{2, 1 << 8, 1, "password", "somesalt", "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"},
		{2, 1 << 8, 2, "password", "somesalt", "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"},
		{1, 1 << 16, 1, "password", "somesalt", "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"},
		{4, 1 << 16, 1, "password", "somesalt", "9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c"},
		{2, 1 << 16, 1, "differentpassword", "somesalt", "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"},
		{2, 1 << 16, 1, "password", "diffsalt", "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"},
	} {
		got := hex.EncodeToString(m.Key([]byte(v.password), []byte(v.salt), v.time, v.memory, v.lanes, 32))
		if got != v.want {
			t.Errorf("t=%d m=%d p=%d %s %s: %s, want %s", v.time, v.memory, v.lanes, v.password, v.salt, got, v.want)
		}
	}
}

// One Memory is used for hashes of all sizes, so that what an earlier one left
// behind would show in a later one.
func TestAgreesWithTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var m Memory
	for range 300 {
		password, salt := random(r, r.IntN(200)), random(r, r.IntN(60))
		time, memory, n := 1+r.Uint32N(4), r.Uint32N(1500), 4+r.Uint32N(140)
		agree(t, &m, password, salt, time, memory, uint8(1+r.IntN(8)/6), n)
	}
	for _, memory := range []uint32{0, 7, 8, 9, 11, 12, 15, 16, 511, 512, 513, 4096} {
		agree(t, &m, []byte("password"), []byte("saltsalt"), 3, memory, 1, 64)
	}
}

func agree(t *testing.T, m *Memory, password, salt []byte, time, memory uint32, lanes uint8, n uint32) {
	t.Helper()
	got := m.Key(password, salt, time, memory, lanes, n)
	if want := argon2.IDKey(password, salt, time, memory, lanes, n); !bytes.Equal(got, want) {
		t.Fatalf("password %x salt %x t=%d m=%d p=%d n=%d: %x, want %x", password, salt, time, memory, lanes, n, got, want)
	}
}

func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func FuzzKey(f *testing.F) {
	f.Add([]byte("password"), []byte("somesalt"), uint8(2), uint16(64), uint8(32))
	var m Memory
	f.Fuzz(func(t *testing.T, password, salt []byte, time uint8, memory uint16, n uint8) {
		agree(t, &m, password, salt, 1+uint32(time%4), uint32(memory%600), 1, 4+uint32(n))
	})
}

// Where it is the library that works, the two are the same and this says so.
func BenchmarkKey(b *testing.B) {
	if !fast {
		b.Log("this processor has no AVX2: the library does it")
	}
	password, salt := []byte("a sentence of some length"), []byte("sixteen byte sal")
	b.Run("own", func(b *testing.B) {
		var m Memory
		for b.Loop() {
			m.Key(password, salt, 2, 19456, 1, 32)
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			argon2.IDKey(password, salt, 2, 19456, 1, 32)
		}
	})
}
