package mail

import (
	"context"
	"errors"
	"time"
)

// deliver sends one leased letter and writes how it ended.
func (b *Outbox) deliver(ctx context.Context, l Stored) {
	err := b.send(ctx, l)
	// What is known now must be written even while the process ends: else the
	// letter leaves twice.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	now := b.o.Now()
	log := b.o.Log.With("kind", l.Kind, "id", l.ID, "to", Mask(l.To), "try", l.Tries)
	if err == nil {
		b.sent.Add(1)
		if err := b.o.Store.LetterSent(ctx, l.ID, now); err != nil {
			log.Warn("letter sent, which could not be written down: it may be sent again", "error", err)
			return
		}
		log.Info("letter sent")
		return
	}
	next := now.Add(pause(l.ID, l.Tries))
	gaveUp := hopeless(err) || l.Tries >= maxTries || next.Sub(l.CreatedAt) > maxAge
	b.failed.Add(1)
	if gaveUp {
		b.gaveUp.Add(1)
		next = time.Time{}
		log.Error("letter given up", "error", err)
	} else {
		log.Warn("letter not sent, it will be tried again", "next", next, "error", err)
	}
	if err := b.o.Store.LetterFailed(ctx, l.ID, next, gaveUp, clip(err.Error(), 500), now); err != nil {
		log.Warn("the failure of a letter could not be written down", "error", err)
	}
}

// errLate is a letter whose link has ended: it would only send people astray.
var errLate = errors.New("mail: the link of the letter ended before the letter could be sent")

// errTries is a letter that was leased too often without an answer: it may be
// what ends the process.
var errTries = errors.New("mail: the letter was tried too often, the last time without a known end")

func (b *Outbox) send(ctx context.Context, l Stored) error {
	if l.Tries > maxTries {
		return errTries
	}
	e, err := open(b.o.Sealer, l.Letter)
	if err != nil {
		return err
	}
	if !e.Until.IsZero() && !b.o.Now().Before(e.Until) {
		return errLate
	}
	// Whatever the sender, it ends well before another node gets the letter.
	ctx, cancel := context.WithTimeout(ctx, lease/2)
	defer cancel()
	return b.o.Sender.Send(ctx, e)
}

// hopeless finds the errors that no waiting mends. A seal that does not open is
// not among them: the key may be on its way to this node.
func hopeless(err error) bool {
	return Permanent(err) || errors.Is(err, errLate) || errors.Is(err, errChanged)
}
