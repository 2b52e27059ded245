package audit

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// State is how far the chain has come. It is signed each time it is written.
type State struct {
	// Seq and Hash are those of the last row, At is when it got its place.
	Seq  int64
	Hash []byte
	At   time.Time
	// First is the sequence of the oldest row that is kept, and Before the hash of
	// the one before it, which retention has deleted.
	First  int64
	Before []byte
	// Unmarked counts the rows since the beginning that have no mark, since an older
	// version wrote them. Marked is the sequence from which none may lack it; 0
	// while older versions may still run.
	Unmarked, Marked int64
}

// Empty is the state of a chain without rows.
func Empty() State { return State{Hash: Beginning(), First: 1, Before: Beginning()} }

// Statement is what is signed, one fact on each line, so that an auditor can
// read it and check the signature with any tool.
func (s *State) Statement() string {
	return fmt.Sprintf("aiwfe-auth audit checkpoint 1\nsequence %d\nhash %x\ntime %s\nfirst %d\nbefore %x\nunmarked %d\nmarked-from %d\n",
		s.Seq, s.Hash, s.At.UTC().Format("2006-01-02T15:04:05.000Z"), s.First, s.Before, s.Unmarked, s.Marked)
}

// ReadStatement is the way back.
func ReadStatement(text string) (s State, err error) {
	var hash, before, at string
	_, err = fmt.Sscanf(strings.ReplaceAll(text, "\n", " "),
		"aiwfe-auth audit checkpoint 1 sequence %d hash %s time %s first %d before %s unmarked %d marked-from %d",
		&s.Seq, &hash, &at, &s.First, &before, &s.Unmarked, &s.Marked)
	if err == nil {
		s.At, err = time.Parse(time.RFC3339, at)
	}
	if err == nil {
		s.Hash, err = hex.DecodeString(hash)
	}
	if err == nil {
		s.Before, err = hex.DecodeString(before)
	}
	if err != nil || s.Statement() != text {
		return s, errors.New("this is no checkpoint of the audit")
	}
	return s, nil
}

// Signed is a state that somebody vouches for.
type Signed struct {
	State
	Key       byte
	Signature []byte
}

// Sign vouches for a state.
func (k *Keys) Sign(s State) Signed {
	s.At = s.At.UTC().Truncate(time.Millisecond)
	in := k.ring.Load()
	return Signed{s, in.number, ed25519.Sign(in.all[in.number].sign, []byte(s.Statement()))}
}

// Current says whether a state was signed by the root in use, as the end of the
// chain always is.
func (k *Keys) Current(s *Signed) bool { return k.ring.Load().current(s) }

func (in *ring) current(s *Signed) bool { return s.Key == in.number && in.valid(s) }

// valid says whether one of our keys signed it, before it ended.
func (in *ring) valid(s *Signed) bool {
	one, known := in.all[s.Key]
	return known && s.Seq <= one.last && Verifies(one.sign.Public().(ed25519.PublicKey), s)
}

// Verifies says whether a state was signed by the owner of a public key.
func Verifies(public ed25519.PublicKey, s *Signed) bool {
	return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, []byte(s.Statement()), s.Signature)
}

// unsigned says what is wrong with the signature of a state.
func (in *ring) unsigned(s *Signed) string {
	if _, known := in.all[s.Key]; !known {
		return fmt.Sprintf("was signed by key %d, which this database does not have: it was made after the backup that was restored, or by somebody else", s.Key)
	}
	if last, yes := in.stale(s.Key, s.Seq); yes {
		return fmt.Sprintf("is forged: key %d of the audit, which signed it, ended with row %d", s.Key, last)
	}
	return "does not bear our signature: it was changed or made by somebody else"
}
