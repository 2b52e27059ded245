package backup

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// work is the cost of a passphrase: 2^17 blocks of scrypt are 128 MB for about
// half a second. A file that asks for more than maxWork is not tried: it could
// ask for all the memory that there is.
const (
	work    = 17
	maxWork = 18
)

// LeastPassphrase is how long one is at least: whoever has the file may try as
// many as they like, for as long as they like.
const LeastPassphrase = 12

// Lock is what closes a backup: a passphrase, recipients, or nothing.
type Lock struct {
	Passphrase secret.Value
	Recipients []string
}

// Closed is the word of the header.
func (l Lock) Closed() string {
	switch {
	case len(l.Recipients) > 0:
		return ToRecipients
	case !l.Passphrase.Empty():
		return ByPassphrase
	}
	return Open
}

// recipients are those of age.
func (l Lock) recipients() (list []age.Recipient, err error) {
	for _, text := range l.Recipients {
		r, err := Recipient(text)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	if len(list) > 0 || l.Passphrase.Empty() {
		return list, nil
	}
	if l.Passphrase.Len() < LeastPassphrase {
		return nil, fmt.Errorf("the passphrase of the backup has fewer than %d characters: whoever has the file can try as many as they like",
			LeastPassphrase)
	}
	r, err := age.NewScryptRecipient(string(l.Passphrase.Reveal()))
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(work)
	return []age.Recipient{r}, nil
}

// Recipient reads the public half of an age key.
func Recipient(text string) (age.Recipient, error) {
	text = strings.TrimSpace(text)
	if list, err := age.ParseRecipients(strings.NewReader(text)); err == nil && len(list) == 1 {
		return list[0], nil
	}
	if strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY-") {
		return nil, errors.New("this is the secret half of an age key, which opens backups and belongs elsewhere: give the public one, which begins with age1")
	}
	return nil, errors.New("this is no public age key: one begins with age1, as `aiwfe-auth backup key` and age-keygen print it")
}

// seal wraps w so that what is written into it is closed.
func (l Lock) seal(w io.Writer) (io.WriteCloser, error) {
	list, err := l.recipients()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return plainly{w}, nil
	}
	return age.Encrypt(w, list...)
}

type plainly struct{ io.Writer }

func (plainly) Close() error { return nil }

// Unlock is what opens one. Identities is the text of a file of age keys.
type Unlock struct {
	Passphrase secret.Value
	Identities secret.Value
}

// opener opens one file as often as it is read: a passphrase costs half a second
// each time, so the key that it led to is remembered.
type opener struct {
	list []age.Identity
	key  []byte
}

// Unwrap is what age asks.
func (o *opener) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if o.key != nil {
		return append([]byte{}, o.key...), nil
	}
	for _, one := range o.list {
		key, err := one.Unwrap(stanzas)
		if errors.Is(err, age.ErrIncorrectIdentity) {
			continue
		}
		if err == nil {
			o.key = append([]byte{}, key...)
		}
		return key, err
	}
	return nil, age.ErrIncorrectIdentity
}

func (o *opener) open(r io.Reader, u Unlock, closed string) (io.Reader, error) {
	switch closed {
	case Open:
		return r, nil
	case ByPassphrase:
		if u.Passphrase.Empty() {
			return nil, errors.New("it is closed by a passphrase: give it by --passphrase-stdin, --passphrase-file or BACKUP_PASSPHRASE")
		}
		one, err := age.NewScryptIdentity(string(u.Passphrase.Reveal()))
		if err != nil {
			return nil, err
		}
		one.SetMaxWorkFactor(maxWork)
		o.list = []age.Identity{one}
	case ToRecipients:
		if u.Identities.Empty() {
			return nil, errors.New("it is closed to the holder of an age key: give the file with the secret key by --identity")
		}
		all, err := age.ParseIdentities(strings.NewReader(string(u.Identities.Reveal())))
		if err != nil {
			return nil, errors.New("the file of --identity holds no secret age key: its lines begin with AGE-SECRET-KEY-1")
		}
		o.list = all
	default:
		return nil, fmt.Errorf("%w: its header does not say how it is closed", ErrDamaged)
	}
	opened, err := age.Decrypt(r, o)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		what := "passphrase"
		if closed == ToRecipients {
			what = "age key"
		}
		return nil, fmt.Errorf("the %s that was given does not open it (or its beginning was changed)", what)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return opened, nil
}

// NewKey makes a pair: the secret half opens what is closed to the public one.
func NewKey() (hidden secret.Value, public string, err error) {
	k, err := age.GenerateX25519Identity()
	if err != nil {
		return hidden, "", err
	}
	return secret.FromString(k.String()), k.Recipient().String(), nil
}
