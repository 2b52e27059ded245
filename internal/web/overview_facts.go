package web

import (
	"context"
	"time"
)

// certificateSoon is when a certificate that ends should have been renewed.
const certificateSoon = 14 * 24 * time.Hour

// facts are certificate, keys, backup and servers, as far as somebody knows of them.
func (s *Site) facts(ctx context.Context, n numbers, page *OverviewPage) (list []FactView, err error) {
	from := s.o.Overview
	if from.Certificate != nil {
		list = append(list, n.certificate(ctx, page.At, from.Certificate))
	}
	if from.Keys != nil {
		keys, err := from.Keys(ctx)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			list = append(list, n.key(page.At, k))
		}
	}
	if from.Backup != nil {
		last, err := from.Backup(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, n.backup(page.At, last))
	}
	if from.Nodes != nil {
		nodes, err := from.Nodes(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, n.nodes(page.At, nodes))
	}
	return list, nil
}

func (n numbers) certificate(ctx context.Context, now time.Time, ask func(context.Context) (time.Time, bool)) FactView {
	v := FactView{Label: n.w.Text("overview.fact.certificate")}
	until, ok := ask(ctx)
	if !ok {
		v.Value = n.w.Text("overview.certificate.elsewhere")
		return v
	}
	left := until.Sub(now)
	v.Value = n.w.Text("overview.certificate.left", "time", n.length(left), "date", until.UTC().Format(time.DateOnly))
	switch {
	case left <= 0:
		v.Value = n.w.Text("overview.certificate.expired", "date", until.UTC().Format(time.DateOnly))
		v.Class, v.Verdict = KindDanger, n.w.Text("overview.verdict.expired")
	case left < certificateSoon:
		v.Class, v.Verdict = KindWarning, n.w.Text("overview.verdict.renew")
	default:
		v.Class, v.Verdict = KindSuccess, n.w.Text("overview.verdict.good")
	}
	return v
}

func (n numbers) key(now time.Time, k Key) FactView {
	label := "overview.fact.key"
	if k.Use == "data" {
		label = "overview.fact.datakey"
	}
	v := FactView{Label: n.w.Text(label), Note: k.ID, Value: n.w.Text("overview.unknown")}
	if !k.Since.IsZero() {
		v.Value = n.w.Text("overview.old", "time", n.length(since(now, k.Since)))
	}
	switch {
	case k.Due.IsZero():
	case now.After(k.Due):
		v.Class, v.Verdict = KindWarning, n.w.Text("overview.verdict.rotate")
	default:
		v.Class, v.Verdict = KindSuccess, n.w.Text("overview.verdict.good")
	}
	return v
}

func (n numbers) backup(now time.Time, b Backup) FactView {
	v := FactView{Label: n.w.Text("overview.fact.backup"), Value: n.w.Text("overview.backup.never")}
	if !b.At.IsZero() {
		v.Value = n.w.Text("overview.ago", "time", n.length(since(now, b.At)))
		v.Class, v.Verdict = KindSuccess, n.w.Text("overview.verdict.good")
	}
	if b.Late {
		v.Class, v.Verdict = KindWarning, n.w.Text("overview.verdict.late")
	}
	return v
}

func (n numbers) nodes(now time.Time, nodes []Node) FactView {
	v := FactView{Label: n.w.Text("overview.fact.nodes"), Value: n.w.Text("overview.nodes", "n", len(nodes))}
	for _, one := range nodes {
		v.Names = append(v.Names, one.Host+" · "+one.Version+" · "+n.length(since(now, one.Since)))
	}
	return v
}
