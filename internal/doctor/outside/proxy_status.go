package outside

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// statuses asks for refusals. A proxy that puts its own page in their place
// takes the reason away from scripts, and the sign-in page from people.
func (p *proxied) statuses(ctx context.Context, r *doctor.Result) {
	var list []request
	for _, status := range []int{401, 403, 404, 422} {
		list = append(list, request{path: api.EchoPath + strayPath + "?status=" + strconv.Itoa(status)})
	}
	list = append(list, request{method: "POST", path: api.EchoPath + strayPath + "?status=401", body: "{}"})
	got, _ := p.all(ctx, list...)
	var turned []string
	for _, e := range got {
		if e == nil || e.problem() != "" {
			continue
		}
		_, text, _ := strings.Cut(e.asked.path, "status=")
		want, _ := strconv.Atoi(text)
		if e.ours && (e.status == want || e.Query == "") || e.foreign() && e.asked.method == "POST" && len(turned) == 0 {
			continue // what a proxy does to any POST is not about refusals
		}
		turned = append(
			turned,
			fmt.Sprintf("%s, which the server answers %d; came back: %s", e.asked.line(), want, e.seen()),
		)
	}
	if len(turned) > 0 {
		p.find(r, api.Finding{
			Code:     "proxy_changes_status",
			Evidence: strings.Join(turned, "\n"),
			Expected: "the status and the body that the server sent",
		})
	}
}
