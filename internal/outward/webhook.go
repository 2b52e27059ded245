package outward

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// The headers of a webhook. The signature has the form t=SECONDS,v1=HEX, where
// HEX is HMAC-SHA256 over "SECONDS.BODY"; the delivery's name is the same in
// each try, so that the other side takes it once.
const (
	SignatureHeader = "X-Aiwfe-Signature"
	DeliveryHeader  = "X-Aiwfe-Delivery"
)

// patience bounds one try, however the other side behaves.
const patience = 10 * time.Second

// mostAnswer is how much of an answer is read, so that the connection can be
// used again; what it says does not matter.
const mostAnswer = 16 << 10

// WebhookOptions is what a webhook needs.
type WebhookOptions struct {
	// URL is where to send. It may be a secret: some services have the key in it.
	URL secret.Value
	// Secret signs; without one nothing is signed.
	Secret secret.Value
	Guard  *Guard
	// Plain allows http, as in development.
	Plain bool
	// Roots are the authorities trusted; nil for those of the system.
	Roots *x509.CertPool
	// Now is the clock; nil for the system's.
	Now func() time.Time
}

// Webhook sends JSON to one address. It is safe for concurrent use.
type Webhook struct {
	o        WebhookOptions
	url      string
	client   *http.Client
	patience time.Duration
}

// NewWebhook checks the address; its errors do not repeat it.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	u, err := url.Parse(string(o.URL.Reveal()))
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("the address of a webhook must be a whole one, such as https://hooks.example.com/audit")
	case u.Scheme != "https" && (u.Scheme != "http" || !o.Plain):
		return nil, errors.New("the address of a webhook must begin with https://")
	case u.User != nil:
		return nil, errors.New("the address of a webhook must not hold a user name or password")
	case o.Guard == nil:
		return nil, errors.New("a webhook needs a guard")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	u.Fragment = ""
	return &Webhook{o: o, url: u.String(), patience: patience, client: &http.Client{
		Transport: &http.Transport{
			DialContext:            o.Guard.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    patience / 2,
			IdleConnTimeout:        time.Minute,
			MaxIdleConns:           1,
			MaxResponseHeaderBytes: mostAnswer,
			DisableCompression:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Send posts a body once. An empty delivery is not named. Its error is a Fault.
func (w *Webhook) Send(ctx context.Context, delivery string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return unreached("the request could not be made", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "aiwfe-auth/"+version.String())
	if delivery != "" {
		r.Header.Set(DeliveryHeader, delivery)
	}
	if !w.o.Secret.Empty() {
		r.Header.Set(SignatureHeader, sign(w.o.Secret, w.o.Now(), body))
	}
	a, err := w.client.Do(r)
	if err != nil {
		return unreached("the webhook could not be reached", err)
	}
	defer func() { _ = a.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(a.Body, mostAnswer))
	return answered(a, w.o.Now())
}

// Close gives the connection that is kept back.
func (w *Webhook) Close() { w.client.CloseIdleConnections() }

func sign(key secret.Value, now time.Time, body []byte) string {
	t := strconv.FormatInt(now.Unix(), 10)
	m := hmac.New(sha256.New, key.Reveal())
	m.Write([]byte(t + "."))
	m.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(m.Sum(nil))
}
