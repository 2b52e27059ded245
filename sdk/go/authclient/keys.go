package authclient

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"
)

const (
	jwksPath = "/.well-known/jwks.json"
	// refetch is how soon a key that is not known is looked for again: whoever
	// invents names of keys makes no more requests than that.
	refetch = 3 * time.Second
	// keysFresh is after how long keys are asked for again, so that one that was
	// withdrawn stops to count; keysMost is for how long they count when nobody answers.
	keysFresh = 5 * time.Minute
	keysMost  = time.Hour
)

// keys are the public keys of a server.
type keys struct {
	client *Client
	now    func() time.Time

	mu    sync.Mutex
	known map[string]ed25519.PublicKey
	at    time.Time // when they were given
	tried time.Time // when they were last asked for
	err   error     // what came of that
	busy  chan struct{}
}

// byID gives a key. The error of one that there is not is a refusal; when it cannot
// be known, because nobody answers, it is Unavailable.
func (k *keys) byID(ctx context.Context, id string) (ed25519.PublicKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		key, ok := k.known[id]
		age := k.now().Sub(k.at)
		due := k.tried.IsZero() || k.now().Sub(k.tried) >= refetch
		switch {
		case ok && age < keysFresh:
			return key, nil
		case due || k.busy != nil:
			if err := k.fetch(ctx); err != nil {
				return nil, err
			}
		case ok && age < keysMost:
			return key, nil
		case k.err != nil:
			return nil, &Unavailable{k.err}
		default:
			return nil, &Refusal{"the assertion is signed by a key that the server does not have"}
		}
	}
}

// fetch asks once for all who wait; it is called and returns with the lock held.
func (k *keys) fetch(ctx context.Context) error {
	if k.busy == nil {
		k.busy, k.tried = make(chan struct{}), k.now()
		go k.fly()
	}
	busy := k.busy
	k.mu.Unlock()
	defer k.mu.Lock()
	select {
	case <-ctx.Done():
		return &Unavailable{ctx.Err()}
	case <-busy:
		return nil
	}
}

func (k *keys) fly() {
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	known, err := k.ask(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil {
		k.known, k.at = known, k.tried
	}
	close(k.busy)
	k.err, k.busy, k.tried = err, nil, k.now()
}

func (k *keys) ask(ctx context.Context) (map[string]ed25519.PublicKey, error) {
	var set struct{ Keys []json.RawMessage }
	if err := k.client.ask(ctx, question{method: http.MethodGet, path: jwksPath}, &set); err != nil {
		return nil, err
	}
	known := map[string]ed25519.PublicKey{}
	for _, raw := range set.Keys {
		id, key := publicKey(raw)
		if key == nil {
			continue // of another kind, for another use
		}
		if _, twice := known[id]; twice {
			return nil, errors.New("two keys of the server have one name")
		}
		known[id] = key
	}
	if len(known) == 0 {
		return nil, errors.New("the server has no key of assertions")
	}
	return known, nil
}

func publicKey(raw []byte) (string, ed25519.PublicKey) {
	o, err := parseObject(raw)
	if err != nil {
		return "", nil
	}
	is := func(name, want string, needed bool) bool {
		got, err := o.text(name, needed)
		return err == nil && (got == want || got == "" && !needed)
	}
	id, err := o.text("kid", true)
	x, err2 := o.text("x", true)
	key, err3 := decode64(x)
	if errors.Join(err, err2, err3) != nil || len(key) != ed25519.PublicKeySize ||
		!is("kty", "OKP", true) || !is("crv", "Ed25519", true) || !is("alg", "EdDSA", false) || !is("use", "sig", false) {
		return "", nil
	}
	return id, key
}
