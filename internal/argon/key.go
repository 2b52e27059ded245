package argon

import (
	"encoding/binary"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/blake2b"
)

// block is 1 KiB, as 128 words of 64 bits (RFC 9106, 2).
type block [128]uint64

const (
	version = 0x13 // RFC 9106, 3.1
	kind    = 2    // argon2id
	slices  = 4    // of a pass, between which lanes would wait for each other
)

// Memory is what one hash at a time works in. It grows to the largest hash that
// it was used for, and holds what is left of the last one. The zero value is
// ready.
type Memory struct{ blocks []block }

// Key derives a key of keyLen bytes (RFC 9106, 3.2), as argon2.IDKey does:
// time is the number of passes, memory is in KiB.
func (m *Memory) Key(password, salt []byte, time, memory uint32, lanes uint8, keyLen uint32) []byte {
	if !fast || lanes != 1 || memory < 2*slices || time < 1 {
		return argon2.IDKey(password, salt, time, memory, lanes, keyLen)
	}
	f := filling{time: time, memory: memory / slices * slices}
	if uint32(cap(m.blocks)) < f.memory {
		m.blocks = make([]block, f.memory)
	}
	f.blocks = m.blocks[:f.memory]
	h0 := begin(password, salt, time, memory, keyLen)
	for i := range 2 {
		f.blocks[i].from(stretch(h0, uint32(i)))
	}
	f.run()
	out := make([]byte, keyLen)
	long(out, f.blocks[f.memory-1].bytes())
	return out
}

// begin is H_0 of 3.2, without a secret and without associated data.
func begin(password, salt []byte, time, memory, keyLen uint32) [blake2b.Size]byte {
	b := make([]byte, 0, 40+len(password)+len(salt))
	for _, v := range []uint32{1, keyLen, memory, time, version, kind} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, text := range [][]byte{password, salt, nil, nil} {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	return blake2b.Sum512(b)
}

// stretch is the content of block number column of the only lane.
func stretch(h0 [blake2b.Size]byte, column uint32) []byte {
	in := binary.LittleEndian.AppendUint32(h0[:], column)
	in = binary.LittleEndian.AppendUint32(in, 0)
	out := make([]byte, len(block{})*8)
	long(out, in)
	return out
}

// long is H' of 3.3, the hash of any length: each round gives half of its
// digest, the last one all that is still missing.
func long(out, in []byte) {
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(out)))
	if len(out) <= blake2b.Size {
		sum(out, head, in)
		return
	}
	var v [blake2b.Size]byte
	sum(v[:], head, in)
	for {
		out = out[copy(out, v[:blake2b.Size/2]):]
		if len(out) <= blake2b.Size {
			break
		}
		v = blake2b.Sum512(v[:])
	}
	sum(out, v[:])
}

// sum is BLAKE2b of the parts, as long as out.
func sum(out []byte, parts ...[]byte) {
	h, err := blake2b.New(len(out), nil)
	if err != nil {
		panic(err) // only for sizes that do not exist
	}
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	h.Sum(out[:0])
}

func (b *block) from(bytes []byte) {
	for i := range b {
		b[i] = binary.LittleEndian.Uint64(bytes[8*i:])
	}
}

func (b *block) bytes() []byte {
	out := make([]byte, 0, len(b)*8)
	for _, w := range b {
		out = binary.LittleEndian.AppendUint64(out, w)
	}
	return out
}
