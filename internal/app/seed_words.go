package app

import "fmt"

// Names for made-up people, so that a search finds some of them and not all.
var (
	seedFirst = []string{
		"ada", "alan", "anna", "ben", "carla", "chen", "david", "elena", "emil", "fatima", "felix", "grace", "hana", "ivan", "jonas",
		"julia", "karl", "lena", "lucia", "mehmet", "mira", "nadia", "noah", "olga", "pablo", "rosa", "sven", "tariq", "uta", "yuki",
	}
	seedLast = []string{
		"adler", "bauer", "costa", "demir", "engel", "fischer", "garcia", "haddad", "ito", "jensen", "keller", "lopez", "meyer",
		"novak", "okafor", "petrov", "quinn", "rossi", "schmidt", "tanaka", "ueda", "vogel", "weber", "xu", "yilmaz", "zimmer",
	}
)

const seedAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// seedIP is an address of a private network, so that nobody real is meant.
func seedIP(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255) }
