package outside

import (
	"context"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// again asks some more times, and says whether one of these answers is of the
// other kind than the first, with all of them in words. Behind some names and
// balancers not every server is well.
func (x *outside) again(ctx context.Context, first *answer) (tokens bool, lines []string) {
	good := token(first) != ""
	lines = []string{said("GET "+x.url(tokenPath), first)}
	for range 3 {
		if first.took > slow/4 || first.held() {
			break
		}
		a, err := x.public.ask(ctx, request{path: tokenPath})
		lines = append(lines, "then: "+failure(a, err))
		if (err == nil && token(a) != "") != good {
			return !good, lines
		}
	}
	return good, lines
}

// slow is how long a question may take that needs no more than a random number.
const slow = 2 * time.Second

// judgeTook asks once more before it calls an answer slow: once may be chance.
func (x *outside) judgeTook(ctx context.Context, r *doctor.Result, a *answer) {
	took := a.took
	if took > slow {
		if again, err := x.public.ask(ctx, request{path: tokenPath}); err == nil {
			took = min(took, again.took)
		}
	}
	if took > slow {
		r.Find(api.Finding{
			Code: "answers_slow", Expected: "an answer within " + slow.String(),
			Evidence: fmt.Sprintf("GET %s took %s", x.url(tokenPath), took.Round(10*time.Millisecond)) + x.directTook(ctx),
		})
	}
}

// directTook says how long the listener behind takes, where it is known.
func (x *outside) directTook(ctx context.Context) string {
	if x.direct == nil {
		return ""
	}
	a, err := x.direct.ask(ctx, request{path: tokenPath})
	if err != nil {
		return ""
	}
	return fmt.Sprintf("\nasked directly at %s, it took %s", x.Direct.Host, a.took.Round(10*time.Millisecond))
}
