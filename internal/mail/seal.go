package mail

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Sealer keeps what must not lie open in the database. What is sealed opens
// only with the same bound names.
type Sealer interface {
	Seal(plain []byte, bound ...string) []byte
	Open(sealed []byte, bound ...string) (secret.Value, error)
}

// content is what a sealed letter holds. The address is within the seal: whoever
// can write to the database must not be able to turn a letter with a link to a
// new password towards their own mailbox.
type content struct {
	Kind    Kind      `json:"kind"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until"`
}

// errChanged is a letter whose open row is not what was sealed.
var errChanged = errors.New("mail: the stored address or kind of the letter is not the sealed one")

func seal(s Sealer, e Envelope) (Letter, error) {
	plain, err := json.Marshal(content{e.Kind, e.To, e.Subject, e.Text, e.HTML, e.At, e.Until})
	if err != nil {
		return Letter{}, fmt.Errorf("mail: write the letter: %w", err)
	}
	return Letter{ID: e.ID, Kind: e.Kind, To: e.To, Sealed: s.Seal(plain, "letter", e.ID)}, nil
}

func open(s Sealer, l Letter) (Envelope, error) {
	plain, err := s.Open(l.Sealed, "letter", l.ID)
	if err != nil {
		return Envelope{}, fmt.Errorf("mail: open the letter: %w", err)
	}
	var c content
	if err := json.Unmarshal(plain.Reveal(), &c); err != nil {
		return Envelope{}, errors.New("mail: the opened letter cannot be read") // the error would quote it
	}
	if c.To != l.To || c.Kind != l.Kind {
		return Envelope{}, errChanged
	}
	return Envelope{l.ID, c.Kind, c.To, c.Subject, c.Text, c.HTML, c.At, c.Until}, nil
}
