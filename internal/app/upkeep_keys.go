package app

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// upkeepKeys are the keys that make or open something, and since when servers
// use them. One that ended and stands in the settings still is to be taken out
// of them; one that was only put beside the others is used by nobody yet.
func (c *Core) upkeepKeys(ctx context.Context) (list []upkeep.Key, err error) {
	all, err := c.Keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		one := upkeep.Key{Name: settingOf(k.Purpose), Print: k.Fingerprint, Rotate: "aiwfe-auth keys rotate " + k.Purpose}
		if k.FirstUsed != nil {
			one.Since = *k.FirstUsed
		}
		switch k.State {
		case "current":
		case "previous":
			one.Name, one.Previous, one.Unused = previousOf(k.Purpose), true, k.May
			one.Rotate = "aiwfe-auth keys retire " + k.Purpose + " " + k.Fingerprint
		case store.KeyRetired, store.KeyCompromised:
			here := jwtKeys(c.Config)
			if k.Purpose == store.KeyData {
				here = dataKeys(c.Config)
			}
			if keyOf(here, k.Fingerprint).Empty() {
				continue
			}
			one.Name, one.Previous, one.Unused, one.Rotate = previousOf(k.Purpose), true, true, "aiwfe-auth keys list"
		default:
			continue
		}
		list = append(list, one)
	}
	return list, nil
}
