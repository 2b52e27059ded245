package config

import (
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Prepare makes the next key, which is accepted from now on and signs nothing
// yet. A rotation that was cut off goes on with the key that it had made.
func (r Ring) Prepare(now time.Time) (next secret.Value, err error) {
	err = r.locked(func(_ secret.Value, beside []Beside) error {
		for _, b := range beside {
			if b.Next {
				next = b.Key
				return nil
			}
		}
		next = secret.FromString(secret.RandomText(40))
		return r.writeBeside(append(beside, Beside{next, now, true}))
	})
	return next, err
}

// Switch puts the next key to use, where the key in use is still the given one:
// of two who rotate at once, one does. The one before stays accepted unless it
// is to be forgotten, and every key before it with it. Where no key was
// prepared, one is made.
func (r Ring) Switch(from string, now time.Time, forget bool) (made secret.Value, err error) {
	err = r.locked(func(current secret.Value, beside []Beside) error {
		if current.Fingerprint() != from {
			made = current
			return nil
		}
		i := slices.IndexFunc(beside, func(b Beside) bool { return b.Next })
		if i < 0 {
			made = secret.FromString(secret.RandomText(40))
			beside = append(beside, Beside{made, now, true})
		} else {
			made = beside[i].Key
		}
		beside = slices.DeleteFunc(beside, func(b Beside) bool { return b.Key.Equal(current) })
		beside = append(beside, Beside{current, now, false})
		if err := r.writeBeside(beside); err != nil {
			return err
		}
		if err := replace(r.path, string(made.Reveal())+"\n"); err != nil {
			return err
		}
		return r.writeBeside(slices.DeleteFunc(beside, func(b Beside) bool { return forget || b.Key.Equal(made) }))
	})
	return made, err
}

// Holds says whether a key stands beside the one in use.
func (r Ring) Holds(fingerprint string) bool {
	_, beside, err := r.Read()
	return err == nil && slices.ContainsFunc(beside, func(b Beside) bool { return b.Key.Fingerprint() == fingerprint })
}

// Drop forgets a key beside the one in use, by its fingerprint.
func (r Ring) Drop(fingerprint string) (dropped bool, err error) {
	err = r.locked(func(_ secret.Value, beside []Beside) error {
		left := slices.DeleteFunc(slices.Clone(beside), func(b Beside) bool { return b.Key.Fingerprint() == fingerprint })
		if dropped = len(left) < len(beside); !dropped {
			return nil
		}
		return r.writeBeside(left)
	})
	return dropped, err
}

// locked runs one change after the other: the server drops what nothing needs
// any more while somebody rotates at the console.
func (r Ring) locked(change func(current secret.Value, beside []Beside) error) error {
	unlock, err := lockFile(r.path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	current, beside, err := r.Read()
	if err != nil {
		return err
	}
	return change(current, beside)
}
