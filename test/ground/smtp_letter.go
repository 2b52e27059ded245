package ground

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"github.com/emersion/go-smtp"
)

// visit is one connection.
type visit struct {
	office *PostOffice
	to     []string
}

func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error { v.to = append(v.to, to); return nil }

func (v *visit) Reset() { v.to = nil }

func (v *visit) Logout() error { return nil }

// Data refuses what it cannot read, so that a broken letter never looks sent.
func (v *visit) Data(r io.Reader) error {
	l, err := readLetter(r)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	for _, l.To = range v.to {
		v.office.letters = append(v.office.letters, l)
	}
	return nil
}

func readLetter(r io.Reader) (l Letter, err error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return l, err
	}
	l.Raw = string(raw)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return l, fmt.Errorf("read the letter: %w", err)
	}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, fmt.Errorf("read the subject: %w", err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return l, fmt.Errorf("a letter of type %q: %w", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return l, fmt.Errorf("read a part: %w", err)
		}
		if err := l.read(part); err != nil {
			return l, err
		}
	}
}

func (l *Letter) read(part *multipart.Part) error {
	var body io.Reader = part
	if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(part)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read a part: %w", err)
	}
	kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	switch kind {
	case "text/plain":
		l.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
	case "text/html":
		l.HTML = string(text)
	default:
		return fmt.Errorf("a part of type %q: %w", kind, err)
	}
	return nil
}
